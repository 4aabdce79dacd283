package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"testing"
)

// picture returns the type and the tag of a person's picture.
func (c *client) picture(uid string) (contentType, tag string, err error) {
	res, err := c.http.Get(c.base + "/users/" + uid + "/avatar")
	if err != nil {
		return "", "", err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return "", "", err
	}
	return res.Header.Get("Content-Type"), res.Header.Get("ETag"), nil
}

// setPicture uploads one.
func (c *client) setPicture() error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	w, err := form.CreateFormFile("file", "a.png")
	if err != nil {
		return err
	}
	if err := png.Encode(w, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPost, c.base+"/users/"+c.uid+"/avatar", &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("token", c.token)
	res, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("code %d, %s, %w", res.StatusCode, text, err)
	}
	return nil
}

// TestFilesOutliveARestart, beside the database or where -files says.
func TestFilesOutliveARestart(t *testing.T) {
	for name, flags := range map[string][]string{"beside the database": nil, "elsewhere": {"-files", filepath.Join(t.TempDir(), "f")}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ruyi.db")
			args := append([]string{"-dev", "-db", "sqlite:" + path}, flags...)
			s := startHere(t, args...)
			ann, err := newClient(t, s.base).register("13800000001", "Ann")
			if err != nil {
				t.Fatal(err)
			}
			dir := path + ".files"
			if flags != nil {
				dir = flags[1]
			}
			if made, err := filepath.Glob(dir); len(made) > 0 || err != nil {
				t.Errorf("%s is there before the first upload, %v", dir, err)
			}
			if err := ann.setPicture(); err != nil {
				t.Fatal(err)
			}
			wantFiles(t, filepath.Join(dir, "avatar"), ann.uid)
			contentType, tag, err := ann.picture(ann.uid)
			if err != nil || contentType != "image/jpeg" {
				t.Errorf("%s, %v", contentType, err)
			}
			s.stop()
			s = startHere(t, args...)
			if _, again, err := newClient(t, s.base).picture(ann.uid); err != nil || again != tag {
				t.Errorf("after a restart %s, want %s, %v", again, tag, err)
			}
		})
	}
}
