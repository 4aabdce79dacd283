package store

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

func (s messages) File(ctx context.Context, path string) (message.File, error) {
	var r struct {
		UID         string `db:"uid"`
		Blob        string `db:"blob"`
		ContentType string `db:"content_type"`
		Size        int64  `db:"size"`
		CreatedAt   int64  `db:"created_at"`
	}
	err := s.get(ctx, &r, "SELECT uid, blob, content_type, size, created_at FROM ruyi_file WHERE path = ?", path)
	if err != nil {
		return message.File{}, absent(err, message.ErrNoFile)
	}
	return message.File{
		Path: path, Owner: r.UID, Blob: r.Blob, ContentType: r.ContentType, Size: r.Size, CreatedAt: instant(r.CreatedAt),
	}, nil
}

func (s messageTx) KeepFile(ctx context.Context, f message.File) (message.File, error) {
	if _, err := s.messages.exec(ctx, `INSERT INTO ruyi_file (path, uid, blob, content_type, size, created_at)
			VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO NOTHING`,
		f.Path, f.Owner, f.Blob, f.ContentType, f.Size, ms(f.CreatedAt)); err != nil {
		return message.File{}, err
	}
	return s.File(ctx, f.Path)
}
