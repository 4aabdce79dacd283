package httpapi_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/store"
	"github.com/ruyi-im/ruyi/store/sqlite"
)

// TestMalformedRequestsChangeNothing sends what no client should to every
// operation of the first path and compares the database before and after.
func TestMalformedRequestsChangeNothing(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ruyi.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := newClient(t, db)
	ann := c.register("Ann", "13800000001")
	before := dump(t, db)
	always := []string{
		`{`, `[]`, `null`, `"x"`, `12`, `{}{}`, "{\"a\":\"\xff\"}", `{"a":"\u0000"}`, `{"a":"\ud800"}`,
		`{"a":1,"a":2}`, `{"a":1,"A":2}`, strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40),
		`{"a":"` + strings.Repeat("x", 2<<20) + `"}`,
	}
	for path, bodies := range map[string][]string{
		"/groups/g/member/invite": {`{}`, `{"uids":"u"}`, `{"uids":[1]}`, `{"UIDs":["u"]}`, `{"uids":["u"],"remark":1}`},
		"/user/register":          {`{}`, `{"zone":86}`, `{"Zone":"0086"}`, `{"device":[]}`, `{"device":{"Device_ID":"d"}}`, `{"flag":1.5}`},
		"/user/login":             {`{}`, `{"username":1}`, `{"flag":1e3}`, `{"flag":true}`},
		"/user/sms/registercode":  {`{}`, `{"phone":{}}`},
		"/user/device_token": {`{}`, `{"Device_Token":"t","device_type":"IOS","bundle_id":"b"}`,
			`{"device_token":"t","device_type":"X","bundle_id":"b"}`, `{"device_token":["t"]}`},
		"/user/device_badge":          {`{"badge":-1}`, `{"badge":100000}`, `{"badge":1.5}`, `{"badge":true}`, `{"Badge":1}`},
		"/user/sms/login_check_phone": {`{}`, `{"uid":1}`, `{"Uid":"a"}`},
		"/user/login/check_phone":     {`{}`, `{"uid":"a"}`, `{"uid":"a","code":"b"}`, `{"uid":"a","code":1}`, `{"uid":"a","code":"b","challenge":{}}`},
		"/friend/apply":               {`{}`, `{"to_uid":"u_10000","vercode":"x"}`, `{"to_uid":"u_10000","vercode":["1@1"]}`, `{"to_uid":"u_10000","Vercode":"1@1"}`, `{"To_Uid":"a"}`, `{"to_uid":["a"]}`},
		"/friend/sure":                {`{}`, `{"token":7}`, `{"token":"' OR 1=1 --"}`},
		"/user/sms/forgetpwd":         {`{}`, `{"zone":"0086"}`, `{"zone":86}`, `{"zone":"0086","phone":"1 OR 1=1"}`},
		"/user/pwdforget": {`{}`, `{"zone":"0086","phone":"13800000001","pwd":"long enough"}`, `{"code":123456}`,
			`{"zone":"0086","phone":"13800000001","code":"123456","pwd":"short"}`, `{"Pwd":"x"}`,
			`{"zone":"0086","phone":"13800000001","code":"123456","pwd":"password1"}`, `{"zone":"0086","phone":"13800000001","pwd":["x"]}`},
		"/message/sync": {`{"max_message_seq":{}}`, `{"max_message_seq":"0x10"}`, `{"limit":"many"}`, `{"limit":1.0}`,
			`{"channel_id":7}`, `{"channel_id":"x","channel_type":-1}`, `{"max_message_seq":9223372036854775808}`},
		"/message/typing": {`{}`, `{"channel_id":7}`, `{"channel_id":"x","channel_type":-1}`, `{"channel_id":"nobody","channel_type":1}`,
			`{"channel_id":"x","channel_type":1.5}`, `{"Channel_ID":"u_10000","channel_type":1}`, `{"channel_id":"g","channel_type":2}`},
	} {
		for _, body := range append(bodies, always...) {
			wantRefusal(t, c, ann, "POST", path, body)
		}
	}
	for _, body := range append([]string{
		`{}`, `{"password":"correct horse"}`, `{"new_password":"long enough"}`, `{"password":1,"new_password":2}`,
		`{"password":"correct horse","new_password":"short"}`, `{"password":"correct horse","new_password":"11111111"}`,
	}, always...) {
		wantRefusal(t, c, ann, "PUT", "/user/updatepassword", body)
	}
	for _, path := range []string{
		"/friend/sync?limit=x", "/friend/sync?limit=1&limit=2", "/friend/sync?limit=99999999999999999999",
		"/friend/sync?sync_key=%zz", "/friend/sync?sync_key=a@b", "/friend/sync?sync_key=@", "/friend/sync?sync_key=%00@1",
		"/friend/sync?sync_key=-1@1", "/friend/sync?sync_key=1@-1", "/message/syncack/x", "/message/syncack/-1",
		"/message/syncack/1.5", "/message/syncack/%FF", "/message/syncack/" + strings.Repeat("9", 300),
	} {
		wantRefusal(t, c, ann, "POST", path, "")
	}
	for _, path := range []string{"/users/%00", "/users/%FF", "/users/" + strings.Repeat("a", 300), "/users/a%2Fb"} {
		wantRefusal(t, c, ann, "GET", path, "")
	}
	for _, path := range []string{"/user/devices?page_index=x", "/user/devices?page_size=1&page_size=2", "/user/devices/%00", "/user/devices/%07"} {
		wantRefusal(t, c, ann, "GET", path, "")
	}
	for _, path := range []string{"/user/devices/%00", "/user/devices/%FF", "/user/devices/" + strings.Repeat("a", 41)} {
		wantRefusal(t, c, ann, "DELETE", path, "")
	}
	for _, uid := range []string{ann.UID, "nobody", "%20", "%00", "%FF", "%E2%80%AEevil", "a%0Ab", strings.Repeat("a", 300), strings.Repeat("a", 101)} {
		wantRefusal(t, c, ann, "POST", "/user/blacklist/"+uid, "")
	}
	for _, uid := range []string{"%20", "%00", "%FF", "%E2%80%AEevil", strings.Repeat("a", 300), strings.Repeat("a", 101)} {
		wantRefusal(t, c, ann, "DELETE", "/user/blacklist/"+uid, "")
	}
	for _, uid := range []string{ann.UID, "nobody", "u_10000"} { // not on the list, which is as well
		c.call("-", ann.Token, "DELETE", "/v1/user/blacklist/"+uid, "")
	}
	if after := dump(t, db); after != before {
		t.Error("a refused request changed the database")
	}
	c.call("-", ann.Token, "POST", "/v1/friend/apply", `{"to_uid":"u_10000"}`)
	if dump(t, db) == before {
		t.Error("the comparison does not notice a change")
	}
}

// wantRefusal sends a request and wants 400 {status, msg}.
func wantRefusal(t *testing.T, c *client, p person, method, path, body string) {
	t.Helper()
	answer := decode[struct {
		Status int
		Msg    string
	}](c, "-", p.Token, method, "/v1"+path, body)
	e := c.seen["-"][len(c.seen["-"])-1]
	if e.code != 400 || answer.Status != 400 || answer.Msg == "" {
		t.Errorf("%s %.60s %.60s: %d %s", method, path, body, e.code, e.answer)
	}
}

// dump returns a fingerprint of all rows.
func dump(t *testing.T, db *store.DB) string {
	t.Helper()
	h := sha256.New()
	err := db.Update(t.Context(), func(tx store.Conn) error {
		tables, err := tablesOf(t.Context(), tx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			rows, err := tx.QueryContext(t.Context(), "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			values, dest := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				dest[i] = &values[i]
			}
			for rows.Next() {
				if err := rows.Scan(dest...); err != nil {
					return err
				}
				fmt.Fprintln(h, table, values)
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// tablesOf returns the names of the library's tables, in order.
func tablesOf(ctx context.Context, tx store.Conn) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'ruyi_%' ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
