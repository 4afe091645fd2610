package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
	"github.com/vyapaarai/bulkimport/internal/pebbledb"
)

// photo is a JPEG of blocks in colours of its own.
func photo(t *testing.T, seed uint64, width, height int) []byte {
	t.Helper()

	const block = 50

	random := rand.New(rand.NewPCG(seed, 1))
	colours := make([]color.RGBA, (width/block+1)*(height/block+1))

	for i := range colours {
		colours[i] = color.RGBA{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256)), 255}
	}

	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetRGBA(x, y, colours[(y/block)*(width/block+1)+x/block])
		}
	}

	var data bytes.Buffer

	require.NoError(t, jpeg.Encode(&data, picture, nil))

	return data.Bytes()
}

// shop serves photos at /1.jpg, /2.jpg and so on.
func shop(t *testing.T) *httptest.Server {
	t.Helper()

	photos := map[string][]byte{}
	for i := range uint64(3) {
		photos[fmt.Sprintf("/%d.jpg", i+1)] = photo(t, i+1, 1000, 600)
	}

	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, found := photos[r.URL.Path]
		if !found {
			http.NotFound(w, r)

			return
		}

		_, _ = w.Write(data) // the fetcher may have gone
	}))
	t.Cleanup(s.Close)

	return s
}

// shopRows has a product with two images, the same picture under another name, and one
// whose image does not exist.
func shopRows(shop string) string {
	return strings.ReplaceAll(`name,category,brand,barcode,image_url_1,image_url_2
Salt,Staples,Tata,8904043901015,SHOP/1.jpg,SHOP/2.jpg
Namak,Staples,Other,,SHOP/1.jpg,
Ghee,Dairy,Amul,,SHOP/gone.jpg,SHOP/3.jpg
`, "SHOP", shop)
}

func TestImportWithImages(t *testing.T) {
	t.Parallel()

	images := shop(t)
	folder := t.TempDir()
	s := start(t, setting{
		args: []string{"-data", folder},
		env:  map[string]string{envImageHosts: strings.TrimPrefix(images.URL, "http://")},
	})

	status := s.imported(t, strings.NewReader(shopRows(images.URL)), `{}`)
	require.Equal(t, "completed", status["status"])
	require.Equal(t, [3]int64{2, 1, 0}, counts(t, status))
	require.Equal(t, object{"barcode": 0.0, "image_hash": 1.0, "name_brand": 0.0}, status["duplicates_by_tier"])
	require.EqualValues(t, 3, status["images"].(object)["processed"])
	require.EqualValues(t, 1, status["images"].(object)["failed"])
	require.Equal(t, "image_failed", status["warnings"].([]any)[0].(object)["code"])

	_, results := s.send(t, http.MethodGet, s.url+api.Base+"/"+status["job_id"].(string)+"/results", nil)
	require.Contains(t, results, "image_failed: "+images.URL+"/gone.jpg: ")

	require.Equal(t, exitOK, s.stop())

	// What the catalogue says of the images holds at another start, on another address.
	urls := canonicalURLs(t, folder, s.url)
	require.Len(t, urls, 2)

	again := start(t, setting{args: []string{"-data", folder, "-images", "off"}})

	for _, want := range []struct {
		product, name string
		width, height int
	}{
		{"Salt", "original", 1000, 600},
		{"Salt", "medium", 800, 480},
		{"Salt", "thumbnail", 200, 120},
		{"Salt", "2/thumbnail", 200, 120},
		{"Ghee", "medium", 800, 480},
	} {
		path := urls[want.product][want.name]
		require.NotEmpty(t, path, want)

		answer, body := client{}.send(t, http.MethodGet, again.url+path, nil)
		require.Equal(t, http.StatusOK, answer.StatusCode, path)
		require.Equal(t, "image/jpeg", answer.Header.Get("Content-Type"))
		require.Equal(t, "public, max-age=31536000, immutable", answer.Header.Get("Cache-Control"))
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))

		size, err := jpeg.DecodeConfig(strings.NewReader(body))
		require.NoError(t, err)
		require.Equal(t, want.width, size.Width, path)
		require.Equal(t, want.height, size.Height, path)
	}

	answer, _ := client{}.send(t, http.MethodGet, again.url+api.ImagesBase+"/prod_0/medium.jpg", nil)
	require.Equal(t, http.StatusNotFound, answer.StatusCode)
}

