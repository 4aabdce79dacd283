package store

import (
	"context"

	"github.com/ruyi-im/ruyi/message"
)

// LockStanding takes the lock of the channel, which guards the conversations of
// all its people as well.
func (s messageTx) LockStanding(ctx context.Context, uid string, ch message.Channel) (message.Standing, error) {
	var c struct {
		Num  int64 `db:"num"`
		Seq  int64 `db:"seq"`
		Dots int64 `db:"dots"`
	}
	err := s.messages.get(ctx, &c, s.messages.lock("SELECT num, seq, dots FROM ruyi_chat WHERE id = ? AND type = ?"),
		ch.ID, int(ch.Type))
	if err != nil {
		return message.Standing{}, absent(err, message.ErrChannel)
	}
	// Read when the lock is held: only then is it the last word.
	var me struct {
		Active    bool  `db:"active"`
		ReadDots  int64 `db:"read_dots"`
		ReadSeq   int64 `db:"read_seq"`
		HiddenSeq int64 `db:"hidden_seq"`
	}
	err = s.messages.get(ctx, &me, `SELECT active, read_dots, read_seq, hidden_seq FROM ruyi_conversation
		WHERE uid = ? AND chat = ?`, uid, c.Num)
	return message.Standing{
		UID: uid, Channel: ch, Active: me.Active, Seq: c.Seq,
		Unread: max(c.Dots-me.ReadDots, 0), ReadSeq: me.ReadSeq, HiddenSeq: me.HiddenSeq,
	}, absent(err, message.ErrChannel)
}

func (s messageTx) SaveStanding(ctx context.Context, st message.Standing) error {
	_, err := s.messages.exec(ctx, `UPDATE ruyi_conversation SET read_seq = ?, hidden_seq = ?,
			read_dots = (SELECT c.dots FROM ruyi_chat c WHERE c.num = ruyi_conversation.chat) - ?
		WHERE uid = ? AND chat = (SELECT c.num FROM ruyi_chat c WHERE c.id = ? AND c.type = ?)`,
		st.ReadSeq, st.HiddenSeq, st.Unread, st.UID, st.Channel.ID, int(st.Channel.Type))
	return err
}

func (s messageTx) SaveConversationExtra(ctx context.Context, st message.Standing, x message.ConversationExtra) (version int64, err error) {
	err = s.messages.get(ctx, &version, `UPDATE ruyi_conversation SET browse_to = ?, keep_message_seq = ?,
			keep_offset_y = ?, draft = ?,
			extra_version = (SELECT h.seq FROM ruyi_queue_head h WHERE h.uid = ruyi_conversation.uid)
		WHERE uid = ? AND chat = (SELECT c.num FROM ruyi_chat c WHERE c.id = ? AND c.type = ?)
		RETURNING extra_version`,
		x.BrowseTo, x.KeepMessageSeq, x.KeepOffsetY, x.Draft, st.UID, st.Channel.ID, int(st.Channel.Type))
	return version, err
}
