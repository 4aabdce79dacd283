package message

import (
	"bufio"
	"bytes"
	"crypto/sha512"
	"errors"
	"hash"
	"io"
)

// fileContent is a stream that is measured as it passes and ends with
// ErrFileLarge behind its limit.
type fileContent struct {
	from   *bufio.Reader
	left   int64
	size   int64
	sum    hash.Hash
	failed error // what reading ended with, unless with the end
}

// sniffed is how many bytes tell what a file is.
const sniffed = 512

func newFileContent(r io.Reader, limit int64) *fileContent {
	return &fileContent{from: bufio.NewReaderSize(r, sniffed), left: limit, sum: sha512.New()}
}

// head returns how the content begins, without taking it. ErrFileEmpty when it
// does not.
func (c *fileContent) head() ([]byte, error) {
	b, err := c.from.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(b) == 0 {
		return nil, ErrFileEmpty
	}
	return b, nil
}

func (c *fileContent) Read(b []byte) (int, error) {
	if c.failed != nil {
		return 0, c.failed
	}
	n, err := c.from.Read(b)
	if c.left -= int64(n); c.left < 0 {
		c.failed = ErrFileLarge
		return 0, c.failed
	}
	c.size += int64(n)
	c.sum.Write(b[:n])
	if err != nil && err != io.EOF {
		c.failed = err
	}
	return n, err
}

func (c *fileContent) digest() (sum [sha512.Size]byte) {
	c.sum.Sum(sum[:0])
	return sum
}

// TypeUnknown is the content type of files that no client should show by itself:
// documents, programs, and pages and pictures that could run a script.
const TypeUnknown = "application/octet-stream"

// signature is how files of one type begin.
type signature struct {
	at          int
	begins      string
	contentType string
}

// signatures are those of pictures, sound and video that cannot do anything but
// be shown.
func signatures() []signature {
	return []signature{
		{0, "\x89PNG\r\n\x1a\n", "image/png"},
		{0, "\xff\xd8\xff", "image/jpeg"},
		{0, "GIF87a", "image/gif"},
		{0, "GIF89a", "image/gif"},
		{8, "WEBPVP", "image/webp"},
		{4, "ftypavif", "image/avif"},
		{4, "ftypheic", "image/heic"},
		{4, "ftypmif1", "image/heic"},
		{4, "ftypM4A ", "audio/mp4"},
		{4, "ftypqt  ", "video/quicktime"},
		{4, "ftyp3gp", "video/3gpp"},
		{4, "ftyp", "video/mp4"},
		{0, "\x1aE\xdf\xa3", "video/webm"},
		{8, "WAVEfmt ", "audio/wav"},
		{0, "OggS\x00", "audio/ogg"},
		{0, "#!AMR", "audio/amr"},
		{0, "ID3", "audio/mpeg"},
		{0, "\xff\xfb", "audio/mpeg"},
		{0, "\xff\xf3", "audio/mpeg"},
		{0, "\xff\xf1", "audio/aac"},
		{0, "\xff\xf9", "audio/aac"},
	}
}

// contentTypeOf tells what a file is by how it begins, never by its name.
func contentTypeOf(head []byte) string {
	for _, s := range signatures() {
		if len(head) > s.at && bytes.HasPrefix(head[s.at:], []byte(s.begins)) {
			return s.contentType
		}
	}
	return TypeUnknown
}
