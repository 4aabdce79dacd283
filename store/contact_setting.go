package store

import (
	"context"
	"time"

	"github.com/ruyi-im/ruyi/friend"
)

func (s friends) ContactSettings(ctx context.Context, owner, peer string) (friend.ContactSettings, error) {
	var r struct {
		Remark      string `db:"remark"`
		Mute        bool   `db:"mute"`
		Top         bool   `db:"top"`
		ChatPwdOn   bool   `db:"chat_pwd_on"`
		Screenshot  bool   `db:"screenshot"`
		Recall      bool   `db:"recall"`
		Receipt     bool   `db:"receipt"`
		Flame       bool   `db:"flame"`
		FlameSecond int    `db:"flame_second"`
	}
	err := s.get(ctx, &r, `SELECT remark, mute, top, chat_pwd_on, screenshot, recall, receipt, flame, flame_second
		FROM ruyi_contact_setting WHERE owner = ? AND peer = ?`, owner, peer)
	if err != nil {
		return friend.DefaultContactSettings(), absent(err, nil)
	}
	return friend.ContactSettings{
		Remark: r.Remark, Mute: r.Mute, Top: r.Top, ChatPwdOn: r.ChatPwdOn, Screenshot: r.Screenshot,
		Recall: r.Recall, Receipt: r.Receipt, Flame: r.Flame, FlameSecs: r.FlameSecond,
	}, nil
}

func (s relations) SaveContactSettings(ctx context.Context, owner, peer string, c friend.ContactSettings) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_contact_setting
			(owner, peer, remark, mute, top, chat_pwd_on, screenshot, recall, receipt, flame, flame_second)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (owner, peer) DO UPDATE SET remark = excluded.remark, mute = excluded.mute,
			top = excluded.top, chat_pwd_on = excluded.chat_pwd_on, screenshot = excluded.screenshot,
			recall = excluded.recall, receipt = excluded.receipt, flame = excluded.flame,
			flame_second = excluded.flame_second`,
		owner, peer, c.Remark, bit(c.Mute), bit(c.Top), bit(c.ChatPwdOn), bit(c.Screenshot),
		bit(c.Recall), bit(c.Receipt), bit(c.Flame), c.FlameSecs)
	return err
}

func (s relations) Touch(ctx context.Context, owner, peer string, now time.Time) error {
	version, err := s.tick(ctx, owner, now)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, "UPDATE ruyi_friend SET version = ? WHERE owner = ? AND peer = ?", version, owner, peer)
	return err
}
