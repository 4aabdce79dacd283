package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

const password = "a-good-password"

// client is somebody who talks to a server.
type client struct {
	base  string
	http  *http.Client
	uid   string
	token string
}

// newClient returns one whose connections are closed when the test ends.
func newClient(t testing.TB, base string) *client {
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{base: base, http: &http.Client{Transport: transport, Timeout: patience}}
}

// as returns a client of the same server and connections for another person.
func (c *client) as(uid, token string) *client {
	other := *c
	other.uid, other.token = uid, token
	return &other
}

// post sends in and reads the answer into out, unless that is nil. Any answer
// but 200 is an error.
func (c *client) post(path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("token", c.token)
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", path, resp.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

type signedIn struct {
	UID   string `json:"uid"`
	Token string `json:"token"`
	Name  string `json:"name"`
}

// register opens an account with the code of -dev.
func (c *client) register(phone, name string) (*client, error) {
	var me signedIn
	err := c.post("/user/register", map[string]any{
		"zone": "0086", "phone": phone, "code": devCode, "password": password, "name": name,
	}, &me)
	return c.as(me.UID, me.Token), err
}

func (c *client) login(phone string) (signedIn, error) {
	var me signedIn
	err := c.post("/user/login", map[string]any{"username": "0086" + phone, "password": password}, &me)
	return me, err
}

func (c *client) apply(to, remark string) error {
	return c.post("/friend/apply", map[string]any{"to_uid": to, "remark": remark}, nil)
}

// request is what a friendRequest command says.
type request struct {
	From   string `json:"apply_uid"`
	Remark string `json:"remark"`
	Token  string `json:"token"`
}

// requests reads the whole queue, page by page.
func (c *client) requests() ([]request, error) {
	var all []request
	for last := int64(0); ; {
		var page []struct {
			Seq     int64  `json:"message_seq"`
			Payload []byte `json:"payload"`
		}
		in := map[string]any{"max_message_seq": last, "limit": 50}
		if err := c.post("/message/sync", in, &page); err != nil || len(page) == 0 {
			return all, err
		}
		for _, m := range page {
			var command struct {
				Type  int     `json:"type"`
				Cmd   string  `json:"cmd"`
				Param request `json:"param"`
			}
			if err := json.Unmarshal(m.Payload, &command); err != nil {
				return nil, err
			}
			if command.Type == 99 && command.Cmd == "friendRequest" {
				all = append(all, command.Param)
			}
			last = m.Seq
		}
	}
}

// friends returns the uids of the contact list.
func (c *client) friends() (map[string]bool, error) {
	var list []struct {
		ToUID     string `json:"to_uid"`
		IsDeleted int    `json:"is_deleted"`
	}
	err := c.post("/friend/sync", map[string]any{}, &list)
	uids := map[string]bool{}
	for _, f := range list {
		uids[f.ToUID] = f.IsDeleted == 0
	}
	return uids, err
}

// get returns code and body of a path outside the prefix.
func get(t testing.TB, url string) (int, string) {
	t.Helper()
	c := newClient(t, "")
	c.http.Timeout = 10 * time.Second
	resp, err := c.http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
