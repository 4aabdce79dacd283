package httpapi_test

import (
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/user"
)

// syncedRow is what a client keeps of a row of its contact list.
type syncedRow struct {
	ID        int64
	UID       string
	UpdatedAt string `json:"updated_at"`
	Version   int64
	IsDeleted int `json:"is_deleted"`
	Remark    string
	Vercode   string
}

// TestSyncInPages follows a contact list over HTTP while others change it, once
// by each form of the key.
func TestSyncInPages(t *testing.T) {
	onBothEngines(t, func(t *testing.T, c *client) {
		ann := c.register("Ann", "13800000001")
		const writers, each, acts = 4, 3, 12
		truth := [writers][each]syncedRow{}
		for i := range truth {
			for n := range each {
				truth[i][n].UID = c.addUser(fmt.Sprintf("peer%d%d", i, n))
			}
		}
		var writing sync.WaitGroup
		failed := [writers]error{}
		for i := range writers {
			writing.Go(func() { failed[i] = c.churn(ann.UID, truth[i][:], acts) })
		}
		ended := make(chan struct{})
		go func() { writing.Wait(); close(ended) }()

		known := c.follow(ann, ended, map[string]func(syncedRow) string{
			"local time":   func(r syncedRow) string { return fmt.Sprintf("%s@%d", r.UpdatedAt, r.ID) },
			"Unix seconds": func(r syncedRow) string { return fmt.Sprintf("%d@%d", r.Version, r.ID) },
		})
		if err := errors.Join(failed[:]...); err != nil {
			t.Fatal(err)
		}
		for form, rows := range known {
			if len(rows) != 2+writers*each { // the two system accounts are contacts too
				t.Errorf("%s: %d contacts, want %d", form, len(rows), 2+writers*each)
			}
			for i := range truth {
				for _, want := range truth[i] {
					got := rows[want.UID]
					if got.IsDeleted != want.IsDeleted || got.Remark != want.Remark || got.Vercode != want.Vercode {
						t.Errorf("%s: %+v, want %+v", form, got, want)
					}
				}
			}
		}
	})
}

// addUser stores an account without a password and returns its uid.
func (c *client) addUser(uid string) string {
	c.t.Helper()
	u := user.User{UID: uid, Username: uid, ShortNo: uid, Name: uid, Status: user.Active}
	if err := c.db.Users().Update(c.t.Context(), func(tx user.Tx) error { return tx.AddUser(c.t.Context(), u) }); err != nil {
		c.t.Fatal(err)
	}
	return uid
}

// churn changes some of owner's contacts, by a clock that steps back and forth,
// and leaves the truth in rows.
func (c *client) churn(owner string, rows []syncedRow, acts int) error {
	ctx := c.t.Context()
	for n := range acts * len(rows) {
		r := &rows[n%len(rows)]
		r.IsDeleted, r.Remark, r.Vercode = (n/2)%2, fmt.Sprint("remark ", n), fmt.Sprint(n, "@4")
		at := now.Add(time.Duration(n*7%11-5) * time.Minute)
		err := c.db.Friends().Update(ctx, func(tx friend.Tx) error {
			return errors.Join(
				tx.LockOwners(ctx, owner),
				tx.SaveContactSettings(ctx, owner, r.UID, friend.ContactSettings{Remark: r.Remark}),
				tx.SaveRelation(ctx, friend.Relation{Owner: owner, Peer: r.UID, Vercode: r.Vercode, Deleted: r.IsDeleted == 1}, at),
			)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// follow reads a contact list in small pages, once by each form of the key, until
// no more is written and nothing is left. It returns the rows by form and uid.
func (c *client) follow(p person, ended <-chan struct{}, forms map[string]func(syncedRow) string) map[string]map[string]syncedRow {
	c.t.Helper()
	known, keys := map[string]map[string]syncedRow{}, map[string]string{}
	for form := range forms {
		known[form] = map[string]syncedRow{}
	}
	for last := false; ; {
		over := false
		select {
		case <-ended:
			over = true
		default:
		}
		rows := 0
		for form, key := range forms {
			query := url.Values{"sync_key": {keys[form]}, "limit": {"3"}}
			page := decode[[]syncedRow](c, "-", p.Token, "POST", "/v1/friend/sync?"+query.Encode(), "")
			delete(c.seen, "-")
			for _, r := range page {
				known[form][r.UID], keys[form] = r, key(r)
			}
			rows += len(page)
		}
		if last && rows == 0 {
			return known
		}
		last = over
	}
}
