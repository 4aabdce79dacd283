package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ruyi-im/ruyi"

// allowed lists what each package may import of this module and from others,
// tests aside. A package that is missing here is a mistake of whoever adds it.
var allowed = map[string][]string{
	"":                {"friend", "group", "label", "message", "user"},
	"internal/arch":   {},
	"internal/errs":   {},
	"internal/text":   {},
	"internal/pgtest": {pgx},
	"message":         {"internal/errs", "internal/text", uuid},
	"user": {"message", "internal/errs", "internal/text", uuid,
		"golang.org/x/crypto/argon2", "golang.org/x/text/unicode/norm",
		ximage + "/draw", ximage + "/webp", ximage + "/math/fixed", ximage + "/font",
		ximage + "/font/gofont/gomedium", ximage + "/font/opentype", ximage + "/font/sfnt"},
	"friend":          {"message", "internal/errs", "internal/text", uuid},
	"group":           {"message", "internal/errs", "internal/text", uuid},
	"label":           {"internal/errs", "internal/text"},
	"wallet":          {"message", "internal/errs", "internal/text", uuid},
	"redpacket":       {"message", "wallet", "internal/errs", "internal/text", uuid},
	"transfer":        {"message", "wallet", "internal/errs", "internal/text", uuid},
	"store":           {"friend", "group", "label", "message", "user", "internal/errs", sqlx, sqlx + "/reflectx"},
	"store/sqlite":    {"store", "internal/errs", "modernc.org/sqlite", "modernc.org/sqlite/lib"},
	"store/postgres":  {"store", "internal/errs", pgx, pgx + "/pgconn", pgx + "/stdlib"},
	"store/blob":      {},
	"store/storetest": {"friend", "group", "label", "message", "user"},
	"httpapi":         {"", "friend", "group", "label", "message", "user", "internal/errs", barcode, barcode + "/qr"},
	"examples/...":    {"*"},
}

const (
	uuid = "github.com/google/uuid"
	sqlx = "github.com/jmoiron/sqlx"
	pgx  = "github.com/jackc/pgx/v5"

	barcode = "github.com/boombuler/barcode"

	ximage = "golang.org/x/image"
)

type pkg struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func TestImportsPointDown(t *testing.T) {
	for _, p := range list(t, "./...") {
		name := short(p.ImportPath)
		may, known := allowed[name]
		if !known && strings.HasPrefix(name, "examples/") {
			may, known = allowed["examples/..."], true
		}
		if !known {
			t.Errorf("%s has no row in the table of imports", p.ImportPath)
		}
		for _, i := range p.Imports {
			if standard(i) || slices.Contains(may, "*") || slices.Contains(may, short(i)) {
				continue
			}
			t.Errorf("%s imports %s", p.ImportPath, i)
		}
	}
}

// TestCoreLinksNoDatabase keeps what embeds a domain with a store of its own free
// of drivers and of HTTP.
func TestCoreLinksNoDatabase(t *testing.T) {
	for _, p := range list(t, "-deps", ".") {
		for _, heavy := range []string{"database/sql", "net/http", "modernc.org", "github.com/jackc", "github.com/jmoiron"} {
			if p.ImportPath == heavy || !p.Standard && strings.HasPrefix(p.ImportPath, heavy+"/") {
				t.Errorf("package ruyi links %s", p.ImportPath)
			}
		}
	}
}

// list returns the packages that match a pattern.
func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Imports,Standard"}, args...)...)
	cmd.Dir = "../.."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// short returns a path without the module, "" for the root, and others as they
// are.
func short(path string) string {
	if path == module {
		return ""
	}
	return strings.TrimPrefix(path, module+"/")
}

// standard reports whether a path belongs to the standard library, whose first
// element has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
