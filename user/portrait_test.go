package user_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// portraits returns the pictures made for a uid and a name.
func portraits(t *testing.T, w *world, name string) (small, scalable user.Avatar) {
	t.Helper()
	w.rename("ann", name)
	scalable, err := w.Avatar(t.Context(), "ann", user.AvatarQuery{SVG: true})
	must(t, err)
	return w.avatar("ann"), scalable
}

// rename does what an update of the profile does.
func (w *world) rename(uid, name string) {
	w.t.Helper()
	must(w.t, w.db.Update(w.t.Context(), func(tx store.Conn) error {
		_, err := tx.ExecContext(w.t.Context(), "UPDATE ruyi_user SET name = ? WHERE uid = ?", name, uid)
		return err
	}))
}

func TestPortraits(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "ann", Name: "Ann"})
	for _, c := range []struct {
		name    string
		kind    string // of the PNG: l for a letter, p for a pattern
		initial string // in the SVG, "" when there is none
	}{
		{"Ann", "l", "A"}, {"ann", "l", "A"}, {"  bob", "l", "B"}, {"7up", "l", "7"}, {"😀 Zoe", "l", "Z"},
		{"e\u0301mile", "l", "É"}, {"Ωmega", "l", "Ω"}, {"жанна", "l", "Ж"}, {"ßen", "l", "ß"}, {"<b>", "l", "B"},
		{"李雷", "p", "李"}, {"~小明~", "p", "小"}, {"ありす", "p", "あ"}, {"علي", "p", "ع"}, {"𠀋", "p", "𠀋"},
		{"", "p", ""}, {"😀", "p", ""}, {"<>&\"'", "p", ""}, {"\u200b", "p", ""},
	} {
		small, scalable := portraits(t, w, c.name)
		m, err := png.Decode(bytes.NewReader(small.Data))
		must(t, err)
		if small.ContentType != "image/png" || !strings.HasPrefix(small.Tag, "g1"+c.kind) || m.Bounds() != image.Rect(0, 0, 256, 256) {
			t.Errorf("%q: %s of %v, %s", c.name, small.ContentType, m.Bounds(), small.Tag)
		}
		if white := share(m); white < 0.01 || white > 0.7 {
			t.Errorf("%q: %.3f of the picture is white", c.name, white)
		}
		if c.kind == "p" && !symmetric(m) {
			t.Errorf("%q: the pattern is lopsided", c.name)
		}
		if c.initial == "" {
			if scalable.Tag != small.Tag || scalable.ContentType != "image/png" {
				t.Errorf("%q: %s and %s", c.name, scalable.Tag, small.Tag)
			}
			continue
		}
		if got := textOf(t, scalable.Data); scalable.ContentType != "image/svg+xml" || got != c.initial {
			t.Errorf("%q: %s with %q, want %q", c.name, scalable.ContentType, got, c.initial)
		}
		if scalable.Tag == small.Tag {
			t.Errorf("%q: two pictures have the tag %s", c.name, small.Tag)
		}
	}
}

// share returns how much of m is white.
func share(m image.Image) float64 {
	n := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if m.At(x, y) == (color.RGBA{255, 255, 255, 255}) {
				n++
			}
		}
	}
	return float64(n) / float64(m.Bounds().Dx()*m.Bounds().Dy())
}

// symmetric reports whether the left side of m mirrors the right one.
func symmetric(m image.Image) bool {
	last := m.Bounds().Dx() - 1
	for y := range m.Bounds().Dy() {
		for x := range last + 1 {
			if m.At(x, y) != m.At(last-x, y) {
				return false
			}
		}
	}
	return true
}

// textOf returns the text in an XML document, which has nothing active in it.
func textOf(t *testing.T, document []byte) string {
	t.Helper()
	var text strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(document)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		must(t, err)
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			if !strings.Contains(" svg rect text ", " "+token.Name.Local+" ") {
				t.Errorf("element %s", token.Name.Local)
			}
		}
	}
}

// TestPortraitsAreTheSame for the same account, at any time and in any process:
// a change of these tags makes every client fetch every picture again.
func TestPortraitsAreTheSame(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "ann", Name: "Ann"})
	w.add(user.User{UID: "bob", Name: "Ann"})
	letter, svg := portraits(t, w, "Ann")
	same, _ := portraits(t, w, "Alice")
	other, _ := portraits(t, w, "Bea")
	pattern, _ := portraits(t, w, "李雷")
	samePattern, _ := portraits(t, w, "韩梅梅")
	for what, tags := range map[string][2]string{
		"letter": {letter.Tag, "g1l1-41"}, "svg": {svg.Tag, "g1s1-41"}, "pattern": {pattern.Tag, "g1p1-5ed1"},
		"same initial": {same.Tag, letter.Tag}, "same pattern": {samePattern.Tag, pattern.Tag},
		"other initial": {other.Tag, "g1l1-42"}, "other uid": {w.avatar("bob").Tag, "g1l9-41"},
	} {
		if tags[0] != tags[1] {
			t.Errorf("%s: %s, want %s", what, tags[0], tags[1])
		}
	}
	if !bytes.Equal(letter.Data, same.Data) || bytes.Equal(letter.Data, other.Data) {
		t.Error("pictures and tags do not go together")
	}
}

// BenchmarkPortraits compares the pictures this package makes with reading the
// account they are made for.
func BenchmarkPortraits(b *testing.B) {
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	s, err := user.New(db.Users(), user.Options{Pepper: pepper})
	if err != nil {
		b.Fatal(err)
	}
	err = db.Users().Update(b.Context(), func(tx user.Tx) error {
		return errors.Join(
			tx.AddUser(b.Context(), user.User{UID: "latin", Username: "1", ShortNo: "1", Name: "Ann", Status: user.Active}),
			tx.AddUser(b.Context(), user.User{UID: "han", Username: "2", ShortNo: "2", Name: "李雷", Status: user.Active}))
	})
	if err != nil {
		b.Fatal(err)
	}
	known, err := s.Avatar(b.Context(), "han", user.AvatarQuery{})
	if err != nil {
		b.Fatal(err)
	}
	for _, who := range []struct {
		name, uid string
		q         user.AvatarQuery
	}{
		{"letter", "latin", user.AvatarQuery{}},
		{"pattern", "han", user.AvatarQuery{}},
		{"svg", "han", user.AvatarQuery{SVG: true}},
		{"known", "han", user.AvatarQuery{Have: []string{known.Tag}}},
	} {
		b.Run(who.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Avatar(b.Context(), who.uid, who.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("account only", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Users().User(b.Context(), "han"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
