package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/ruyi-im/ruyi/internal/pgtest"
)

func TestTwoBecomeFriendsOnSQLite(t *testing.T) {
	befriend(t, "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"), filepath.Join(t.TempDir(), "ruyi.keys"))
}

func TestTwoBecomeFriendsOnPostgres(t *testing.T) {
	dsn := pgtest.DSN(t)
	if err := checkDev(t.Context(), "127.0.0.1:0", database{dsn: dsn}); err != nil {
		t.Skip("the PostgreSQL of the tests is on another machine, where -dev is refused: ", err)
	}
	keys := filepath.Join(t.TempDir(), "ruyi.keys")
	befriend(t, dsn, keys)

	t.Run("elsewhere without the keys", func(t *testing.T) {
		t.Chdir(t.TempDir())
		code, log := runToEnd(t, noEnv, "-addr", "127.0.0.1:0", "-db", dsn)
		if code != 1 || !strings.Contains(log, "keys file ruyi.keys is not there") {
			t.Errorf("code %d, want 1 and a word about the keys:\n%s", code, log)
		}
		wantFiles(t, ".")
	})
}

// befriend walks two people from registration to friendship, with a restart of
// the server before the end.
func befriend(t *testing.T, db, keys string) {
	s := startHere(t, "-dev", "-db", db, "-keys", keys)
	c := newClient(t, s.base)
	ann, err := c.register("13800000001", "Ann")
	if err != nil {
		t.Fatal(err)
	}
	bob, err := c.register("13800000002", "Bob")
	if err != nil {
		t.Fatal(err)
	}
	if err := ann.apply(bob.uid, "it is me"); err != nil {
		t.Fatal(err)
	}
	waiting, err := bob.requests()
	if err != nil {
		t.Fatal(err)
	}
	if len(waiting) != 1 || waiting[0].From != ann.uid || waiting[0].Remark != "it is me" {
		t.Fatalf("Bob's queue has the requests %+v, want the one of Ann", waiting)
	}
	if err := bob.post("/friend/sure", map[string]any{"token": waiting[0].Token}, nil); err != nil {
		t.Fatal(err)
	}
	s.stop()

	s = startHere(t, "-db", db, "-keys", keys)
	ann.base, bob.base = s.base, s.base
	for me, other := range map[*client]*client{ann: bob, bob: ann} {
		list, err := me.friends()
		if err != nil {
			t.Fatal(err)
		}
		if !list[other.uid] {
			t.Errorf("%s does not see %s as a friend: %v", me.uid, other.uid, list)
		}
	}
	if me, err := ann.login("13800000001"); err != nil || me.UID != ann.uid || me.Name != "Ann" {
		t.Errorf("logging in after a restart: %+v, %v", me, err)
	}
	s.stop()
}

func TestUsedPostgres(t *testing.T) {
	d := database{dsn: pgtest.DSN(t)}
	if used, err := d.used(t.Context()); used || err != nil {
		t.Errorf("an empty schema: used %v, %v", used, err)
	}
	conn, err := pgx.Connect(t.Context(), d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), "CREATE TABLE ruyi_user (uid text)"); err != nil {
		t.Fatal(err)
	}
	if used, err := d.used(t.Context()); !used || err != nil {
		t.Errorf("a schema with accounts: used %v, %v", used, err)
	}
}

func TestNoCodeWithoutDev(t *testing.T) {
	s := startHere(t, "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
	c := newClient(t, s.base)
	phone := map[string]any{"zone": "0086", "phone": "13800000001"}
	if err := c.post("/user/sms/registercode", phone, nil); err == nil || !strings.Contains(err.Error(), "短信服务未开通") {
		t.Errorf("asking for a code: %v, want the refusal of a server without SMS", err)
	}
	if _, err := c.register("13800000001", "Ann"); err == nil {
		t.Error("the development code works without -dev")
	}
}

func TestDevLogsNoCode(t *testing.T) {
	s := startHere(t, "-dev", "-db", "sqlite:"+filepath.Join(t.TempDir(), "ruyi.db"))
	c := newClient(t, s.base)
	if err := c.post("/user/sms/registercode", map[string]any{"zone": "0086", "phone": "13800000047"}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.register("13800000058", "Ann"); err != nil {
		t.Fatal(err)
	}
	if err := c.post("/user/sms/registercode", map[string]any{"zone": "0086", "phone": "13800000058"}, nil); err != nil {
		t.Fatal(err)
	}
	log := s.out.String()
	if strings.Contains(log, "…58") {
		t.Errorf("a notice of a code that somebody with an account does not get:\n%s", log)
	}
	if !strings.Contains(log, "zone=0086 phone=…47") {
		t.Errorf("no notice of the code:\n%s", log)
	}
	for _, secret := range []string{devCode, "13800000047", "0047"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log contains %s:\n%s", secret, log)
		}
	}
}
