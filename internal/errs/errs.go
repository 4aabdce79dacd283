// Package errs is the one error shape of ruyi.
//
// Every refusal a caller may want to tell apart is a sentinel made by [New] and
// exported, as an error, by the domain it belongs to. It carries what three
// different readers need: a [Kind] for the program that decides what to do, a
// stable code for the host that logs or counts it, and a text in Chinese and in
// English for the person in front of the screen.
package errs

import (
	"errors"
	"strings"
)

// Kind says what sort of refusal an error is. It decides the HTTP answer.
type Kind uint8

// The kinds. Anything that is not an [Error] counts as Internal.
const (
	Internal        Kind = iota // a fault of ours; shows nothing to the client
	Invalid                     // the input is malformed or breaks a rule
	Unauthenticated             // no session, or a dead one
	Denied                      // the caller may not do this
	NotFound                    // what was named is not there, or not for the caller
	Conflict                    // the state no longer allows it: done already, taken, expired
	Exhausted                   // too often or too much; later it may work
	Unavailable                 // the database or a provider cannot answer now
)

// Error is a refusal. Sentinels are immutable; [Error.Because] makes a copy.
type Error struct {
	kind    Kind
	code    string
	text    string
	english string
	cause   error
}

// New makes a sentinel. The code is "<package>.<reason>" and never changes once
// released; text is the Chinese sentence of the contract, english its translation.
func New(kind Kind, code, text, english string) *Error {
	return &Error{kind: kind, code: code, text: text, english: english}
}

// Error returns the code, the English text and the cause: the form for logs.
func (e *Error) Error() string {
	s := e.code + ": " + e.english
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// ErrorCode returns the stable code, for example "friend.self".
func (e *Error) ErrorCode() string { return e.code }

// Kind returns the kind.
func (e *Error) Kind() Kind { return e.kind }

// Text returns the sentence a person reads: English when language, the value of
// an Accept-Language header, begins with "en", else Chinese.
func (e *Error) Text(language string) string {
	if len(language) >= 2 && strings.EqualFold(language[:2], "en") {
		return e.english
	}
	return e.text
}

// Is reports whether target is an Error with the same code, so that a copy made
// by [Because] still matches its sentinel.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.code == e.code
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of sentinel that wraps cause. The cause is for logs; it
// never reaches a client. A sentinel that is no Error is returned as it is.
func Because(sentinel, cause error) error {
	e, ok := errors.AsType[*Error](sentinel)
	if !ok {
		return sentinel
	}
	c := *e
	c.cause = cause
	return &c
}

// KindOf returns the kind of the first Error in err's chain, else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.kind
	}
	return Internal
}
