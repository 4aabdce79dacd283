package text_test

import (
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/internal/text"
)

func TestLine(t *testing.T) {
	for s, want := range map[string]bool{
		"":                     true,
		"张三":                   true,
		"👨‍👩‍👧":                true, // joined by U+200D
		strings.Repeat("好", 8): true,
		strings.Repeat("好", 9): false,
		"a\x00b":               false,
		"a\nb":                 false,
		"a\u202eb":             false, // right-to-left override
		"a\u2066b":             false, // isolate
		"a\u2028b":             false, // line separator
		"\xff":                 false,
		"x@superAdmin"[:8]:     true,
	} {
		if got := text.Line(s, 8); got != want {
			t.Errorf("Line(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	for s, want := range map[string]bool{
		"":                      true,
		"a\r\n\tb\n":            true,
		strings.Repeat("\n", 8): true,
		strings.Repeat("\n", 9): false,
		strings.Repeat("好", 8):  true,
		strings.Repeat("好", 9):  false,
		"a\x00":                 false,
		"a\x1b":                 false,
		"a\u202eb":              false,
		"a\u2029b":              false,
		"\xff":                  false,
		"\xe5\n\xa5\xbd":        false,
	} {
		if got := text.Lines(s, 8); got != want {
			t.Errorf("Lines(%q) = %v, want %v", s, got, want)
		}
	}
}
