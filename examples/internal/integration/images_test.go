package integration_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// picture returns a small picture that follows from its number, and looks like no other.
func picture(t testing.TB, number int) []byte {
	t.Helper()

	const size, fields = 240, 8

	random := rand.New(rand.NewPCG(uint64(number), 9))
	canvas := image.NewGray(image.Rect(0, 0, size, size))

	for field := range fields * fields {
		corner := image.Pt(field%fields*size/fields, field/fields*size/fields)
		grey := color.Gray{Y: byte(random.IntN(256))}
		draw.Draw(canvas, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(size/fields, size/fields))}, image.NewUniform(grey), image.Point{}, draw.Src)
	}

	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, canvas, nil))

	return out.Bytes()
}

// pictureServer serves the picture of each number; every hundredth is missing, every
// hundredth is no picture.
func pictureServer(t testing.TB) *httptest.Server {
	t.Helper()

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".jpg"))

		switch {
		case err != nil || number%100 == 7:
			http.NotFound(w, r)
		case number%100 == 8:
			_, _ = w.Write([]byte("<html>no photo</html>")) // the client may have gone
		default:
			_, _ = w.Write(picture(t, number))
		}
	}))
	t.Cleanup(server.Close)

	return server
}

// TestImages imports 2,000 rows with pictures: their own, those of others, missing ones and
// such that are none.
func TestImages(t *testing.T) {
	t.Parallel()

	const rows = 2_000

	server := pictureServer(t)

	var text strings.Builder

	text.WriteString("name,brand,category,image_url_1,image_url_2\n")

	for row := range rows {
		first := row
		if row%50 == 49 {
			first = row - 10 // another product's main picture: the row is a duplicate
		}

		fmt.Fprintf(&text, "Product %d,Brand,Category,%[2]s/%[3]d.jpg,%[2]s/%[4]d.jpg\n", row, server.URL, first, rows+row/4)
	}

	address, err := url.Parse(server.URL)
	require.NoError(t, err)

	fetcher, err := httpfetch.New(&httpfetch.Options{AllowHosts: []string{address.Host}})
	require.NoError(t, err)
	t.Cleanup(fetcher.CloseIdleConnections)

	images := func(store blob.Store) importer.Images {
		return imagepipe.New(fetcher, goprocessor.New(nil), imagestore.New(store, "https://images.example.in", nil), nil)
	}

	begun := time.Now()
	e := onAWS(t, awstest.NewWorld(t), nil, images)
	id := e.queued(t, strings.NewReader(text.String()))
	e.serve(t, id, e.worker(t, nil))

	got := e.footprint(t, id)
	t.Logf("on AWS in %v", time.Since(begun))
	require.EqualValues(t, rows, got.Progress.ProcessedRows)
	require.Zero(t, got.Progress.Errors)
	require.NotZero(t, got.Progress.DuplicatesByTier["image_hash"])
	require.Greater(t, got.Progress.Images.Processed, int64(3_000))
	require.NotZero(t, got.Progress.Images.Failed)
	require.NotZero(t, got.Progress.Images.Reused)
	require.Greater(t, len(got.Images), 3*3_000, "in three sizes")

	begun = time.Now()
	want := undisturbed(t, strings.NewReader(text.String()), images)
	t.Logf("embedded in %v", time.Since(begun))

	// Which of the rows that show a picture has fetched it is a matter of luck, and one that
	// turns out to be a duplicate does not count.
	want.Progress.Images.Reused = got.Progress.Images.Reused
	requireSame(t, want, got)
}
