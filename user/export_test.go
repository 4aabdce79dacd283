package user

import "context"

// SpendCode checks a code within tx, as Register does: guesses are cheap to test
// when not each of them costs a password hash.
func SpendCode(ctx context.Context, s Service, tx Tx, p Phone, code string) (refusal, err error) {
	inner := s.(*service)
	return inner.spendCode(ctx, tx, ForRegister, p, code, inner.now())
}

// HashToken is how tokens and challenges are stored.
var HashToken = hashToken

// Starred is the number that a DeviceCheckError shows.
func Starred(p Phone) string { return p.starred() }
