package memblob_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
)

func Example() {
	ctx := context.Background()
	store := memblob.New(nil)

	info, err := store.Put(ctx, "jobs/1/input.csv", strings.NewReader("name,category\nMaggi,Food\n"), nil)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(info.Key, info.Size)

	// Go on at byte 14, provided that it is still the same file.
	r, _, err := store.Open(ctx, "jobs/1/input.csv", &blob.OpenOptions{Offset: 14, IfMatch: info.ETag})
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()

	if _, err := io.Copy(os.Stdout, r); err != nil {
		log.Fatal(err)
	}

	// Output:
	// jobs/1/input.csv 25
	// Maggi,Food
}
