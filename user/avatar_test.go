package user_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/friend"
	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/blob"
	"github.com/ruyi-im/ruyi/user"
)

// gallery is a world that keeps uploads in a directory.
type gallery struct {
	*world
	dir string
}

func startGallery(t *testing.T, db *store.DB) *gallery {
	t.Helper()
	g := &gallery{world: &world{t: t, db: db, now: t0}, dir: t.TempDir()}
	g.with(db.Users(), user.Options{Blobs: blob.Dir(g.dir)})
	return g
}

// kept returns the keys of what the directory holds.
func (g *gallery) kept() []string {
	g.t.Helper()
	keys := []string{}
	must(g.t, filepath.WalkDir(g.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			key, err := filepath.Rel(g.dir, path)
			must(g.t, err)
			keys = append(keys, filepath.ToSlash(key))
		}
		return err
	}))
	return keys
}

// avatar returns the picture of uid as somebody sees it who can do nothing
// special.
func (w *world) avatar(uid string) user.Avatar {
	w.t.Helper()
	a, err := w.Avatar(w.t.Context(), uid, user.AvatarQuery{})
	must(w.t, err)
	return a
}

// upload sets the picture of uid.
func (w *world) upload(uid string, picture []byte) error {
	return w.SetAvatar(w.t.Context(), uid, uid, bytes.NewReader(picture))
}

// befriend makes both contacts of each other.
func (w *world) befriend(a, b string) {
	w.t.Helper()
	must(w.t, w.db.Friends().Update(w.t.Context(), func(tx friend.Tx) error {
		return errors.Join(tx.SaveRelation(w.t.Context(), friend.Relation{Owner: a, Peer: b}, t0),
			tx.SaveRelation(w.t.Context(), friend.Relation{Owner: b, Peer: a}, t0))
	}))
}

// news returns the payloads in the queue of uid.
func (w *world) news(uid string) []string {
	w.t.Helper()
	queue, err := w.db.Messages().Queue(w.t.Context(), uid, 0, 100)
	must(w.t, err)
	payloads := []string{}
	for _, m := range queue {
		payloads = append(payloads, string(m.Payload))
	}
	return payloads
}

func TestAvatarIsReplaced(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		g := startGallery(t, db)
		for _, uid := range []string{"ann", "bob", "eve"} {
			g.add(user.User{UID: uid, Name: uid})
		}
		g.befriend("ann", "bob")
		tags := []string{g.avatar("ann").Tag}
		for i, kind := range []string{"image/jpeg", "image/png"} {
			picture := encode(t, "png", quadrants(40, 30, uint8(255-i*100))) // the second is translucent
			must(t, g.upload("ann", picture))
			a := g.avatar("ann")
			m, format, err := image.Decode(bytes.NewReader(a.Data))
			must(t, err)
			if a.ContentType != kind || "image/"+format != kind || m.Bounds() != image.Rect(0, 0, 30, 30) {
				t.Errorf("the picture is a %s of %v sent as %s, want %s", format, m.Bounds(), a.ContentType, kind)
			}
			if slices.Contains(tags, a.Tag) {
				t.Errorf("the tag %s returns", a.Tag)
			}
			tags = append(tags, a.Tag)
			if kept := g.kept(); len(kept) != 1 || !strings.HasPrefix(kept[0], "avatar/ann/") {
				t.Errorf("kept are %q", kept)
			}
		}
		want := `{"cmd":"userAvatarUpdate","param":{"uid":"ann"},"type":99}`
		for uid, n := range map[string]int{"ann": 2, "bob": 2, "eve": 0} {
			if got := g.news(uid); !slices.Equal(got, slices.Repeat([]string{want}, n)) {
				t.Errorf("%s hears %q", uid, got)
			}
		}
	})
}

// TestUploadsAtTheSameTime: whichever is last, its picture must be there and no
// other.
func TestUploadsAtTheSameTime(t *testing.T) {
	onBothEngines(t, func(t *testing.T, db *store.DB) {
		g := startGallery(t, db)
		g.add(user.User{UID: "ann", Name: "Ann"})
		const n = 8
		failed := together(n, func(i int) error {
			return g.upload("ann", encode(t, "png", quadrants(10+i, 10+i, 255)))
		})
		must(t, errors.Join(failed...))
		u, err := db.Users().User(t.Context(), "ann")
		must(t, err)
		if kept := g.kept(); len(kept) != 1 || kept[0] != fmt.Sprintf("avatar/ann/%x", u.Avatar) {
			t.Errorf("kept are %q, version %x", kept, u.Avatar)
		}
		if a := g.avatar("ann"); a.ContentType != "image/jpeg" {
			t.Errorf("the picture is a %s", a.ContentType)
		}
		if got := g.news("ann"); len(got) != n {
			t.Errorf("%d commands, want %d", len(got), n)
		}
	})
}

