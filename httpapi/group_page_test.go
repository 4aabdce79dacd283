package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/ruyi-im/ruyi/group"
)

// open opens a page as a browser does, or sends its form.
func (c *client) open(method, link, language string) *httptest.ResponseRecorder {
	c.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest(method, link, nil)
	if method == "POST" {
		r = httptest.NewRequest(method, u.Path, strings.NewReader(u.RawQuery))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

// wantPage opens a page and looks for what it says.
func (c *client) wantPage(what, method, link, language string, code int, says ...string) string {
	c.t.Helper()
	w := c.open(method, link, language)
	body := w.Body.String()
	if w.Code != code {
		c.t.Errorf("%s: code %d, want %d", what, w.Code, code)
	}
	for _, s := range says {
		if !strings.Contains(body, s) {
			c.t.Errorf("%s: no %q in\n%s", what, s, body)
		}
	}
	for header, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
		"X-Content-Type-Options": "nosniff", "Vary": "Accept-Language",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	} {
		if got := w.Header().Get(header); got != want {
			c.t.Errorf("%s: %s is %q", what, header, got)
		}
	}
	// What the policy forbids must not be there either.
	if m := regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son\w+=|javascript:|https?://`).FindString(body); m != "" {
		c.t.Errorf("%s: %q in\n%s", what, m, body)
	}
	return body
}

const (
	evil    = `<script>alert(1)</script>`
	escaped = `&lt;script&gt;alert(1)&lt;/script&gt;`
)

// joinLink lets somebody scan a picture and returns where it leads.
func (c *client) joinLink(sharer, scanner person, no string) string {
	c.t.Helper()
	picture := decode[struct{ QRCode string }](c, "-", sharer.Token, "GET", "/v1/groups/"+no+"/qrcode", "").QRCode
	link := decode[struct{ Data struct{ URL string } }](c, "-", scanner.Token, "GET", strings.TrimPrefix(picture, "http://example.com"), "").Data.URL
	if link == "" {
		c.t.Fatal("the picture leads nowhere")
	}
	return link
}

