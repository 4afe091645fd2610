package dirblob_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
)

func ExampleOpen() {
	data, err := os.MkdirTemp("", "dirblob")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(data)

	store, err := dirblob.Open(filepath.Join(data, "files"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	ctx := context.Background()
	for _, key := range []string{"jobs/1/input.csv", "jobs/1/errors.csv"} {
		if _, err := store.Put(ctx, key, strings.NewReader("name\n"), nil); err != nil {
			log.Fatal(err)
		}
	}

	files, err := store.List(ctx, "jobs/1/", "", 0)
	if err != nil {
		log.Fatal(err)
	}

	for _, file := range files {
		fmt.Println(file.Key, file.Size)
	}

	// Output:
	// jobs/1/errors.csv 5
	// jobs/1/input.csv 5
}
