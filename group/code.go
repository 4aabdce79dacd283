package group

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// How long codes live.
const (
	QRCodeLife      = 7 * 24 * time.Hour // what a picture shows
	JoinCodeLife    = 30 * time.Minute   // from the scan to the joining
	ConfirmCodeLife = 5 * time.Minute    // from the wish to confirm to the confirmation
)

// CodeKind tells what a code opens.
type CodeKind uint8

// The kinds of codes. 0 is no kind.
const (
	QRCode      CodeKind = 1 // asks to join, for whoever scans it; opens nothing by itself
	JoinCode    CodeKind = 2 // lets one scanner join, once
	ConfirmCode CodeKind = 3 // lets one manager's word confirm one invite, once
)

// Code is the proof that somebody let another do something in a group: 32 hex
// digits, 128 random bits, of which only a hash is kept. It is bound to all that
// stands here; whoever holds it can use it for that, without a session.
type Code struct {
	Hash      string // SHA-256 in hex
	Kind      CodeKind
	Group     string
	UID       string // who made it: the member whose picture it is, or the manager who confirms
	Scanner   string // of a JoinCode: who joins with it
	Invite    string // of a ConfirmCode: what it confirms
	ExpiresAt time.Time
	UsedAt    time.Time // when it acted, the zero time while it has not
}

// live reports whether there is such a code and its time is not over.
func (c Code) live(now time.Time) bool { return c.Kind != 0 && now.Before(c.ExpiresAt) }

// CodeReader is the part of Reader that knows codes.
type CodeReader interface {
	// Code returns the code with that hash, over or not, the zero Code when there is
	// none.
	Code(ctx context.Context, hash string) (Code, error)
}

// CodeTx is the part of Tx that makes and uses codes.
type CodeTx interface {
	// LockCode is Code and holds the row until the end. It comes after LockGroup.
	LockCode(ctx context.Context, hash string) (Code, error)
	// AddCode inserts c, whose hash must be new.
	AddCode(ctx context.Context, c Code) error
	// UseCode stores when a code acted.
	UseCode(ctx context.Context, hash string, at time.Time) error
	// DropCodes removes at most limit codes whose time was over at the time at, the
	// oldest first.
	DropCodes(ctx context.Context, at time.Time, limit int) error
}

// dropped is how many old codes a new one clears away: more than one, so that they
// cannot pile up, and few, so that nobody waits for it.
const dropped = 16

// issue stores c under a new code, which is returned.
func issue(ctx context.Context, tx Tx, now time.Time, c Code) (string, error) {
	if err := tx.DropCodes(ctx, now, dropped); err != nil {
		return "", err
	}
	var b [16]byte
	rand.Read(b[:]) // never fails
	code := hex.EncodeToString(b[:])
	c.Hash = hashCode(code)
	return code, tx.AddCode(ctx, c)
}

// hashCode returns what a code is kept as. It is as hard to guess as the code is,
// so it needs no key. Of whatever a client sends it makes a text that every
// database takes.
func hashCode(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}
