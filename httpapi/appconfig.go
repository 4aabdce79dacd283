package httpapi

import (
	"context"
	"time"
)

// AppConfig is what clients ask for before anybody signs in (GET
// /common/appconfig). What the core decides itself, see user.Policy and
// message.Options, is added to it. The zero value works.
type AppConfig struct {
	// Version tells clients whether their copy is old. Default 1.
	Version int
	// WebURL is where the web client is found; clients show it to people who want
	// to sign in on a computer. Default "", which hides the entry.
	WebURL string
	// RegisterInviteOn makes clients ask for an invitation code at registration,
	// for hosts that check one before they pass the request on. Default off.
	RegisterInviteOn bool
	// CompleteInfoOn makes clients ask for a name and a picture right after
	// registration. Default off.
	CompleteInfoOn bool
	// CanModifyAPIURL lets people enter the address of another server. Default
	// off.
	CanModifyAPIURL bool
}

// Country is one country that phone numbers may come from (GET
// /common/countries).
type Country struct {
	Code string `json:"code"` // dialling prefix written with zeros, "0086"
	Icon string `json:"icon"` // flag emoji
	Name string `json:"name"`
}

// AppModule is a part of the client that people may switch off (GET
// /common/appmodule).
type AppModule struct {
	SID    string          `json:"sid"` // name that clients know the part by
	Name   string          `json:"name"`
	Desc   string          `json:"desc"`
	Status AppModuleStatus `json:"status"`
}

// AppModuleStatus tells what people may do with a module. The numbers are the
// wire's.
type AppModuleStatus int

// The states of a module.
const (
	ModuleOff      AppModuleStatus = 0 // cannot be chosen
	ModuleOptional AppModuleStatus = 1 // may be chosen
	ModuleFixed    AppModuleStatus = 2 // chosen, and stays so
)

// defaultConfigVersion is that of AppConfig.
const defaultConfigVersion = 1

// withDefaults returns c with what the zero value stands for.
func (c AppConfig) withDefaults() AppConfig {
	if c.Version == 0 {
		c.Version = defaultConfigVersion
	}
	return c
}

type appConfigResp struct {
	Version          int    `json:"version"`
	WebURL           string `json:"web_url"`
	PhoneSearchOff   flag01 `json:"phone_search_off"`
	ShortNoEditOff   flag01 `json:"shortno_edit_off"`
	RevokeSecond     int    `json:"revoke_second"`
	RegisterInviteOn flag01 `json:"register_invite_on"`
	CompleteInfoOn   flag01 `json:"register_user_must_complete_info_on"`
	CanModifyAPIURL  flag01 `json:"can_modify_api_url"`
}

// appConfig is GET /common/appconfig.
func (a *api) appConfig(context.Context, caller, struct{}) (appConfigResp, error) {
	c, policy := a.config, a.core.User.Policy()
	return appConfigResp{
		Version: c.Version, WebURL: c.WebURL, RevokeSecond: revokeSecond(a.core.Message.RevokeWindow()),
		PhoneSearchOff: flag01(policy.PhoneSearchOff), ShortNoEditOff: flag01(policy.ShortNoFixed),
		RegisterInviteOn: flag01(c.RegisterInviteOn), CompleteInfoOn: flag01(c.CompleteInfoOn),
		CanModifyAPIURL: flag01(c.CanModifyAPIURL),
	}, nil
}

// revokeSecond is a window in whole seconds, which clients take 0 of for a default
// of their own and -1 for no end.
func revokeSecond(window time.Duration) int {
	if window == 0 {
		return -1
	}
	return int(max(window.Truncate(time.Second), time.Second) / time.Second)
}

// listCountries is GET /common/countries.
func (a *api) listCountries(context.Context, caller, struct{}) ([]Country, error) {
	return a.countries, nil
}

// appModules is GET /common/appmodule.
func (a *api) appModules(context.Context, caller, struct{}) ([]AppModule, error) {
	return a.modules, nil
}

// DefaultCountries returns the countries that clients show unless Options name
// others: China and its neighbours first, then others with many users, each
// under its Chinese name.
func DefaultCountries() []Country {
	return []Country{
		{"0086", "🇨🇳", "中国"}, {"00852", "🇭🇰", "中国香港"}, {"00853", "🇲🇴", "中国澳门"}, {"00886", "🇹🇼", "中国台湾"},
		{"0065", "🇸🇬", "新加坡"}, {"0060", "🇲🇾", "马来西亚"}, {"0066", "🇹🇭", "泰国"}, {"0084", "🇻🇳", "越南"},
		{"0062", "🇮🇩", "印度尼西亚"}, {"0063", "🇵🇭", "菲律宾"}, {"00855", "🇰🇭", "柬埔寨"}, {"00856", "🇱🇦", "老挝"},
		{"0095", "🇲🇲", "缅甸"}, {"0081", "🇯🇵", "日本"}, {"0082", "🇰🇷", "韩国"}, {"00976", "🇲🇳", "蒙古"},
		{"0091", "🇮🇳", "印度"}, {"0092", "🇵🇰", "巴基斯坦"}, {"00880", "🇧🇩", "孟加拉国"}, {"00971", "🇦🇪", "阿拉伯联合酋长国"},
		{"00966", "🇸🇦", "沙特阿拉伯"}, {"0090", "🇹🇷", "土耳其"}, {"007", "🇷🇺", "俄罗斯"}, {"007", "🇰🇿", "哈萨克斯坦"},
		{"001", "🇺🇸", "美国"}, {"001", "🇨🇦", "加拿大"}, {"0052", "🇲🇽", "墨西哥"}, {"0055", "🇧🇷", "巴西"},
		{"0061", "🇦🇺", "澳大利亚"}, {"0064", "🇳🇿", "新西兰"}, {"0044", "🇬🇧", "英国"}, {"0033", "🇫🇷", "法国"},
		{"0049", "🇩🇪", "德国"}, {"0039", "🇮🇹", "意大利"}, {"0034", "🇪🇸", "西班牙"}, {"00351", "🇵🇹", "葡萄牙"},
		{"0031", "🇳🇱", "荷兰"}, {"0032", "🇧🇪", "比利时"}, {"0041", "🇨🇭", "瑞士"}, {"0046", "🇸🇪", "瑞典"},
		{"0020", "🇪🇬", "埃及"}, {"0027", "🇿🇦", "南非"}, {"00234", "🇳🇬", "尼日利亚"}, {"00254", "🇰🇪", "肯尼亚"},
	}
}
