package user_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/user"
)

// TestRegisterRefusesInOrder begins with a registration that is wrong in every
// way and repairs one thing after the other.
func TestRegisterRefusesInOrder(t *testing.T) {
	w := startDev(t, openSQLite(t))
	taken := w.register()
	before := w.stored()
	r := user.Registration{Name: strings.Repeat("x", 33), Flag: 3, Device: user.Device{ID: strings.Repeat("x", 41)}}
	for _, step := range []struct {
		want   error
		repair func()
	}{
		{user.ErrZoneMissing, func() { r.Phone.Zone = "86" }},
		{user.ErrPhoneMissing, func() { r.Phone.Number = "1380" }},
		{user.ErrPhone, func() { r.Phone.Number = taken.User.Phone.Number }},
		{user.ErrCodeMissing, func() { r.Code = "000000" }},
		{user.ErrPasswordMissing, func() { r.Password = "1234567" }},
		{user.ErrPasswordLength, func() { r.Password = password }},
		{user.ErrName, func() { r.Name = "Bob" }},
		{user.ErrFlag, func() { r.Flag = user.FlagPC }},
		{user.ErrDevice, func() { r.Device.ID = "d2" }},
		{user.ErrExists, func() { r.Phone.Number = "13800000002" }},
		{user.ErrCode, func() { r.Code = devCode }},
	} {
		got, err := w.Register(t.Context(), r)
		wantErr(t, "register", err, step.want)
		if got != (user.SignedIn{}) || w.stored() != before {
			t.Errorf("%v: answered %+v and left %v where %v were", step.want, got, w.stored(), before)
		}
		step.repair()
	}
	if _, err := w.Register(t.Context(), r); err != nil {
		t.Errorf("after every repair: %v", err)
	}
}

func TestRegisterOpensAnAccount(t *testing.T) {
	w := startDev(t, openSQLite(t))
	s := w.register()
	stored, err := w.db.Users().User(t.Context(), s.User.UID)
	must(t, err)
	if stored != s.User {
		t.Errorf("answered %+v\nstored   %+v", s.User, stored)
	}
	want := user.User{
		UID: s.User.UID, Username: "008613800000001", Name: "Alice", Phone: phone, ShortNo: s.User.ShortNo,
		Sex: user.Male, Vercode: s.User.Vercode, QRVercode: s.User.QRVercode, PasswordHash: s.User.PasswordHash,
		Settings: user.DefaultSettings(), Status: user.Active, CreatedAt: t0,
	}
	if s.User != want {
		t.Errorf("account %+v\nwant    %+v", s.User, want)
	}
	for pattern, drawn := range map[string]string{
		`^[0-9a-f]{32}$`:   s.User.UID,
		`^[0-9a-f]{32}@1$`: s.User.Vercode,
		`^[0-9a-f]{32}@3$`: s.User.QRVercode,
		`^[0-9]{7}$`:       s.User.ShortNo,
		`^[0-9a-f]{64}$`:   s.Token,
	} {
		if !regexp.MustCompile(pattern).MatchString(drawn) {
			t.Errorf("%q does not match %s", drawn, pattern)
		}
	}
	contacts, err := w.db.Friends().Contacts(t.Context(), s.User.UID, friend.Cursor{}, 10)
	must(t, err)
	if len(contacts) != 2 || contacts[0].Peer != user.SystemUID || contacts[1].Peer != user.FileHelperUID {
		t.Errorf("first contacts: %+v", contacts)
	}
	if got, want := w.stored(), [4]int{1, 1, 1, 2}; got != want {
		t.Errorf("stored %v, want %v", got, want)
	}
}

func TestRegisterNames(t *testing.T) {
	w := startDev(t, openSQLite(t))
	r := registration()
	r.Phone.Number = "13800"
	for name, want := range map[string]string{
		"👨‍👩‍👧 张三":              "👨‍👩‍👧 张三",
		"@superAdmin":           "@superAdmin",
		" padded ":              "padded",
		strings.Repeat("名", 32): strings.Repeat("名", 32),
		" \t\n":                 "",
	} {
		r.Phone.Number += "1"
		s, err := w.Register(t.Context(), named(r, name))
		wantErr(t, name, err, nil)
		if drawn := regexp.MustCompile(`^用户[0-9]{4}$`).MatchString(s.User.Name); s.User.Name != want && (want != "" || !drawn) {
			t.Errorf("name %q became %q", name, s.User.Name)
		}
	}
	before := w.stored()
	for _, name := range []string{
		strings.Repeat("名", 33), "a\x00b", "a\nb", "a\u009fb", "\u202eevil", "a\u2066b", "\u200fa", "a\u2028b", "\xff",
	} {
		_, err := w.Register(t.Context(), named(r, name))
		wantErr(t, name, err, user.ErrName)
	}
	if w.stored() != before {
		t.Error("a refused name left something behind")
	}
}

