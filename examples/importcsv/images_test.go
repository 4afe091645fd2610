package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// photo is a JPEG of 300 x 300 pixels with something on it.
func photo(t *testing.T) []byte {
	t.Helper()

	picture := image.NewGray(image.Rect(0, 0, 300, 300))
	for y := range 300 {
		for x := range 300 {
			picture.SetGray(x, y, color.Gray{Y: uint8(x*y/300 + 40*(x/60%2))})
		}
	}

	var data bytes.Buffer

	require.NoError(t, jpeg.Encode(&data, picture, nil))

	return data.Bytes()
}

func TestImagesAreFetchedWhenAskedFor(t *testing.T) {
	t.Parallel()

	data := photo(t)
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/salt" {
			http.NotFound(w, r)

			return
		}

		_, _ = w.Write(data) // the fetcher may have gone
	}))
	t.Cleanup(shop.Close)

	file := writeFile(t, "products.csv", "name,category,image_url_1,image_url_2\nSalt,Staples,"+shop.URL+"/salt,"+shop.URL+"/gone\n")
	folder := t.TempDir()
	hosts := strings.TrimPrefix(shop.URL, "http://")

	got := importcsv(t, "-data", folder, "-images", "-image-hosts", hosts, file)
	require.Equal(t, exitOK, got.code, got.stderr)
	require.Contains(t, got.stdout, "images     1 processed, 1 failed, 0 reused")

	stored, err := filepath.Glob(filepath.Join(folder, "images", "prod_*", "*.jpg"))
	require.NoError(t, err)
	require.Len(t, stored, 3)

	// Not otherwise.
	got = importcsv(t, "-data", t.TempDir(), file)
	require.Equal(t, exitOK, got.code, got.stderr)
	require.NotContains(t, got.stdout, "\n  images ")

	all := statuses(t, exitOK, "-data", t.TempDir(), "-images", file)
	require.Equal(t, jobstore.ImageCounts{Failed: 2}, all[0].Progress.Images, "this machine is not the internet")
}

func TestImagesNeedAFolder(t *testing.T) {
	t.Parallel()

	got := importcsv(t, "-images", "products.csv")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.stderr, "-images needs -data")

	got = importcsv(t, "-image-hosts", "no port", "products.csv")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.stderr, "-image-hosts")
}