// canonicalURLs returns the paths of the images of the products, by name, from the
// catalogue of a server that has stopped. All of them must begin with its address.
func canonicalURLs(t *testing.T, folder, server string) map[string]map[string]string {
	t.Helper()

	db, err := pebbledb.Open(folder+"/db", nil)
	require.NoError(t, err)

	defer func() { require.NoError(t, db.Close()) }()

	products, err := pebblecatalog.New(db, nil).List(t.Context(), "", 0)
	require.NoError(t, err)

	urls := map[string]map[string]string{}

	for _, p := range products {
		urls[p.Name] = map[string]string{}

		for name, url := range p.CanonicalImageURLs {
			path, ours := strings.CutPrefix(url, server)
			require.True(t, ours, url)

			urls[p.Name][name] = path
		}
	}

	return urls
}

// Without an exception, nothing on this machine is fetched; and with -images off nothing
// is fetched at all.
func TestImagesOfThisMachineAreRefused(t *testing.T) {
	t.Parallel()

	images := shop(t)

	for _, flag := range []string{"on", "off"} {
		s := start(t, setting{args: []string{"-backend", "memory", "-images", flag}})
		status := s.imported(t, strings.NewReader(shopRows(images.URL)), `{}`)
		require.Equal(t, [3]int64{3, 0, 0}, counts(t, status), flag)

		code := "image_failed"
		if flag == "off" {
			code = "images_not_processed"
		}

		require.Equal(t, code, status["warnings"].([]any)[0].(object)["code"])
		require.EqualValues(t, 0, status["images"].(object)["processed"])
	}
}

// The start removes images that have been without a product for a day.
func TestTheStartSweepsImages(t *testing.T) {
	t.Parallel()

	images := shop(t)
	folder := t.TempDir()
	now := &clock{}
	env := map[string]string{envImageHosts: strings.TrimPrefix(images.URL, "http://")}

	s := start(t, setting{args: []string{"-data", folder}, env: env, clock: now})
	s.imported(t, strings.NewReader(shopRows(images.URL)), `{}`)
	require.Equal(t, exitOK, s.stop())

	paths := canonicalURLs(t, folder, s.url)
	deleteProduct(t, folder, "Ghee")
	now.forward(25 * time.Hour)

	again := start(t, setting{args: []string{"-data", folder}, env: env, clock: now})

	require.Eventually(t, func() bool {
		answer, _ := client{}.send(t, http.MethodGet, again.url+paths["Ghee"]["medium"], nil)

		return answer.StatusCode == http.StatusNotFound
	}, awaitAtMost, 5*time.Millisecond)

	answer, _ := client{}.send(t, http.MethodGet, again.url+paths["Salt"]["medium"], nil)
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// Beside a table that lacks products a sweep removes their pictures: where others have
// the stores too, it has to be asked for.
func TestWhoSweepsImages(t *testing.T) {
	t.Parallel()

	for _, c := range []struct {
		flag             string
		alone, withOther bool
	}{
		{"", true, false},
		{imagesAuto, true, false},
		{imagesOn, true, true},
		{imagesOff, false, false},
	} {
		var args []string
		if c.flag != "" {
			args = []string{"-image-sweep", c.flag}
		}

		conf, err := parseConfig(args, func(string) string { return "" }, io.Discard)
		require.NoError(t, err)
		require.Equal(t, c.alone, conf.sweepsImages(false), c.flag)
		require.Equal(t, c.withOther, conf.sweepsImages(true), c.flag)
	}

	code, _, stderr := execute(t, setting{args: []string{"-image-sweep", "maybe"}})
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, `-image-sweep must be on, off or auto, not "maybe"`)
}

func deleteProduct(t *testing.T, folder, name string) {
	t.Helper()

	db, err := pebbledb.Open(folder+"/db", nil)
	require.NoError(t, err)

	defer func() { require.NoError(t, db.Close()) }()

	store := pebblecatalog.New(db, nil)

	products, err := store.List(t.Context(), "", 0)
	require.NoError(t, err)

	for _, p := range products {
		if p.Name == name {
			require.NoError(t, store.Delete(t.Context(), p.ID))
		}
	}
}

func TestImageSettings(t *testing.T) {
	t.Parallel()

	code, _, stderr := execute(t, setting{args: []string{"-images", "maybe"}})
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, `-images must be on or off, not "maybe"`)

	code, _, stderr = execute(t, setting{env: map[string]string{envImageHosts: "no port"}})
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, envImageHosts)
}
