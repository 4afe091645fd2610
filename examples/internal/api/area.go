package api

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// StoresBase is the path below which the stores are, by their ids: their inventories at
// StoresBase/{store_id}/inventory, and the imports of those below .../inventory/import.
const StoresBase = "/api/v1/stores"

// The parts of a path below StoresBase.
const (
	inventoryPath = "/inventory"
	importPath    = inventoryPath + "/import"
)

// area is where in the API a request is. The endpoints of imports are the same in all
// areas; what they import, and whose imports they see, is that of the area.
type area struct {
	// base is the path below which the endpoints are.
	base string
	// storeID is the store whose area it is; empty in that of the catalogue.
	storeID string
	jobType jobstore.Type
	// template is the file to fill in, templateName what it is saved as.
	template     func() []byte
	templateName string
}

// catalogueArea is where products are imported.
func catalogueArea() *area {
	return &area{
		base: Base, jobType: jobstore.TypeAdminProductImport,
		template: csvschema.Template, templateName: "products-template.csv",
	}
}

// storeArea is where the inventory of a store is imported.
func storeArea(storeID string) *area {
	return &area{
		base: StoresBase + "/" + storeID + importPath, storeID: storeID, jobType: jobstore.TypeStoreInventoryUpload,
		template: csvschema.InventoryTemplate, templateName: "inventory-template.csv",
	}
}

// areaOfJob is where a job is imported.
func areaOfJob(j *jobstore.Job) *area {
	if j.StoreID != "" {
		return storeArea(j.StoreID)
	}

	return catalogueArea()
}

type areaKey struct{}

// areaOf returns the area of a request.
func areaOf(r *http.Request) *area {
	if in, ok := r.Context().Value(areaKey{}).(*area); ok {
		return in
	}

	return catalogueArea()
}

// intoArea returns the request as the mux is to see it. One for the imports of a store
// becomes one for the same endpoint below Base that remembers its area, so that every
// endpoint exists in both places. Whether the caller may be there is seen when it is
// known.
func intoArea(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()

	below, found := strings.CutPrefix(escaped, StoresBase+"/")
	if !found || path.Clean(escaped) != escaped {
		return r
	}

	escapedID, rest, _ := strings.Cut(below, "/")

	storeID, err := url.PathUnescape(escapedID)
	if err != nil {
		return r
	}

	ctx := context.WithValue(r.Context(), areaKey{}, storeArea(storeID))

	rest, found = strings.CutPrefix("/"+rest, importPath)
	if !found || rest != "" && rest[0] != '/' {
		return r.WithContext(ctx)
	}

	plain, err := url.PathUnescape(rest)
	if err != nil {
		return r
	}

	inside := r.Clone(ctx)
	inside.URL.Path, inside.URL.RawPath = Base+plain, Base+rest

	return inside
}

// pattern returns the pattern of an endpoint in the area, for what the mux knows as one
// below Base.
func (in *area) pattern(chosen string) string {
	if in.storeID == "" {
		return chosen
	}

	return strings.Replace(chosen, Base, StoresBase+"/{store_id}"+importPath, 1)
}

// caller returns who a user is in the area, or an error that wraps auth.ErrRole where it
// has no business there.
func (in *area) caller(user auth.User) (importer.Caller, error) {
	c := importer.Caller{UserID: user.ID, Email: user.Email, SeesAll: user.SeesAll(), StoreID: in.storeID}

	switch {
	case user.Role != auth.RoleStoreOwner:
	case in.storeID == "" || user.StoreID != in.storeID:
		return importer.Caller{}, errOtherArea
	default:
		// Whoever has the store sees all that is done to it.
		c.SeesAll = true
	}

	if in.storeID != "" {
		return c, importer.CheckStoreID(in.storeID)
	}

	return c, nil
}
