package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/ruyi-im/ruyi/message"
)

func testFiles(t *testing.T, s Stores) {
	ctx := t.Context()
	keep := func(f message.File) (there message.File, err error) {
		err = s.Messages().Update(ctx, func(tx message.Tx) error {
			there, err = tx.KeepFile(ctx, f)
			return err
		})
		return there, err
	}
	_, err := s.Messages().File(ctx, "chat/1")
	wantErr(t, err, message.ErrNoFile)
	f := message.File{Path: "chat/报告", Owner: "a", Blob: "file/1", ContentType: "image/png", Size: 1 << 40, CreatedAt: t0}
	there, err := keep(f)
	must(t, err)
	equal(t, "kept", there, f)
	other := f
	other.Owner, other.Blob, other.Size = "b", "file/2", 1
	there, err = keep(other)
	must(t, err)
	equal(t, "what is there already", there, f)
	there, err = s.Messages().File(ctx, f.Path)
	must(t, err)
	equal(t, "read", there, f)

	t.Run("Contention", func(t *testing.T) {
		var mu sync.Mutex
		winners := map[string]bool{}
		must(t, together(16, func(i int) error {
			there, err := keep(message.File{Path: "chat/2", Owner: "a", Blob: fmt.Sprint("file/", i), CreatedAt: t0})
			mu.Lock()
			defer mu.Unlock()
			winners[there.Blob] = true
			return err
		}))
		equal(t, "different files of one path", len(winners), 1)
	})
}
