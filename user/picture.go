package user

import (
	"bufio"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// format is a kind of picture that can be uploaded. The kinds are fixed here,
// unlike those of image.Decode, to which every package of a program may add.
type format struct {
	magic  string // the first bytes, "?" for any
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = [...]format{
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"GIF8?a", gif.DecodeConfig, gif.Decode}, // decodes the first frame only
	{"RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode},
}

const jpegMagic = "\xff\xd8\xff"

// sniff tells the format of f by its first bytes. ErrPicture when it is none.
func sniff(f io.ReadSeeker) (format, error) {
	head := make([]byte, 16)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return format{}, err
	}
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return format{}, err
	}
	for _, known := range formats {
		if begins(string(head[:n]), known.magic) {
			return known, nil
		}
	}
	return format{}, ErrPicture
}

func begins(s, magic string) bool {
	if len(s) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != s[i] {
			return false
		}
	}
	return true
}

// cost is what decoding a picture takes.
type cost struct {
	pixels, bytes int64
}

// examine reads what a picture costs and how it is to be turned, from its
// headers alone.
func (t format) examine(f io.ReadSeeker) (cost, orientation, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return cost{}, upright, err
	}
	c, err := t.config(f)
	if err != nil {
		return cost{}, upright, err
	}
	// Most that a pixel takes in PNG, GIF and WebP, and in JPEG with four colours:
	// up to 16 bits each, or twice 8 while they are converted.
	perPixel, turn := 8, upright
	if t.magic == jpegMagic {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return cost{}, upright, err
		}
		head := readJPEGHead(bufio.NewReader(f))
		turn = head.orientation
		if c.ColorModel == color.YCbCrModel || c.ColorModel == color.GrayModel {
			perPixel = 3
		}
		if !head.baseline {
			perPixel += 16 // the coefficients of the whole picture
		}
	}
	pixels := int64(c.Width) * int64(c.Height) // below 2^63: no format has more than 32 bits a side
	if c.Width <= 0 || c.Height <= 0 {
		return cost{}, turn, errors.New("a picture without pixels")
	}
	return cost{pixels, min(pixels, maxPixels+1) * int64(perPixel)}, turn, nil
}
