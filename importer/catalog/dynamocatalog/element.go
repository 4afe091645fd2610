package dynamocatalog

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// element is a product that is to be written together with the claims on its keys, or
// not at all.
type element struct {
	store  *Store
	id     string
	origin catalog.Origin
	// keys are those to claim, each once.
	keys []dedupe.Key
	// keepTaken: keys that others hold are given up, rather than the product.
	keepTaken bool
	// size is no less than that of the product's item, in bytes.
	size int
	// product is the write of the product, without its attribute claimed_keys.
	product func(claims dynamo.Value) types.TransactWriteItem

	result catalog.CreateResult
	// givenUp are keys that others hold, with their holders.
	givenUp map[dedupe.Key]string
	// refusal is why DynamoDB cannot take the element.
	refusal error
}

// The conditions of a new product and of a claim. They have their names in them, which
// is safe for these two and saves a fifth of the request.
const (
	isNew  = "attribute_not_exists(" + dynamo.ProductID + ")"
	isFree = "attribute_not_exists(" + dynamo.IdentityKey + ") OR " + dynamo.ProductID + " = :id"
)

// newElement returns the element of a new product.
func (s *Store) newElement(n *catalog.NewProduct) element {
	item := encodeProduct(&n.Product)

	return element{
		store: s, id: n.Product.ID, origin: n.Product.Origin, keys: distinct(n.Keys), keepTaken: n.KeepTaken, size: n.Size(),
		product: func(claims dynamo.Value) types.TransactWriteItem {
			item[attrClaimedKeys] = claims

			return types.TransactWriteItem{Put: &types.Put{
				TableName: &s.products, Item: item,
				ConditionExpression:                 aws.String(isNew),
				ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
			}}
		},
	}
}

// claim is the write that claims a key. A claim that the product has already is no
// obstacle: it is what is left of one that somebody deleted past this package.
func (s *Store) claim(key dedupe.Key, id string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &s.keys, Item: claimItem(key, id),
		ConditionExpression:                 aws.String(isFree),
		ExpressionAttributeValues:           dynamo.Item{":id": dynamo.S(id)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

// actions is the number of writes that the element takes.
func (e *element) actions() int { return 1 + len(e.keys) }

// writes are the writes of the element: of the product, and of its claims in the order
// of the keys.
func (e *element) writes() []types.TransactWriteItem {
	writes := make([]types.TransactWriteItem, 0, e.actions())
	writes = append(writes, e.product(claimsValue(e.keys)))

	for _, key := range e.keys {
		writes = append(writes, e.store.claim(key, e.id))
	}

	return writes
}

// bytes is no less than what the writes of the element add up to.
func (e *element) bytes() int {
	const perClaim = 100 // names of attributes

	size := e.size
	for _, key := range e.keys {
		size += len(key.String()) + len(e.id) + perClaim
	}

	return size
}

// giveUp gives up keys that others hold.
func (e *element) giveUp(taken map[dedupe.Key]string) {
	kept := make([]dedupe.Key, 0, len(e.keys))

	for _, key := range e.keys {
		holder, gone := taken[key]
		if !gone {
			kept = append(kept, key)

			continue
		}

		if e.givenUp == nil {
			e.givenUp = make(map[dedupe.Key]string)
		}

		e.givenUp[key] = holder
	}

	e.keys = kept
}

func (e *element) written() { e.result = catalog.CreateResult{Result: catalog.ResultCreated} }

// judge implements unit.
func (e *element) judge(reasons []types.CancellationReason) (verdict, error) {
	busy, refusal := weigh(reasons)
	if refusal != nil {
		e.refusal = fmt.Errorf("product %q: %w", e.id, refusal)

		return settled, nil
	}

	if failed(reasons[0]) {
		e.result = existing(decodeOrigin(reasons[0].Item), e)

		return settled, nil
	}

	// Not all is known yet: an element that is told holders is told all of them.
	if busy {
		return contended, nil
	}

	taken := make(map[dedupe.Key]string)

	for i, reason := range reasons[1:] {
		if !failed(reason) {
			continue
		}

		holder, err := holderOf(reason.Item)
		if err != nil {
			return settled, err
		}

		taken[e.keys[i]] = holder
	}

	switch {
	case len(taken) == 0:
		return innocent, nil
	case e.keepTaken:
		e.giveUp(taken)

		return altered, nil
	}

	e.result = catalog.CreateResult{Result: catalog.ResultTaken, Holders: taken}

	return settled, nil
}

// apart parts elements that share no id and no key from the others. The first is always
// among them.
func apart(elements []*element) (wave, later []*element) {
	var (
		ids  = make(map[string]bool, len(elements))
		keys = make(map[dedupe.Key]bool, 2*len(elements))
	)

	for _, e := range elements {
		shared := ids[e.id]
		for _, key := range e.keys {
			shared = shared || keys[key]
		}

		if shared {
			later = append(later, e)

			continue
		}

		ids[e.id] = true
		for _, key := range e.keys {
			keys[key] = true
		}

		wave = append(wave, e)
	}

	return wave, later
}
