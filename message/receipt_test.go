package message_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/store"
)

// asking makes a message ask for receipts.
func asking(d message.Draft) message.Draft {
	d.Setting |= message.SettingReceipt
	return d
}

// receipts returns what uid is told of a channel after a version: position,
// version, readers and who has not read, "r" where uid did.
func (r *room) receipts(uid string, ch message.Channel, after int64, limit int) string {
	r.t.Helper()
	extras, err := r.Extras(r.t.Context(), uid, ch, after, limit)
	must(r.t, err)
	s := ""
	for _, m := range extras {
		read := ""
		if m.Read {
			read = "r"
		}
		s += fmt.Sprintf("%d v%d %d+%d%s; ", m.Seq, m.Version, m.Readers, m.Unread, read)
	}
	return s
}

func TestReadMarks(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		r.found(map[string]int{"alice": 0, "bob": 0, "carol": 1})
		asked, silent := r.post(asking(r.said("alice", "read me"))), r.post(r.said("alice", "no matter"))
		second, own := r.post(asking(r.said("carol", "me too"))), r.post(asking(r.said("bob", "my own")))
		between := r.post(asking(say("alice", "bob", "hi")))
		foreign := r.post(asking(say("carol", "dave", "private")))

		must(t, r.MarkRead(t.Context(), "bob", ourGroup, asked, silent, second, own, between, foreign, asked, 1<<62))
		r.wantCommands("in a group", `live bob in "g1" to [alice carol]: `+
			`{"cmd":"syncMessageExtra","param":{"channel_id":"g1","channel_type":2},"type":99}`)
		equal(t, "rows", r.number("SELECT count(*) FROM ruyi_message_read"), 2)
		equal(t, "the reader", r.receipts("bob", ourGroup, 0, 0), "1 v1 1+1r; 3 v2 1+1r; ")
		equal(t, "a sender", r.receipts("alice", ourGroup, 0, 0), "1 v1 1+1; 3 v2 1+1; ")
		must(t, r.MarkRead(t.Context(), "bob", ourGroup, asked, second))
		r.wantCommands("again", "")

		r.now = t0.Add(time.Minute)
		must(t, r.MarkRead(t.Context(), "carol", ourGroup, asked))
		equal(t, "a second reader", r.receipts("carol", ourGroup, 0, 0), "3 v2 1+1; 1 v3 2+0r; ")
		equal(t, "news only", r.receipts("alice", ourGroup, 2, 0), "1 v3 2+0; ")
		equal(t, "a page", r.receipts("alice", ourGroup, 0, 1), "3 v2 1+1; ")
		equal(t, "no news", r.receipts("alice", ourGroup, 3, 0), "")
		history, err := r.History(t.Context(), "carol", ourGroup, 0, 0)
		must(t, err)
		want := message.Extra{Version: 3, Read: true, ReadAt: r.now, Readers: 2}
		if got := history[0].Extra; !got.ReadAt.Equal(want.ReadAt) || got.Version != 3 || !got.Read || got.Readers != 2 || got.Unread != 0 {
			t.Errorf("history shows %+v, want %+v", got, want)
		}
		equal(t, "nobody has read it", history[3].Unread, 2)

		r.commands()
		must(t, r.MarkRead(t.Context(), "bob", person("alice"), between, asked))
		r.wantCommands("between two", fmt.Sprintf(`queued bob in %q to [alice]: `+
			`{"cmd":"syncMessageExtra","param":{"channel_id":"bob","channel_type":1},"type":99}`, message.PersonChannel("alice", "bob").ID))
		equal(t, "the sender", r.receipts("alice", person("bob"), 0, 0), "1 v1 1+0; ")
		equal(t, "not of others", r.receipts("carol", person("dave"), 0, 0), "")

		must(t, r.Revoke(t.Context(), "alice", ourGroup, asked))
		equal(t, "read and revoked", r.receipts("bob", ourGroup, 3, 0), "1 v4 2+0r; ")
		must(t, r.Delete(t.Context(), "bob", second))
		equal(t, "deleted", r.receipts("bob", ourGroup, 0, 0), "1 v4 2+0r; ")
		must(t, r.Clear(t.Context(), "bob", ourGroup, 1))
		equal(t, "cleared", r.receipts("bob", ourGroup, 0, 0), "")
	})
}

func TestNothingToRead(t *testing.T) {
	r := startRoom(t, openSQLite(t), message.Options{RevokeWindow: -1})
	var ids []int64
	for range 4 {
		ids = append(ids, r.post(asking(say("alice", "bob", "hi"))))
	}
	must(t, r.Revoke(t.Context(), "alice", person("bob"), ids[0]))
	must(t, r.Delete(t.Context(), "bob", ids[1]))
	r.commands()
	must(t, r.MarkRead(t.Context(), "bob", person("alice"), ids[:2]...))
	must(t, r.MarkRead(t.Context(), "bob", person("carol"), ids...))
	must(t, r.MarkRead(t.Context(), "alice", person("bob"), ids...))
	r.wantCommands("what is gone, of others and one's own", "")
	equal(t, "rows", r.number("SELECT count(*) FROM ruyi_message_read"), 0)
	_, err := r.Extras(t.Context(), "bob", person("alice"), -1, 0)
	wantErr(t, "version", err, message.ErrVersion)
}

func TestExtrasLimits(t *testing.T) {
	for limit, want := range map[int]int{
		-1: message.DefaultExtrasLimit, 0: message.DefaultExtrasLimit, 7: 7, 1 << 30: message.MaxSyncLimit,
	} {
		a := &asked{}
		_, err := message.New(a, message.Options{}).Extras(t.Context(), "alice", person("bob"), 0, limit)
		must(t, err)
		equal(t, fmt.Sprint("limit ", limit), a.limit, want)
	}
}

func TestReadingAtTheSameTimeCountsEachOnce(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		r := startRoom(t, db, message.Options{})
		readers := []string{"bob", "carol", "dave", "erin"}
		r.subscribe(append(readers, "alice")...)
		ids := []int64{r.post(asking(r.said("alice", "one"))), r.post(asking(r.said("alice", "two")))}
		must(t, errors.Join(together(3*len(readers), func(i int) error {
			return r.MarkRead(t.Context(), readers[i%len(readers)], ourGroup, ids[i/2%2], ids[0], ids[1])
		})...))
		extras, err := r.Extras(t.Context(), "alice", ourGroup, 0, 0)
		must(t, err)
		for _, m := range extras {
			equal(t, "readers", m.Readers, len(readers))
		}
		equal(t, "messages", len(extras), 2)
		equal(t, "versions", r.number("SELECT extra_version FROM ruyi_chat WHERE id = 'g1'"), int64(2*len(readers)))
	})
}
