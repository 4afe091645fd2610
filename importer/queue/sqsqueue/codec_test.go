package sqsqueue_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
)

func TestEncodeIsReadable(t *testing.T) {
	t.Parallel()

	text, err := sqsqueue.Encode(queue.Message{JobID: "admin_import_20250106_abc123"}, time.Time{})
	require.NoError(t, err)
	require.Equal(t, `{"job_id":"admin_import_20250106_abc123"}`, text)

	at := time.Date(2025, time.January, 6, 16, 0, 0, 0, time.FixedZone("IST", 5*3600+1800))
	text, err = sqsqueue.Encode(queue.Message{JobID: "a"}, at)
	require.NoError(t, err)
	require.Equal(t, `{"job_id":"a","not_before":"2025-01-06T10:30:00Z"}`, text)
}

func TestCodecKeepsEveryID(t *testing.T) {
	t.Parallel()

	for _, id := range []string{
		"a", " ", "\x00", "\x7f", "a\r\nb", "\u0085", "\ufffe", "\uffff", "\ufffd", "\U0010ffff", "👩🏽‍🍳", "जॉब-१", `"}`, `\u0041`, "<&>",
		strings.Repeat("x", sqsqueue.MaxJobIDBytes), strings.Repeat("\x00", sqsqueue.MaxJobIDBytes), strings.Repeat("ä", sqsqueue.MaxJobIDBytes/2),
	} {
		text, err := sqsqueue.Encode(queue.Message{JobID: id}, time.Time{})
		require.NoError(t, err, "%.20q", id)
		require.LessOrEqual(t, len(text), sqsqueue.MaxBodyBytes)

		for _, r := range text {
			require.True(t, r >= ' ' && r <= '~', "%q in the body of %.20q: SQS may refuse it", r, id)
		}

		m, notBefore, err := sqsqueue.Decode(text)
		require.NoError(t, err)
		require.Equal(t, id, m.JobID)
		require.Zero(t, notBefore)
	}
}

func TestEncodeRefusesIDs(t *testing.T) {
	t.Parallel()

	for _, id := range []string{"", "a\xff", strings.Repeat("x", sqsqueue.MaxJobIDBytes+1)} {
		_, err := sqsqueue.Encode(queue.Message{JobID: id}, time.Time{})
		require.ErrorIs(t, err, sqsqueue.ErrMalformed, "%.20q", id)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()

	for _, text := range []string{
		"", " ", "null", "[]", "0", `"a"`, "{", "{}", `{"job_id":""}`, `{"job_id":null}`, `{"job_id":7}`, `{"job_id":["a"]}`,
		`{"job_id":"a"}{"job_id":"b"}`, `{"job_id":"a","not_before":"soon"}`, `{"job_id":"a","not_before":1736159400}`,
		"job-1", "<xml/>", "\x00", "\xff", `{"job_id":"` + strings.Repeat("x", sqsqueue.MaxJobIDBytes+1) + `"}`,
		`{"job_id":"a","secret":"` + strings.Repeat("x", sqsqueue.MaxBodyBytes) + `"}`, strings.Repeat("[", sqsqueue.MaxBodyBytes),
	} {
		_, _, err := sqsqueue.Decode(text)
		require.ErrorIs(t, err, sqsqueue.ErrMalformed, "%.40q", text)
	}
}

// TestDecodeOfLaterVersions skips what it does not know.
func TestDecodeOfLaterVersions(t *testing.T) {
	t.Parallel()

	m, notBefore, err := sqsqueue.Decode(` {"priority":{"a":[1]}, "job_id":"a", "not_before":"2025-01-06T16:00:00.5+05:30"} `)
	require.NoError(t, err)
	require.Equal(t, queue.Message{JobID: "a"}, m)
	require.True(t, time.Date(2025, time.January, 6, 10, 30, 0, 500_000_000, time.UTC).Equal(notBefore))
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"job_id":"a"}`, `{"job_id":"\ud83d","not_before":"9999-12-31T23:59:59Z"}`, "", "{", "\xff", "null"} {
		f.Add(text)
	}

	f.Fuzz(func(t *testing.T, text string) {
		m, notBefore, err := sqsqueue.Decode(text)
		if err != nil {
			require.ErrorIs(t, err, sqsqueue.ErrMalformed)
			return
		}

		again, err := sqsqueue.Encode(m, notBefore)
		if err != nil {
			// A time that RFC 3339 can say in its zone, but not in UTC.
			require.NotZero(t, notBefore)
			return
		}

		require.True(t, json.Valid([]byte(again)))

		m2, notBefore2, err := sqsqueue.Decode(again)
		require.NoError(t, err)
		require.Equal(t, m, m2)
		require.True(t, notBefore.Equal(notBefore2))
	})
}
