package message

import (
	"strings"
	"unicode"
)

// longestFilePath is that of a purpose, a name and the digits between.
const longestFilePath = MaxFileName + 64

// cleanFileName returns name without the slash that clients begin it with. They
// make the end of it of what people call their files, so that signs which mean
// something in an address become "_".
func cleanFileName(name string) (string, error) {
	name = strings.TrimPrefix(name, "/")
	if name == "" {
		return "", ErrFilePathMissing
	}
	if len(name) > MaxFileName {
		return "", ErrFilePath
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && r != '\\' && oddInPath(r) && r != unicode.ReplacementChar {
			return '_'
		}
		return r
	}, name)
	if strings.HasSuffix(name, ".") && !strings.HasSuffix(name, "/.") && !strings.HasSuffix(name, "..") {
		name = name[:len(name)-1] + "_"
	}
	return name, checkFilePath(name)
}

// checkFilePath refuses what is no path of a file.
func checkFilePath(p string) error {
	if p == "" || len(p) > longestFilePath || strings.ContainsFunc(p, oddInPath) {
		return ErrFilePath
	}
	for element := range strings.SplitSeq(p, "/") {
		if element == "" || element[0] == '.' || element[len(element)-1] == '.' {
			return ErrFilePath
		}
	}
	return nil
}

// oddInPath reports what is no letter, digit or mark of a path. The replacement
// character, which bytes that are no UTF-8 become, is none either.
func oddInPath(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/-_.~@", r)
}

// unguessable reports whether a name has 128 random bits, or pretends to: 32 hex
// digits in a row, with or without the dashes of a UUID. Some clients name files
// by the time.
func unguessable(name string) bool {
	run := 0
	for _, r := range strings.ReplaceAll(name, "-", "") {
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			run = 0
		} else if run++; run == 32 {
			return true
		}
	}
	return false
}
