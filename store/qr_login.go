package store

import (
	"context"
	"net/netip"
	"time"

	"github.com/ruyi-im/ruyi/user"
)

// qrLogins changes logins by QR code.
type qrLogins struct{ q }

type qrLoginRow struct {
	UUID        string `db:"uuid"`
	Status      uint8  `db:"status"`
	PubKey      string `db:"pub_key"`
	Encrypt     string `db:"encrypt"`
	Address     string `db:"address"`
	Secret      string `db:"secret"`
	DeviceID    string `db:"device_id"`
	DeviceName  string `db:"device_name"`
	DeviceModel string `db:"device_model"`
	UID         string `db:"uid"`
	Session     string `db:"session"`
	Code        string `db:"code"`
	ExpiresAt   int64  `db:"expires_at"`
}

const selectQRLogin = `SELECT uuid, status, pub_key, encrypt, address, secret, device_id, device_name,
	device_model, uid, session, code, expires_at FROM ruyi_qr_login `

func (q q) qrLogin(ctx context.Context, query string, arg string) (user.QRLogin, error) {
	var r qrLoginRow
	if err := q.get(ctx, &r, query, arg); err != nil {
		return user.QRLogin{}, absent(err, user.ErrNotFound)
	}
	address, _ := netip.ParseAddr(r.Address) // none is the zero address
	return user.QRLogin{
		UUID: r.UUID, Status: user.QRStatus(r.Status), PubKey: r.PubKey, Encrypt: r.Encrypt,
		Address: address, Secret: r.Secret,
		Device: user.Device{ID: r.DeviceID, Name: r.DeviceName, Model: r.DeviceModel},
		UID:    r.UID, Session: r.Session, Code: r.Code, ExpiresAt: instant(r.ExpiresAt),
	}, nil
}

func (s users) QRLogin(ctx context.Context, uuid string) (user.QRLogin, error) {
	return s.qrLogin(ctx, selectQRLogin+"WHERE uuid = ?", uuid)
}

func (s qrLogins) LockQRLogin(ctx context.Context, uuid string) (user.QRLogin, error) {
	return s.qrLogin(ctx, s.lock(selectQRLogin+"WHERE uuid = ?"), uuid)
}

func (s qrLogins) LockQRLoginByCode(ctx context.Context, code string) (user.QRLogin, error) {
	return s.qrLogin(ctx, s.lock(selectQRLogin+"WHERE code = ? AND code <> ''"), code)
}

func (s qrLogins) AddQRLogin(ctx context.Context, n user.QRLogin) error {
	address := ""
	if n.Address.IsValid() {
		address = n.Address.String()
	}
	_, err := s.exec(ctx, `INSERT INTO ruyi_qr_login (uuid, status, pub_key, encrypt, address, secret,
			device_id, device_name, device_model, uid, session, code, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.UUID, int(n.Status), n.PubKey, n.Encrypt, address, n.Secret, n.Device.ID, n.Device.Name,
		n.Device.Model, n.UID, n.Session, n.Code, ms(n.ExpiresAt))
	return err
}

func (s qrLogins) SaveQRLogin(ctx context.Context, n user.QRLogin) error {
	_, err := s.exec(ctx, `UPDATE ruyi_qr_login SET status = ?, encrypt = ?, uid = ?, session = ?, code = ?,
		expires_at = ? WHERE uuid = ?`,
		int(n.Status), n.Encrypt, n.UID, n.Session, n.Code, ms(n.ExpiresAt), n.UUID)
	return err
}

func (s qrLogins) DeleteQRLogin(ctx context.Context, uuid string) error {
	_, err := s.exec(ctx, "DELETE FROM ruyi_qr_login WHERE uuid = ?", uuid)
	return err
}

func (s qrLogins) DropQRLogins(ctx context.Context, at time.Time, limit int) error {
	// In one order, so that two at once wait for each other instead of both.
	_, err := s.exec(ctx, "DELETE FROM ruyi_qr_login WHERE uuid IN ("+
		s.lock("SELECT uuid FROM ruyi_qr_login WHERE expires_at <= ? ORDER BY expires_at, uuid LIMIT ?")+")",
		ms(at), limit)
	return err
}

func (s users) UserByQRVercode(ctx context.Context, vercode string) (user.User, error) {
	var r userRow
	err := s.get(ctx, &r, "SELECT "+userColumns+" FROM ruyi_user WHERE qr_vercode = ? AND qr_vercode <> ''", vercode)
	return r.user(), absent(err, user.ErrNotFound)
}
