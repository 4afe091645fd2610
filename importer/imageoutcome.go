package importer

import (
	"fmt"
	"strings"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// The codes of warnings about images.
const (
	codeImageFailed csvschema.Code = "image_failed"
	codeImageShared csvschema.Code = "image_shared"
)

// reportImages puts into the outcome of a row that has become a product what is to be
// told of its images. Those of duplicates are thrown away, so there is nothing to
// tell; and whether they were fetched at all is partly a matter of time.
func (row *productRow) reportImages() {
	var (
		o      = &row.row.Outcome
		images = &row.images
	)

	o.Images = jobstore.ImageCounts{
		Processed: int64(len(images.result.Images)),
		Failed:    int64(len(images.result.Failures)),
		Reused:    int64(images.result.Reused()),
	}

	if len(images.result.Failures) > 0 {
		first := images.result.Failures[0]
		o.Warnings = append(o.Warnings, csvschema.Warning{
			Row: row.product.Origin.Row, Code: codeImageFailed, Value: first.URL,
			// The status shows the message of the first row alone.
			Message: fmt.Sprintf("some images could not be used, such as %s: %s; the results report has all of them",
				shorten(first.URL), first.Err.Reason),
		})
	}

	for _, f := range images.result.Failures {
		o.Details = append(o.Details, fmt.Sprintf("%s: %s: %s", codeImageFailed, f.URL, f.Err.Reason))
	}

	if images.isShared {
		o.Warnings = append(o.Warnings, csvschema.Warning{
			Row: row.product.Origin.Row, Code: codeImageShared,
			Message: "the image is that of many products with different names, so it was not used to find duplicates",
		})
	}
}

// shorten cuts an address that is too long to be shown in a sentence.
func shorten(url string) string {
	const most = 200

	if len(url) <= most {
		return url
	}

	return strings.ToValidUTF8(url[:most], "") + "…"
}
