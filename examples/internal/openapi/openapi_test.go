package openapi_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/openapi"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
)

func TestTheDescriptionIsOpenAPI(t *testing.T) {
	t.Parallel()

	document, err := libopenapi.NewDocument(openapi.Spec())
	require.NoError(t, err)

	_, err = document.BuildV3Model()
	require.NoError(t, err)

	v, problems := validator.NewValidator(document)
	require.Empty(t, problems)

	valid, found := v.ValidateDocument()
	require.True(t, valid, "%v", found)
}

func get(t *testing.T, path string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for name, values := range header {
		r.Header[name] = values
	}

	w := httptest.NewRecorder()
	openapitest.Handler(t, openapi.Handler()).ServeHTTP(w, r)

	return w
}

func TestSpec(t *testing.T) {
	t.Parallel()

	w := get(t, openapi.SpecPath, nil)
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "application/yaml", w.Header().Get("Content-Type"))
	require.Equal(t, openapi.Spec(), w.Body.Bytes())

	again := get(t, openapi.SpecPath, http.Header{"If-None-Match": {w.Header().Get("ETag")}})
	require.Equal(t, http.StatusNotModified, again.Code)
}

// TestPage follows every link of the page, and looks for anything that would make a
// browser ask for something else.
func TestPage(t *testing.T) {
	t.Parallel()

	w := get(t, openapi.PagePath, nil)
	require.Equal(t, http.StatusOK, w.Code)

	page := w.Body.String()
	require.Contains(t, page, "Start the import of an uploaded file")
	require.Contains(t, page, `id="schema-StatusAnswer"`)
	require.Regexp(t, `<code>file_empty</code>\s*<span class="type"></span> <span class="text">There is nothing in the file`, page)

	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if link[1] == openapi.SpecPath {
			continue
		}

		require.Regexp(t, "^#", link[1])
		require.Contains(t, page, `id="`+link[1][1:]+`"`)
	}

	require.NotRegexp(t, `(?i)<script|src=|url\(|@import`, page)
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "style-src 'sha256-")
}
