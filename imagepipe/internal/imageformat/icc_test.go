package imageformat_test

import (
	"encoding/binary"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// Each format hands out a profile that is whole and fits, and no other.
func TestProfiles(t *testing.T) {
	t.Parallel()

	edit := func(change func(p []byte)) []byte {
		p := iccProfile("RGB ", 500)
		change(p)

		return p
	}

	tagsToTheEnd := func(p []byte) {
		clear(p[132:])
		binary.BigEndian.PutUint32(p[128:], 30)
	}

	sound := iccProfile("RGB ", 500)
	largest := iccProfile("RGB ", imageformat.MaxICC)

	for name, tc := range map[string]struct{ profile, want []byte }{
		"sound":             {sound, sound},
		"largest":           {largest, largest},
		"too large":         {iccProfile("RGB ", imageformat.MaxICC+1), nil},
		"no tags":           {edit(func(p []byte) { p[131] = 0 }), edit(func(p []byte) { p[131] = 0 })},
		"grey":              {iccProfile("GRAY", 500), nil},
		"inks":              {iccProfile("CMYK", 500), nil},
		"Lab":               {iccProfile("Lab ", 500), nil},
		"cut":               {sound[:499], nil},
		"too long":          {append(sound[:500:500], 0), nil},
		"a header":          {sound[:128], nil},
		"a byte":            {[]byte{0}, nil},
		"no signature":      {edit(func(p []byte) { p[36] = 'b' }), nil},
		"too many tags":     {edit(func(p []byte) { binary.BigEndian.PutUint32(p[128:], 1<<31) }), nil},
		"one tag too many":  {edit(func(p []byte) { clear(p[132:]); binary.BigEndian.PutUint32(p[128:], 31) }), nil},
		"tags to the end":   {edit(tagsToTheEnd), edit(tagsToTheEnd)},
		"tag behind":        {edit(func(p []byte) { binary.BigEndian.PutUint32(p[136:], 145) }), nil},
		"tag overflows":     {edit(func(p []byte) { binary.BigEndian.PutUint32(p[136:], 0xffffffff) }), nil},
		"length in reverse": {edit(func(p []byte) { binary.LittleEndian.PutUint32(p, 500) }), nil},
	} {
		picture := drawn(24, 16)
		bare := jpegOf(t, picture)

		files := map[string][]byte{
			"png":  withChunks(pngOf(t, picture), iccChunk(t, tc.profile)),
			"webp": webp(canvas(withICC, 24, 16), webpChunk("ICCP", tc.profile), chunkOf(t, fixture(t, "lossy.webp"), "VP8 ")),
		}
		if len(tc.profile) < 60_000 {
			files["jpeg"] = inFront(bare, iccSegment(1, 1, tc.profile))
		}

		for format, file := range files {
			info, err := imageformat.Inspect(file)
			require.NoError(t, err, name)
			require.Equal(t, tc.want, info.ICC, "%s, %s", name, format)
		}
	}
}

func TestGrayAndInkProfiles(t *testing.T) {
	t.Parallel()

	gray := image.NewGray(image.Rect(0, 0, 8, 8))

	for name, tc := range map[string]struct {
		file []byte
		with func([]byte, []byte) []byte
		want string
	}{
		"grey JPEG": {jpegOf(t, gray), func(file, p []byte) []byte { return inFront(file, iccSegment(1, 1, p)) }, "GRAY"},
		"grey PNG":  {pngOf(t, gray), func(file, p []byte) []byte { return withChunks(file, iccChunk(t, p)) }, "GRAY"},
		"ink JPEG":  {fixture(t, "cmyk.jpg"), func(file, p []byte) []byte { return inFront(file, iccSegment(1, 1, p)) }, "CMYK"},
	} {
		for _, space := range []string{"GRAY", "RGB ", "CMYK"} {
			info, err := imageformat.Inspect(tc.with(tc.file, iccProfile(space, 300)))
			require.NoError(t, err, name)
			require.Equal(t, space == tc.want, info.ICC != nil, "%s, %s", name, space)
		}
	}
}

func TestProfileInParts(t *testing.T) {
	t.Parallel()

	bare := jpegOf(t, drawn(8, 8))
	profile := iccProfile("RGB ", 300)
	a, b, c := profile[:100], profile[100:200], profile[200:]

	many := [][]byte{}
	for i := range 255 {
		many = append(many, iccSegment(i+1, 255, iccProfile("RGB ", 255*100)[100*i:100*(i+1)]))
	}

	for name, tc := range map[string]struct {
		segments []byte
		want     []byte
	}{
		"in order":           {join(iccSegment(1, 3, a), iccSegment(2, 3, b), iccSegment(3, 3, c)), profile},
		"in disorder":        {join(iccSegment(3, 3, c), iccSegment(1, 3, a), exifSegment(1), iccSegment(2, 3, b)), profile},
		"most parts":         {join(many...), iccProfile("RGB ", 255*100)},
		"one is missing":     {join(iccSegment(1, 3, a), iccSegment(3, 3, c)), nil},
		"one twice":          {join(iccSegment(1, 3, a), iccSegment(2, 3, b), iccSegment(2, 3, b), iccSegment(3, 3, c)), nil},
		"whole, one twice":   {join(iccSegment(1, 2, profile), iccSegment(1, 2, profile)), nil},
		"whole, one missing": {iccSegment(1, 2, profile), nil},
		"counts differ":      {join(iccSegment(1, 3, a), iccSegment(2, 4, b), iccSegment(3, 3, c)), nil},
		"number too high":    {join(iccSegment(1, 2, profile), iccSegment(3, 2, c)), nil},
		"number zero":        {iccSegment(0, 1, profile), nil},
		"count zero":         {iccSegment(1, 0, profile), nil},
		"empty part":         {join(iccSegment(1, 2, profile), iccSegment(2, 2, nil)), nil},
		"no numbers":         {jpegSegment(0xe2, []byte("ICC_PROFILE\x00")), nil},
		"two profiles":       {join(iccSegment(1, 1, profile), iccSegment(1, 1, profile)), nil},
	} {
		info, err := imageformat.Inspect(inFront(bare, tc.segments))
		require.NoError(t, err, name)
		require.Equal(t, tc.want, info.ICC, name)
	}

	// More than allowed, in parts that are each allowed.
	var segments [][]byte

	large := iccProfile("RGB ", 17*65_000)
	for i := range 17 {
		segments = append(segments, iccSegment(i+1, 17, large[65_000*i:65_000*(i+1)]))
	}

	info, err := imageformat.Inspect(inFront(bare, join(segments...)))
	require.NoError(t, err)
	require.Nil(t, info.ICC)
}

func TestEmbedICC(t *testing.T) {
	t.Parallel()

	for name, bare := range jpegs(t) {
		info, err := imageformat.Inspect(bare)
		require.NoError(t, err)

		space := map[int]string{1: "GRAY", 3: "RGB ", 4: "CMYK"}[info.Components]

		for _, size := range []int{150, 65_519, 65_520, 400_000, imageformat.MaxICC} {
			profile := iccProfile(space, size)

			file, err := imageformat.EmbedICC(bare, profile)
			require.NoError(t, err, name)

			got, err := imageformat.Inspect(file)
			require.NoError(t, err, name)
			require.Equal(t, profile, got.ICC, "%s, %d bytes", name, size)
			requireSamePixels(t, bare, file)

			// It counts as part of the picture, and another one takes its place.
			stripped, err := imageformat.StripJPEG(file)
			require.NoError(t, err, name)
			require.Equal(t, file, stripped, name)

			again, err := imageformat.EmbedICC(file, profile)
			require.NoError(t, err, name)
			require.Equal(t, file, again, name)

			removed, err := imageformat.EmbedICC(file, nil)
			require.NoError(t, err, name)
			require.Equal(t, bare, removed, name)
		}
	}
}

func TestEmbedICCPlace(t *testing.T) {
	t.Parallel()

	bare := jpegOf(t, drawn(8, 8))
	profile := iccProfile("RGB ", 65_520)

	file, err := imageformat.EmbedICC(inFront(bare, jfif(), exifSegment(1)), profile)
	require.NoError(t, err)

	want := inFront(bare, jfif(), iccSegment(1, 2, profile[:65_519]), iccSegment(2, 2, profile[65_519:]), exifSegment(1))
	require.Equal(t, want, file)
}

func TestEmbedICCRefuses(t *testing.T) {
	t.Parallel()

	bare := jpegOf(t, drawn(8, 8))
	profile := iccProfile("RGB ", 300)

	_, err := imageformat.EmbedICC(pngOf(t, drawn(8, 8)), profile)
	require.ErrorIs(t, err, imageformat.ErrFormat)

	for name, tc := range map[string]struct{ file, profile []byte }{
		"damaged profile": {bare, profile[:299]},
		"large profile":   {bare, iccProfile("RGB ", imageformat.MaxICC+1)},
		"cut JPEG":        {bare[:100], profile},
		"empty JPEG":      {join(start, end, end), profile},
		"JPEG of a start": {join(start, []byte{0xff}), profile},
	} {
		_, err := imageformat.EmbedICC(tc.file, tc.profile)
		require.ErrorIs(t, err, imageformat.ErrCorrupt, name)
	}
}
