// Package text decides which strings people may store.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line reports whether s fits in one line of at most limit characters: valid
// UTF-8 without control characters or marks that turn the writing direction of
// what stands beside it. Emoji are allowed and count by code point.
func Line(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !hasControl(s)
}

// Lines is Line for text of several lines: line breaks and tabs are allowed and
// count.
func Lines(s string, limit int) bool {
	rest := strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(s)
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !hasControl(rest)
}

func hasControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return true
		}
	}
	return false
}
