package user

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/ruyi-im/ruyi/internal/text"
)

// Limits of the list of devices. A page that names neither, or both with their
// defaults, means everything.
const (
	DefaultDevicePage = 15   // devices on a page
	MaxDevicePage     = 100  // the same at most
	MaxDevices        = 1000 // devices that "everything" returns at most
)

// maxDeviceID is the length of Device.ID in characters.
const maxDeviceID = 40

// KnownDevice is a device that somebody signed in on.
type KnownDevice struct {
	Device
	Number    int64 // names the device of this user for good, 53 bits
	LastLogin time.Time
}

// ManagingDevices shows people where they signed in and lets them take it back.
type ManagingDevices interface {
	// Devices returns the devices of uid, the newest login first (operation 10).
	// Pages count from 1; a page or size below 1 stands for its default.
	Devices(ctx context.Context, uid string, page, size int) ([]KnownDevice, error)

	// KnownDevice returns one device of uid. ErrDevice, ErrNoDevice.
	KnownDevice(ctx context.Context, uid, deviceID string) (KnownDevice, error)

	// RemoveDevice forgets a device of uid, so that the device lock asks for a code
	// the next time, and ends the sessions on it but the one with the hash keep,
	// the caller's own (operation 11). Nothing happens when there is no such
	// device. ErrDevice.
	RemoveDevice(ctx context.Context, uid, deviceID, keep string) error
}

// DeviceReader reads the devices of a user.
type DeviceReader interface {
	// DeviceOf returns one device of uid, without its Number. ErrNotFound.
	DeviceOf(ctx context.Context, uid, deviceID string) (KnownDevice, error)
	// DevicesOf returns the devices of uid without their Numbers, the newest login
	// first, at most limit of them after the first offset.
	DevicesOf(ctx context.Context, uid string, offset, limit int) ([]KnownDevice, error)
}

// DeviceTx changes what the sessions of a user run on.
type DeviceTx interface {
	// RemoveDevice deletes a device of uid and ends, as of at, the sessions of uid
	// on it but the one with the token hash keep.
	RemoveDevice(ctx context.Context, uid, deviceID, keep string, at time.Time) error
}

func (s *service) Devices(ctx context.Context, uid string, page, size int) ([]KnownDevice, error) {
	if page < 1 {
		page = 1
	}
	if size < 1 {
		size = DefaultDevicePage
	}
	offset, limit := 0, MaxDevices
	if page != 1 || size != DefaultDevicePage {
		limit = min(size, MaxDevicePage)
		offset = (min(page, 1<<20) - 1) * limit // nobody has that many
	}
	devices, err := s.store.DevicesOf(ctx, uid, offset, limit)
	for i := range devices {
		devices[i].Number = deviceNumber(uid, devices[i].ID)
	}
	return devices, err
}

func (s *service) KnownDevice(ctx context.Context, uid, deviceID string) (KnownDevice, error) {
	if err := checkDeviceID(deviceID); err != nil {
		return KnownDevice{}, err
	}
	d, err := s.store.DeviceOf(ctx, uid, deviceID)
	if errors.Is(err, ErrNotFound) {
		return KnownDevice{}, ErrNoDevice
	}
	if err != nil {
		return KnownDevice{}, err
	}
	d.Number = deviceNumber(uid, deviceID)
	return d, nil
}

func (s *service) RemoveDevice(ctx context.Context, uid, deviceID, keep string) error {
	if err := checkDeviceID(deviceID); err != nil {
		return err
	}
	now := s.now()
	return s.store.Update(ctx, func(tx Tx) error {
		if _, err := tx.LockUser(ctx, uid); err != nil {
			return err
		}
		return tx.RemoveDevice(ctx, uid, deviceID, keep, now)
	})
}

// checkDeviceID refuses what names no device. Sessions whose client told of none
// have an empty one, and must not be meant by it.
func checkDeviceID(id string) error {
	if id == "" || !text.Line(id, maxDeviceID) {
		return ErrDevice
	}
	return nil
}

// deviceNumber returns a number for a device that a client can keep in a
// floating-point number.
func deviceNumber(uid, deviceID string) int64 {
	h := sha256.Sum256([]byte(uid + "\x00" + deviceID))
	return int64(binary.BigEndian.Uint64(h[:]) >> 11)
}
