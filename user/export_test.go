package user

import (
	"context"
	"net/netip"
)

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

// CountTry counts a try of a password, as Login does before the hash.
func CountTry(ctx context.Context, s Service, username, uid, device string, from netip.Addr) error {
	inner := s.(*service)
	_, err := inner.count(ctx, attempt{username, device, from}, uid, inner.now())
	return err
}

// GuardName returns the name under which the tries for a user name are kept.
func GuardName(s Service, username string) string { return s.(*service).guardName(username) }

// Watched returns the store as the service uses it.
func Watched(s Service) Store { return s.(*service).store }

// NewSession returns a session that has yet to be stored, and its token.
func NewSession(s Service, uid string, f Flag) (token string, n Session) {
	inner := s.(*service)
	n, token = inner.newSession(uid, f, Device{}, inner.now())
	return token, n
}

// Forget drops the sessions of a user from the cache.
func Forget(s Service, uid string) { s.(*service).cache.forget(uid) }

// FillQueue takes all places of those who wait for a turn to hash.
func FillQueue(s Service) (leave func()) {
	h := s.(*service).hasher
	all := maxHashQueue + int64(cap(h.slots))
	h.waiting.Add(all)
	return func() { h.waiting.Add(-all) }
}

// TakeTurns takes all turns to hash.
func TakeTurns(s Service) (leave func()) {
	h := s.(*service).hasher
	for range cap(h.turns) {
		h.turns <- struct{}{}
	}
	return func() {
		for range cap(h.turns) {
			<-h.turns
		}
	}
}
