package httpapi

import "strings"

// sourceDesc tells how two people became friends, from the vercode that the
// request quoted and whether the one who is told had asked; "" when not known.
// Kinds of vercodes are those of the contract, section 5.7.
func sourceDesc(vercode string, initiator bool) string {
	var how string
	switch vercode[strings.LastIndexByte(vercode, '@')+1:] {
	case "1":
		how = "通过搜索添加"
	case "2":
		how = "通过群聊添加"
	case "3":
		how = "通过扫一扫添加"
	case "4":
		how = "通过名片添加"
	case "5":
		how = "通过手机通讯录添加"
	default:
		return ""
	}
	if !initiator {
		return "对方" + how
	}
	return how
}
