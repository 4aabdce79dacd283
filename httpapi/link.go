package httpapi

import (
	"net/url"
	"strings"
)

// link returns the address under which the world reaches path, which is one
// below the prefix.
func (a *api) link(c caller, path string) string {
	base := a.publicURL
	if base == "" {
		base = "http://" + c.host
		if c.secure {
			base = "https://" + c.host
		}
	}
	return base + a.prefix + path
}

// cleanPublicURL returns what goes before the prefix in links, "" for the
// request's own address.
func cleanPublicURL(s string) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" ||
		u.User != nil || strings.ContainsAny(s, "?#") || strings.HasSuffix(s, "//") {
		panic("httpapi: PublicURL is not the http or https address of a host: " + u.Redacted())
	}
	return strings.TrimSuffix(s, "/")
}
