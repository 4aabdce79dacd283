package user

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost of one password hash: 19 MiB, two passes, one lane (OWASP).
const (
	argonMemory  = 19 * 1024
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonTag     = 32
)

// maxHashQueue is how many callers may wait for a turn to hash. More would wait
// longer than a client does, and hold memory meanwhile.
const maxHashQueue = 64

// The length of a password in characters.
const (
	minPassword = 8
	maxPassword = 128
)

func checkPassword(p string) error {
	if p == "" {
		return ErrPasswordMissing
	}
	// The form that is hashed is the one that counts.
	if n := utf8.RuneCountInString(norm.NFC.String(p)); !utf8.ValidString(p) || n < minPassword || n > maxPassword {
		return ErrPasswordLength
	}
	if isCommon(p) {
		return ErrPasswordCommon
	}
	return nil
}

// hasher computes password hashes, so many at once.
type hasher struct {
	pepper  []byte
	turns   chan struct{} // those who prepare a hash or compute one
	slots   chan struct{} // those who compute one
	waiting atomic.Int64
	decoy   string // what an unknown user's password is compared with
}

func newHasher(pepper []byte, slots int) *hasher {
	blank := make([]byte, argonSalt+argonTag)
	return &hasher{
		pepper: pepper,
		turns:  make(chan struct{}, 2*slots),
		slots:  make(chan struct{}, slots),
		decoy:  encodeHash(blank[:argonSalt], blank[argonSalt:]),
	}
}

// hash returns the hash of password in PHC form.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	tag, err := h.derive(ctx, password, salt)
	if err != nil {
		return "", err
	}
	return encodeHash(salt, tag), nil
}

// compare reports whether password has that hash. An empty hash, of an unknown
// user or one without a password, costs the same time and never matches. The
// caller has entered.
func (h *hasher) compare(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	salt, want, err := decodeHash(hash)
	if err != nil {
		return false, err
	}
	tag, err := h.derive(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return known && subtle.ConstantTimeCompare(tag, want) == 1, nil
}

// enter waits for a turn, to be given back with leave: from then on a hash is
// less than two hashes away. ErrBusy when too many wait already.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	if h.waiting.Add(1) > h.room() {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	select {
	case h.turns <- struct{}{}:
		return func() {
			<-h.turns
			h.waiting.Add(-1)
		}, nil
	case <-ctx.Done():
		h.waiting.Add(-1)
		return nil, ctx.Err()
	}
}

// room is how many callers there may be.
func (h *hasher) room() int64 { return maxHashQueue + int64(cap(h.slots)) }

// full reports whether enter would refuse at this moment.
func (h *hasher) full() bool { return h.waiting.Load() >= h.room() }

// derive waits for a processor and hashes. The caller has entered.
func (h *hasher) derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	peppered := mac(h.pepper, "password", norm.NFC.String(password))
	tag := argon2.IDKey(peppered, salt, argonTime, argonMemory, argonThreads, argonTag)
	if len(h.turns) > cap(h.slots) {
		collect()
	}
	return tag, nil
}

// smallHeap is how many bytes a process may hold for its memory to be collected
// after a hash. With more, a hash hardly counts and a collection would be dear.
const smallHeap = 64 << 20

// collect frees the memory of a hash before the next one takes as much again.
// Left to itself, the collector would wait until the garbage of a rush of logins
// is as much as all that is in use.
func collect() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() == metrics.KindUint64 && live[0].Value.Uint64() < smallHeap {
		runtime.GC()
	}
}

const phcPrefix = "$argon2id$v=19$m=19456,t=2,p=1$"

func encodeHash(salt, tag []byte) string {
	b := base64.RawStdEncoding
	return phcPrefix + b.EncodeToString(salt) + "$" + b.EncodeToString(tag)
}

func decodeHash(phc string) (salt, tag []byte, err error) {
	rest, ok := strings.CutPrefix(phc, phcPrefix)
	s, t, ok2 := strings.Cut(rest, "$")
	if !ok || !ok2 {
		return nil, nil, fmt.Errorf("user: a stored password hash has an unknown form")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(s); err != nil {
		return nil, nil, fmt.Errorf("user: salt of a stored password hash: %w", err)
	}
	if tag, err = base64.RawStdEncoding.DecodeString(t); err != nil {
		return nil, nil, fmt.Errorf("user: tag of a stored password hash: %w", err)
	}
	return salt, tag, nil
}
