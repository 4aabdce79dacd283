package sqlite_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/ruyi-im/ruyi/store/sqlite"
	"github.com/ruyi-im/ruyi/user"
)

// people is how many accounts are read in turn.
const people = 100

const selectUser = `SELECT uid, username, name, zone, phone, short_no, sex, category, robot, vercode,
	qr_vercode, password_hash, search_by_phone, search_by_short, new_msg_notice, msg_show_detail,
	voice_on, shock_on, offline_protection, device_lock, mute_of_app, status, created_at
	FROM ruyi_user WHERE uid = ?`

// BenchmarkPointRead compares reading one account through the store with what
// the driver itself needs for it: the same prepared statement, scanned by hand.
func BenchmarkPointRead(b *testing.B) {
	f := start(b, sqlite.Options{})
	ctx := b.Context()
	var uids []string
	if err := f.Users().Update(ctx, func(tx user.Tx) error {
		for i := range people {
			u := account(i)
			uids = append(uids, u.UID)
			if err := tx.AddUser(ctx, u); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	stmt, err := f.outside.Prepare(selectUser)
	if err != nil {
		b.Fatal(err)
	}
	defer stmt.Close()
	users := f.Users()
	// In turns, so that whatever else the machine does slows both alike.
	var byDriver, byStore time.Duration
	for b.Loop() {
		byDriver += readAll(b, uids, func(uid string) error { return scanUser(stmt, uid) })
		byStore += readAll(b, uids, func(uid string) error {
			_, err := users.User(ctx, uid)
			return err
		})
	}
	reads := float64(b.N * people)
	b.ReportMetric(float64(byDriver.Nanoseconds())/reads, "driver-ns/read")
	b.ReportMetric(float64(byStore.Nanoseconds())/reads, "store-ns/read")
	b.ReportMetric(float64(byDriver)/float64(byStore), "ratio")
}

// readAll reads everybody once.
func readAll(b *testing.B, uids []string, read func(uid string) error) time.Duration {
	began := time.Now()
	for _, uid := range uids {
		if err := read(uid); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

func account(i int) user.User {
	return user.User{
		UID: fmt.Sprintf("%032x", i), Username: fmt.Sprintf("0086139%08d", i), Name: "张三",
		Phone: user.Phone{Zone: "0086", Number: fmt.Sprintf("139%08d", i)}, ShortNo: fmt.Sprint(100000 + i),
		Vercode: "v@1", QRVercode: "q@3", PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
		Settings: user.DefaultSettings(), Status: user.Active, CreatedAt: time.UnixMilli(1767225600123),
	}
}

func scanUser(stmt *sql.Stmt, uid string) error {
	rows, err := stmt.Query(uid)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var u user.User
	var created int64
	return rows.Scan(&u.UID, &u.Username, &u.Name, &u.Phone.Zone, &u.Phone.Number, &u.ShortNo, &u.Sex,
		&u.Category, &u.Robot, &u.Vercode, &u.QRVercode, &u.PasswordHash,
		&u.Settings.SearchByPhone, &u.Settings.SearchByShort, &u.Settings.NewMsgNotice,
		&u.Settings.MsgShowDetail, &u.Settings.VoiceOn, &u.Settings.ShockOn,
		&u.Settings.OfflineProtection, &u.Settings.DeviceLock, &u.Settings.MuteOfApp,
		&u.Status, &created)
}
