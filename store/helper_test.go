package store_test

import (
	"testing"
	"time"
)

var t0 = time.UnixMilli(1767225600123)

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
