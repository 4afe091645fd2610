package dedupe_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
)

func TestParseStrategy(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"", "strict"} {
		strategy, err := dedupe.ParseStrategy(name)
		require.NoError(t, err)
		require.Equal(t, dedupe.Strict, strategy)
	}

	for _, name := range []string{"fuzzy", "Strict", " strict"} {
		_, err := dedupe.ParseStrategy(name)
		require.ErrorIs(t, err, dedupe.ErrOption)
		require.ErrorContains(t, err, name)
	}
}

func TestParseBarcodeConflict(t *testing.T) {
	t.Parallel()

	tests := map[string]dedupe.BarcodeConflict{
		"":          dedupe.ConflictDuplicate,
		"duplicate": dedupe.ConflictDuplicate,
		"distinct":  dedupe.ConflictDistinct,
	}
	for name, want := range tests {
		conflict, err := dedupe.ParseBarcodeConflict(name)
		require.NoError(t, err)
		require.Equal(t, want, conflict)
	}

	_, err := dedupe.ParseBarcodeConflict("ignore")
	require.ErrorIs(t, err, dedupe.ErrOption)
	require.ErrorContains(t, err, "ignore")
}

func TestBarcodesConflict(t *testing.T) {
	t.Parallel()

	var (
		one   = barcode(1)
		two   = barcode(2)
		three = barcode(3)
		name  = nameBrand("x")
		keys  = func(keys ...dedupe.Key) []dedupe.Key { return keys }
	)

	tests := []struct {
		name string
		a, b []dedupe.Key
		want bool
	}{
		{"different", keys(one), keys(two), true},
		{"equal", keys(one), keys(one), false},
		{"one in common", keys(one, two), keys(three, two), false},
		{"none in common", keys(one, two), keys(three), true},
		{"only one side has any", keys(one), keys(name), false},
		{"the other side has any", keys(name), keys(one), false},
		{"neither has any", nil, nil, false},
		{"other tiers do not count", keys(one, name), keys(two, name), true},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			require.Equal(t, test.want, dedupe.BarcodesConflict(test.a, test.b))
		})
	}
}
