package store

import (
	"context"

	"github.com/ruyi-im/ruyi/group"
)

type groupSettingRow struct {
	Remark      string `db:"remark"`
	Mute        bool   `db:"mute"`
	Top         bool   `db:"top"`
	Save        bool   `db:"save"`
	ShowNick    bool   `db:"show_nick"`
	ChatPwdOn   bool   `db:"chat_pwd_on"`
	Screenshot  bool   `db:"screenshot"`
	Recall      bool   `db:"recall"`
	Receipt     bool   `db:"receipt"`
	JoinRemind  bool   `db:"join_remind"`
	Flame       bool   `db:"flame"`
	FlameSecond int    `db:"flame_second"`
	Version     int64  `db:"version"`
}

func (r groupSettingRow) settings() group.Settings {
	return group.Settings{
		Remark: r.Remark, Mute: r.Mute, Top: r.Top, Save: r.Save, ShowNick: r.ShowNick, ChatPwdOn: r.ChatPwdOn,
		Screenshot: r.Screenshot, Recall: r.Recall, Receipt: r.Receipt, JoinRemind: r.JoinRemind, Flame: r.Flame,
		FlameSecs: r.FlameSecond, Version: r.Version,
	}
}

func (s groups) Settings(ctx context.Context, uid, no string) (group.Settings, error) {
	var r groupSettingRow
	err := s.get(ctx, &r, `SELECT remark, mute, top, save, show_nick, chat_pwd_on, screenshot, recall, receipt,
			join_remind, flame, flame_second, version
		FROM ruyi_group_setting WHERE uid = ? AND group_no = ?`, uid, no)
	if err != nil {
		return group.DefaultSettings(), absent(err, nil)
	}
	return r.settings(), nil
}

func (s groupWriter) SaveSettings(ctx context.Context, uid, no string, g group.Settings) error {
	_, err := s.exec(ctx, `INSERT INTO ruyi_group_setting (uid, group_no, remark, mute, top, save, show_nick, chat_pwd_on,
			screenshot, recall, receipt, join_remind, flame, flame_second, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (uid, group_no) DO UPDATE SET remark = excluded.remark, mute = excluded.mute, top = excluded.top,
			save = excluded.save, show_nick = excluded.show_nick, chat_pwd_on = excluded.chat_pwd_on,
			screenshot = excluded.screenshot, recall = excluded.recall, receipt = excluded.receipt,
			join_remind = excluded.join_remind, flame = excluded.flame, flame_second = excluded.flame_second,
			version = ruyi_group_setting.version + 1`,
		uid, no, g.Remark, bit(g.Mute), bit(g.Top), bit(g.Save), bit(g.ShowNick), bit(g.ChatPwdOn), bit(g.Screenshot),
		bit(g.Recall), bit(g.Receipt), bit(g.JoinRemind), bit(g.Flame), g.FlameSecs)
	return err
}
