package httpapi

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"reflect"

	"github.com/ruyi-im/ruyi/internal/errs"
)

// filePart is the name of the part that carries a file in multipart bodies.
const filePart = "file"

// maxParts is how many parts a multipart body may have; clients send one.
const maxParts = 16

// raw makes an endpoint of an fn that reads a body or writes an answer that is
// not JSON. It fills an In from path and query, see handle.
func raw[In any](fn func(w http.ResponseWriter, r *http.Request, c caller, in In) error) endpoint {
	plan := newPlan(reflect.TypeFor[In]())
	if plan.body != nil {
		panic("httpapi: an input without JSON has fields for it")
	}
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		var in In
		if err := plan.fill(r, &in); err != nil {
			return err
		}
		return fn(w, r, c, in)
	}
}

// requestBody is a limited body. An operation may raise the limit before it reads.
type requestBody struct {
	io.ReadCloser
	whole io.ReadCloser
	w     http.ResponseWriter
}

// limitBody limits body to n bytes. It needs the server's own writer, for only
// that one lets the limit close the connection of a client that sends too much.
func limitBody(w http.ResponseWriter, body io.ReadCloser, n int64) *requestBody {
	return &requestBody{http.MaxBytesReader(w, body, n), body, w}
}

// upload reads the content of the one file in a multipart body. Its errors are
// refusals: errNoFile, errManyFiles, errTooLarge, errBody.
type upload struct {
	r     *http.Request
	parts *multipart.Reader
	file  *multipart.Part
	seen  int
	end   error // what Read answers from now on
}

// uploaded returns the file in the body of r, of which at most limit bytes are
// read, and none before the first Read.
func uploaded(r *http.Request, limit int64) *upload {
	if b, ok := r.Body.(*requestBody); ok {
		b.ReadCloser = http.MaxBytesReader(b.w, b.whole, limit)
	}
	return &upload{r: r}
}

// Read reads from the file, and at its end wants the rest of the body to have no
// other.
func (u *upload) Read(b []byte) (n int, err error) {
	if u.end != nil {
		return 0, u.end
	}
	if u.file == nil {
		if u.end = u.open(); u.end != nil {
			return 0, u.end
		}
	}
	n, err = u.file.Read(b)
	if err == nil {
		return n, nil
	}
	if err == io.EOF { // the bare one is a part's end
		err = u.next()
		if err == nil {
			err = errManyFiles
		}
	}
	if u.end = err; err != io.EOF {
		u.end = refusalOf(err)
	}
	return n, u.end
}

// open goes to the first file.
func (u *upload) open() (err error) {
	if u.parts, err = u.r.MultipartReader(); err != nil {
		return errs.Because(errNoFile, err)
	}
	if err = u.next(); err == io.EOF {
		return errNoFile
	}
	return refusalOf(err)
}

// next goes to the next file. io.EOF when there is none.
func (u *upload) next() (err error) {
	for {
		if u.file, err = u.parts.NextPart(); err != nil {
			return err
		}
		if u.seen++; u.seen > maxParts {
			return errors.New("too many parts")
		}
		if u.file.FormName() == filePart {
			return nil
		}
	}
}

// refusalOf turns an error of reading a body into the answer to it.
func refusalOf(err error) error {
	if err == nil {
		return nil
	}
	if _, known := errors.AsType[*errs.Error](err); known {
		return err
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return errTooLarge
	}
	return errs.Because(errBody, err)
}
