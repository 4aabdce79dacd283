package user

import (
	"context"
	"crypto/subtle"
	"net/netip"
	"strconv"
	"time"

	"github.com/ruyi-im/ruyi/internal/errs"
)

func (s *service) SendRegisterCode(ctx context.Context, phone Phone, from netip.Addr) (exists bool, err error) {
	phone, err = phone.normal()
	if err != nil {
		return false, err
	}
	if !s.canSend() {
		return false, ErrNoSMS
	}
	exists, err = s.registered(ctx, phone)
	if err != nil {
		return false, err
	}
	if exists {
		// Whoever asks for phone after phone learns which ones have accounts.
		return true, s.allow(ctx, s.now(), s.codesFrom(from)...)
	}
	return false, s.sendCode(ctx, sending{purpose: ForRegister, phone: phone, from: from})
}

func (s *service) canSend() bool { return s.sms != nil || s.devCode != "" }

// sending is a code on its way.
type sending struct {
	purpose Purpose
	phone   Phone
	bound   []string   // what the code is bound to, worth nothing for anything else
	uid     string     // whose phone it is, "" before there is an account
	from    netip.Addr // of the client that asks, may be zero
	silent  bool       // do everything but send
}

// sendCode makes a code, which replaces the one before, and sends it. ErrTooOften,
// ErrTooMany, ErrAddressLimit, ErrSMSBudget, ErrSMS.
func (s *service) sendCode(ctx context.Context, n sending) error {
	code := s.devCode
	if code == "" {
		code = randomDigits(6)
	}
	now, phone := s.now(), n.phone.whole()
	err := s.store.Update(ctx, func(tx Tx) error {
		q, err := tx.LockQuota(ctx, phone)
		if err != nil {
			return err
		}
		if err := q.take(now, s.limits); err != nil {
			return err
		}
		if err := tx.SaveQuota(ctx, phone, q); err != nil {
			return err
		}
		if _, err := tx.LockCode(ctx, n.purpose, phone); err != nil {
			return err
		}
		if err := tx.SaveCode(ctx, n.purpose, phone, Code{
			Hash: s.hashCode(n.purpose, phone, code, n.bound...), ExpiresAt: now.Add(s.limits.CodeLife),
		}); err != nil {
			return err
		}
		if err := take(ctx, tx, now, s.codesFrom(n.from)...); err != nil {
			return err
		}
		return take(ctx, tx, now, s.codesFor(n.uid)...)
	})
	if err != nil || n.silent || s.sms == nil {
		return err
	}
	if err := s.sms.Send(ctx, n.phone, n.purpose, code); err != nil {
		return errs.Because(ErrSMS, err)
	}
	return nil
}

// take counts one more message, or refuses it with ErrTooOften or ErrTooMany. A
// clock that was set back starts the counts anew rather than lock a phone out.
func (q *Quota) take(now time.Time, l Limits) error {
	if since := now.Sub(q.LastAt); since >= 0 && since < l.CodeResend {
		return ErrTooOften
	}
	if since := now.Sub(q.HourFrom); since < 0 || since >= time.Hour {
		q.HourFrom, q.Hour = now, 0
	}
	if since := now.Sub(q.DayFrom); since < 0 || since >= 24*time.Hour {
		q.DayFrom, q.Day = now, 0
	}
	if q.Hour >= l.PhoneHour || q.Day >= l.PhoneDay {
		return ErrTooMany
	}
	q.LastAt = now
	q.Hour++
	q.Day++
	return nil
}

// spendCode checks a code and uses it up. A wrong one counts as a try, which
// must be stored: the refusal is therefore a result of its own, and err only
// says that the store failed.
func (s *service) spendCode(ctx context.Context, tx Tx, purpose Purpose, phone Phone, code string, now time.Time, bound ...string) (refusal, err error) {
	phone = phone.whole()
	c, err := tx.LockCode(ctx, purpose, phone)
	if err != nil {
		return nil, err
	}
	if live := c.Hash != "" && now.Before(c.ExpiresAt); !live {
		if s.devCode == "" {
			return ErrCode, nil
		}
		c = Code{Hash: s.hashCode(purpose, phone, s.devCode, bound...), ExpiresAt: now.Add(s.limits.CodeLife)}
	}
	if c.Tries >= s.limits.CodeTries {
		return ErrCodeLocked, nil
	}
	given := s.hashCode(purpose, phone, code, bound...)
	if subtle.ConstantTimeCompare([]byte(given), []byte(c.Hash)) == 1 {
		return nil, tx.SaveCode(ctx, purpose, phone, Code{})
	}
	c.Tries++
	return ErrCode, tx.SaveCode(ctx, purpose, phone, c)
}

func (s *service) hashCode(purpose Purpose, phone Phone, code string, bound ...string) string {
	return s.keyed("code", append([]string{strconv.Itoa(int(purpose)), phone.Username(), code}, bound...)...)
}
