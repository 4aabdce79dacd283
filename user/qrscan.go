package user

import (
	"context"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

func (s *service) ScanQRLogin(ctx context.Context, scanner Session, uuid string) (QRScan, error) {
	if !isQRLoginID(uuid) {
		return QRScan{}, ErrQRCode
	}
	now := s.now()
	var q QRLogin
	err := s.store.Update(ctx, func(tx Tx) error {
		var err error
		if q, err = tx.LockQRLogin(ctx, uuid); errors.Is(err, ErrNotFound) {
			return ErrQRCode
		} else if err != nil {
			return err
		}
		if !q.live(now) {
			return ErrQRCode
		}
		if scanner.Flag != FlagApp {
			return ErrNotApp
		}
		if q.Status == QRScanned && q.scannedBy(scanner) {
			return nil // it asks again, for the answer was lost
		}
		if q.Status != QRWaiting {
			return ErrQRCode
		}
		q.Status, q.UID, q.Session = QRScanned, scanner.UID, scanner.TokenHash
		q.Code, q.ExpiresAt = hashToken(s.grantCode(q)), now.Add(QRConfirmTime)
		return tx.SaveQRLogin(ctx, q)
	})
	if err != nil {
		return QRScan{}, err
	}
	s.polls.wake(uuid)
	return QRScan{AuthCode: s.grantCode(q), PubKey: q.PubKey, Device: q.Device, Address: q.Address}, nil
}

// scannedBy reports whether it was that very session: another one of the same
// account may be in other hands.
func (q QRLogin) scannedBy(s Session) bool {
	return q.UID == s.UID && q.Session == s.TokenHash
}

func (s *service) GrantQRLogin(ctx context.Context, scanner Session, authCode, encrypt string) error {
	if authCode == "" {
		return ErrAuthCodeMissing
	}
	if !text.Line(encrypt, MaxQRKey) {
		return ErrQRKey
	}
	now := s.now()
	var q QRLogin
	err := s.store.Update(ctx, func(tx Tx) error {
		var err error
		if q, err = lockByCode(ctx, tx, authCode, QRScanned, now); err != nil {
			return err
		}
		if !q.scannedBy(scanner) {
			return ErrScanner
		}
		q.Status, q.Encrypt = QRGranted, encrypt
		q.Code, q.ExpiresAt = hashToken(s.finishCode(q)), now.Add(QRFinishTime)
		return tx.SaveQRLogin(ctx, q)
	})
	if err != nil {
		return err
	}
	s.polls.wake(q.UUID)
	return nil
}

// lockByCode returns the login whose next step has that code, if it is the step
// that follows want.
func lockByCode(ctx context.Context, tx Tx, code string, want QRStatus, now time.Time) (QRLogin, error) {
	q, err := tx.LockQRLoginByCode(ctx, hashToken(code))
	if errors.Is(err, ErrNotFound) {
		return QRLogin{}, ErrAuthCode
	}
	if err != nil {
		return QRLogin{}, err
	}
	if !q.live(now) {
		return QRLogin{}, ErrAuthCode
	}
	if q.Status != want {
		return QRLogin{}, ErrNotLoginCode
	}
	return q, nil
}
