package importer_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// A whole import, with every backend in memory.
func Example() {
	ctx := context.Background()

	queue, err := memqueue.New(nil)
	if err != nil {
		log.Fatal(err)
	}

	ports := importer.Ports{
		Jobs:  memjobstore.New(nil),
		Files: memblob.New(nil),
		Queue: queue,
		Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
	}

	service, err := importer.NewService(ports, nil)
	if err != nil {
		log.Fatal(err)
	}

	worker, err := importer.NewWorker(ports, nil)
	if err != nil {
		log.Fatal(err)
	}

	// A place for the file, the file, and the start of its import.
	caller := importer.Caller{UserID: "asha"}

	upload, err := service.CreateUpload(ctx, caller, importer.UploadRequest{Filename: "products.csv"})
	if err != nil {
		log.Fatal(err)
	}

	const file = `name,brand,category,barcode
Maggi 2-Minute Noodles,Nestlé,Snacks,8901058851298
MAGGI 2 MINUTE NOODLES,Nestle,Snacks,
,Tata,Staples,8904043901015
`
	if _, err := ports.Files.Put(ctx, upload.Key, strings.NewReader(file), nil); err != nil {
		log.Fatal(err)
	}

	if _, err := service.Process(ctx, caller, upload.JobID, nil); err != nil {
		log.Fatal(err)
	}

	// A service calls worker.Run, which takes jobs from the queue. Here it is one job.
	if _, err := worker.RunJob(ctx, upload.JobID); err != nil {
		log.Fatal(err)
	}

	job, err := service.Status(ctx, caller, upload.JobID)
	if err != nil {
		log.Fatal(err)
	}

	p := job.Progress
	fmt.Printf("%s: %d rows, %d successful, %d duplicates, %d errors\n",
		job.Status, p.TotalRows, p.Successful, p.Duplicates, p.Errors)

	// The rows in error; service.OpenReport has them all, to be fixed and uploaded
	// again.
	for _, e := range job.RecentErrors {
		fmt.Printf("row %d: %s\n", e.Row, e.Message)
	}

	// Output:
	// completed_with_errors: 3 rows, 1 successful, 1 duplicates, 1 errors
	// row 4: name is empty
}

// What a store has on its shelves: the noodles are a product of the catalogue, the rice is
// the store's own.
func ExampleNewInventoryKind() {
	ctx := context.Background()

	queue, err := memqueue.New(nil)
	if err != nil {
		log.Fatal(err)
	}

	store := memcatalog.New(nil) // of products, and of inventories
	ports := importer.Ports{
		Jobs:  memjobstore.New(nil),
		Files: memblob.New(nil),
		Queue: queue,
		Kinds: []importer.Kind{
			importer.NewProductKind(store, nil),
			importer.NewInventoryKind(store, store, nil),
		},
	}

	service, err := importer.NewService(ports, nil)
	if err != nil {
		log.Fatal(err)
	}

	worker, err := importer.NewWorker(ports, nil)
	if err != nil {
		log.Fatal(err)
	}

	run := func(caller importer.Caller, request importer.UploadRequest, file string) {
		upload, err := service.CreateUpload(ctx, caller, request)
		if err != nil {
			log.Fatal(err)
		}

		if _, err := ports.Files.Put(ctx, upload.Key, strings.NewReader(file), nil); err != nil {
			log.Fatal(err)
		}

		if _, err := service.Process(ctx, caller, upload.JobID, nil); err != nil {
			log.Fatal(err)
		}

		if _, err := worker.RunJob(ctx, upload.JobID); err != nil {
			log.Fatal(err)
		}

		job, err := service.Status(ctx, caller, upload.JobID)
		if err != nil {
			log.Fatal(err)
		}

		fmt.Printf("%s: %+v\n", job.Status, job.Progress.Inventory)
	}

	run(importer.Caller{UserID: "asha"}, importer.UploadRequest{Filename: "products.csv"},
		"name,brand,category,barcode\nMaggi 2-Minute Noodles,Nestlé,Snacks,8901058851298\n")

	owner := importer.Caller{UserID: "meena", StoreID: "store-1", SeesAll: true}
	run(owner, importer.UploadRequest{Type: jobstore.TypeStoreInventoryUpload, Filename: "stock.csv"},
		"name,category,barcode,quantity,price\n,,8901058851298,24,₹14.00\nLoose Rice,Grains,,12.5,56\n")

	items, err := store.ListItems(ctx, "store-1", "", 0)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(len(items), "items")

	// Output:
	// completed: {Created:0 Matched:0 Updated:0}
	// completed: {Created:1 Matched:1 Updated:0}
	// 2 items
}
