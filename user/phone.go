package user

import "strings"

// The number of digits of a phone number without its country prefix.
const (
	minPhone = 5
	maxPhone = 15
)

// normal returns p with its zone in the form "00" and digits, which may come as
// "0086", "+86" or "86". ErrZoneMissing, ErrPhoneMissing, ErrPhone.
func (p Phone) normal() (Phone, error) {
	if p.Zone == "" {
		return p, ErrZoneMissing
	}
	if p.Number == "" {
		return p, ErrPhoneMissing
	}
	zone := strings.TrimPrefix(strings.TrimPrefix(p.Zone, "+"), "00")
	if n := len(zone); n < 1 || n > 4 || !isDigits(zone) || zone[0] == '0' {
		return p, ErrPhone
	}
	if n := len(p.Number); n < minPhone || n > maxPhone || !isDigits(p.Number) {
		return p, ErrPhone
	}
	p.Zone = "00" + zone
	return p, nil
}

// whole returns p without the border between zone and number, which could be
// drawn in several places of the same number. Codes and their limits are kept
// under it, lest each border have limits of its own.
func (p Phone) whole() Phone { return Phone{Number: p.Username()} }

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
