package httpapi_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

func TestAppConfigExchanges(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	config := func(query string) { c.call("00_appconfig", "", "GET", "/v1/common/appconfig"+query, "") }
	modules := func() { c.call("00_appmodule", "", "GET", "/v1/common/appmodule", "") }
	countries := func() { c.call("00_countries", "", "GET", "/v1/common/countries", "") }
	config("")
	config("?version=1")
	modules()
	countries()

	options := ruyi.Options{
		Pepper: bytes.Repeat([]byte{7}, 32), User: user.Options{Policy: user.Policy{PhoneSearchOff: true, ShortNoFixed: true}},
		Message: message.Options{RevokeWindow: -time.Minute},
	}
	core, err := ruyi.New(db, options)
	if err != nil {
		t.Fatal(err)
	}
	list := []httpapi.Country{{Code: "0086", Icon: "🇨🇳", Name: "中国"}}
	c.handler = httpapi.New(core, httpapi.Options{
		AppConfig: httpapi.AppConfig{
			Version: 7, WebURL: "https://chat.example", RegisterInviteOn: true, CompleteInfoOn: true, CanModifyAPIURL: true,
		},
		Countries:  list,
		AppModules: []httpapi.AppModule{{SID: "sticker", Name: "表情", Desc: "表情商店", Status: httpapi.ModuleOptional}},
	})
	list[0].Code = "changed after New"
	config("")
	modules()
	countries()
	options.Message.RevokeWindow = time.Minute
	core, err = ruyi.New(db, options)
	if err != nil {
		t.Fatal(err)
	}
	c.handler = httpapi.New(core, httpapi.Options{Countries: []httpapi.Country{}})
	config("")
	countries()
	c.compare()
}

func TestDefaultCountries(t *testing.T) {
	known := map[httpapi.Country]bool{}
	for i, c := range httpapi.DefaultCountries() {
		if known[c] || !regexp.MustCompile(`^00[1-9]\d{0,3}$`).MatchString(c.Code) || c.Icon == "" || c.Name == "" {
			t.Errorf("country %d: %+v", i, c)
		}
		known[c] = true
	}
	if !known[httpapi.Country{Code: "0086", Icon: "🇨🇳", Name: "中国"}] {
		t.Error("China is missing")
	}
}
