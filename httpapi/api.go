package httpapi

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ruyi-im/ruyi"
)

// Options are the settings of New. The zero value works.
type Options struct {
	// Prefix goes before the path of every operation and must begin with "/"; a
	// slash at its end is ignored, so "/" means no prefix. Default "/v1", where
	// known clients look.
	Prefix string
	// Logger receives faults, which are answered 500 or 503, and nothing else
	// above debug level. Default slog.Default().
	Logger *slog.Logger
	// Location is the zone of the local times on the wire, which name none.
	// Default time.Local.
	Location *time.Location
	// RealStatus answers refusals with the HTTP code of their kind, 400, 403, 404,
	// 409 or 429. Default: HTTP 400 for all, the only one known clients understand.
	RealStatus bool
	// TrustedProxies are the networks whose X-Forwarded-For header is believed.
	// Default: none, and the address of the connection is the client's.
	TrustedProxies []netip.Prefix
	// PublicURL is where the world reaches the host, for links that leave it: the
	// http or https address that goes before Prefix, for example
	// "https://im.example.com". Default: the address each request was sent to,
	// which a proxy in front hides and a client can make up.
	PublicURL string
	// AppName is what visitors without the app are told to look for. Default
	// "ruyi".
	AppName string
	// Hold is how long an answer that has nothing to tell is held back from a
	// client that waits for news. It must end before the host's WriteTimeout and
	// ReadTimeout do. Default 10 s; negative holds nothing back.
	Hold time.Duration
	// Stopping ends the holding when it is closed: http.Server.Shutdown waits for
	// the requests that run without telling them. Default: never.
	Stopping <-chan struct{}
	// MaxBody is the largest request body in bytes. Default 1 MiB. Uploads of files
	// have limits of their own.
	MaxBody int64
	// AppConfig is what clients ask for before anybody signs in.
	AppConfig AppConfig
	// Countries are those that phone numbers may come from, for clients to choose
	// from. Default DefaultCountries(); an empty list that is not nil stays empty.
	Countries []Country
	// AppModules are the parts of the client that people may switch off. Default:
	// none.
	AppModules []AppModule
	// ProhibitedWords are those that clients do not show. Default: none.
	ProhibitedWords []ProhibitedWord
}

const (
	defaultPrefix  = "/v1"
	defaultMaxBody = 1 << 20
	defaultAppName = "ruyi"
	defaultHold    = 10 * time.Second
)

// New returns the handler of all operations. It panics when core is nil,
// Options.Prefix is not a clean absolute path or Options.PublicURL no address,
// mistakes a program makes at its start or never.
func New(core *ruyi.Core, o Options) http.Handler {
	a := newAPI(core, o)
	a.mount(a.operations())
	a.mount(a.extensions())
	return a
}

// api is what the handlers share.
type api struct {
	core       *ruyi.Core
	prefix     string
	log        *slog.Logger
	location   *time.Location
	realStatus bool
	maxBody    int64
	proxies    []netip.Prefix
	publicURL  string
	appName    string
	hold       time.Duration
	stopping   <-chan struct{}
	config     AppConfig
	countries  []Country
	modules    []AppModule
	prohibited []ProhibitedWord
	pages      pages
	mux        *http.ServeMux
}

// newAPI returns an api without any operation.
func newAPI(core *ruyi.Core, o Options) *api {
	if core == nil {
		panic("httpapi: New needs a core")
	}
	a := &api{
		core:       core,
		prefix:     cleanPrefix(o.Prefix),
		log:        o.Logger,
		location:   o.Location,
		realStatus: o.RealStatus,
		maxBody:    o.MaxBody,
		proxies:    slices.Clone(o.TrustedProxies),
		publicURL:  cleanPublicURL(o.PublicURL),
		appName:    cmp.Or(o.AppName, defaultAppName),
		hold:       cmp.Or(o.Hold, defaultHold),
		stopping:   o.Stopping,
		config:     o.AppConfig.withDefaults(),
		countries:  slices.Clone(o.Countries),
		modules:    slices.Clone(o.AppModules),
		prohibited: byVersion(o.ProhibitedWords),
		pages:      newPages(),
		mux:        http.NewServeMux(),
	}
	if a.log == nil {
		a.log = slog.Default()
	}
	if a.location == nil {
		a.location = time.Local
	}
	if a.countries == nil {
		a.countries = DefaultCountries()
	}
	if a.maxBody <= 0 {
		a.maxBody = defaultMaxBody
	}
	a.mux.HandleFunc(catchAll, a.unrouted)
	return a
}

// cleanPrefix returns what goes before the path of an operation.
func cleanPrefix(prefix string) string {
	if prefix == "" {
		return defaultPrefix
	}
	trimmed := strings.TrimSuffix(prefix, "/")
	clean := trimmed == "" || trimmed != "/" && path.Clean(trimmed) == trimmed && !strings.ContainsAny(trimmed, "{}")
	if prefix[0] != '/' || !clean {
		panic("httpapi: Prefix is not a clean absolute path: " + prefix)
	}
	return trimmed
}

// mount adds operations to the mux.
func (a *api) mount(rows []route) {
	for _, rt := range rows {
		a.mux.Handle(rt.method+" "+a.prefix+rt.path, a.serve(rt))
	}
}

// ServeHTTP answers one request.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = limitBody(w, r.Body, a.maxBody)
	}
	t := &tracker{ResponseWriter: w}
	defer a.contain(t, r)
	a.mux.ServeHTTP(t, r)
}

// serve returns the handler of one route: authenticate, then let its endpoint
// decode, call and answer.
func (a *api) serve(rt route) http.HandlerFunc {
	answer := rt.handler
	if answer == nil {
		answer = pending
	}
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := a.caller(r, rt.access)
		if err == nil {
			err = answer(w, r, c)
		}
		if err != nil {
			a.refuse(w, r, err)
		}
	}
}
