package importer

import (
	"context"
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// VerificationPending is the verification status of products that a store has brought
// into the catalogue.
const VerificationPending = "pending"

// InventoryKindOptions are the optional parts of NewInventoryKind.
type InventoryKindOptions struct {
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// inventoryKind imports rows as the inventory of a store.
type inventoryKind struct {
	products  *productKind
	inventory catalog.Inventory
}

// NewInventoryKind returns the kind for jobs of type store_inventory_upload: each row
// says how much the job's store has of a product. The product is found in the catalogue
// by its barcode, or by its brand and name, and is created with the status
// VerificationPending where it is not there; what the row says of it is then put into the
// store's inventory. No row is a duplicate: of several rows for one product, the last
// one counts. opts may be nil.
//
// A product that has neither barcode nor brand is the store's own, and is found again by
// its name.
func NewInventoryKind(products catalog.Store, inventory catalog.Inventory, opts *InventoryKindOptions) Kind {
	if opts == nil {
		opts = &InventoryKindOptions{}
	}

	return &inventoryKind{
		products:  &productKind{catalog: products, now: nowOr(opts.Now)},
		inventory: inventory,
	}
}

func (k *inventoryKind) Type() jobstore.Type { return jobstore.TypeStoreInventoryUpload }

func (k *inventoryKind) Naming() Naming {
	return Naming{JobID: "store_inventory", Folder: "store-inventory"}
}

// ForStore implements StoreKind.
func (k *inventoryKind) ForStore() {}

// DefaultOptions implements OptionsKind.
func (k *inventoryKind) DefaultOptions() jobstore.Options {
	o := DefaultOptions()
	o.ProcessImages = false
	o.DefaultVerificationStatus = VerificationPending

	return o
}

// CheckOptions implements OptionsKind. What a store brings into the catalogue is looked
// at by others before it counts as verified, and it must not be there twice.
func (k *inventoryKind) CheckOptions(o jobstore.Options) error {
	fixed := k.DefaultOptions()

	for _, option := range []struct {
		name    string
		changed bool
	}{
		{"skip_duplicates", o.SkipDuplicates != fixed.SkipDuplicates},
		{"auto_verify", o.AutoVerify != fixed.AutoVerify},
		{"default_verification_status", o.DefaultVerificationStatus != fixed.DefaultVerificationStatus},
		{"process_images", o.ProcessImages != fixed.ProcessImages},
	} {
		if option.changed {
			return invalid("options_invalid", "Option %s cannot be set for an inventory; leave it out.", option.name)
		}
	}

	return nil
}

func (k *inventoryKind) CheckHeader(header []string, limits *csvschema.Limits) ([]csvschema.Warning, error) {
	_, warnings, err := csvschema.MapInventoryHeader(header, limits)

	return warnings, err
}

func (k *inventoryKind) Begin(_ context.Context, start Start) (Session, error) {
	if start.Job.StoreID == "" {
		return nil, fmt.Errorf("%w: job %s is of no store", ErrConfig, start.Job.ID)
	}

	columns, _, err := csvschema.MapInventoryHeader(start.Header, start.Limits)
	if err != nil {
		return nil, err
	}

	// Whatever the record says: see CheckOptions.
	job := start.Job
	job.Options.SkipDuplicates, job.Options.AutoVerify = true, false
	job.Options.DefaultVerificationStatus = VerificationPending

	products, err := k.products.session(job, columns, start.Carry)
	if err != nil {
		return nil, err
	}

	return &inventorySession{productSession: products, kind: k, stock: columns}, nil
}
