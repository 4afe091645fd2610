package blob_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

func TestCheckKey(t *testing.T) {
	t.Parallel()

	longest := strings.Repeat("k", 200)

	tests := map[string]struct {
		key   string
		valid bool
	}{
		"upload":                 {"admin-imports/admin_import_20250106_abc123/input.csv", true},
		"one byte":               {"a", true},
		"leading dot":            {".hidden/..a", true},
		"longest element":        {longest, true},
		"longest key":            {longest + "/" + longest + "/" + strings.Repeat("k", 110), true},
		"device as a part":       {"console/nul-1/com12/xcom1", true},
		"empty":                  {"", false},
		"element too long":       {longest + "k", false},
		"key too long":           {longest + "/" + longest + "/" + strings.Repeat("k", 111), false},
		"dot":                    {"a/./b", false},
		"dot dot":                {"../a", false},
		"trailing dot":           {"a./b", false},
		"empty element":          {"a//b", false},
		"absolute":               {"/a", false},
		"trailing slash":         {"a/", false},
		"backslash":              {`a\b`, false},
		"NUL":                    {"a\x00b", false},
		"newline":                {"a\nb", false},
		"space":                  {"a b", false},
		"not ASCII":              {"é", false},
		"drive":                  {"c:a", false},
		"device":                 {"a/NUL", false},
		"device with extension":  {"aux.tar.gz/a", false},
		"numbered device":        {"Com1.csv", false},
		"numbered device, other": {"lpt9", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := blob.CheckKey(test.key)
			if test.valid {
				require.NoError(t, err)
				return
			}

			require.ErrorIs(t, err, blob.ErrInvalidKey)
		})
	}
}

func TestCheckPrefix(t *testing.T) {
	t.Parallel()

	for _, prefix := range []string{"", "a", "a/", "a/b", ".", "..", "a.", "a/..", "nul", "a/com1"} {
		require.NoError(t, blob.CheckPrefix(prefix), "%q", prefix)
	}

	for _, prefix := range []string{
		"/", "/a", "a//", "../", "./", "a/../b", "nul/", "a./", "a\\", "a\x00", "ü",
		strings.Repeat("k", 201), strings.Repeat("k/", 257),
	} {
		require.ErrorIs(t, blob.CheckPrefix(prefix), blob.ErrInvalidKey, "%q", prefix)
	}
}

// FuzzCheckPrefix holds the two checks against each other: every beginning of a
// key is a prefix.
func FuzzCheckPrefix(f *testing.F) {
	f.Add("admin-imports/admin_import_20250106_abc123/input.csv", 17)
	f.Add("a/.b/..c", 3)
	f.Add("nul", 2)

	f.Fuzz(func(t *testing.T, key string, cut int) {
		if blob.CheckKey(key) != nil || cut < 0 || cut > len(key) {
			return
		}

		require.NoError(t, blob.CheckPrefix(key[:cut]))
	})
}
