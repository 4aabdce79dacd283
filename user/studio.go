package user

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// What an uploaded picture may cost. A file of a few bytes can stand for a
// picture of gigabytes, and one of megabytes for hours of work.
const (
	maxPixels      = 8192 * 6144 // 50 megapixels, the largest that phones take
	maxDecoded     = 256 << 20   // bytes of memory while it is decoded
	developLimit   = 10 * time.Second
	maxDeveloping  = 2  // pictures decoded at once
	maxDevelopWait = 16 // uploads that wait for their turn
)

// avatarSide is the width and height of a kept picture in pixels; smaller ones
// are kept as they are.
const avatarSide = 512

// jpegQuality of kept pictures.
const jpegQuality = 88

// studio makes pictures: of names, and small ones of what people upload.
type studio struct {
	font    *opentype.Font
	png     png.Encoder
	turns   chan struct{}
	waiting atomic.Int64
}

func newStudio() (*studio, error) {
	f, err := opentype.Parse(gomedium.TTF)
	if err != nil {
		return nil, fmt.Errorf("user: the embedded font: %w", err)
	}
	return &studio{
		font:  f,
		png:   png.Encoder{BufferPool: make(buffers, runtime.GOMAXPROCS(0))},
		turns: make(chan struct{}, maxDeveloping),
	}, nil
}

// develop turns what somebody sent into what is kept of it. ErrAvatarLarge,
// ErrPicture, ErrPictureSize, ErrUploadsBusy, and the errors of reading r.
func (s *studio) develop(ctx context.Context, r io.Reader) (content []byte, contentType string, err error) {
	// A file, not memory: a slow client would hold it for long, and many do at once.
	f, err := os.CreateTemp("", "ruyi-upload-*")
	if err != nil {
		return nil, "", fmt.Errorf("user: keep an upload: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	n, err := io.Copy(f, io.LimitReader(r, MaxAvatarUpload+1))
	if err != nil {
		return nil, "", err
	}
	if n > MaxAvatarUpload {
		return nil, "", ErrAvatarLarge
	}
	m, err := s.square(ctx, f)
	if err != nil {
		return nil, "", err
	}
	if !m.Opaque() {
		content, err = s.encodePNG(m)
		return content, typePNG, err
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, m, &jpeg.Options{Quality: jpegQuality})
	return b.Bytes(), typeJPEG, err
}

// square waits for a turn, or refuses with ErrUploadsBusy when too many wait
// already, and returns the middle of the picture in f, upright and scaled down.
func (s *studio) square(ctx context.Context, f io.ReadSeeker) (*image.RGBA, error) {
	if s.waiting.Add(1) > maxDevelopWait+maxDeveloping {
		s.waiting.Add(-1)
		return nil, ErrUploadsBusy
	}
	defer s.waiting.Add(-1)
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, developLimit)
	defer cancel()
	m, orientation, err := decodePicture(patient{limited, f})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err() // the caller has gone
	case limited.Err() != nil:
		return nil, errs.Because(ErrPicture, limited.Err())
	case err != nil:
		return nil, err
	}
	return orientation.apply(scale(m)), nil
}

// patient stops a decoder that takes too long, at its next read.
type patient struct {
	ctx context.Context
	io.ReadSeeker
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.ReadSeeker.Read(b)
}

// decodePicture returns the picture in f and how it is to be turned. ErrPicture,
// ErrPictureSize.
func decodePicture(f io.ReadSeeker) (image.Image, orientation, error) {
	format, err := sniff(f)
	if err != nil {
		return nil, upright, err
	}
	cost, turn, err := format.examine(f)
	if err != nil {
		return nil, upright, errs.Because(ErrPicture, err)
	}
	if cost.pixels > maxPixels || cost.bytes > maxDecoded {
		return nil, upright, ErrPictureSize
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, upright, err
	}
	m, err := format.decode(f)
	if err != nil {
		return nil, upright, errs.Because(ErrPicture, err)
	}
	if m.Bounds().Empty() {
		return nil, upright, ErrPicture
	}
	return m, turn, nil
}

// scale returns the middle square of m with at most avatarSide pixels a side.
func scale(m image.Image) *image.RGBA {
	b := m.Bounds()
	side := min(b.Dx(), b.Dy())
	from := image.Rect(0, 0, side, side).Add(b.Min).Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	// Halves are exact averages of four pixels and cheap; the dear kernel is for
	// the rest.
	for side > 2*avatarSide {
		side /= 2
		half := image.NewRGBA(image.Rect(0, 0, side, side))
		draw.ApproxBiLinear.Scale(half, half.Rect, m, from, draw.Src, nil)
		m, from = half, half.Rect
	}
	small := image.NewRGBA(image.Rect(0, 0, min(side, avatarSide), min(side, avatarSide)))
	draw.CatmullRom.Scale(small, small.Rect, m, from, draw.Src, nil)
	return small
}
