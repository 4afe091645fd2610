package imageformat_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

func Example() {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 640, 480)), nil); err != nil {
		panic(err)
	}

	upload := append(file.Bytes(), "and where it was taken"...)

	info, err := imageformat.Inspect(upload)
	if err != nil {
		panic(err)
	}

	fmt.Println(info.Format, info.Width, info.Height, info.HasMetadata)

	if info.KeepAsJPEG() {
		published, err := imageformat.StripJPEG(upload)
		fmt.Println(bytes.Equal(published, file.Bytes()), err)
	}

	// Output:
	// jpeg 640 480 true
	// true <nil>
}
