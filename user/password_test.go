package user

import (
	"context"
	"errors"
	"strings"
	"testing"
)

var testPepper = []byte("0123456789abcdef0123456789abcdef")

// verify enters and compares.
func (h *hasher) verify(ctx context.Context, password, hash string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	return h.compare(ctx, password, hash)
}

func TestPasswordLength(t *testing.T) {
	const composed, decomposed = "\u00e9", "e\u0301"
	for _, c := range []struct {
		password string
		want     error
	}{
		{"", ErrPasswordMissing},
		{"1234567", ErrPasswordLength},
		{"12345678", ErrPasswordCommon},
		{"1234567x", nil},
		{strings.Repeat("密", 7), ErrPasswordLength},
		{strings.Repeat("密", 8), nil},
		{strings.Repeat("😀", 128), nil},
		{strings.Repeat("x", 129), ErrPasswordLength},
		{strings.Repeat("密", 129), ErrPasswordLength},
		{"1234567\xff", ErrPasswordLength},
		{strings.Repeat(composed, 7), ErrPasswordLength},
		{strings.Repeat(decomposed, 7), ErrPasswordLength},
		{strings.Repeat(decomposed, 8), nil},
		{strings.Repeat(decomposed, 128), nil},
	} {
		if err := checkPassword(c.password); !errors.Is(err, c.want) {
			t.Errorf("%q: error %v, want %v", c.password, err, c.want)
		}
	}
}

func TestHashVerifies(t *testing.T) {
	ctx, h := t.Context(), newHasher(testPepper, 2)
	hash, err := h.hash(ctx, "caf\u00e9 au lait")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$"; !strings.HasPrefix(hash, want) || len(hash) != len(want)+22+1+43 {
		t.Errorf("hash %s is not in PHC form", hash)
	}
	again, err := h.hash(ctx, "caf\u00e9 au lait")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are equal, or %v", err)
	}
	h.decoy = hash // even a decoy that matches lets nobody in
	other := newHasher([]byte("another pepper of 32 bytes ...."), 2)
	for _, c := range []struct {
		what     string
		h        *hasher
		password string
		hash     string
		want     bool
	}{
		{"the password", h, "caf\u00e9 au lait", hash, true},
		{"the password spelled in another way", h, "cafe\u0301 au lait", hash, true},
		{"another password", h, "cafe au lait", hash, false},
		{"another pepper", other, "caf\u00e9 au lait", hash, false},
		{"no hash", h, "caf\u00e9 au lait", "", false},
	} {
		if got, err := c.h.verify(ctx, c.password, c.hash); got != c.want || err != nil {
			t.Errorf("%s: %v, %v, want %v", c.what, got, err, c.want)
		}
	}
}

// TestNoHashCostsAsMuch holds that an unknown user's password is hashed too: a
// turn is taken, and with all turns taken it waits.
func TestNoHashCostsAsMuch(t *testing.T) {
	h := newHasher(testPepper, 2)
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, hash := range []string{"", h.decoy} {
		if _, err := h.verify(ctx, "password", hash); !errors.Is(err, context.Canceled) {
			t.Errorf("hash %q: error %v, want %v", hash, err, context.Canceled)
		}
	}
	if n := h.waiting.Load(); n != 0 {
		t.Errorf("%d still wait", n)
	}
}

func TestMalformedHashIsAnError(t *testing.T) {
	h := newHasher(testPepper, 2)
	for _, hash := range []string{
		"x", "$", "$argon2id$", "5f4dcc3b5aa765d61d8327deb882cf99",
		phcPrefix, phcPrefix + "AAAA", phcPrefix + "!$AAAA", phcPrefix + "AAAA$!", phcPrefix + "AAAA$AAAA$AAAA",
		"$argon2id$v=19$m=19456,t=1,p=1$AAAA$AAAA", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA",
	} {
		if match, err := h.verify(t.Context(), "password", hash); match || err == nil {
			t.Errorf("hash %q: %v, %v, want an error", hash, match, err)
		}
	}
	if match, err := h.verify(t.Context(), "password", phcPrefix+"AAAA$"); match || err != nil {
		t.Errorf("an empty tag: %v, %v", match, err)
	}
}

func TestTooManyWaitersAreRefused(t *testing.T) {
	h := newHasher(testPepper, 2)
	for range cap(h.slots) {
		h.slots <- struct{}{} // all turns are taken for good
	}
	full := maxHashQueue + int64(cap(h.slots))
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	for waiting, want := range map[int64]error{full - 1: context.Canceled, full: ErrBusy, 2 * full: ErrBusy} {
		h.waiting.Store(waiting)
		if _, err := h.hash(impatient, "password"); !errors.Is(err, want) {
			t.Errorf("%d wait: error %v, want %v", waiting, err, want)
		}
		if n := h.waiting.Load(); n != waiting {
			t.Errorf("%d wait after one has left, want %d", n, waiting)
		}
	}
	h.waiting.Store(full - 1)
	<-h.slots
	if _, err := h.hash(t.Context(), "password"); err != nil {
		t.Errorf("after the rush: %v", err)
	}
}
