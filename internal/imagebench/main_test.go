package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain lets the test's program measure, as the real one does in the processes that it
// starts.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "-contender") {
		main()

		return
	}

	m.Run()
}

// drawn makes a folder with some photos, all of them different.
func drawn(t *testing.T, count int) string {
	t.Helper()

	folder := t.TempDir()

	for n := range count {
		m := image.NewRGBA(image.Rect(0, 0, 300, 240))

		for y := range 240 {
			for x := range 300 {
				m.SetRGBA(x, y, color.RGBA{R: uint8(x * (n + 1)), G: uint8(y), B: uint8(x * y / 300), A: 255})
			}
		}

		var b bytes.Buffer
		require.NoError(t, jpeg.Encode(&b, m, nil))
		require.NoError(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.jpg", n)), b.Bytes(), 0o600))
	}

	return folder
}

func TestTable(t *testing.T) {
	t.Parallel()

	large := t.TempDir()

	var out strings.Builder

	require.NoError(t, run(t.Context(), []string{"-photos", drawn(t, 3), "-large", "2", "-keep", large, "-rounds", "1"}, nil, &out))

	made, err := filepath.Glob(filepath.Join(large, "*.jpg"))
	require.NoError(t, err)
	require.Len(t, made, 2)

	require.Contains(t, out.String(), "3 small photos")
	require.Contains(t, out.String(), "2 large photos, 1500 x 1500")
	// The name once in each table.
	require.Equal(t, 2, strings.Count(out.String(), "| "+straightforwardName+" | 800"))
	require.Equal(t, 2, strings.Count(out.String(), "| "+oursName+" | "))

	for _, c := range contenders() {
		require.Contains(t, out.String(), c.name, "each contender is measured, or it is said why not")
	}
}

func TestNoPhotos(t *testing.T) {
	t.Parallel()

	var out strings.Builder

	require.NoError(t, run(t.Context(), []string{"-photos", t.TempDir()}, nil, &out))
	require.Contains(t, out.String(), "skipped: there are no photos")
}

func TestWrongOptions(t *testing.T) {
	t.Parallel()

	for _, args := range [][]string{{"-rounds", "0"}, {"-workers", "0"}, {"-large", "-1"}} {
		require.ErrorContains(t, run(t.Context(), args, nil, new(strings.Builder)), "must be positive")
	}

	require.ErrorContains(t,
		run(t.Context(), []string{"-contender", "nobody"}, strings.NewReader("[]"), new(strings.Builder)), `no contender "nobody"`)
}

// TestBrokenPhoto does not leave out what a contender cannot process.
func TestBrokenPhoto(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "broken.jpg")
	require.NoError(t, os.WriteFile(path, []byte("no photo"), 0o600))

	_, err := measure(t.Context(), straightforward, []string{path}, 2)
	require.ErrorContains(t, err, "broken.jpg")
}

func TestEnded(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := makeLarge(ctx, []string{"none.jpg"}, t.TempDir(), 1)
	require.ErrorIs(t, err, context.Canceled)
}

func TestRatios(t *testing.T) {
	t.Parallel()

	median, lowest, highest := middle([]measurement{{PerSecond: 9}, {PerSecond: 1}, {PerSecond: 4}, {PerSecond: 2}},
		func(m measurement) float64 { return m.PerSecond })
	require.Equal(t, []float64{3, 1, 9}, []float64{median, lowest, highest})

	// To make both sizes takes the time of each: 1/20 s and 1/80 s.
	both, found := bothSizes(map[string][]measurement{vips800Name: {{PerSecond: 20}}, vips200Name: {{PerSecond: 80}}})
	require.True(t, found)
	require.InDelta(t, 16, both.perSecond, 1e-9)
	require.Equal(t, "0.50", row{perSecond: 8}.ratio([]row{both}, bothName))
	require.Equal(t, "-", row{perSecond: 8}.ratio(nil, bothName))

	_, found = bothSizes(nil)
	require.False(t, found)
}
