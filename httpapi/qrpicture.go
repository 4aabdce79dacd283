package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"slices"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// Widths of QR pictures in pixels.
const (
	minPicture     = 64
	maxPicture     = 1024
	defaultPicture = 256
)

// quietZone is how many modules of white a reader needs on each side.
const quietZone = 4

type qrPictureReq struct {
	Code   string `path:"code" json:"-"`
	Format string `query:"format" json:"-"`
	Size   int    `query:"size" json:"-"`
}

// qrPicture is GET /qrcode/{code}/picture: the picture that leads to operation 47
// for that code. It is made of the code alone, without asking whether there is
// such a code, so it tells nothing about it; and it holds nothing but a link to
// this very API, so it is of no use to who wants a picture of something else.
func (a *api) qrPicture(w http.ResponseWriter, r *http.Request, c caller, in qrPictureReq) error {
	size := in.Size
	if size == 0 {
		size = defaultPicture
	}
	if size < minPicture || size > maxPicture || !isQRCode(in.Code) {
		return errParam
	}
	code, err := qr.Encode(a.link(c, "/qrcode/"+in.Code), qr.M, qr.Auto)
	if err != nil {
		return errs.Because(errParam, err) // more than a picture can hold
	}
	var body []byte
	contentType := "image/png"
	switch in.Format {
	case "", "png":
		body, err = drawPNG(code, size)
	case "svg":
		contentType, body = "image/svg+xml", drawSVG(code, size)
	default:
		err = errParam
	}
	if err != nil {
		return err
	}
	writePicture(w, r, contentType, body)
	return nil
}

// isQRCode reports whether s can be the last part of a link that a picture shows.
func isQRCode(s string) bool {
	return s != "" && len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("_@.-", r)
	})
}

// writePicture answers with a picture. A code is a secret of who was shown it, so
// no cache but the client's own keeps it.
func writePicture(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:16])
	h := w.Header()
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("X-Content-Type-Options", "nosniff")
	if slices.Contains(entityTags(r.Header.Values("If-None-Match")), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", "inline")
	h.Set("Content-Security-Policy", "default-src 'none'")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body)
}

// dark reports whether the module in a column and a row of a code is dark.
func dark(code barcode.Barcode, x, y int) bool { return code.At(x, y) == color.Black }

// drawPNG returns code as a square of size pixels. Modules are whole pixels, as
// many as fit, and what is left over makes the border wider.
func drawPNG(code barcode.Barcode, size int) ([]byte, error) {
	modules := code.Bounds().Dx()
	scale := size / (modules + 2*quietZone)
	if scale == 0 {
		return nil, errParam
	}
	border := (size - scale*modules) / 2
	picture := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range scale * modules {
		for x := range scale * modules {
			if dark(code, x/scale, y/scale) {
				picture.SetColorIndex(border+x, border+y, 1)
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), err
}

// drawSVG returns code as a square of size pixels that can be scaled.
func drawSVG(code barcode.Barcode, size int) []byte {
	modules := code.Bounds().Dx()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %[3]d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%[3]dv%[3]dH0z"/><path d="`, size, size, modules+2*quietZone)
	for y := range modules {
		for x := 0; x < modules; x++ {
			run := 0
			for x+run < modules && dark(code, x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%[3]dz", x+quietZone, y+quietZone, run)
				x += run
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}
