package jobstoretest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func keyCases() []testCase {
	return []testCase{
		{"keys/hostile ids are told apart", testHostileIDs},
		{"keys/hostile creators are told apart", testHostileCreators},
		{"keys/hostile stores are told apart", testHostileStores},
		{"keys/creator, status and type do not run together", testFieldsApart},
		{"keys/hostile ids are removed one by one", testHostileRemoval},
	}
}

// hostileKeys returns strings that a careless store mixes up, cuts, folds or
// escapes wrongly.
func hostileKeys() []string {
	long := strings.Repeat("x", jobstore.MaxKeyBytes-1)

	return []string{
		"a", "ab", "abc", "b", "A", "a ", " a", " ", "a\x00", "\x00a", "\x00", "\x00\x00", "a\x00b", "a\x01", "a\xc2\x80", "\x7f",
		"a/b", "a/", "/a", "//", ".", "..", "../../etc/passwd", "a#b", "a|b", "a:b", "a,b", "a=b", "a\\b", "a%2Fb", "%00", "a+b", "a b",
		"j", "jr", "ji", "r", "0", "-1", "null", "undefined", "true", `{"$ne":""}`, "' OR '1'='1", "a\nb", "a\r\nb", "\t",
		"\u00e4", "a\u0308", "\u00c4", "\u0130", "\u202ea", "\u200b", "\ufeff", "\ufffd", "\U0010ffff", "जॉब-१", "工作", "👩🏽‍🍳", "👩",
		long, long + "x", long + "y", strings.Repeat("ä", jobstore.MaxKeyBytes/2),
	}
}

func testHostileIDs(e *env) {
	ids := hostileKeys()

	for _, id := range ids {
		job := e.job(id)
		job.InputFilename = "file of " + id
		e.create(job)
	}

	for _, id := range ids {
		job := e.get(id)
		require.Equal(e, id, job.ID)
		require.Equal(e, "file of "+id, job.InputFilename)
		require.ErrorIs(e, e.store.Create(e.Context(), e.job(id)), jobstore.ErrExists, "%.20q", id)
	}

	for _, id := range ids {
		e.update(id, func(j *jobstore.Job) { j.InputETag = id })
	}

	for _, id := range ids {
		job := e.get(id)
		require.Equal(e, id, job.InputETag)
		require.Equal(e, int64(2), job.Version, "%.20q", id)
	}

	// All were created at the same moment, so the ids alone make the order.
	slices.Sort(ids)
	slices.Reverse(ids)
	e.requireList(jobstore.Query{}, ids...)
	e.requireList(jobstore.Query{Limit: 1}, ids...)
	e.requireList(jobstore.Query{Limit: 7, CreatedBy: "user-1"}, ids...)
}

func testHostileCreators(e *env) {
	// Each creator has two jobs; the id of one ends in its name.
	users := hostileKeys()
	ids := map[string][]string{}

	for i, user := range users {
		for _, id := range []string{fmt.Sprint(i), fmt.Sprint(i, "\x00", user)} {
			id = id[:min(len(id), jobstore.MaxKeyBytes/2)]

			job := e.job(strings.ToValidUTF8(id, ""))
			job.CreatedByUserID = user
			e.create(job)

			ids[user] = append([]string{job.ID}, ids[user]...)
		}
	}

	for _, user := range users {
		e.requireList(jobstore.Query{CreatedBy: user}, ids[user]...)
		e.requireList(jobstore.Query{CreatedBy: user, Limit: 1}, ids[user]...)
		e.requireList(jobstore.Query{CreatedBy: user, Status: jobstore.StatusQueued, Limit: 1}, ids[user]...)
		e.requireList(jobstore.Query{CreatedBy: user, Type: jobstore.TypeAdminProductImport}, ids[user]...)
	}

	for _, nobody := range []string{"x", "a\x00b\x00", "\xff", strings.Repeat("x", 70_000)} {
		e.requireList(jobstore.Query{CreatedBy: nobody})
	}
}

func testHostileStores(e *env) {
	stores := hostileKeys()

	for i, store := range stores {
		job := e.job(fmt.Sprintf("%03d", i))
		job.StoreID = store
		e.create(job)
	}

	e.create(e.job("of no store"))

	for i, store := range stores {
		id := fmt.Sprintf("%03d", i)
		e.requireList(jobstore.Query{StoreID: store}, id)
		e.requireList(jobstore.Query{StoreID: store, CreatedBy: "user-1", Limit: 1}, id)
		e.requireList(jobstore.Query{StoreID: store, CreatedBy: "user-2"})
	}

	for _, nobody := range []string{"x", "a\x00b\x00", "\xff", strings.Repeat("x", 70_000)} {
		e.requireList(jobstore.Query{StoreID: nobody})
	}
}

func testFieldsApart(e *env) {
	queued := string(jobstore.StatusQueued)

	one := e.job("1")
	one.CreatedByUserID, one.Type = "u", "t"

	two := e.job("2")
	two.CreatedByUserID, two.Type = "u"+queued, "t"

	three := e.job("3")
	three.CreatedByUserID, three.Type = "u", jobstore.Type(queued+"t")

	four := e.job("4")
	four.CreatedByUserID, four.Type = "", "ut"

	five := e.job("5")
	five.CreatedByUserID, five.Type = "ut", ""

	e.create(one, two, three, four, five)

	e.requireList(jobstore.Query{CreatedBy: "u", Type: "t"}, "1")
	e.requireList(jobstore.Query{CreatedBy: "u", Status: jobstore.StatusQueued}, "3", "1")
	e.requireList(jobstore.Query{CreatedBy: "u", Status: jobstore.StatusQueued, Type: "t"}, "1")
	e.requireList(jobstore.Query{CreatedBy: "u" + queued, Type: "t"}, "2")
	e.requireList(jobstore.Query{CreatedBy: "u", Type: jobstore.Type(queued + "t")}, "3")
	e.requireList(jobstore.Query{Type: "ut"}, "4")
	e.requireList(jobstore.Query{CreatedBy: "ut"}, "5")
}

func testHostileRemoval(e *env) {
	x := e.expirer()
	ids := hostileKeys()

	for _, id := range ids {
		e.create(e.job(id))
	}

	for i, id := range ids {
		require.NoError(e, x.Delete(e.Context(), id))
		e.requireMissing(id)

		rest := slices.Clone(ids[i+1:])
		slices.Sort(rest)
		slices.Reverse(rest)
		e.requireList(jobstore.Query{}, rest...)
	}
}
