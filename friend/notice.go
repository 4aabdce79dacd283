package friend

import (
	"time"

	"github.com/ruyi-im/ruyi/message"
)

// Notices says in which form clients hear of requests and of their acceptance.
type Notices uint8

// The forms. Any other value counts as NoticeCommands.
const (
	// NoticeCommands is the default: the commands friendRequest, to who is asked,
	// and friendAccept, to both. The clients in use understand it.
	NoticeCommands Notices = iota
	// NoticeTyped sends messages of their own types instead, as the API document
	// describes them: 1000 to who is asked, 1004 to the applicant.
	NoticeTyped
	// NoticeBoth sends the commands and the typed messages.
	NoticeBoth
)

// requested is what the one who is asked hears. The applicant must never read it,
// for it carries the token.
func (s *service) requested(r Request, applicant string, now time.Time) []message.Draft {
	facts := func() map[string]any {
		return map[string]any{
			"apply_uid": r.From, "apply_name": applicant, "to_uid": r.To, "remark": r.Remark, "token": r.Token,
		}
	}
	var news []message.Draft
	if s.notices != NoticeTyped {
		news = append(news, message.Command(now, "friendRequest", facts(), r.To))
	}
	if s.notices == NoticeTyped || s.notices == NoticeBoth {
		content := facts()
		content["type"] = message.TypeFriendRequest
		news = append(news, message.Notice(now, content, r.To))
	}
	return news
}

// accepted tells clients to read their contacts anew.
func (s *service) accepted(r Request, accepter string, now time.Time) []message.Draft {
	var news []message.Draft
	if s.notices != NoticeTyped {
		news = append(news, message.Command(now, "friendAccept", map[string]string{
			"to_uid": r.From, "from_uid": r.To, "from_name": accepter,
		}, r.From, r.To))
	}
	if s.notices == NoticeTyped || s.notices == NoticeBoth {
		news = append(news, message.Notice(now, map[string]any{
			"type": message.TypeFriendAccepted, "sure_uid": r.To, "sure_name": accepter, "to_uid": r.From,
			"content": s.greeting,
		}, r.From))
	}
	return news
}
