package synthetic_test

import (
	"encoding/csv"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/synthetic"
)

func TestTheSameOptionsGiveTheSameFile(t *testing.T) {
	t.Parallel()

	opts := synthetic.Options{Rows: 2000, Duplicates: 0.1, Errors: 0.01, Seed: 7}
	a, err := io.ReadAll(synthetic.New(opts))
	require.NoError(t, err)
	b, err := io.ReadAll(iotest.OneByteReader(synthetic.New(opts)))
	require.NoError(t, err)
	require.Equal(t, string(a), string(b))

	opts.Seed = 8
	c, err := io.ReadAll(synthetic.New(opts))
	require.NoError(t, err)
	require.NotEqual(t, string(a), string(c))
}

func TestTheFileHasWhatTheOptionsSay(t *testing.T) {
	t.Parallel()

	rows, err := csv.NewReader(synthetic.New(synthetic.Options{Rows: 10_000, Duplicates: 0.1, Errors: 0.02, Seed: 1})).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 10_001)

	seen, nameless, repeated := map[string]bool{}, 0, 0

	for _, row := range rows[1:] {
		switch {
		case row[0] == "":
			nameless++
		case seen[row[3]]:
			repeated++
		}

		seen[row[3]] = seen[row[3]] || row[0] != ""
	}

	require.InDelta(t, 200, nameless, 60)
	require.InDelta(t, 1000, repeated, 150)
}

func TestGTIN(t *testing.T) {
	t.Parallel()

	require.Equal(t, "8900000000005", synthetic.GTIN(0))
	require.Equal(t, "8901234567890", synthetic.GTIN(123456789))
	require.Len(t, synthetic.GTIN(5_000_000_000), 13)
}
