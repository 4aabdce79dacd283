package ruyi

import (
	"context"
	"errors"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// listen has the gateway hear what is committed. Inside somebody else's
// transaction there is no gateway: the stores around it have theirs.
func listen(stores Stores, o *Options) (stop func(), err error) {
	if o.Gateway == nil {
		return func() {}, nil
	}
	a, ok := stores.(message.Announcer)
	if !ok {
		return nil, errors.New("ruyi: there is a Gateway, but the stores do not tell what they commit: they are no message.Announcer")
	}
	stop, ok = a.OnCommit(o.Gateway.Push)
	if !ok {
		o.Gateway = nil
	}
	return stop, nil
}

// both calls what the host wants to be called about sessions, where it does, and
// the gateway.
func both(host, gateway func(ctx context.Context, uid string)) func(ctx context.Context, uid string) {
	if host == nil {
		return gateway
	}
	return func(ctx context.Context, uid string) {
		host(ctx, uid)
		gateway(ctx, uid)
	}
}

// backend answers what gateways ask. It satisfies message.Backend.
type backend struct {
	stores Stores
	users  user.Service
}

func (b backend) Subscribers(ctx context.Context, ch message.Channel, among []string) ([]string, error) {
	return b.stores.Messages().Subscribers(ctx, ch, among)
}

func (b backend) LiveSessions(ctx context.Context, sessions []string) ([]string, error) {
	return b.users.LiveSessions(ctx, sessions)
}

func (b backend) ReportPresence(ctx context.Context, changes []message.Presence) error {
	reports := make([]user.PresenceReport, 0, len(changes))
	for _, c := range changes {
		if f := user.Flag(c.Flag); f <= user.FlagPC { // others are no devices of people
			reports = append(reports, user.PresenceReport{UID: c.UID, Flag: f, Online: c.Online, At: c.At})
		}
	}
	for len(reports) > 0 {
		n := min(len(reports), user.MaxPresenceReports)
		if _, err := b.users.Report(ctx, reports[:n]); err != nil {
			return err
		}
		reports = reports[n:]
	}
	return nil
}