func TestRegisterDevices(t *testing.T) {
	w := startDev(t, openSQLite(t))
	long := strings.Repeat("机", 101)
	for _, d := range []user.Device{
		{ID: long[:3*41]}, {ID: "\x00"}, {Name: long}, {Name: "a\nb"}, {Model: long}, {Model: "\xff"},
	} {
		r := registration()
		r.Device = d
		_, err := w.Register(t.Context(), r)
		wantErr(t, d.ID+d.Name+d.Model, err, user.ErrDevice)
	}
	r := registration()
	r.Device = user.Device{ID: long[:3*40], Name: long[:3*100], Model: long[:3*100]}
	if _, err := w.Register(t.Context(), r); err != nil {
		t.Errorf("the longest device: %v", err)
	}
}

func TestPhoneIsOneAccountInEverySpelling(t *testing.T) {
	w := startDev(t, openSQLite(t))
	r := registration()
	r.Phone.Zone = "+86"
	s, err := w.Register(t.Context(), r)
	must(t, err)
	if s.User.Phone != phone {
		t.Errorf("phone %+v, want %+v", s.User.Phone, phone)
	}
	for _, spelling := range []user.Phone{
		phone, {Zone: "+86", Number: phone.Number}, {Zone: "86", Number: phone.Number}, {Zone: "+861", Number: phone.Number[1:]},
	} {
		r.Phone = spelling
		_, err := w.Register(t.Context(), r)
		wantErr(t, spelling.Zone, err, user.ErrExists)
		exists, err := w.SendRegisterCode(t.Context(), spelling, client)
		if !exists || err != nil {
			t.Errorf("%s: exists %v, %v", spelling.Zone, exists, err)
		}
	}
}

func TestPhonesThatAreNone(t *testing.T) {
	w := startDev(t, openSQLite(t))
	const number = "13800000001"
	for _, c := range []struct {
		zone, number string
		want         error
	}{
		{"", number, user.ErrZoneMissing},
		{"86", "", user.ErrPhoneMissing},
		{"86", "1234", user.ErrPhone},
		{"86", "12345", nil},
		{"86", "123456789012345", nil},
		{"86", "1234567890123456", user.ErrPhone},
		{"86", "138 0000 0001", user.ErrPhone},
		{"86", "+8613800000", user.ErrPhone},
		{"86", "１３８００００", user.ErrPhone},
		{"86", "13800\x00", user.ErrPhone},
		{"1", number, nil},
		{"1242", number, nil},
		{"12345", number, user.ErrPhone},
		{"0", number, user.ErrPhone},
		{"00", number, user.ErrPhone},
		{"000", number, user.ErrPhone},
		{"00086", number, user.ErrPhone},
		{"++86", number, user.ErrPhone},
		{"+", number, user.ErrPhone},
		{"cn", number, user.ErrPhone},
	} {
		_, err := w.SendRegisterCode(t.Context(), user.Phone{Zone: c.zone, Number: c.number}, client)
		wantErr(t, c.zone+" "+c.number, err, c.want)
	}
}

// gate is a store that begins no transaction before all callers want one, having
// read what was there before.
type gate struct {
	user.Store
	all *sync.WaitGroup
}

func (g gate) Update(ctx context.Context, fn func(user.Tx) error) error {
	g.all.Done()
	g.all.Wait()
	return g.Store.Update(ctx, fn)
}

func TestParallelRegistrationsOpenOneAccount(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		const callers = 8
		all := &sync.WaitGroup{}
		all.Add(callers)
		w := startDev(t, db)
		w.with(gate{db.Users(), all}, user.Options{DevCode: devCode})
		opened := 0
		for _, err := range together(callers, func(int) error {
			_, err := w.Register(t.Context(), registration())
			return err
		}) {
			if err == nil {
				opened++
			} else if !errors.Is(err, user.ErrExists) {
				t.Errorf("a late registration: %v, want %v", err, user.ErrExists)
			}
		}
		if got, want := w.stored(), [4]int{1, 1, 1, 2}; opened != 1 || got != want {
			t.Errorf("%d registrations succeeded and left %v, want 1 and %v", opened, got, want)
		}
	})
}

func named(r user.Registration, name string) user.Registration {
	r.Name = name
	return r
}
