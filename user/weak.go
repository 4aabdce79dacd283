package user

import (
	_ "embed" // for the list
	"strings"

	"golang.org/x/text/unicode/norm"
)

// weakPasswords are the 10,000 most common passwords of at least 8 characters,
// in lower case, sorted, one a line. They are those of the ranked list in
// @zxcvbn-ts/language-common 4.1.3, whose licence lies beside them in folder weak.
//
//go:embed weak/passwords.txt
var weakPasswords string

// isCommon reports whether everybody tries that password first. Capitals make no
// difference: a guesser varies them too.
func isCommon(password string) bool {
	word := strings.ToLower(norm.NFC.String(password))
	// A search in the text itself needs neither time nor memory at the start.
	list := weakPasswords
	for list != "" {
		start := strings.LastIndexByte(list[:len(list)/2], '\n') + 1
		end := start + strings.IndexByte(list[start:], '\n')
		switch line := list[start:end]; {
		case word == line:
			return true
		case word < line:
			list = list[:start]
		default:
			list = list[end+1:]
		}
	}
	return false
}
