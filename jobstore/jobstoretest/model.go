package jobstoretest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func modelCases() []testCase {
	return []testCase{{"model/random writes, every query", testModel}}
}

// The values that the model draws from; few, so that they meet often.
const (
	modelSteps = 240
	modelJobs  = 40
	modelSeed  = 20250106
)

func modelUsers() []string { return []string{"a", "ab", "b", "a\x00b", ""} }

func modelStores() []string { return []string{"s", "st", ""} }

func modelTypes() []jobstore.Type {
	return []jobstore.Type{jobstore.TypeAdminProductImport, jobstore.TypeStoreInventoryUpload, ""}
}

// model is a job store as simple as it can be: what the other is compared with.
type model struct {
	jobs map[string]jobstore.Job
	now  func() time.Time
}

func (m *model) alive(id string) bool {
	j, ok := m.jobs[id]

	return ok && (j.ExpiresAt.IsZero() || m.now().Before(j.ExpiresAt))
}

// list returns the ids of the jobs that q selects, newest first.
func (m *model) list(q jobstore.Query) []string {
	ids := []string{}

	for id, j := range m.jobs {
		if m.alive(id) &&
			(q.CreatedBy == "" || j.CreatedByUserID == q.CreatedBy) &&
			(q.Status == "" || j.Status == q.Status) &&
			(q.Type == "" || j.Type == q.Type) &&
			(q.StoreID == "" || j.StoreID == q.StoreID) {
			ids = append(ids, id)
		}
	}

	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(m.jobs[b].CreatedAt.Compare(m.jobs[a].CreatedAt), cmp.Compare(b, a))
	})

	return ids
}

// testModel makes random writes to the store and to a model of it, and compares
// what every query gives.
func testModel(e *env) {
	var (
		random = rand.New(rand.NewPCG(modelSeed, 0))
		m      = &model{jobs: map[string]jobstore.Job{}, now: e.clock.Now}
	)

	for step := range modelSteps {
		e.clock.Advance(time.Duration(random.IntN(3)) * 10 * time.Second)
		e.modelStep(m, random, fmt.Sprint("job-", random.IntN(modelJobs)))

		if step%20 == 0 {
			e.requireModel(m, random)
		}
	}

	e.requireModel(m, random)
}

// modelStep does one thing to a job: creates it where it is not there, and
// changes or deletes it where it is.
func (e *env) modelStep(m *model, random *rand.Rand, id string) {
	e.Helper()

	if !m.alive(id) {
		job := e.job(id)
		job.CreatedByUserID, job.Type, job.Status = pick(random, modelUsers()), pick(random, modelTypes()), pick(random, jobstore.Statuses())
		job.StoreID, job.ExpiresAt = pick(random, modelStores()), e.modelExpiry(random)
		e.create(job)

		m.jobs[id] = job

		return
	}

	if random.IntN(8) == 0 && !e.harness.NoExpirer {
		if err := e.expirer().Delete(e.Context(), id); err != nil {
			e.Fatalf("Delete(%q): %v", id, err)
		}

		delete(m.jobs, id)

		return
	}

	job := m.jobs[id]
	job.Status, job.ExpiresAt = pick(random, jobstore.Statuses()), e.modelExpiry(random)
	m.jobs[id] = job

	e.update(id, func(j *jobstore.Job) { j.Status, j.ExpiresAt = job.Status, job.ExpiresAt })
}

// modelExpiry returns no time, or one in whole seconds within some minutes.
func (e *env) modelExpiry(random *rand.Rand) time.Time {
	if random.IntN(2) == 0 {
		return time.Time{}
	}

	return e.clock.Now().Truncate(time.Second).Add(time.Duration(1+random.IntN(600)) * time.Second)
}

// requireModel compares every query, in pages of a random size.
func (e *env) requireModel(m *model, random *rand.Rand) {
	e.Helper()

	for _, user := range modelUsers() {
		for _, status := range append(jobstore.Statuses(), "") {
			for _, typ := range modelTypes() {
				q := jobstore.Query{CreatedBy: user, Status: status, Type: typ, Limit: random.IntN(6)}
				e.requireList(q, m.list(q)...)

				q.StoreID = pick(random, modelStores())
				e.requireList(q, m.list(q)...)
			}
		}
	}
}

func pick[T any](random *rand.Rand, values []T) T { return values[random.IntN(len(values))] }
