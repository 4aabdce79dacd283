package sqlite_test

import (
	"testing"

	"github.com/ruyi-im/ruyi/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Stores { return open(t) })
}
