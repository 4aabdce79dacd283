package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ruyi-im/ruyi/user"
)

// devCode is every SMS code in development.
const devCode = "123456"

// lookupLimit is how long a host name may take to resolve.
const lookupLimit = 5 * time.Second

// checkDev refuses development mode where somebody else could reach it: anybody
// can sign in as anybody there.
func checkDev(ctx context.Context, addr string, db database) error {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if err := checkLoopback(ctx, host); err != nil {
		return fmt.Errorf("-dev listens on loopback only, not on %s: %w", addr, err)
	}
	if db.dsn == "" {
		return nil
	}
	config, err := pgx.ParseConfig(db.dsn)
	if err != nil {
		return err
	}
	servers := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port}}, config.Fallbacks...)
	for _, s := range servers {
		if network, _ := pgconn.NetworkAddress(s.Host, s.Port); network == "unix" {
			continue
		}
		if err := checkLoopback(ctx, s.Host); err != nil {
			return fmt.Errorf("-dev uses a database on this machine only, not on %s: %w", s.Host, err)
		}
	}
	return nil
}

// checkLoopback wants every address of host to be a loopback address.
func checkLoopback(ctx context.Context, host string) error {
	if host == "" {
		return errors.New("no host means every address of this machine")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return checkLoopbackIP(ip)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return err
	}
	for _, ip := range ips {
		if err := checkLoopbackIP(ip); err != nil {
			return err
		}
	}
	return nil
}

func checkLoopbackIP(ip netip.Addr) error {
	if !ip.IsLoopback() {
		return fmt.Errorf("%s is not a loopback address", ip)
	}
	return nil
}

// devSMS sends nothing. It tells the developer that a code is due.
type devSMS struct{ log *slog.Logger }

// Send logs a notice with too little of the number to identify anybody, and
// without the code.
func (d devSMS) Send(ctx context.Context, p user.Phone, _ user.Purpose, _ string) error {
	d.log.InfoContext(ctx, "development: an SMS code is due",
		"zone", p.Zone, "phone", "…"+p.Number[max(0, len(p.Number)-2):])
	return nil
}
