// Package dynamocatalog is the catalogue on DynamoDB: products, the identity keys that
// they hold, and the inventories of stores, shared by any number of processes.
//
// # Tables
//
//	products       product_id              GLOBAL_PRODUCTS_TABLE
//	identity keys  identity_key            IDENTITY_KEYS_TABLE
//	inventory      store_id + product_id   STORE_INVENTORY_TABLE
//
// All keys are texts. The item of an identity key has the text of a [dedupe.Key], such
// as "barcode:08901030875391", as its key, and the product_id of the product that holds it. A
// product's item has the attributes of the same names as the JSON of [catalog.Product],
// and claimed_keys: the list of the keys that it holds. The products table has the
// indexes barcode-index, image_hash-index and name-brand-index (name_brand_key +
// product_id), for readers that do not know the keys; this package reads them with
// Options.GSIFallback only. It needs nothing but their keys.
//
// Products that others wrote may lack any attribute. A number is taken for a text, a set for a
// list, a time without a zone for UTC; what nothing can be made of gives [ErrUnreadable],
// with the name of product and attribute. Attributes of others are left alone.
//
// # Guarantees
//
// A Store keeps the contract of [catalog.Store], an Inventory that of
// [catalog.Inventory]; neither is ever closed. Create writes a product and the claims on
// its keys in one transaction, on condition that the id and every key are free, and
// packs as many products into a transaction as fit: 100 writes, 4 MiB. One that is
// cancelled tells which products were refused; the rest is written again without them. What
// meets the transactions of others is written again after a random wait, in halves.
//
// Get, Lookup, List, Items and ListItems read consistently: they see what every call
// that has returned before has written, in whatever process. Lookup alone can be had
// for half the price ([Options].EventualLookup).
//
// Every transaction has a token, by which a client that lost the answer learns what it
// was. The SDK's client asks again by itself; where it gives up, so does the call, and
// calling again is safe.
//
// A claim outlives a product that was deleted past this package. Nobody but the same id
// gets its keys then; whoever deletes products, deletes them by [Store.Delete]. What was left
// behind all the same, or by a restored table, [Backfill] clears up: StepOrphans releases the
// claims of products that are not there, Step makes those again that products say they hold.
// Until then a product whose claims are lost is no duplicate of anything, with GSIFallback
// neither.
//
// # Products from before the claims
//
// Others may have written products without claims. Until those have been claimed for
// ([Backfill], command examples/backfill), [Options].GSIFallback has Lookup and Create ask the
// indexes about keys that nobody has claimed, and read the products found to see
// that they are still there, unchanged, and without claims. Create asks only about keys that
// this Store has not asked about within the last 15 seconds.
//
// That is as good as an index can be: it lags behind its table, mostly by less than a
// second; it knows a barcode by the digits it was written with, in 8 to 13 digits with
// or without leading zeros, but not with blanks or hyphens; name_brand_key only if whoever
// wrote it followed the rules of package dedupe; and no additional_barcodes at all. What a writer
// that claims nothing adds within those 15 seconds, the lag of the index, or the time that Create
// itself takes may go unnoticed; what it adds later is its own to check. None of this holds for
// products with claims.
//
// # Errors
//
// Throttling and conflicts of transactions are waited for, with growing random waits, some
// fifteen seconds without progress; then [ErrBusy] or [ErrContended] is returned. Credentials
// that AWS refuses, such as expired ones, or that cannot be fetched give [ErrCredentials] at
// once, and a missing permission [ErrDenied]. Each comes with the error of the SDK.
//
// # Permissions
//
// On the products table: dynamodb:BatchGetItem, PutItem, DeleteItem, Scan (List,
// Backfill), UpdateItem and ConditionCheckItem (Backfill); Query on its indexes
// (GSIFallback). On the table of keys: BatchGetItem, PutItem, DeleteItem, Scan (Backfill). On
// the inventory: BatchGetItem, UpdateItem, Query. A write in a transaction needs the permission of the same write outside of one.
//
// # Costs
//
// In requests and capacity units for a row that becomes a product of less than 1 KiB with
// a barcode and a name and brand:
//
//	                         requests    read   write
//	Lookup                       0.02     2.0
//	Lookup, EventualLookup       0.02     1.0
//	Create                       0.03             8.0
//	GSIFallback, in addition     2        1.0
//
// Where pictures are fetched between Lookup and Create, for more than 15 seconds a chunk, GSIFallback
// takes that twice.
//
// The 8 are two for each of the three items, since a transaction writes twice, and one
// for each of the two indexes that the product is in. A larger product costs two more for each
// further KiB. A picture makes it 11: a claim and an index more. An import of 100,000 such
// rows takes 200,000 units of reading and 800,000 of writing; BatchWriteItem, which checks
// nothing, would take 500,000. A row that is a duplicate costs the reading alone. A
// transaction that is cancelled is paid for nevertheless.
//
// An item of an inventory takes one unit to read and two to write.
package dynamocatalog
