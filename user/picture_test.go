package user_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/user"
)

var (
	red    = color.NRGBA{R: 255, A: 255}
	green  = color.NRGBA{G: 255, A: 255}
	blue   = color.NRGBA{B: 255, A: 255}
	yellow = color.NRGBA{R: 255, G: 255, A: 255}
)

// quadrants is red and green above blue and yellow.
func quadrants(w, h int, alpha uint8) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := [2][2]color.NRGBA{{red, green}, {blue, yellow}}[2*y/h][2*x/w]
			c.A = alpha
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encode(t *testing.T, format string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	switch format {
	case "png":
		must(t, png.Encode(&b, m))
	case "jpeg":
		must(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}))
	case "gif":
		must(t, gif.Encode(&b, m, nil))
	}
	return b.Bytes()
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	must(t, err)
	return b
}

// corners names the colours of a picture's corners, row by row.
func corners(m image.Image) string {
	b := m.Bounds()
	dx, dy := b.Dx()/4, b.Dy()/4
	var names strings.Builder
	for _, p := range []image.Point{{dx, dy}, {b.Dx() - 1 - dx, dy}, {dx, b.Dy() - 1 - dy}, {b.Dx() - 1 - dx, b.Dy() - 1 - dy}} {
		r, g, bl, _ := m.At(b.Min.X+p.X, b.Min.Y+p.Y).RGBA()
		bits := 0
		for i, v := range []uint32{r, g, bl} {
			if v > 0x8000 {
				bits |= 1 << i
			}
		}
		names.WriteByte("-RGYB---"[bits : bits+1][0])
	}
	return names.String()
}

// developed uploads a picture and returns what became of it.
func developed(t *testing.T, g *gallery, picture []byte) (image.Image, user.Avatar) {
	t.Helper()
	must(t, g.upload("ann", picture))
	a := g.avatar("ann")
	m, _, err := image.Decode(bytes.NewReader(a.Data))
	must(t, err)
	return m, a
}

func TestFormatsAndSizes(t *testing.T) {
	g := startGallery(t, openSQLite(t))
	g.add(user.User{UID: "ann", Name: "Ann"})
	for _, c := range []struct {
		what    string
		picture []byte
		side    int
		corners string
	}{
		{"jpeg", encode(t, "jpeg", quadrants(64, 64, 255)), 64, "RGBY"},
		{"png", encode(t, "png", quadrants(64, 64, 255)), 64, "RGBY"},
		{"translucent png", encode(t, "png", quadrants(64, 64, 200)), 64, "RGBY"},
		{"gif", encode(t, "gif", quadrants(64, 64, 255)), 64, "RGBY"},
		{"lossy webp", unbase64(t, "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"), 1, "----"},
		{"lossless webp", unbase64(t, "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="), 1, "----"},
		{"one pixel", encode(t, "png", quadrants(1, 1, 255)), 1, "RRRR"},
		{"wide", encode(t, "png", quadrants(1500, 601, 255)), 512, "RGBY"},
		{"high", encode(t, "jpeg", quadrants(601, 1500, 255)), 512, "RGBY"},
		{"a line", encode(t, "png", quadrants(4000, 1, 255)), 1, "RRRR"},
		{"larger than halves", encode(t, "png", quadrants(2100, 2100, 255)), 512, "RGBY"},
	} {
		t.Run(c.what, func(t *testing.T) {
			m, _ := developed(t, g, c.picture)
			if m.Bounds().Dx() != c.side || m.Bounds().Dy() != c.side || corners(m) != c.corners && c.corners != "----" {
				t.Errorf("%v with %s, want %d with %s", m.Bounds(), corners(m), c.side, c.corners)
			}
		})
	}
}

// withEXIF puts an orientation into a JPEG.
func withEXIF(picture []byte, order binary.ByteOrder, orientation uint16) []byte {
	mark := "II*\x00"
	if order == binary.BigEndian {
		mark = "MM\x00*"
	}
	tiff := append([]byte("Exif\x00\x00"), mark...)
	tiff = appendUint32(order, tiff, 8)
	tiff = appendUint16(order, tiff, 2) // entries
	for _, e := range [][2]uint16{{0x0100, 7}, {0x0112, orientation}} {
		tiff = appendUint16(order, tiff, e[0])
		tiff = appendUint16(order, tiff, 3)
		tiff = appendUint32(order, tiff, 1)
		tiff = appendUint16(order, tiff, e[1])
		tiff = appendUint16(order, tiff, 0)
	}
	tiff = appendUint32(order, tiff, 0)
	return segment(picture, 0xe1, tiff)
}

func appendUint16(o binary.ByteOrder, b []byte, v uint16) []byte {
	return o.(binary.AppendByteOrder).AppendUint16(b, v)
}

func appendUint32(o binary.ByteOrder, b []byte, v uint32) []byte {
	return o.(binary.AppendByteOrder).AppendUint32(b, v)
}

// segment puts a segment at the beginning of a JPEG.
func segment(picture []byte, marker byte, data []byte) []byte {
	head := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2))
	return slices.Concat(picture[:2], head, data, picture[2:])
}

