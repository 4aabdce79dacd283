package httpapi

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/ruyi-im/ruyi/group"
)

// The pages that group codes lead to. GET shows what its button would do, and
// POST does it, so nothing that fetches links ahead acts for anybody. Who opens a
// page has no session: the code is the proof.
const (
	joinPage    = "/web/join_group.html"
	confirmPage = "/web/invite_detail.html"
)

// joinPage is the page to join a group. Acting it reads its form, else its
// address.
func (a *api) joinPage(acting bool) endpoint {
	return func(w http.ResponseWriter, r *http.Request, _ caller) error {
		value := r.URL.Query().Get
		var err error
		if acting {
			value, err = form(w, r)
		}
		var no, code string
		var found group.Joinable
		if err == nil {
			no, code = value("group_no"), value("auth_code")
			found, err = a.core.Group.JoinDetail(r.Context(), code, no)
		}
		if err == nil && acting {
			err = a.core.Group.Join(r.Context(), code, no)
		}
		if err != nil {
			return a.refuseJoin(w, r, err)
		}
		c := card{
			English: english(r), State: "ask", Mark: letter(found.Group.Name), Title: in(r, "加入群聊", "Join group"),
			Group: found.Group.Name, Count: members(r, found.Group.Members),
			Who: found.Sharer.Name, Does: in(r, "邀请你加入群聊", "invites you to this group"),
			Form: &cardForm{
				Action: "join_group.html", Button: in(r, "加入群聊", "Join group"),
				Fields: []cardField{{"group_no", no}, {"auth_code", code}},
			},
		}
		if acting {
			c = card{
				English: c.English, State: "done", Mark: "✓", Title: in(r, "已加入群聊", "You are in"), Group: c.Group,
				Hint: in(r, "请回到“"+a.appName+"”查看", "Go back to “"+a.appName+"” to say hello."),
			}
		}
		return a.pages.show(w, http.StatusOK, c)
	}
}

// refuseJoin tells why nobody joins, and what may help.
func (a *api) refuseJoin(w http.ResponseWriter, r *http.Request, err error) error {
	title, hint := in(r, "无法加入群聊", "You cannot join"), ""
	switch {
	case errors.Is(err, group.ErrAlreadyIn):
		title = in(r, "你已在群聊中", "You are a member")
		hint = in(r, "请回到“"+a.appName+"”查看", "Go back to “"+a.appName+"”.")
	case errors.Is(err, group.ErrJoinCode), errors.Is(err, group.ErrOtherGroup), errors.Is(err, group.ErrNotJoinCode):
		hint = in(r, "请用“"+a.appName+"”重新扫描二维码", "Scan the QR code with “"+a.appName+"” again.")
	case errors.Is(err, group.ErrJoinClosed):
		hint = in(r, "请联系群成员邀请你", "Ask a member to invite you.")
	}
	return a.refusePage(w, r, title, hint, err)
}

// confirmPage is the page to confirm an invite. The code names the invite; the
// number in the address is for clients that read the invite themselves.
func (a *api) confirmPage(acting bool) endpoint {
	return func(w http.ResponseWriter, r *http.Request, _ caller) error {
		value := r.URL.Query().Get
		var err error
		if acting {
			value, err = form(w, r)
		}
		var code string
		var found group.Confirmation
		if err == nil {
			code = value("auth_code")
			found, err = a.core.Group.ConfirmDetail(r.Context(), code)
		}
		if err == nil && acting {
			err = a.core.Group.Confirm(r.Context(), code)
		}
		if err != nil {
			return a.refuseConfirm(w, r, err)
		}
		if acting {
			return a.pages.show(w, http.StatusOK, card{
				English: english(r), State: "done", Mark: "✓", Title: in(r, "已确认邀请", "Invitation confirmed"),
				Group: found.Group.Name, Hint: in(r, "他们已加入群聊", "They are in the group now."),
			})
		}
		return a.pages.show(w, http.StatusOK, toConfirm(r, found, code))
	}
}

// toConfirm shows an invite and the button that confirms it.
func toConfirm(r *http.Request, found group.Confirmation, code string) card {
	invited := found.Invite.Invited
	people := make([]string, len(invited))
	for i, p := range invited {
		people[i] = p.Name
	}
	return card{
		English: english(r), State: "ask", Mark: letter(found.Group.Name),
		Title: in(r, "群聊邀请确认", "Confirm invitation"),
		Group: found.Group.Name, Count: members(r, found.Group.Members), Who: found.Invite.InviterName,
		Does:   in(r, fmt.Sprintf("想邀请%d位朋友加入群聊", len(people)), fmt.Sprintf("wants to bring in %d", len(people))),
		Remark: found.Invite.Remark, People: people,
		Form: &cardForm{
			Action: "invite_detail.html", Button: in(r, "确认邀请", "Confirm"),
			Fields: []cardField{{"auth_code", code}},
		},
	}
}

// refuseConfirm tells why nothing is confirmed, and what may help.
func (a *api) refuseConfirm(w http.ResponseWriter, r *http.Request, err error) error {
	title, hint := in(r, "无法确认邀请", "This cannot be confirmed"), ""
	switch {
	case errors.Is(err, group.ErrInviteDone):
		title = in(r, "邀请已被确认", "Already confirmed")
	case errors.Is(err, group.ErrConfirmCode), errors.Is(err, group.ErrNotConfirmCode):
		hint = in(r, "请在群聊中重新打开邀请", "Open the invitation in the group chat again.")
	}
	return a.refusePage(w, r, title, hint, err)
}

func members(r *http.Request, n int) string {
	if n == 1 {
		return in(r, "1位成员", "1 member")
	}
	return in(r, fmt.Sprintf("%d位成员", n), fmt.Sprintf("%d members", n))
}
