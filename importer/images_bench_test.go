package importer_test

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
)

// imageRows is how many rows are imported, each with three photos.
const imageRows = 1000

// BenchmarkImportWithImages imports 1,000 rows with three photos of 350 pixels each, on
// the embedded backends, from a server on the same machine: one answer in a hundred comes
// after a second, one is a 404, and one a 503 at first. No two rows have the same main
// photo.
func BenchmarkImportWithImages(b *testing.B) {
	server := photoServer(b)
	stored := int64(0)

	for b.Loop() {
		b.StopTimer()

		ports := imagePorts(b, server)
		file := photoRows(server)

		b.StartTimer()

		job := importFile(b, ports, strings.NewReader(file))
		require.Equal(b, int64(imageRows), job.Progress.ProcessedRows)
		require.Zero(b, job.Progress.Errors)

		stored += job.Progress.Images.Processed
	}

	minutes := b.Elapsed().Minutes()
	b.ReportMetric(float64(b.N*imageRows)/minutes, "rows/min")
	b.ReportMetric(float64(stored)/minutes, "images/min")
}

// imagePorts returns an engine on embedded backends that are empty, with images.
func imagePorts(b *testing.B, server *httptest.Server) importer.Ports {
	b.Helper()

	ports, store, _ := benchPorts(b, "embedded")

	address, err := url.Parse(server.URL)
	require.NoError(b, err)

	fetcher, err := httpfetch.New(&httpfetch.Options{AllowHosts: []string{address.Host}})
	require.NoError(b, err)
	b.Cleanup(fetcher.CloseIdleConnections)

	folder, err := dirblob.Open(b.TempDir(), nil)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, folder.Close()) })

	images := imagepipe.New(fetcher, goprocessor.New(nil), imagestore.New(folder, "", nil), nil)
	ports.Kinds = []importer.Kind{importer.NewProductKind(store, &importer.ProductKindOptions{Images: images})}

	return ports
}

// photoRows is the file.
func photoRows(server *httptest.Server) string {
	var file strings.Builder

	file.WriteString("name,brand,category,image_url_1,image_url_2,image_url_3\n")

	for row := range imageRows {
		fmt.Fprintf(&file, "Product %d,Brand,Category,%[2]s/main/%[1]d.jpg,%[2]s/side/%[1]d.jpg,%[2]s/back/%[1]d.jpg\n", row, server.URL)
	}

	return file.String()
}

// photoServer serves the photos of the real data, those of /main each in a version of
// its own.
func photoServer(b *testing.B) *httptest.Server {
	b.Helper()

	photos := realPhotos(b)
	random := rand.New(rand.NewPCG(1, 2))
	main := make([][]byte, imageRows)

	for i := range main {
		main[i] = patched(b, photos[i%len(photos)], random)
	}

	var requests atomic.Int64

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		folder, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")

		row, err := strconv.Atoi(strings.TrimSuffix(name, ".jpg"))
		if err != nil || row < 0 || row >= imageRows {
			http.Error(w, "no such photo", http.StatusBadRequest)

			return
		}

		switch requests.Add(1) % 100 {
		case 0:
			http.NotFound(w, r)

			return
		case 33:
			http.Error(w, "later", http.StatusServiceUnavailable)

			return
		case 66:
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
				return
			}
		}

		photo := photos[row%len(photos)]
		if folder == "main" {
			photo = main[row]
		}

		_, _ = w.Write(photo) // a client that has gone
	}))
	b.Cleanup(server.Close)

	return server
}

// patched returns the photo with some rectangles of other colours, which give it another
// hash.
func patched(b *testing.B, photo []byte, random *rand.Rand) []byte {
	b.Helper()

	m, err := jpeg.Decode(bytes.NewReader(photo))
	require.NoError(b, err)

	canvas := image.NewRGBA(m.Bounds())
	draw.Draw(canvas, canvas.Rect, m, canvas.Rect.Min, draw.Src)

	for range 6 {
		corner := image.Pt(random.IntN(canvas.Rect.Dx()), random.IntN(canvas.Rect.Dy()))
		colour := color.Gray{Y: byte(random.IntN(256))}
		draw.Draw(canvas, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(90, 90))}, image.NewUniform(colour), image.Point{}, draw.Src)
	}

	var out bytes.Buffer
	require.NoError(b, jpeg.Encode(&out, canvas, &jpeg.Options{Quality: 90}))

	return out.Bytes()
}

// realPhotos are the photos of the real data.
func realPhotos(b *testing.B) [][]byte {
	b.Helper()

	folder := filepath.Join(cmp.Or(os.Getenv("BULKIMPORT_TESTDATA"), filepath.Join("..", "..", "shared", "data")), "images")

	names, err := filepath.Glob(filepath.Join(folder, "*.jpg"))
	require.NoError(b, err)

	if len(names) == 0 {
		b.Skipf("real data absent: no photos in %s (set BULKIMPORT_TESTDATA)", folder)
	}

	photos := make([][]byte, len(names))
	for i, name := range names {
		photos[i], err = os.ReadFile(name)
		require.NoError(b, err)
	}

	return photos
}
