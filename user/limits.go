package user

import (
	"fmt"
	"runtime"
	"time"
)

// Limits bound sessions, codes and guesses. A zero field has its default; New
// refuses a negative one, and one weaker than its floor.
type Limits struct {
	// SessionLife is how long a session lasts, used or not. Default 30 days, no
	// floor.
	SessionLife time.Duration
	// SessionIdle is how long a session lasts without being used, to the hour or
	// half of it, whichever is shorter. Default 14 days; at most SessionLife.
	SessionIdle time.Duration
	// Computers is how many sessions a user may have on computers; one more ends
	// the oldest. Default 20, no floor. On an app there is one.
	Computers int

	// CodeLife is how long an SMS code is valid. Default 5 minutes; at most 10.
	CodeLife time.Duration
	// CodeTries is how many wrong tries end a code. Default 5; at most 10.
	CodeTries int
	// CodeResend is the least time between two codes for one phone. Default one
	// minute, no floor.
	CodeResend time.Duration
	// PhoneHour and PhoneDay are how many codes one phone may be sent in an hour
	// and in a day. Defaults 5 and 10, no floor.
	PhoneHour, PhoneDay int
	// AddressHour and AddressDay are how many codes the clients of one network,
	// an IPv4 /24 or an IPv6 /64, may ask for in an hour and in a day. Defaults 20
	// and 100, no floor.
	AddressHour, AddressDay int
	// UserDay is how many codes for other purposes than registration one account
	// may be sent in a day. Default 10, no floor.
	UserDay int
	// SMSHour is how many codes all phones together may be sent in an hour, lest
	// an attack cost more than that. Default 1,000, no floor.
	SMSHour int

	// LoginFree is how many passwords may be tried in a row for one user name
	// without a wait, by all strangers together and by each known device. Default
	// 5; at most LoginStop.
	LoginFree int
	// LoginWait is the wait after that, which doubles with every further try.
	// Default 30 seconds, no floor.
	LoginWait time.Duration
	// LoginWaitMax is the longest wait. Default one hour; at least LoginWait.
	LoginWaitMax time.Duration
	// LoginStop is how many tries in a row are the end: then only a new password,
	// set with an SMS code, lets anybody try again. Default 100; at most 100.
	LoginStop int
	// LoginMinute and LoginHour are how many passwords the clients of one network
	// may try in a minute and in an hour. Defaults 30 and 300, no floor.
	LoginMinute, LoginHour int

	// Hashes is how many passwords are hashed at once, which takes a processor and
	// 19 MiB each. Default: one per processor, for the most logins a second; fewer
	// keep processors free for everybody else during a rush of logins. No floor.
	Hashes int

	// SearchMinute and SearchDay are how many searches for people (operation 3)
	// one user may make in a minute and in a day. Defaults 30 and 200, no floor.
	SearchMinute, SearchDay int
}

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits {
	return Limits{
		SessionLife: 30 * 24 * time.Hour, SessionIdle: 14 * 24 * time.Hour, Computers: 20,
		CodeLife: 5 * time.Minute, CodeTries: 5, CodeResend: time.Minute,
		PhoneHour: 5, PhoneDay: 10, AddressHour: 20, AddressDay: 100, UserDay: 10, SMSHour: 1000,
		LoginFree: 5, LoginWait: 30 * time.Second, LoginWaitMax: time.Hour, LoginStop: 100,
		LoginMinute: 30, LoginHour: 300, Hashes: runtime.GOMAXPROCS(0), SearchMinute: 30, SearchDay: 200,
	}
}

// complete returns l with its defaults, or an error that names a field which is
// negative or too weak.
func (l Limits) complete() (Limits, error) {
	d := DefaultLimits()
	// Where only one of two that belong together is set, the default of the other
	// gives way.
	if l.SessionLife > 0 {
		d.SessionIdle = min(d.SessionIdle, l.SessionLife)
	}
	if l.LoginStop > 0 {
		d.LoginFree = min(d.LoginFree, l.LoginStop)
	}
	d.LoginWaitMax = max(d.LoginWaitMax, l.LoginWait)
	if l.LoginWaitMax > 0 {
		d.LoginWait = min(d.LoginWait, l.LoginWaitMax)
	}
	var weak []error
	complete(&weak, "SessionLife", &l.SessionLife, d.SessionLife, 0)
	complete(&weak, "SessionIdle", &l.SessionIdle, d.SessionIdle, l.SessionLife)
	complete(&weak, "Computers", &l.Computers, d.Computers, 0)
	complete(&weak, "CodeLife", &l.CodeLife, d.CodeLife, 10*time.Minute)
	complete(&weak, "CodeTries", &l.CodeTries, d.CodeTries, 10)
	complete(&weak, "CodeResend", &l.CodeResend, d.CodeResend, 0)
	complete(&weak, "PhoneHour", &l.PhoneHour, d.PhoneHour, 0)
	complete(&weak, "PhoneDay", &l.PhoneDay, d.PhoneDay, 0)
	complete(&weak, "AddressHour", &l.AddressHour, d.AddressHour, 0)
	complete(&weak, "AddressDay", &l.AddressDay, d.AddressDay, 0)
	complete(&weak, "UserDay", &l.UserDay, d.UserDay, 0)
	complete(&weak, "SMSHour", &l.SMSHour, d.SMSHour, 0)
	complete(&weak, "LoginStop", &l.LoginStop, d.LoginStop, 100)
	complete(&weak, "LoginFree", &l.LoginFree, d.LoginFree, l.LoginStop)
	complete(&weak, "LoginWaitMax", &l.LoginWaitMax, d.LoginWaitMax, 0)
	complete(&weak, "LoginWait", &l.LoginWait, d.LoginWait, l.LoginWaitMax)
	complete(&weak, "LoginMinute", &l.LoginMinute, d.LoginMinute, 0)
	complete(&weak, "LoginHour", &l.LoginHour, d.LoginHour, 0)
	complete(&weak, "Hashes", &l.Hashes, d.Hashes, 0)
	complete(&weak, "SearchMinute", &l.SearchMinute, d.SearchMinute, 0)
	complete(&weak, "SearchDay", &l.SearchDay, d.SearchDay, 0)
	if len(weak) > 0 {
		return l, weak[0]
	}
	return l, nil
}

// complete gives a zero field its default and notes one that is negative or
// above most, where 0 means there is no such bound.
func complete[N int | time.Duration](weak *[]error, name string, field *N, standard, most N) {
	if *field == 0 {
		*field = standard
	}
	if *field < 0 || most > 0 && *field > most {
		*weak = append(*weak, fmt.Errorf("user: Limits.%s is %v, which is negative or more than %v", name, *field, most))
	}
}
