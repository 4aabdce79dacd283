package user

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

// orientation is how a camera was held, as EXIF numbers it: 1 upright, 2 to 4
// mirrored or upside down, 5 to 8 on its side.
type orientation uint16

const upright orientation = 1

// apply turns a square picture upright.
func (o orientation) apply(m *image.RGBA) *image.RGBA {
	if o <= upright || o > 8 {
		return m
	}
	out := image.NewRGBA(m.Rect)
	last := m.Rect.Dx() - 1
	for y := range last + 1 {
		for x := range last + 1 {
			sx, sy := x, y
			if o >= 5 {
				sx, sy = sy, sx
			}
			if o == 2 || o == 3 || o == 7 || o == 8 {
				sx = last - sx
			}
			if o == 3 || o == 4 || o == 6 || o == 7 {
				sy = last - sy
			}
			out.SetRGBA(x, y, m.RGBAAt(sx, sy))
		}
	}
	return out
}

// jpegHead is what the beginning of a JPEG file says besides its size.
type jpegHead struct {
	orientation orientation
	baseline    bool // certainly not progressive
}

// The markers of JPEG segments.
const (
	markerSOF0 = 0xc0 // a frame, baseline
	markerSOF1 = 0xc1 // a frame, extended sequential
	markerAPP1 = 0xe1 // EXIF
)

// readJPEGHead reads the segments up to the frame. Whatever is odd ends it, for
// where this reader and the decoder might see different things the dearer answer
// counts.
func readJPEGHead(r *bufio.Reader) jpegHead {
	head := jpegHead{orientation: upright}
	if _, err := r.Discard(2); err != nil {
		return head
	}
	for {
		var segment [4]byte
		if _, err := io.ReadFull(r, segment[:]); err != nil || segment[0] != 0xff {
			return head
		}
		marker, length := segment[1], int(binary.BigEndian.Uint16(segment[2:]))-2
		switch {
		case marker == markerSOF0 || marker == markerSOF1:
			head.baseline = true
			return head
		case marker >= 0xc4 && marker <= 0xfe && (marker < 0xd0 || marker > 0xda) && length >= 0:
			// tables, comments and the data of applications
		default:
			return head
		}
		if marker != markerAPP1 {
			if _, err := r.Discard(length); err != nil {
				return head
			}
			continue
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(r, data); err != nil {
			return head
		}
		if o := exifOrientation(data); o != 0 {
			head.orientation = o
		}
	}
}

// exifOrientation finds the tag in an APP1 segment. 0 when it is not there.
func exifOrientation(data []byte) orientation {
	tiff, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(tiff[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	start := uint64(order.Uint32(tiff[4:])) // of the first directory
	if start+2 > uint64(len(tiff)) {
		return 0
	}
	const entry, tagOrientation, typeShort = 12, 0x0112, 3
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < entry {
			return 0
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if o := order.Uint16(entries[8:]); o >= 1 && o <= 8 {
				return orientation(o)
			}
			return 0
		}
		entries = entries[entry:]
	}
	return 0
}
