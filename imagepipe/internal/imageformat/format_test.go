package imageformat_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

func TestSniff(t *testing.T) {
	t.Parallel()

	for data, want := range map[string]imageformat.Format{
		"":                                      imageformat.Unknown,
		"\xff\xd8":                              imageformat.Unknown,
		"\xff\xd8\xff":                          imageformat.JPEG,
		"\x89PNG\r\n\x1a\n":                     imageformat.PNG,
		"\x89PNG\r\n\x1a":                       imageformat.Unknown,
		"\x89PNG\n\x1a\n":                       imageformat.Unknown,
		"GIF87a":                                imageformat.GIF,
		"GIF89a":                                imageformat.GIF,
		"GIF88a":                                imageformat.Unknown,
		"RIFF\x00\x00\x00\x00WEBP":              imageformat.WebP,
		"RIFF\x00\x00\x00\x00WEB":               imageformat.Unknown,
		"RIFF\x00\x00\x00\x00WAVE":              imageformat.Unknown,
		" \xff\xd8\xff":                         imageformat.Unknown,
		"<svg xmlns='http://www.w3.org'></svg>": imageformat.Unknown,
	} {
		require.Equal(t, want, imageformat.Sniff([]byte(data)), "%q", data)
	}
}

func TestFormatNames(t *testing.T) {
	t.Parallel()

	for format, want := range map[imageformat.Format]string{
		imageformat.JPEG: "jpeg", imageformat.PNG: "png", imageformat.GIF: "gif",
		imageformat.WebP: "webp", imageformat.Unknown: "unknown", 99: "unknown",
	} {
		require.Equal(t, want, format.String())
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()

	for data, want := range map[string]string{
		"":                 "an empty file",
		"\xff\xd8\xff\xe0": "a JPEG picture",
		"GIF89a":           "a GIF picture",
		"<svg/>":           "an SVG drawing",
		"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- made by hand -->\n<svg width='5'>": "an SVG drawing",
		"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'><SVG>":                       "an SVG drawing",
		"<!DOCTYPE html><html><body><svg width='5'>":                                 "an HTML page",
		"\n\n<HTML><head>":              "an HTML page",
		"<script>location='/'</script>": "an HTML page",
		"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>": "an XML document",
		`{"error": "not found"}`:                           "a text",
		"Nicht gefunden: größer als erlaubt":               "a text",
		strings.Repeat("x", 2047) + "é":                    "a text",
		"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avif": "an AVIF picture",
		"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif": "an AVIF picture",
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic": "a HEIC picture",
		"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42": "a video",
		"\x00\x00\x00\x00ftypmp42":                         "a video",
		"\xff\xff\xff\xffftypmp42":                         "a video",
		"BM\x00\x00\x00\x00":                               "a BMP picture",
		"II*\x00\x08":                                      "a TIFF picture",
		"MM\x00*\x00":                                      "a TIFF picture",
		"\x00\x00\x01\x00\x01":                             "an ICO icon",
		"%PDF-1.7":                                         "a PDF document",
		"\x01\x02\x03\x04":                                 "",
		"caf\xe9 and more":                                 "",
	} {
		require.Equal(t, want, imageformat.Describe([]byte(data)), "%q", data)
	}
}

func TestNoPicture(t *testing.T) {
	t.Parallel()

	for data, reason := range map[string]string{
		"":                 "The file is empty.",
		"<svg/>":           "The file is an SVG drawing; only JPEG, PNG, GIF and WebP pictures are read.",
		"\x01\x02\x03\x04": "The file is of an unknown kind; only JPEG, PNG, GIF and WebP pictures are read.",
	} {
		_, err := imageformat.Inspect([]byte(data))
		require.ErrorIs(t, err, imageformat.ErrFormat)
		require.NotErrorIs(t, err, imageformat.ErrCorrupt)

		var typed *imageformat.Error
		require.ErrorAs(t, err, &typed)
		require.Equal(t, reason, typed.Reason)
		require.Contains(t, err.Error(), reason)
	}
}
