package user

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strconv"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// The types of pictures this package gives out.
const (
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
	typeSVG  = "image/svg+xml"
)

// A made picture is a square of portraitSide pixels. Letters are half as high as
// it, patterns have patternCells cells a side.
const (
	portraitSide = 256
	letterSize   = portraitSide / 2
	patternCells = 5
	cellSide     = 40
)

// portraitDesign is part of the tags of made pictures: raise it when they change.
const portraitDesign = "g1"

// backgrounds are dark enough for white letters.
var backgrounds = [...]color.RGBA{
	{0xc6, 0x28, 0x28, 0xff}, {0xad, 0x14, 0x57, 0xff}, {0x6a, 0x1b, 0x9a, 0xff}, {0x45, 0x27, 0xa0, 0xff},
	{0x28, 0x35, 0x93, 0xff}, {0x15, 0x65, 0xc0, 0xff}, {0x00, 0x76, 0x9e, 0xff}, {0x00, 0x79, 0x6b, 0xff},
	{0x2e, 0x7d, 0x32, 0xff}, {0x7a, 0x6a, 0x00, 0xff}, {0xbf, 0x5a, 0x00, 0xff}, {0x5d, 0x40, 0x37, 0xff},
}

// portrait is all that a made picture depends on.
type portrait struct {
	background int    // index in backgrounds
	pattern    uint16 // bit 3*row+column says that a cell is white; the left side mirrors the right one
	initial    rune   // of the name, 0 when it has none
}

// newPortrait draws colour and pattern from uid, so that they outlive a change of
// the name.
func newPortrait(uid, name string) portrait {
	h := sha256.Sum256([]byte(uid))
	return portrait{
		background: int(h[0]) % len(backgrounds),
		pattern:    binary.LittleEndian.Uint16(h[1:])&0x7fff | 1<<6, // the cell in the middle is never blank
		initial:    initialOf(name),
	}
}

// initialOf returns the first letter or digit of a name as a capital, 0 when there
// is none.
func initialOf(name string) rune {
	for _, r := range norm.NFC.String(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
	}
	return 0
}

// generate makes the picture of uid.
func (s *studio) generate(uid, name string, q AvatarQuery) (Avatar, error) {
	p := newPortrait(uid, name)
	tag := func(kind string, what uint64) string {
		return portraitDesign + kind + strconv.Itoa(p.background) + "-" + strconv.FormatUint(what, 16)
	}
	var a Avatar
	var draw func() ([]byte, error)
	switch initial := uint64(p.initial); {
	case p.initial != 0 && q.SVG:
		a = Avatar{Tag: tag("s", initial), ContentType: typeSVG}
		draw = func() ([]byte, error) { return p.svg(), nil }
	case p.initial != 0 && s.draws(p.initial):
		a = Avatar{Tag: tag("l", initial), ContentType: typePNG}
		draw = func() ([]byte, error) { return s.drawLetter(p) }
	default:
		a = Avatar{Tag: tag("p", uint64(p.pattern)), ContentType: typePNG}
		draw = func() ([]byte, error) { return s.drawPattern(p) }
	}
	if q.has(a.Tag) {
		return a, nil
	}
	var err error
	if a.Data, err = draw(); err != nil {
		return Avatar{}, fmt.Errorf("user: draw a picture: %w", err)
	}
	return a, nil
}

func (q AvatarQuery) has(tag string) bool { return slices.Contains(q.Have, tag) }

// svg leaves the choice of a font that has the letter to whoever shows it.
func (p portrait) svg() []byte {
	c := backgrounds[p.background]
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%[1]d" viewBox="0 0 %[1]d %[1]d">`+
		`<rect width="%[1]d" height="%[1]d" fill="#%02x%02x%02x"/>`+
		`<text x="50%%" y="50%%" dy=".35em" text-anchor="middle" fill="#fff" font-family="system-ui,sans-serif" font-size="%d">%s</text></svg>`,
		portraitSide, c.R, c.G, c.B, letterSize, html.EscapeString(string(p.initial)))
}

// draws reports whether the font has the letter.
func (s *studio) draws(r rune) bool {
	var b sfnt.Buffer
	i, err := s.font.GlyphIndex(&b, r)
	return err == nil && i != 0
}

// drawLetter returns the initial as a PNG.
func (s *studio) drawLetter(p portrait) ([]byte, error) {
	face, err := opentype.NewFace(s.font, &opentype.FaceOptions{Size: letterSize, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	mask := image.NewAlpha(image.Rect(0, 0, portraitSide, portraitSide))
	d := font.Drawer{Dst: mask, Src: image.Opaque, Face: face}
	letter := string(p.initial)
	bounds, _ := d.BoundString(letter)
	d.Dot = fixed.Point26_6{
		X: (fixed.I(portraitSide) - bounds.Min.X - bounds.Max.X) / 2,
		Y: (fixed.I(portraitSide) - bounds.Min.Y - bounds.Max.Y) / 2,
	}
	d.DrawString(letter)

	m := p.canvas()
	for i, a := range mask.Pix {
		m.Pix[i] = a >> 4
	}
	return s.encodePNG(m)
}

// drawPattern returns the pattern as a PNG.
func (s *studio) drawPattern(p portrait) ([]byte, error) {
	const margin = (portraitSide - patternCells*cellSide) / 2
	m := p.canvas()
	for y := range patternCells * cellSide {
		for x := range patternCells * cellSide {
			column := x / cellSide
			column = max(column, patternCells-1-column) - patternCells/2 // 0 in the middle, 2 at both sides
			if p.pattern>>(3*(y/cellSide)+column)&1 == 1 {
				m.Pix[m.PixOffset(margin+x, margin+y)] = 15
			}
		}
	}
	return s.encodePNG(m)
}

// canvas returns a blank picture whose colours go in 16 steps from the
// background to white.
func (p portrait) canvas() *image.Paletted {
	c := backgrounds[p.background]
	palette := make(color.Palette, 16)
	for i := range palette {
		blend := func(from uint8) uint8 { return uint8(int(from) + (255-int(from))*i/15) }
		palette[i] = color.RGBA{blend(c.R), blend(c.G), blend(c.B), 0xff}
	}
	return image.NewPaletted(image.Rect(0, 0, portraitSide, portraitSide), palette)
}

func (s *studio) encodePNG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := s.png.Encode(&b, m)
	return b.Bytes(), err
}

// buffers keeps the memory of PNG encoders, most of a megabyte each. It
// implements png.EncoderBufferPool.
type buffers chan *png.EncoderBuffer

func (b buffers) Get() *png.EncoderBuffer {
	select {
	case e := <-b:
		return e
	default:
		return nil // the encoder makes one
	}
}

func (b buffers) Put(e *png.EncoderBuffer) {
	select {
	case b <- e:
	default:
	}
}
