package csvschema_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

func TestPackageDocumentationIsComplete(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	mentions := func(name string) {
		pattern := `(^|[\s,(])` + regexp.QuoteMeta(name) + `($|[\s,.;:)])`
		require.Regexp(t, pattern, string(doc))
	}

	for _, info := range slices.Concat(csvschema.ProductSchema(), csvschema.InventorySchema()) {
		if regexp.MustCompile(`^image_url_([3-9]|10)$`).MatchString(info.Name) {
			continue // covered by an ellipsis
		}
		mentions(info.Name)
		for _, alias := range info.Aliases {
			if alias[0] >= 0x80 {
				alias = strings.ReplaceAll(alias, "_", " ") // nobody writes them in Hindi
			}
			mentions(alias)
		}
	}

	source, err := os.ReadFile("codes.go")
	require.NoError(t, err)
	codes := regexp.MustCompile(`Code = "([a-z0-9_]+)"`).FindAllStringSubmatch(string(source), -1)
	require.NotEmpty(t, codes)
	for _, code := range codes {
		mentions(code[1])
	}
}