func TestJoinPage(t *testing.T) {
	c := newClient(t, openSQLite(t))
	ann, bob, eve := c.register("Ann", "13800000001"), c.register(evil, "13800000002"), c.register("Eve", "13800000003")
	c.befriend(ann, bob)
	no := c.foundGroup("-", ann, "group", fmt.Sprintf(`{"name":"<img src=x>群","members":[%q]}`, bob.UID))
	link := c.joinLink(bob, eve, no)
	code := c.secret(link, "code")
	const button, refused = `<button type="submit">加入群聊</button>`, "无法加入群聊"

	ask := c.wantPage("join ask", "GET", link, "zh-CN", 200, button, escaped, "邀请你加入群聊", "&lt;img src=x&gt;群", "2位成员",
		`method="post" action="join_group.html"`, `name="auth_code" value="`+code+`"`, `name="group_no" value="`+no+`"`)
	if strings.Contains(ask, "<img") {
		t.Error("the name of the group is not escaped")
	}
	c.wantPage("join ask in English", "GET", link, "en-GB,en", 200, `<html lang="en">`, "Join group", "2 members", "invites you to this group")
	c.wantPage("join ask by HEAD", "HEAD", link, "", 200)

	garbled := strings.Replace(link, code, `"><script>`, 1)
	c.wantPage("join unknown code", "GET", garbled, "zh", 409, refused, "认证信息不存在或已失效！", "重新扫描")
	c.wantPage("join unknown code sent", "POST", garbled, "en", 409, "You cannot join", "The code was used or has expired.<")
	c.wantPage("join unknown group", "GET", strings.Replace(link, no, "nowhere", 1), "zh", 404, refused, "群不存在")
	c.wantPage("join nothing", "GET", "/v1/web/join_group.html", "zh", 400, refused, "群编号不能为空")
	c.wantPage("join by a long form", "POST", "/v1/web/join_group.html?x="+strings.Repeat("x", 9000), "zh", 400, refused, "请求数据格式有误！")
	c.wantPage("join by no text", "GET", "/v1/web/join_group.html?group_no=%ff%00&auth_code=%00", "zh", 404, refused)

	c.changeGroup(no, func(g *group.Group) { g.Invite = true })
	c.wantPage("join invites only", "GET", link, "zh", 403, refused, "群开启了邀请模式，不能直接加入群聊")
	c.wantPage("join invites only sent", "POST", link, "zh", 403, refused, "群开启了邀请模式，不能直接加入群聊")
	c.changeGroup(no, func(g *group.Group) { g.Invite = false })

	// The code in the address counts for nothing when a form is sent.
	r := httptest.NewRequest("POST", link, nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if c.handler.ServeHTTP(w, r); w.Code != http.StatusBadRequest {
		t.Errorf("an empty form: %d", w.Code)
	}
	if m, err := c.db.Groups().Member(t.Context(), no, eve.UID); err != nil || m.In() {
		t.Errorf("eve is in the group before she agreed: %+v, %v", m, err)
	}
	c.wantPage("join done", "POST", link, "zh", 200, "已加入群聊", "&lt;img src=x&gt;群", "ruyi")
	if m, err := c.db.Groups().Member(t.Context(), no, eve.UID); err != nil || !m.In() {
		t.Errorf("eve is not in the group: %+v, %v", m, err)
	}
	for _, method := range []string{"GET", "POST"} {
		c.wantPage("join already in", method, link, "zh", 409, "你已在群聊中", "已经在群内，不能再加入！")
	}
}

func TestConfirmPage(t *testing.T) {
	c := newClient(t, openSQLite(t))
	ann, bob, eve := c.register("Ann", "13800000001"), c.register(evil, "13800000002"), c.register("<b>Eve</b>", "13800000003")
	c.befriend(ann, bob)
	no := c.foundGroup("-", ann, "group", fmt.Sprintf(`{"name":"周末爬山","members":[%q]}`, bob.UID))
	c.call("-", bob.Token, "POST", "/v1/groups/"+no+"/member/invite", fmt.Sprintf(`{"uids":[%q],"remark":"<i>她人很好</i>"}`, eve.UID))
	inviteNo, _ := c.inviteNo(ann)
	link := decode[struct{ URL string }](c, "-", ann.Token, "GET", "/v1/groups/"+no+"/member/h5confirm?invite_no="+inviteNo, "").URL
	code := c.secret(link, "code")
	const refused = "无法确认邀请"

	c.wantPage("confirm ask", "GET", link, "zh", 200, `<button type="submit">确认邀请</button>`, escaped, "想邀请1位朋友加入群聊",
		"&lt;b&gt;Eve&lt;/b&gt;", "&lt;i&gt;她人很好&lt;/i&gt;", "周末爬山", `action="invite_detail.html"`, `name="auth_code" value="`+code+`"`)
	c.wantPage("confirm ask in English", "GET", link, "EN", 200, "Confirm invitation", "wants to bring in 1")
	c.wantPage("confirm unknown code", "POST", strings.Replace(link, code, "x", 1), "zh", 409, refused, "授权码失效或不存在！", "重新打开邀请")
	c.wantPage("confirm join code", "GET", strings.Replace(link, code, c.secret(c.joinLink(ann, eve, no), "other"), 1), "zh", 403,
		refused, "授权码不是确认邀请！")
	if m, err := c.db.Groups().Member(t.Context(), no, eve.UID); err != nil || m.In() {
		t.Errorf("eve is in the group before anybody confirmed: %+v, %v", m, err)
	}
	c.wantPage("confirm done", "POST", link, "zh", 200, "已确认邀请", "周末爬山")
	if m, err := c.db.Groups().Member(t.Context(), no, eve.UID); err != nil || !m.In() {
		t.Errorf("eve is not in the group: %+v, %v", m, err)
	}
	c.wantPage("confirm again", "POST", link, "zh", 409, "邀请已被确认", "邀请信息不是待邀请状态！")

	w := c.open("GET", "/v1/web/page.css", "")
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/css; charset=utf-8" || strings.Contains(w.Body.String(), "url(") {
		t.Errorf("style sheet: %d %v", w.Code, w.Header())
	}
}