// TestUploadRefused: nothing is kept, changed or told.
func TestUploadRefused(t *testing.T) {
	spool := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} { // whichever the system reads
		t.Setenv(name, spool)
	}
	g := startGallery(t, openSQLite(t))
	for _, uid := range []string{"ann", "gone"} {
		g.add(user.User{UID: uid, Name: uid})
	}
	g.setStatus("gone", user.Destroyed)
	good := encode(t, "png", quadrants(8, 8, 255))
	before := g.avatar("ann")
	unread := readFunc(func([]byte) (int, error) {
		t.Error("read what cannot be used")
		return 0, io.EOF
	})
	broken := errors.New("broken")
	ctx := t.Context()
	cancelled, cancel := context.WithCancel(ctx)
	cancel()

	wantErr(t, "another's", g.SetAvatar(ctx, "ann", "gone", unread), user.ErrAvatarOther)
	wantErr(t, "nobody's", g.SetAvatar(ctx, "ann", "", unread), user.ErrAvatarOther)
	wantErr(t, "no account", g.upload("nobody", good), user.ErrNotFound)
	wantErr(t, "destroyed", g.upload("gone", good), user.ErrNotFound)
	wantErr(t, "reading", g.SetAvatar(ctx, "ann", "ann", readFunc(func([]byte) (int, error) { return 0, broken })), broken)
	zeros := readFunc(func(b []byte) (int, error) { return len(b), nil })
	wantErr(t, "endless", g.SetAvatar(ctx, "ann", "ann", zeros), user.ErrAvatarLarge)
	wantErr(t, "largest", g.SetAvatar(ctx, "ann", "ann", io.LimitReader(zeros, user.MaxAvatarUpload)), user.ErrPicture)
	wantErr(t, "cancelled", g.SetAvatar(cancelled, "ann", "ann", bytes.NewReader(good)), context.Canceled)
	none := (&world{t: t, db: g.db, now: t0}).with(g.db.Users(), user.Options{})
	wantErr(t, "no store", none.SetAvatar(ctx, "ann", "ann", unread), user.ErrNoUploads)

	if kept := g.kept(); len(kept) > 0 {
		t.Errorf("kept are %q", kept)
	}
	if left, err := filepath.Glob(filepath.Join(spool, "ruyi-upload-*")); len(left) > 0 || err != nil {
		t.Errorf("left over are %q, %v", left, err)
	}
	if got := g.news("ann"); len(got) > 0 {
		t.Errorf("told was %q", got)
	}
	for _, w := range []*world{g.world, none} {
		if after := w.avatar("ann"); after.Tag != before.Tag || !bytes.Equal(after.Data, before.Data) {
			t.Errorf("the picture is %s, was %s", after.Tag, before.Tag)
		}
	}
}

// TestPictureOfNobody looks like that of somebody whose name is not drawn.
func TestPictureOfNobody(t *testing.T) {
	w := startDev(t, openSQLite(t))
	w.add(user.User{UID: "han", Name: "李雷"})
	w.add(user.User{UID: "gone", Name: "Gone"})
	w.setStatus("gone", user.Destroyed)
	for _, uid := range []string{"nobody", "gone", "", "\xff", "a\x00", strings.Repeat("x", 200)} {
		for _, svg := range []bool{false, true} {
			a, err := w.Avatar(t.Context(), uid, user.AvatarQuery{SVG: svg})
			must(t, err)
			if a.ContentType != "image/png" || !strings.HasPrefix(a.Tag, "g1p") {
				t.Errorf("%.10q: %s %s", uid, a.Tag, a.ContentType)
			}
		}
	}
	if a := w.avatar("han"); a.ContentType != "image/png" || !strings.HasPrefix(a.Tag, "g1p") {
		t.Errorf("a name that is not drawn: %s %s", a.Tag, a.ContentType)
	}
}

