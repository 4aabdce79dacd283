package errs_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/ruyi-im/ruyi/internal/errs"
)

var errSelf error = errs.New(errs.Invalid, "friend.self", "不能添加自己为好友！", "you cannot add yourself")

func TestErrorKeepsItsIdentityThroughWrapping(t *testing.T) {
	err := fmt.Errorf("apply: %w", errs.Because(errSelf, io.ErrUnexpectedEOF))
	for _, target := range []error{errSelf, io.ErrUnexpectedEOF} {
		if !errors.Is(err, target) {
			t.Errorf("%v is not %v", err, target)
		}
	}
	if errors.Is(err, errs.New(errs.Invalid, "friend.other", "", "")) {
		t.Error("errors with different codes match")
	}
	if got := errs.KindOf(err); got != errs.Invalid {
		t.Errorf("kind %v, want Invalid", got)
	}
	if got, want := err.Error(), "apply: friend.self: you cannot add yourself: unexpected EOF"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if errors.Unwrap(errSelf) != nil {
		t.Error("Because changed the sentinel")
	}
	if got := errs.Because(io.EOF, io.ErrUnexpectedEOF); got != io.EOF {
		t.Errorf("Because turned a foreign error into %v", got)
	}
}

func TestKindOfForeignErrors(t *testing.T) {
	for _, err := range []error{nil, io.EOF} {
		if got := errs.KindOf(err); got != errs.Internal {
			t.Errorf("KindOf(%v) = %v, want Internal", err, got)
		}
	}
}

func TestTextFollowsTheLanguage(t *testing.T) {
	e := errs.New(errs.Denied, "a.b", "不", "no")
	for language, want := range map[string]string{"": "不", "zh-CN,en;q=0.5": "不", "en": "no", "EN-us,zh": "no", "e": "不"} {
		if got := e.Text(language); got != want {
			t.Errorf("Text(%q) = %q, want %q", language, got, want)
		}
	}
}
