// Package storetest is the suite that an implementation of ruyi's stores must
// pass. Whatever the comments of the store interfaces promise is checked here,
// on whatever engine the caller opens:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) storetest.Stores { return openMine(t) })
//	}
//
// It uses the standard library only.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/group"
	"github.com/ruyi-im/ruyi/label"
	"github.com/ruyi-im/ruyi/message"
	"github.com/ruyi-im/ruyi/user"
)

// Stores is what the suite examines; ruyi.Stores has the same methods.
type Stores interface {
	Users() user.Store
	Friends() friend.Store
	Groups() group.Store
	Labels() label.Store
	Messages() message.Store
}

// Run runs the suite. open returns stores over a database that is empty but for
// its migrations, and closes them when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) Stores) {
	for _, f := range families() {
		t.Run(f.name, func(t *testing.T) { f.test(t, open(t)) })
	}
}

// family is what is examined of one subject.
type family struct {
	name string
	test func(t *testing.T, s Stores)
}

func families() []family {
	return []family{
		{"Users", testUsers},
		{"Sessions", testSessions},
		{"SessionEnds", testSessionEnds},
		{"Windows", testWindows},
		{"Guards", testGuards},
		{"Codes", testCodes},
		{"Accounts", testAccounts},
		{"ShortNos", testShortNos},
		{"Finding", testFinding},
		{"EndedSessions", testEndedSessions},
		{"Cards", testCards},
		{"Presence", testPresence},
		{"QRLogins", testQRLogins},
		{"Avatars", testAvatars},
		{"Devices", testDevices},
		{"DeviceChecks", testDeviceChecks},
		{"Push", testPush},
		{"Relations", testRelations},
		{"Requests", testRequests},
		{"Sources", testSources},
		{"Inbox", testInbox},
		{"Categories", testCategories},
		{"ContactSettings", testContactSettings},
		{"Blocks", testBlocks},
		{"ContactPages", testContactPages},
		{"Gathering", testGathering},
		{"Groups", testGroups},
		{"GroupMembers", testGroupMembers},
		{"GroupSettings", testGroupSettings},
		{"Roster", testRoster},
		{"GroupCodes", testGroupCodes},
		{"GroupInvites", testGroupInvites},
		{"Labels", testLabels},
		{"Messages", testMessages},
		{"Sends", testSends},
		{"Positions", testPositions},
		{"History", testHistory},
		{"Deletions", testDeletions},
		{"Revocations", testRevocations},
		{"Extras", testExtras},
		{"Conversations", testConversations},
		{"Standings", testStandings},
		{"ConversationExtras", testConversationExtras},
		{"Reminders", testReminders},
		{"Favorites", testFavorites},
		{"Files", testFiles},
		{"Searches", testSearches},
		{"Announcing", testAnnouncing},
		{"Audience", testAudience},
		{"Typists", testTypists},
		{"Sweeps", testSweeps},
		{"LiveSessions", testLiveSessions},
		{"Pruning", testPruning},
		{"PruningWhileSending", testPruningWhileSending},
		{"Idempotence", testIdempotence},
		{"Atomicity", testAtomicity},
		{"Isolation", testIsolation},
		{"Contention", testContention},
		{"Retry", testRetry},
	}
}

// t0 is when the tests take place, in whole milliseconds as stores keep them.
var t0 = time.UnixMilli(1767225600123)

// serial makes the people of one run different from each other.
var serial atomic.Int64

// newUser returns an account that no other test has.
func newUser(name string) user.User {
	n := serial.Add(1)
	phone := user.Phone{Zone: "0086", Number: fmt.Sprintf("139%08d", n)}
	return user.User{
		UID: fmt.Sprintf("%s%d", name, n), Username: phone.Username(), Name: name, Phone: phone,
		ShortNo: fmt.Sprintf("s%d", n), Sex: user.Male, Vercode: "v@1", QRVercode: "q@3",
		PasswordHash: "hash", Settings: user.DefaultSettings(), Status: user.Active, CreatedAt: t0,
	}
}

// addUser stores a new account and returns its uid.
func addUser(t *testing.T, s Stores, name string) string {
	t.Helper()
	u := newUser(name)
	must(t, s.Users().Update(t.Context(), func(tx user.Tx) error { return tx.AddUser(t.Context(), u) }))
	return u.UID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// together calls do n times, all at once, and returns what failed.
func together(n int, do func(i int) error) error {
	failed := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			failed[i] = do(i)
		})
	}
	start.Done()
	done.Wait()
	return errors.Join(failed...)
}

// emit stores drafts in a transaction of their own.
func emit(ctx context.Context, s Stores, drafts ...message.Draft) error {
	return s.Messages().Update(ctx, func(tx message.Tx) error { return tx.Emit(ctx, drafts...) })
}

// say returns a text from one person to another.
func say(from, to, content string) message.Draft {
	return message.Between(t0, from, to, map[string]any{"type": message.TypeText, "content": content})
}
