package user

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// RecentlyOnline is how long somebody who went counts as recently online.
const RecentlyOnline = 24 * time.Hour

// Ever as the time of Presence.Online leaves out nobody who was seen once.
const Ever time.Duration = math.MaxInt64

// Limits of one call.
const (
	MaxPresenceReports = 1000
	MaxOnlineAsked     = 200 // uids
)

// clockSkew is how far the clocks of those who report and of this program may
// be apart.
const clockSkew = time.Minute

// PresenceReport says that a user came or went on one kind of device: Online
// when there is a connection with that flag, not Online when the last such
// connection is gone.
type PresenceReport struct {
	UID    string
	Flag   Flag
	Online bool
	At     time.Time // when it happened; before 1970 or more than a minute ahead means now
}

// DevicePresence is what is known of a user on one kind of device.
type DevicePresence struct {
	UID         string
	Flag        Flag
	Online      bool
	LastOnline  time.Time // the newest report of having come; zero for none
	LastOffline time.Time // the newest report of having gone; zero for none
}

// OnlineStatus is what is told about a user on all devices together: the one
// that counts, which is an online one before one that is not, APP before PC
// before Web among those online, else the one that went last.
type OnlineStatus struct {
	UID         string
	Name        string // told by Presence.Online only
	Flag        Flag
	Online      bool
	LastOnline  time.Time // zero for never
	LastOffline time.Time // zero for never
}

// Computer is the computer that somebody is online on.
type Computer struct {
	Flag      Flag
	MuteOfApp bool // the setting of the account that keeps the app silent meanwhile
}

// Presence knows who is online. Gateways report it; people ask about their
// contacts only.
type Presence interface {
	// Report stores what gateways saw, at most MaxPresenceReports, in any order:
	// an older report never overrides a newer one, repeating one changes nothing,
	// and of two about the same millisecond the one of having come counts. Users
	// who do not exist are passed over. It returns, ascending by uid, those whose
	// first device came or whose last one went. Their contacts are told at once by
	// an onlineStatus command, and so is somebody whose computer came or went, as
	// far as they are connected: nothing of it is stored. ErrFlag, ErrReports.
	Report(ctx context.Context, reports []PresenceReport) (changed []OnlineStatus, err error)

	// Online returns the contacts of uid who are online, and those who went less
	// than recent ago: 0 for none, RecentlyOnline, Ever (operations 22 and 26). A
	// contact is who has uid as a contact as well. Unless among is nil, only those
	// it names are looked at; whoever else it names is left out. Those online come
	// first, then the ones who went last. ErrTooManyUIDs when among has more than
	// MaxOnlineAsked.
	Online(ctx context.Context, uid string, among []string, recent time.Duration) ([]OnlineStatus, error)

	// OnComputer returns the computer that uid is online on, PC before Web, and
	// whether there is one.
	OnComputer(ctx context.Context, uid string) (computer Computer, online bool, err error)
}

// PresenceReader is the part of Reader that Presence needs.
type PresenceReader interface {
	// Presence returns what is known of uid, at most one row for each flag and none
	// for a flag that was never reported, in the order of flags.
	Presence(ctx context.Context, uid string) ([]DevicePresence, error)
	// ContactPresence returns the devices of the active contacts of owner, those
	// that have owner as a contact too, that are online or went after since. Unless
	// among is nil only the contacts it names count. The order is that of uids.
	ContactPresence(ctx context.Context, owner string, among []string, since time.Time) ([]NamedPresence, error)
}

// NamedPresence is a device together with the name of whom it belongs to.
type NamedPresence struct {
	DevicePresence
	Name string
}

// PresenceTx is the part of Tx that Presence needs.
type PresenceTx interface {
	// LockPresence returns what is known of uid, as Presence does, and holds it
	// until the end. ErrNotFound when there is no such user.
	LockPresence(ctx context.Context, uid string) ([]DevicePresence, error)
	// SavePresence inserts or replaces the row of a user and a flag.
	SavePresence(ctx context.Context, p DevicePresence) error
}

func (s *service) Online(ctx context.Context, uid string, among []string, recent time.Duration) ([]OnlineStatus, error) {
	if len(among) > MaxOnlineAsked {
		return nil, ErrTooManyUIDs
	}
	if among != nil {
		among = slices.DeleteFunc(slices.Clone(among), func(uid string) bool {
			return uid == "" || !text.Line(uid, maxUsername)
		})
		if len(among) == 0 {
			return []OnlineStatus{}, nil
		}
	}
	devices, err := s.store.ContactPresence(ctx, uid, among, s.now().Add(-max(recent, 0)))
	if err != nil {
		return nil, err
	}
	list := statuses(devices)
	slices.SortFunc(list, newestFirst)
	return list, nil
}

// statuses puts the devices of each user together; they come in order of uids.
func statuses(devices []NamedPresence) []OnlineStatus {
	list := []OnlineStatus{}
	for len(devices) > 0 {
		n := 1
		for n < len(devices) && devices[n].UID == devices[0].UID {
			n++
		}
		counts := slices.MaxFunc(devices[:n], func(a, b NamedPresence) int {
			return compareDevices(a.DevicePresence, b.DevicePresence)
		})
		o := counts.status()
		o.Name = counts.Name
		list = append(list, o)
		devices = devices[n:]
	}
	return list
}

// newestFirst orders those online before the others, and each by their last
// change.
func newestFirst(a, b OnlineStatus) int {
	change := b.LastOffline.Compare(a.LastOffline)
	if a.Online && b.Online {
		change = b.LastOnline.Compare(a.LastOnline)
	}
	return cmp.Or(cmp.Compare(truth(b.Online), truth(a.Online)), change, cmp.Compare(a.UID, b.UID))
}

func (s *service) OnComputer(ctx context.Context, uid string) (Computer, bool, error) {
	devices, err := s.store.Presence(ctx, uid)
	if err != nil {
		return Computer{}, false, err
	}
	o := Summary(slices.DeleteFunc(devices, func(p DevicePresence) bool { return p.Flag == FlagApp }))
	if !o.Online {
		return Computer{}, false, nil
	}
	u, err := s.store.User(ctx, uid)
	if err != nil {
		return Computer{}, false, err
	}
	return Computer{Flag: o.Flag, MuteOfApp: u.Settings.MuteOfApp}, true, nil
}

// Summary returns what is told about a user with these devices, the zero
// OnlineStatus when there is none.
func Summary(devices []DevicePresence) OnlineStatus {
	if len(devices) == 0 {
		return OnlineStatus{}
	}
	return slices.MaxFunc(devices, compareDevices).status()
}

func (p DevicePresence) status() OnlineStatus {
	return OnlineStatus{
		UID: p.UID, Flag: p.Flag, Online: p.Online, LastOnline: p.LastOnline, LastOffline: p.LastOffline,
	}
}

// compareDevices orders the devices of one user; the last of them counts.
func compareDevices(a, b DevicePresence) int {
	if a.Online != b.Online {
		return cmp.Compare(truth(a.Online), truth(b.Online))
	}
	weight := cmp.Compare(a.Flag.weight(), b.Flag.weight())
	if a.Online {
		return weight
	}
	return cmp.Or(a.LastOffline.Compare(b.LastOffline), weight)
}

// weight is in the order of how much a kind of device counts.
func (f Flag) weight() int {
	switch f {
	case FlagApp:
		return 3
	case FlagPC:
		return 2
	default:
		return 1
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
