package importer

import "strings"

// maxStoreID is the longest id of a store, in bytes: longer than any scheme of ids, and
// short enough for every key that it becomes part of.
const maxStoreID = 128

// CheckStoreID returns an error that wraps ErrInvalid unless the text can be the id of a
// store: 1 to 128 letters and digits of ASCII, hyphens, underscores and points, and not points
// alone.
func CheckStoreID(id string) error {
	if id == "" || len(id) > maxStoreID || strings.ContainsFunc(id, notOfStoreID) || strings.Trim(id, ".") == "" {
		return invalid("store_invalid", "The id of a store has 1 to %d letters, digits, hyphens, underscores and points.", maxStoreID)
	}

	return nil
}

func notOfStoreID(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.", r)
}

// storeFor returns the store of a new job of a kind, for which the caller has asked for a
// store, or for none.
func storeFor(c Caller, kind Kind, asked string) (string, error) {
	if asked == "" {
		asked = c.StoreID
	}

	if _, ok := kind.(StoreKind); !ok {
		if asked != "" {
			return "", invalid("store_unexpected", "Imports of this type are of no store.")
		}

		return "", nil
	}

	if asked == "" {
		return "", invalid("store_missing", "Name the store whose inventory this is.")
	}

	if c.StoreID != "" && asked != c.StoreID {
		return "", invalid("store_other", "This user can import the inventory of no other store than its own.")
	}

	return asked, CheckStoreID(asked)
}
