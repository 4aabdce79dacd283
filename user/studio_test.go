package user

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func newTestStudio(t testing.TB) *studio {
	t.Helper()
	s, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func somePNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 200, 200))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestUploadsWaitForTheirTurn, but not too many of them.
func TestUploadsWaitForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, picture := newTestStudio(t), somePNG(t)
		for range maxDeveloping {
			s.turns <- struct{}{} // somebody's turn
		}
		ctx, cancel := context.WithCancel(t.Context())
		const waiting = maxDeveloping + maxDevelopWait
		answers := make(chan error, waiting)
		for range waiting {
			go func() {
				_, err := s.square(ctx, bytes.NewReader(picture))
				answers <- err
			}()
		}
		synctest.Wait()
		if _, err := s.square(ctx, bytes.NewReader(picture)); !errors.Is(err, ErrUploadsBusy) {
			t.Errorf("one more: %v", err)
		}
		if len(answers) > 0 {
			t.Errorf("%d did not wait", len(answers))
		}
		<-s.turns // one is over: they go on, one after the other
		for range waiting / 2 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		s.turns <- struct{}{}
		synctest.Wait()
		cancel() // and the rest has gone
		synctest.Wait()
		close(answers)
		for err := range answers {
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		<-s.turns
		if _, err := s.square(t.Context(), bytes.NewReader(picture)); err != nil {
			t.Errorf("after all that: %v", err)
		}
		if n := s.waiting.Load(); n != 0 {
			t.Errorf("%d are counted as waiting", n)
		}
	})
}

// slow takes a second a byte, as a decoder may that is given the right scans.
type slow struct{ *bytes.Reader }

func (s slow) Read(b []byte) (int, error) {
	time.Sleep(time.Second)
	return s.Reader.Read(b[:1])
}

func TestDecodingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, start := newTestStudio(t), time.Now()
		_, err := s.square(t.Context(), slow{bytes.NewReader(somePNG(t))})
		if took := time.Since(start); !errors.Is(err, ErrPicture) || took > developLimit+time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// FuzzJPEGHead: it ends, and what it calls baseline a decoder does not find to be
// progressive.
func FuzzJPEGHead(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		f.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
	for _, seed := range []string{
		b.String(), "", "\xff\xd8", "\xff\xd8\xff\xc0", "\xff\xd8\xff\xff\xff\xc2", "\xff\xd8\xff\xe1\x00\x22" + exif + "\xff\xc0\x00\x00",
		"\xff\xd8\xff\xe1\x00\x00", "\xff\xd8\xff\xe1\xff\xff" + exif, strings.Replace(exif, "\x00\x00\x00\x08", "\xff\xff\xff\xff", 1),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		head := readJPEGHead(bufio.NewReader(bytes.NewReader(data)))
		if head.orientation < 1 || head.orientation > 8 {
			t.Errorf("orientation %d", head.orientation)
		}
		exifOrientation(data)
		if head.baseline && len(data) > 2 {
			_, err := jpeg.Decode(io.MultiReader(bytes.NewReader(data[:2]), bytes.NewReader(data[2:])))
			if err == nil && bytes.Contains(data, []byte{0xff, 0xc2}) && !bytes.Contains(data, []byte{0xff, 0xc0}) && !bytes.Contains(data, []byte{0xff, 0xc1}) {
				t.Error("a progressive picture counts as baseline")
			}
		}
	})
}