func TestOrientation(t *testing.T) {
	g := startGallery(t, openSQLite(t))
	g.add(user.User{UID: "ann", Name: "Ann"})
	plain := encode(t, "jpeg", quadrants(90, 60, 255))
	for orientation, want := range map[uint16]string{
		0: "RGBY", 1: "RGBY", 2: "GRYB", 3: "YBGR", 4: "BYRG", 5: "RBGY", 6: "BRYG", 7: "YGBR", 8: "GYRB", 9: "RGBY",
	} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			m, _ := developed(t, g, withEXIF(segment(plain, 0xfe, []byte("a comment")), order, orientation))
			if got := corners(m); got != want {
				t.Errorf("%v %d: %s, want %s", order, orientation, got, want)
			}
		}
	}
}

// chunk is a part of a PNG.
func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// header is the beginning of a PNG.
func header(w, h uint32, depth, colours byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(nil, w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), depth, colours, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", ihdr)...)
}

// frame is the beginning of a JPEG.
func frame(marker byte, w, h uint16) []byte {
	data := binary.BigEndian.AppendUint16([]byte{8}, h)
	data = append(binary.BigEndian.AppendUint16(data, w), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
	return segment(segment([]byte{0xff, 0xd8}, marker, data), 0xe0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
}

func TestHostileUploads(t *testing.T) {
	g := startGallery(t, openSQLite(t))
	g.add(user.User{UID: "ann", Name: "Ann"})
	good := encode(t, "png", quadrants(64, 64, 255))
	photo := encode(t, "jpeg", quadrants(64, 64, 255))
	webpCanvas := append([]byte("RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"), 0xff, 0x3f, 0, 0xff, 0x3f, 0, 0, 0)
	for what, c := range map[string]struct {
		picture []byte
		want    error
	}{
		"nothing":             {nil, user.ErrPicture},
		"one byte":            {[]byte{0xff}, user.ErrPicture},
		"svg with a script":   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), user.ErrPicture},
		"html":                {[]byte("<!doctype html><script>alert(1)</script>"), user.ErrPicture},
		"html after a magic":  {[]byte("\x89PNG\r\n\x1a\n<script>alert(1)</script>"), user.ErrPicture},
		"bmp":                 {append([]byte("BM"), make([]byte, 100)...), user.ErrPicture},
		"tiff":                {append([]byte("II*\x00\x08\x00\x00\x00"), make([]byte, 100)...), user.ErrPicture},
		"truncated png":       {good[:len(good)-20], user.ErrPicture},
		"truncated jpeg":      {photo[:len(photo)-200], user.ErrPicture},
		"png header only":     {header(10, 10, 8, 2), user.ErrPicture},
		"gif and script":      {[]byte("GIF89a/*\x01\x00*/=1;alert(1)"), user.ErrPicture},
		"jpeg of no height":   {append(frame(0xc0, 10, 0), 0xff, 0xd9), user.ErrPicture},
		"png bomb":            {header(50000, 50000, 8, 2), user.ErrPictureSize},
		"png of 2^62":         {header(1<<31-1, 1<<31-1, 1, 0), user.ErrPicture},
		"long png":            {header(1<<26, 1, 1, 0), user.ErrPictureSize},
		"deep png":            {header(7000, 6000, 16, 6), user.ErrPictureSize},
		"jpeg bomb":           {frame(0xc0, 65535, 65535), user.ErrPictureSize},
		"more than a phone's": {frame(0xc0, 9000, 9000), user.ErrPictureSize},
		"progressive bomb":    {frame(0xc2, 5000, 5000), user.ErrPictureSize},
		"the same baseline":   {frame(0xc0, 5000, 5000), user.ErrPicture}, // for its want of content only
		"hidden progressive":  {slices.Concat([]byte{0xff, 0xd8, 0xff, 0xff}, frame(0xc2, 5000, 5000)[3:]), user.ErrPictureSize},
		"gif bomb":            {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), user.ErrPictureSize},
		"webp bomb":           {webpCanvas, user.ErrPictureSize},
	} {
		if err := g.upload("ann", c.picture); err == nil {
			t.Errorf("%s was accepted", what)
		} else {
			wantErr(t, what, err, c.want)
		}
	}
	if kept := g.kept(); len(kept) > 0 {
		t.Errorf("kept are %q", kept)
	}
}

// TestStowaways sends pictures that are something else besides: none of that may
// come out again.
func TestStowaways(t *testing.T) {
	g := startGallery(t, openSQLite(t))
	g.add(user.User{UID: "ann", Name: "Ann"})
	const script = "<script>alert(1)</script>"
	good, photo, moving := encode(t, "png", quadrants(64, 64, 255)), encode(t, "jpeg", quadrants(64, 64, 255)), encode(t, "gif", quadrants(64, 64, 255))
	for what, picture := range map[string][]byte{
		"behind a png":         append(slices.Clone(good), script...),
		"in a text of a png":   slices.Concat(good[:33], chunk("tEXt", []byte("Comment\x00"+script)), good[33:]),
		"behind a jpeg":        append(slices.Clone(photo), script...),
		"in the place of EXIF": segment(photo, 0xe1, []byte("Exif\x00\x00II*\x00\xff\xff\xff\xff"+script)),
		"in a comment":         segment(photo, 0xfe, []byte(script)),
		"behind a gif":         append(slices.Clone(moving), "*/=1;"+script...),
	} {
		if !bytes.Contains(picture, []byte("alert")) {
			t.Fatalf("%s: the test sends no script", what)
		}
		m, a := developed(t, g, picture)
		if bytes.Contains(a.Data, []byte("alert")) || corners(m) != "RGBY" {
			t.Errorf("%s: a %s with %s comes out", what, a.ContentType, corners(m))
		}
	}
}