func TestKnownPicturesAreNotSent(t *testing.T) {
	g := startGallery(t, openSQLite(t))
	for _, name := range []string{"Ann", "李雷", "loaded"} {
		g.add(user.User{UID: name, Name: name})
	}
	must(t, g.upload("loaded", encode(t, "png", quadrants(8, 8, 255))))
	for _, uid := range []string{"Ann", "李雷", "loaded", "nobody"} {
		for _, svg := range []bool{false, true} {
			first, err := g.Avatar(t.Context(), uid, user.AvatarQuery{SVG: svg, Have: []string{"other"}})
			must(t, err)
			second, err := g.Avatar(t.Context(), uid, user.AvatarQuery{SVG: svg, Have: []string{"other", first.Tag}})
			must(t, err)
			if len(first.Data) == 0 || second.Data != nil || second.Tag != first.Tag {
				t.Errorf("%s: %d bytes of %s, then %d of %s", uid, len(first.Data), first.Tag, len(second.Data), second.Tag)
			}
		}
	}
}

// shelf is a BlobStore that does something before it looks.
type shelf struct {
	user.BlobStore
	get func()
}

func (s shelf) Get(ctx context.Context, key string) (io.ReadSeekCloser, string, error) {
	s.get()
	return s.BlobStore.Get(ctx, key)
}

func TestPictureThatIsNotThere(t *testing.T) {
	g := startGallery(t, openSQLite(t))
	g.add(user.User{UID: "ann", Name: "Ann"})
	made := g.avatar("ann")
	picture := encode(t, "png", quadrants(8, 8, 255))
	must(t, g.upload("ann", picture))

	// Replaced between reading the account and reading the picture.
	looks := 0
	viewer := (&world{t: t, db: g.db, now: t0}).with(g.db.Users(), user.Options{Blobs: shelf{blob.Dir(g.dir), func() {
		if looks++; looks == 1 {
			must(t, g.upload("ann", picture))
		}
	}}})
	if a := viewer.avatar("ann"); a.ContentType != "image/jpeg" || looks != 2 {
		t.Errorf("%s after %d looks", a.ContentType, looks)
	}

	none := (&world{t: t, db: g.db, now: t0}).with(g.db.Users(), user.Options{})
	if a := none.avatar("ann"); a.Tag != made.Tag {
		t.Errorf("without a store: %s, want %s", a.Tag, made.Tag)
	}
	for _, key := range g.kept() {
		must(t, blob.Dir(g.dir).Delete(t.Context(), key))
	}
	if a := g.avatar("ann"); a.Tag != made.Tag {
		t.Errorf("a lost picture: %s, want %s", a.Tag, made.Tag)
	}
	must(t, g.upload("ann", picture)) // although there is nothing to delete
	if a := g.avatar("ann"); a.ContentType != "image/jpeg" {
		t.Errorf("after a new one: %s", a.Tag)
	}
	key := g.kept()[0]
	must(t, blob.Dir(g.dir).Put(t.Context(), key, strings.NewReader("<script>"), "text/html"))
	if a, err := g.Avatar(t.Context(), "ann", user.AvatarQuery{}); err == nil {
		t.Errorf("something else is given out as %s", a.ContentType)
	}
}

// TestFailedCommit keeps the picture from before, whatever becomes of the new one.
func TestFailedCommit(t *testing.T) {
	g := startGallery(t, openSQLite(t))
	g.add(user.User{UID: "ann", Name: "Ann"})
	must(t, g.upload("ann", encode(t, "png", quadrants(8, 8, 255))))
	before := g.avatar("ann")
	down := errors.New("down")
	g.with(failing{g.db.Users(), down}, user.Options{Blobs: blob.Dir(g.dir)})
	wantErr(t, "upload", g.upload("ann", encode(t, "png", quadrants(9, 9, 255))), down)
	if after := g.avatar("ann"); after.Tag != before.Tag || !bytes.Equal(after.Data, before.Data) {
		t.Errorf("the picture is %s, was %s", after.Tag, before.Tag)
	}
	if got := g.news("ann"); len(got) != 1 || !json.Valid([]byte(got[0])) {
		t.Errorf("told was %q", got)
	}
}

// failing is a store whose transactions do not commit.
type failing struct {
	user.Store
	err error
}

func (f failing) Update(ctx context.Context, fn func(tx user.Tx) error) error {
	return f.Store.Update(ctx, func(tx user.Tx) error { return errors.Join(fn(tx), f.err) })
}

type readFunc func(b []byte) (int, error)

func (f readFunc) Read(b []byte) (int, error) { return f(b) }
