package user

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Limits of polls that are held back, in this process.
const (
	MaxQRPolls      = 4    // for one login; a page that is reloaded leaves some behind
	MaxQRPollsTotal = 4096 // for all
)

// defaultQRReread is the default of Options.QRReread.
const defaultQRReread = time.Second

func (s *service) PollQRLogin(ctx context.Context, p QRPoll) (state QRState, err error) {
	if !isQRLoginID(p.UUID) {
		return QRState{Status: QRExpired}, nil
	}
	if p.Wait <= 0 {
		return s.qrState(ctx, p)
	}
	w, told, err := s.polls.join(p.UUID)
	if err != nil {
		return QRState{}, err
	}
	defer func() { s.polls.leave(w, err == nil && state.Status == QRScanned, s.now()) }()
	return s.awaitQRNews(ctx, p, w, told)
}

// awaitQRNews holds the answer back until there is something new. A change made
// by this process wakes it; one made by another is found by reading again.
func (s *service) awaitQRNews(ctx context.Context, p QRPoll, w *qrPoll, told bool) (QRState, error) {
	over := time.NewTimer(p.Wait)
	defer over.Stop()
	again := time.NewTicker(s.qrReread)
	defer again.Stop()
	for {
		changed := s.polls.changed(w) // before reading, so that no change falls between
		state, err := s.qrState(ctx, p)
		if err != nil || state.Status != QRWaiting && !(state.Status == QRScanned && told) {
			return state, err
		}
		select {
		case <-changed:
		case <-again.C:
		case <-over.C:
			return state, nil
		case <-p.Stop:
			return state, nil
		case <-ctx.Done():
			return QRState{}, ctx.Err()
		}
	}
}

// qrState reads how far a login has come. The time is that of each reading, as a
// login may end while somebody waits for it.
func (s *service) qrState(ctx context.Context, p QRPoll) (QRState, error) {
	q, err := s.store.QRLogin(ctx, p.UUID)
	if errors.Is(err, ErrNotFound) {
		return QRState{Status: QRExpired}, nil
	}
	if err != nil {
		return QRState{}, err
	}
	if !q.live(s.now()) || !q.startedBy(p.Secret, p.Address) {
		return QRState{Status: QRExpired}, nil
	}
	state := QRState{Status: q.Status, UID: q.UID}
	if q.Status == QRGranted {
		state.AuthCode, state.Encrypt = s.finishCode(q), q.Encrypt
	}
	return state, nil
}

// qrPolls are the logins that somebody waits for, or was told about.
type qrPolls struct {
	mu      sync.Mutex
	logins  map[string]*qrPoll
	waiting int // polls that are held back
	sweepAt int // number of logins at which to look for what can be forgotten
}

// qrPoll is what this process knows of the polls of one login.
type qrPoll struct {
	uuid    string
	changed chan struct{} // closed when the login changes
	waiting int
	told    time.Time // until when to remember that the scan was told; zero when it was not
}

// minSweep is the least number of logins that is worth looking through.
const minSweep = 1024

func newQRPolls() *qrPolls {
	return &qrPolls{logins: map[string]*qrPoll{}, sweepAt: minSweep}
}

// join counts one more poll and returns whether the scan was told before.
// ErrBusy when there are too many.
func (p *qrPolls) join(uuid string) (w *qrPoll, told bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w = p.logins[uuid]
	if p.waiting >= MaxQRPollsTotal || w != nil && w.waiting >= MaxQRPolls {
		return nil, false, ErrBusy
	}
	if w == nil {
		w = &qrPoll{uuid: uuid, changed: make(chan struct{})}
		p.logins[uuid] = w
	}
	w.waiting++
	p.waiting++
	return w, !w.told.IsZero(), nil
}

// leave counts one poll less, and remembers whether it told the scan.
func (p *qrPolls) leave(w *qrPoll, told bool, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.waiting--
	p.waiting--
	if told {
		w.told = now.Add(QRConfirmTime)
	}
	if w.forgettable(now) {
		delete(p.logins, w.uuid)
	}
	if len(p.logins) < p.sweepAt {
		return
	}
	for uuid, w := range p.logins {
		if w.forgettable(now) {
			delete(p.logins, uuid)
		}
	}
	p.sweepAt = max(minSweep, 2*len(p.logins))
}

// forgettable reports whether nobody waits and the login is over, if it was told.
func (w *qrPoll) forgettable(now time.Time) bool {
	return w.waiting == 0 && !now.Before(w.told)
}

// changed returns a channel that the next change closes.
func (p *qrPolls) changed(w *qrPoll) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return w.changed
}

// wake tells everybody who waits for a login that it has changed.
func (p *qrPolls) wake(uuid string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.logins[uuid]; w != nil {
		close(w.changed)
		w.changed = make(chan struct{})
	}
}
