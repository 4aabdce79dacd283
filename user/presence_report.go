package user

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

func (s *service) Report(ctx context.Context, reports []PresenceReport) ([]OnlineStatus, error) {
	if len(reports) > MaxPresenceReports {
		return nil, ErrReports
	}
	now := s.now()
	byUID := map[string][]PresenceReport{}
	for _, r := range reports {
		if r.Flag > FlagPC {
			return nil, ErrFlag
		}
		if r.UID == "" || !text.Line(r.UID, maxUsername) {
			continue // nobody has that uid
		}
		if r.At.UnixMilli() <= 0 || r.At.Sub(now) > clockSkew {
			r.At = now
		}
		byUID[r.UID] = append(byUID[r.UID], r)
	}
	if len(byUID) == 0 {
		return nil, nil
	}
	var changed []OnlineStatus
	err := s.store.Update(ctx, func(tx Tx) error {
		changed = nil
		var drafts []message.Draft
		for _, uid := range slices.Sorted(maps.Keys(byUID)) { // one order for everybody
			c, err := apply(ctx, tx, uid, byUID[uid], now)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if c.before.Online != c.after.Online {
				changed = append(changed, c.after)
			}
			news, err := c.news(ctx, tx, now)
			if err != nil {
				return err
			}
			drafts = append(drafts, news...)
		}
		return tx.Emit(ctx, drafts...)
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// apply stores the reports about one user and returns what changed.
func apply(ctx context.Context, tx Tx, uid string, reports []PresenceReport, now time.Time) (c presenceChange, err error) {
	devices, err := tx.LockPresence(ctx, uid)
	if err != nil {
		return c, err
	}
	c.before = Summary(devices)
	online := func(flag Flag) bool {
		return slices.ContainsFunc(devices, func(p DevicePresence) bool { return p.Flag == flag && p.Online })
	}
	changed := map[Flag]DevicePresence{}
	for _, r := range reports {
		p, found := changed[r.Flag]
		if !found {
			p = DevicePresence{UID: uid, Flag: r.Flag}
			if i := slices.IndexFunc(devices, func(p DevicePresence) bool { return p.Flag == r.Flag }); i >= 0 {
				p = devices[i].believable(now)
			}
		}
		changed[r.Flag] = p.with(r)
	}
	for _, flag := range slices.Sorted(maps.Keys(changed)) {
		p := changed[flag]
		if p.Online != online(flag) {
			c.devices = append(c.devices, p)
		}
		if i := slices.IndexFunc(devices, func(p DevicePresence) bool { return p.Flag == flag }); i < 0 {
			devices = append(devices, p)
		} else if devices[i] == p {
			continue
		} else {
			devices[i] = p
		}
		if err := tx.SavePresence(ctx, p); err != nil {
			return c, err
		}
	}
	c.after = Summary(devices)
	return c, nil
}

// with returns p after r. Whatever order reports come in, and however often,
// the result is the same.
func (p DevicePresence) with(r PresenceReport) DevicePresence {
	at := time.UnixMilli(r.At.UnixMilli()) // as stores keep it
	switch {
	case r.Online && at.After(p.LastOnline):
		p.LastOnline = at
	case !r.Online && at.After(p.LastOffline):
		p.LastOffline = at
	}
	p.Online = !p.LastOnline.IsZero() && !p.LastOnline.Before(p.LastOffline)
	return p
}

// believable returns p without what would lie in the future, as it does once a
// clock that was ahead is set back: no report could override it for that long.
func (p DevicePresence) believable(now time.Time) DevicePresence {
	if p.LastOnline.Sub(now) > clockSkew || p.LastOffline.Sub(now) > clockSkew {
		return DevicePresence{UID: p.UID, Flag: p.Flag}
	}
	return p
}
