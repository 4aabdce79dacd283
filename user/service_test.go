package user_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

func TestNewRefusesWeakOptions(t *testing.T) {
	for what, o := range map[string]user.Options{
		"no pepper":        {},
		"short pepper":     {Pepper: pepper[:31]},
		"short DevCode":    {Pepper: pepper, DevCode: "12345"},
		"long DevCode":     {Pepper: pepper, DevCode: "1234567"},
		"DevCode of a-f":   {Pepper: pepper, DevCode: "12345a"},
		"fullwidth digits": {Pepper: pepper, DevCode: "１２"},
	} {
		s, err := user.New(nil, o)
		if s != nil || err == nil {
			t.Errorf("%s was accepted", what)
		}
		if err != nil && o.DevCode != "" && strings.Contains(err.Error(), o.DevCode) {
			t.Errorf("%s: the error tells the code: %v", what, err)
		}
	}
	if _, err := user.New(nil, user.Options{Pepper: pepper}); err != nil {
		t.Errorf("a pepper alone: %v", err)
	}
}

// TestSecretsDoNotRest reads everything that SQLite has written, free pages and
// the write-ahead log included.
func TestSecretsDoNotRest(t *testing.T) {
	dir := t.TempDir()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "ruyi.db"), sqlite.Options{})
	w := start(t, closing(t, db, err))
	code := w.send(phone)
	r := registration()
	r.Code = code
	registered, err := w.Register(t.Context(), r)
	must(t, err)
	loggedIn, err := w.login(phone.Username(), password)
	must(t, err)
	unused := w.send(user.Phone{Zone: "0086", Number: "13800000002"})

	session, err := w.Authenticate(t.Context(), loggedIn.Token)
	must(t, err)
	written := ""
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	for _, name := range files {
		content, err := os.ReadFile(name)
		must(t, err)
		written += string(content)
	}
	for what, secret := range map[string]string{
		"password": password, "code": code, "unused code": unused,
		"first token": registered.Token, "second token": loggedIn.Token, "pepper": string(pepper),
	} {
		if strings.Contains(written, secret) {
			t.Errorf("the %s is in the files", what)
		}
	}
	for _, kept := range []string{registered.User.UID, registered.User.PasswordHash, session.TokenHash} {
		if !strings.Contains(written, kept) {
			t.Errorf("%q is not in the files: is it they that were read?", kept)
		}
	}
}
