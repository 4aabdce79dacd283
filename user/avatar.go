package user

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strconv"

	"github.com/ruyi-im/ruyi/internal/text"
	"github.com/ruyi-im/ruyi/message"
)

// BlobStore keeps files such as pictures under keys: slash-separated paths of
// letters, digits, "-", "_", "." and "%", none of whose elements begins with a
// dot. Package store/blob implements it over a directory; an object store does as
// well. Its methods are safe for use by several goroutines.
type BlobStore interface {
	// Put stores the content of r, and its content type, under key. A reader sees
	// what was there before or all of it, and when Put returns nil it is kept for
	// good.
	Put(ctx context.Context, key string, r io.Reader, contentType string) error
	// Get returns what is stored under key, open for reading from its start, and
	// its content type. fs.ErrNotExist when there is nothing.
	Get(ctx context.Context, key string) (content io.ReadSeekCloser, contentType string, err error)
	// Delete removes what is stored under key; nothing there is no error.
	Delete(ctx context.Context, key string) error
}

// Avatars are the pictures of users (extensions).
type Avatars interface {
	// Avatar returns the picture of uid: the one they uploaded, else one made of
	// their uid and name. An account that does not exist or was destroyed has one
	// made of the uid alone, which an account whose name cannot be drawn has too.
	Avatar(ctx context.Context, uid string, q AvatarQuery) (Avatar, error)

	// SetAvatar replaces the picture of owner, who must be uid, and tells uid's
	// devices and contacts (command userAvatarUpdate). The picture is a JPEG, PNG,
	// GIF, of which the first frame counts, or WebP of at most MaxAvatarUpload
	// bytes and 50 megapixels. It is turned upright, cropped to its middle square,
	// scaled down to 512 by 512 pixels and encoded anew, without anything else the
	// file holds. Inside a host's own transaction the picture before is gone even
	// when the host rolls back. ErrAvatarOther, ErrNoUploads, ErrAvatarLarge,
	// ErrPicture, ErrPictureSize, ErrUploadsBusy, ErrNotFound when uid has no
	// active account, and the errors of reading picture.
	SetAvatar(ctx context.Context, uid, owner string, picture io.Reader) error
}

// AvatarQuery is what the caller of Avatars.Avatar can do with a picture.
type AvatarQuery struct {
	// SVG allows a made picture to be an SVG, which shows the initial of a name in
	// any script. A PNG shows Latin, Greek and Cyrillic initials, and a pattern
	// for others.
	SVG bool
	// Have are the tags of pictures that the caller has.
	Have []string
}

// Avatar is the picture of a user, safe to show as it is.
type Avatar struct {
	Tag         string // letters, digits and "-"; differs when anything else does
	ContentType string // image/png, image/jpeg or image/svg+xml
	Data        []byte // nil when the caller has it, see AvatarQuery.Have
}

// MaxAvatarUpload is the largest picture, in bytes, that can be uploaded.
const MaxAvatarUpload = 20 << 20

// AvatarTx is the part of Tx that SetAvatar needs.
type AvatarTx interface {
	// LockAvatar returns the version of uid's picture, 0 for none, and holds the
	// account until the end. ErrNotFound when uid has no active account.
	LockAvatar(ctx context.Context, uid string) (version int64, err error)
	// SaveAvatar stores it.
	SaveAvatar(ctx context.Context, uid string, version int64) error
}

func (s *service) Avatar(ctx context.Context, uid string, q AvatarQuery) (Avatar, error) {
	var gone int64
	for {
		u, err := s.portrayed(ctx, uid)
		if err != nil {
			return Avatar{}, err
		}
		if u.Avatar == gone || s.blobs == nil {
			return s.studio.generate(uid, u.Name, q)
		}
		a, err := s.uploaded(ctx, uid, u.Avatar, q)
		if !errors.Is(err, fs.ErrNotExist) {
			return a, err
		}
		gone = u.Avatar // lost, or replaced since the account was read: look again
	}
}

// portrayed returns the account of uid, the zero User when nothing of it may be
// shown.
func (s *service) portrayed(ctx context.Context, uid string) (User, error) {
	if !text.Line(uid, maxUsername) {
		return User{}, nil
	}
	u, err := s.store.User(ctx, uid)
	if errors.Is(err, ErrNotFound) || err == nil && u.Status == Destroyed {
		return User{}, nil
	}
	return u, err
}

// uploaded returns a version of uid's picture. fs.ErrNotExist when it is not
// there.
func (s *service) uploaded(ctx context.Context, uid string, version int64, q AvatarQuery) (Avatar, error) {
	a := Avatar{Tag: "u" + strconv.FormatInt(version, 16)}
	if q.has(a.Tag) {
		return a, nil
	}
	content, contentType, err := s.blobs.Get(ctx, avatarKey(uid, version))
	if err != nil {
		return Avatar{}, fmt.Errorf("user: picture: %w", err)
	}
	a.ContentType = contentType
	a.Data, err = io.ReadAll(content)
	if err := errors.Join(err, content.Close()); err != nil {
		return Avatar{}, fmt.Errorf("user: read a picture: %w", err)
	}
	if contentType != typeJPEG && contentType != typePNG {
		return Avatar{}, errors.New("user: what is stored as a picture is none")
	}
	return a, nil
}

func (s *service) SetAvatar(ctx context.Context, uid, owner string, picture io.Reader) error {
	if owner != uid {
		return ErrAvatarOther
	}
	if s.blobs == nil {
		return ErrNoUploads
	}
	content, contentType, err := s.studio.develop(ctx, picture)
	if err != nil {
		return err
	}
	version := newVersion()
	if err := s.blobs.Put(ctx, avatarKey(uid, version), bytes.NewReader(content), contentType); err != nil {
		return fmt.Errorf("user: keep a picture: %w", err)
	}
	unused, err := s.saveAvatar(ctx, uid, version)
	if errors.Is(err, ErrNotFound) {
		unused = version // after other errors the picture may be in use after all
	}
	if unused != 0 {
		// What cannot be deleted is a file too many, and no reason to fail.
		_ = s.blobs.Delete(context.WithoutCancel(ctx), avatarKey(uid, unused))
	}
	return err
}

// saveAvatar makes version the picture of uid, and returns the one before.
func (s *service) saveAvatar(ctx context.Context, uid string, version int64) (before int64, err error) {
	now := s.now()
	err = s.store.Update(ctx, func(tx Tx) error {
		var err error
		if before, err = tx.LockAvatar(ctx, uid); err != nil {
			return err
		}
		if err := tx.SaveAvatar(ctx, uid, version); err != nil {
			return err
		}
		contacts, err := tx.Contacts(ctx, uid)
		if err != nil {
			return err
		}
		return tx.Emit(ctx, message.Command(now, "userAvatarUpdate", map[string]string{"uid": uid},
			append(contacts, uid)...))
	})
	if err != nil {
		return 0, err
	}
	return before, nil
}

// newVersion returns a positive number below 2^52. It is random, so that
// two pictures that one user uploads at the same time have different keys.
func newVersion() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return int64(binary.LittleEndian.Uint64(b[:])>>12) | 1
}

// avatarKey is where a version of uid's picture is kept.
func avatarKey(uid string, version int64) string {
	return "avatar/" + url.PathEscape(uid) + "/" + strconv.FormatInt(version, 16)
}
