// Command server runs ruyi by itself: one process, one database, the HTTP API.
//
//	go run ./examples/server [-addr 127.0.0.1:8080] [-db sqlite:ruyi.db]
//	                         [-prefix /v1] [-public-url URL] [-keys FILE]
//	                         [-files DIR] [-dev] [-tcp-addr HOST:PORT]
//	                         [-ws-addr URL] [-wss-addr URL]
//
// -db is sqlite:PATH, which is made when it is not there, or the postgres:// URL
// of a database. When everything is ready the log says
//
//	listening on http://127.0.0.1:8080/v1
//
// and GET /healthz answers 200 while the process lives, GET /readyz while the
// database answers as well. Both lie outside the prefix. -tcp-addr, -ws-addr and
// -wss-addr are what clients are told when they ask where to connect for
// messages.
//
// Links in answers, for example those in QR codes, begin with -public-url, or
// without it with the address that the request was sent to. Behind a proxy that
// is the wrong one, so name the address that clients use: https://im.example.com
//
// -files is the directory of what people upload, which the first upload makes:
// PATH.files beside a SQLite file, else ruyi.files in the working directory, where
// the servers that share a PostgreSQL database need the same one. Back it up with
// the database.
//
// # Keys
//
// The server needs three secrets of 32 bytes: RUYI_PEPPER, RUYI_INDEX_KEY and
// RUYI_DATA_KEY. It takes them in base64 from the environment, and what is not
// there from a file of NAME=base64 lines: the -keys flag, else PATH.keys beside
// a SQLite file, else ruyi.keys in the working directory. The first start on an
// empty database makes that file; keep a copy of it apart from the database's,
// for without it nobody can log in. Processes that share a PostgreSQL database
// need the same keys.
//
// # Development
//
// With -dev every SMS code is 123456, and there are no limits per address. It is refused unless the server listens on
// loopback and its database is on the same machine. Without it nobody gets a
// code, for this program knows no provider; one of yours sets user.Options.SMS.
//
// # Stopping
//
// SIGINT and SIGTERM let the requests that run finish, within ten seconds; a
// second signal ends the process at once. The exit code is 0 after a stop, 1
// after an error and 2 after a mistake on the command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/ruyi-im/ruyi"
	"github.com/ruyi-im/ruyi/httpapi"
	"github.com/ruyi-im/ruyi/store/blob"
	"github.com/ruyi-im/ruyi/user"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on, the next one has its usual effect again.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stderr, os.Getenv))
}

// run is the program: it serves until ctx ends and returns the exit code.
func run(ctx context.Context, args []string, stderr io.Writer, getenv func(string) string) int {
	o, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	if err := start(ctx, o, getenv, log); err != nil {
		log.Error("the server failed", "err", err)
		return 1
	}
	return 0
}

// options is the command line.
type options struct {
	addr   string
	db     database
	prefix string // without a slash at its end; "" for none
	public string // the address in links; "" for the request's own
	keys   string
	files  string
	dev    bool
	node   user.Node
}

// parseFlags has told the user about an error when it returns one.
func parseFlags(args []string, stderr io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("server", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 picks a free one")
	db := fs.String("db", "sqlite:ruyi.db", "sqlite:PATH or a postgres:// `URL`")
	prefix := fs.String("prefix", "/v1", "`path` before that of every operation, / for none")
	fs.StringVar(&o.public, "public-url", "", "http or https `URL` of this server in links (default: as in the request)")
	fs.StringVar(&o.keys, "keys", "", "`file` of the secret keys (default: beside the database)")
	fs.StringVar(&o.files, "files", "", "`directory` of uploaded files (default: beside the database)")
	fs.BoolVar(&o.dev, "dev", false, "development: every SMS code is "+devCode+"; on loopback only")
	nodeFlags(fs, &o.node)
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	err := o.complete(*db, *prefix, fs.Args())
	if err != nil {
		fmt.Fprintln(stderr, err)
		fs.Usage()
	}
	return o, err
}

// complete checks what package flag cannot. Its errors do not repeat the
// database, which may contain a password.
func (o *options) complete(db, prefix string, rest []string) (err error) {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q", rest[0])
	}
	if _, _, err := net.SplitHostPort(o.addr); err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	if o.db, err = parseDatabase(db); err != nil {
		return fmt.Errorf("-db: %w", err)
	}
	if o.prefix, err = cleanPrefix(prefix); err != nil {
		return fmt.Errorf("-prefix: %w", err)
	}
	if err := checkPublicURL(o.public); err != nil {
		return fmt.Errorf("-public-url: %w", err)
	}
	if o.files == "" {
		o.files = o.db.filesDir()
	}
	return checkNode(o.node)
}

// api returns the settings of the API of a server that runs until ctx ends.
func (o options) api(ctx context.Context, log *slog.Logger) httpapi.Options {
	return httpapi.Options{Prefix: o.prefix, PublicURL: o.public, Stopping: ctx.Done(), Logger: log}
}

// start opens everything and serves. What may be refused comes before what makes
// files.
func start(ctx context.Context, o options, getenv func(string) string, log *slog.Logger) (err error) {
	settings := ruyi.Options{User: user.Options{Node: o.node}}
	if o.dev {
		if err := checkDev(ctx, o.addr, o.db); err != nil {
			return err
		}
		settings.User.SMS = devSMS{log}
		settings.User.DevCode, settings.User.NoAddressLimits = devCode, true
	}
	k, err := loadKeys(ctx, o, getenv)
	if err != nil {
		return err
	}
	settings.Pepper = k[pepperName]
	settings.Blobs = blob.Dir(o.files)
	db, err := o.db.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	core, err := ruyi.New(db, settings)
	if err != nil {
		return err
	}
	if o.dev {
		log.Warn("development mode: everybody knows the SMS code")
	}
	ln, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	log.Info("listening on http://" + ln.Addr().String() + o.prefix)
	return serve(ctx, ln, newHandler(core, db, o.api(ctx, log)), core, log)
}
