package blob_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/ruyi-im/ruyi/store/blob"
)

func Example() {
	dir, err := os.MkdirTemp("", "ruyi")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, files := context.Background(), blob.Dir(dir) // goes into ruyi.Options.Blobs
	if err := files.Put(ctx, "notes/1", strings.NewReader("hello"), "text/plain"); err != nil {
		log.Fatal(err)
	}
	content, contentType, err := files.Get(ctx, "notes/1")
	if err != nil {
		log.Fatal(err)
	}
	defer content.Close()
	text, err := io.ReadAll(content)
	fmt.Println(string(text), contentType, err)
	// Output: hello text/plain <nil>
}
