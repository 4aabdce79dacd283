package httpapi

import (
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

func TestSourceDesc(t *testing.T) {
	for vercode, want := range map[string]string{
		"": "", "x": "", "x@": "", "@": "", "x@0": "", "x@6": "", "x@7": "", "x@12": "", "x@01": "",
		"x@1": "通过搜索添加", "x@2": "通过群聊添加", "x@3": "通过扫一扫添加", "x@4": "通过名片添加", "x@5": "通过手机通讯录添加",
		"x@1@3": "通过扫一扫添加",
	} {
		if got := sourceDesc(vercode, true); got != want {
			t.Errorf("%q: %q, want %q", vercode, got, want)
		}
		if want != "" {
			want = "对方" + want
		}
		if got := sourceDesc(vercode, false); got != want {
			t.Errorf("%q of the other: %q, want %q", vercode, got, want)
		}
	}
}

func TestARemovedContactHasNoSource(t *testing.T) {
	c := friend.Contact{Relation: friend.Relation{Source: "x@1", Deleted: true}}
	if got := newFriendResp(c, time.UTC).SourceDesc; got != "" {
		t.Errorf("source %q", got)
	}
}
