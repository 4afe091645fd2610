package imagepipe_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// web is a Fetcher whose pictures are their addresses. Addresses that contain "bad" give
// nothing, and "broken" what is no picture.
type web struct {
	mu       sync.Mutex
	fetched  map[string]int
	held     int // downloads that are not released
	mostHeld int
	hook     func(ctx context.Context, url string) error
}

func newWeb() *web { return &web{fetched: make(map[string]int)} }

func (w *web) Fetch(ctx context.Context, url string) (*imagepipe.Download, error) {
	w.mu.Lock()
	w.fetched[url]++
	hook := w.hook
	w.mu.Unlock()

	if hook != nil {
		if err := hook(ctx, url); err != nil {
			return nil, err
		}
	}

	if strings.Contains(url, "bad") {
		return nil, &imagepipe.Error{Kind: imagepipe.ErrUnreachable, Reason: "The server said no."}
	}

	w.mu.Lock()
	defer w.mu.Unlock()

	w.held++
	w.mostHeld = max(w.mostHeld, w.held)

	return imagepipe.NewDownload([]byte(url), func() {
		w.mu.Lock()
		defer w.mu.Unlock()

		w.held--
	}), nil
}

func (w *web) times(url string) int {
	w.mu.Lock()
	defer w.mu.Unlock()

	return w.fetched[url]
}

// painter is a Processor whose renditions name size and content.
type painter struct{}

func (painter) Process(_ context.Context, data []byte) (*imagepipe.Picture, error) {
	if strings.Contains(string(data), "broken") {
		return nil, &imagepipe.Error{Kind: imagepipe.ErrCorrupt, Reason: "The picture is damaged."}
	}

	p := &imagepipe.Picture{Format: "jpeg", Hash: "hash of " + string(data)}
	for _, size := range imagepipe.Sizes() {
		p.Renditions = append(p.Renditions, imagepipe.Rendition{Size: size, Data: []byte(string(size) + " of " + string(data))})
	}

	return p, nil
}

// shelf is a Store in memory.
type shelf struct {
	mu     sync.Mutex
	stored map[string]string
	fail   error
	onPut  func(key string)
}

func newShelf() *shelf { return &shelf{stored: make(map[string]string)} }

func (s *shelf) Put(_ context.Context, key string, data []byte) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.stored[key] = string(data)

	if s.onPut != nil {
		s.onPut(key)
	}

	return "https://images.example/" + key, s.fail
}

func (s *shelf) Copy(_ context.Context, from, to string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	data, ok := s.stored[from]
	if !ok {
		return "", fmt.Errorf("shelf: %w", imagepipe.ErrNotStored)
	}

	s.stored[to] = data

	return "https://images.example/" + to, s.fail
}

func (s *shelf) Delete(_ context.Context, keys ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, key := range keys {
		delete(s.stored, key)
	}

	return s.fail
}

func (s *shelf) keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()

	return slices.Sorted(maps.Keys(s.stored))
}

func request(productID string, urls ...string) imagepipe.Request {
	return imagepipe.Request{Scope: "job", ProductID: productID, URLs: urls}
}

func TestProcess(t *testing.T) {
	t.Parallel()

	w, s := newWeb(), newShelf()
	p := imagepipe.New(w, painter{}, s, nil)

	r, err := p.Process(t.Context(), request("p1", "a", "b", "a"))
	require.NoError(t, err)
	require.Empty(t, r.Failures)
	require.Equal(t, "hash of a", r.Hash)
	require.Equal(t, map[string]string{
		"original": "https://images.example/p1/original.jpg", "medium": "https://images.example/p1/medium.jpg",
		"thumbnail":  "https://images.example/p1/thumbnail.jpg",
		"2/original": "https://images.example/p1/2/original.jpg", "2/medium": "https://images.example/p1/2/medium.jpg",
		"2/thumbnail": "https://images.example/p1/2/thumbnail.jpg",
	}, r.URLs())
	require.Equal(t, "medium of b", s.stored["p1/2/medium.jpg"])
	require.Equal(t, 1, w.times("a"), "an address that is there twice")
	require.Zero(t, w.held, "downloads that were not released")

	require.NoError(t, p.Discard(t.Context(), "p1", 3))
	require.Empty(t, s.keys())
}

// Failed pictures are in the result, each with its address, and the next picture takes
// the first one's place.
func TestFailedPictures(t *testing.T) {
	t.Parallel()

	w, s := newWeb(), newShelf()
	p := imagepipe.New(w, painter{}, s, nil)

	r, err := p.Process(t.Context(), request("p1", "bad", "b", "broken", "d"))
	require.NoError(t, err)
	require.Len(t, r.Failures, 2)
	require.Equal(t, "bad", r.Failures[0].URL)
	require.ErrorIs(t, r.Failures[0].Err, imagepipe.ErrUnreachable)
	require.Equal(t, "broken", r.Failures[1].URL)
	require.ErrorIs(t, r.Failures[1].Err, imagepipe.ErrCorrupt)

	require.Equal(t, "hash of b", r.Hash)
	require.Equal(t, "https://images.example/p1/2/medium.jpg", r.URLs()["medium"])
	require.Equal(t, "https://images.example/p1/4/medium.jpg", r.URLs()["4/medium"])
	require.Len(t, r.URLs(), 6)
	require.Equal(t, 4, r.Last())
	require.Zero(t, w.held)

	require.NoError(t, p.Discard(t.Context(), "p1", r.Last()))
	require.Empty(t, s.keys())
}

// An address is fetched once for a job, whether it gives a picture or not; another job
// fetches it again.
func TestAddressesAreFetchedOnce(t *testing.T) {
	t.Parallel()

	w, s := newWeb(), newShelf()
	p := imagepipe.New(w, painter{}, s, nil)

	var group sync.WaitGroup

	for i := range 20 {
		group.Go(func() {
			r, err := p.Process(context.Background(), request(fmt.Sprintf("p%d", i), "a", "bad"))
			if err != nil || len(r.Images) != 1 || len(r.Failures) != 1 || r.Hash != "hash of a" {
				t.Errorf("%v %v", r, err)
			}
		})
	}

	group.Wait()
	require.Equal(t, 1, w.times("a"))
	require.Equal(t, 1, w.times("bad"))
	require.Len(t, s.keys(), 60)

	for _, key := range s.keys() {
		require.Contains(t, s.stored[key], " of a")
	}

	r, err := p.Process(t.Context(), request("again", "a"))
	require.NoError(t, err)
	require.Equal(t, 1, r.Reused())

	other := request("other", "a")
	other.Scope = "another job"
	r, err = p.Process(t.Context(), other)
	require.NoError(t, err)
	require.Zero(t, r.Reused())
	require.Equal(t, 2, w.times("a"))
}

// A picture whose first product was discarded is fetched again.
func TestAPictureThatIsGoneIsFetchedAgain(t *testing.T) {
	t.Parallel()

	w, s := newWeb(), newShelf()
	p := imagepipe.New(w, painter{}, s, nil)

	_, err := p.Process(t.Context(), request("p1", "a"))
	require.NoError(t, err)
	require.NoError(t, p.Discard(t.Context(), "p1", 1))

	r, err := p.Process(t.Context(), request("p2", "a"))
	require.NoError(t, err)
	require.Zero(t, r.Reused())
	require.Equal(t, 2, w.times("a"))
	require.Equal(t, "original of a", s.stored["p2/original.jpg"])

	r, err = p.Process(t.Context(), request("p3", "a"))
	require.NoError(t, err)
	require.Equal(t, 1, r.Reused())
}

// What is remembered is bounded.
func TestRemembersNoMoreThanItMay(t *testing.T) {
	t.Parallel()

	w := newWeb()
	p := imagepipe.New(w, painter{}, newShelf(), &imagepipe.Options{Remembered: 2})

	for _, url := range []string{"a", "b", "c", "a"} {
		_, err := p.Process(t.Context(), request("p", url))
		require.NoError(t, err)
	}

	require.Equal(t, 2, w.times("a"))
}

// A caller that goes away leaves those who wait for the same address none the worse.
func TestAnInterruptedFetchIsTakenOver(t *testing.T) {
	t.Parallel()

	w := newWeb()
	begun := make(chan struct{})
	w.hook = func(ctx context.Context, _ string) error {
		if w.times("a") > 1 {
			return nil
		}

		close(begun)
		<-ctx.Done()

		return fmt.Errorf("web: %w", context.Cause(ctx))
	}

	p := imagepipe.New(w, painter{}, newShelf(), nil)
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())

	var group sync.WaitGroup

	group.Go(func() {
		_, err := p.Process(ctx, request("p1", "a"))
		if !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
	})

	<-begun

	group.Go(func() {
		r, err := p.Process(context.Background(), request("p2", "a"))
		if err != nil || len(r.Images) != 1 {
			t.Errorf("%v %v", r, err)
		}
	})

	cancel(gone)
	group.Wait()
}

// The bound on pictures in flight is over all requests, and a request with more pictures
// than that comes through.
func TestInFlightIsBounded(t *testing.T) {
	t.Parallel()

	s := &countingShelf{shelf: newShelf()}
	p := imagepipe.New(newWeb(), painter{}, s, &imagepipe.Options{InFlight: 3})

	var group sync.WaitGroup

	for i := range 8 {
		urls := make([]string, 10)
		for j := range urls {
			urls[j] = fmt.Sprint("url ", j, " of ", i%2) // every other one waits for others
		}

		group.Go(func() {
			r, err := p.Process(context.Background(), request(fmt.Sprint("p", i), urls...))
			if err != nil || len(r.Images) != 10 {
				t.Errorf("%v %v", r, err)
			}
		})
	}

	group.Wait()
	require.LessOrEqual(t, s.most, 3*len(imagepipe.Sizes()))
	require.Positive(t, s.most)
}

// countingShelf counts how many renditions are being stored.
type countingShelf struct {
	*shelf
	count     sync.Mutex
	now, most int
}

func (s *countingShelf) Put(ctx context.Context, key string, data []byte) (string, error) {
	s.count.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.count.Unlock()

	runtime.Gosched()

	defer func() {
		s.count.Lock()
		defer s.count.Unlock()

		s.now--
	}()

	return s.shelf.Put(ctx, key, data)
}

// However many wait for one slow address, others go on.
func TestASlowAddressHoldsNobodyUp(t *testing.T) {
	t.Parallel()

	w := newWeb()
	answer := make(chan struct{})
	w.hook = func(_ context.Context, url string) error {
		if strings.HasPrefix(url, "slow") {
			<-answer
		}

		return nil
	}

	p := imagepipe.New(w, painter{}, newShelf(), &imagepipe.Options{InFlight: 2})

	var group sync.WaitGroup

	for i := range 40 {
		group.Go(func() {
			r, err := p.Process(context.Background(), request(fmt.Sprint("p", i), "slow", fmt.Sprint("slow ", i)))
			if err != nil || len(r.Images) != 2 {
				t.Errorf("%v %v", r, err)
			}
		})
	}

	r, err := p.Process(t.Context(), request("quick", "quick"))
	require.NoError(t, err)
	require.Len(t, r.Images, 1)

	close(answer)
	group.Wait()
	require.Equal(t, 1, w.times("slow"))
}

// A picture whose place another has taken is not copied from there.
func TestAReplacedPictureIsNotReused(t *testing.T) {
	t.Parallel()

	w, s := newWeb(), newShelf()
	p := imagepipe.New(w, painter{}, s, nil)

	for _, urls := range [][]string{{"a", "b"}, {"b", "a"}, {"c", "a"}} {
		_, err := p.Process(t.Context(), request("p1", urls...))
		require.NoError(t, err)
		require.Equal(t, "original of "+urls[0], s.stored["p1/original.jpg"])
		require.Equal(t, "original of "+urls[1], s.stored["p1/2/original.jpg"])
	}

	r, err := p.Process(t.Context(), request("p2", "a", "b", "c"))
	require.NoError(t, err)
	require.Equal(t, 2, r.Reused(), "b is nowhere any more")
	require.Equal(t, "original of a", s.stored["p2/original.jpg"])
	require.Equal(t, "original of b", s.stored["p2/2/original.jpg"])
	require.Equal(t, "original of c", s.stored["p2/3/original.jpg"])
}

// What was finished when time is up is in the result.
func TestTimeIsUp(t *testing.T) {
	t.Parallel()

	w, s := newWeb(), newShelf()
	w.hook = func(ctx context.Context, url string) error {
		if url != "slow" {
			return nil
		}

		<-ctx.Done()

		return fmt.Errorf("web: %w", context.Cause(ctx))
	}

	p := imagepipe.New(w, painter{}, s, nil)
	late := errors.New("late")
	ctx, cancel := context.WithCancelCause(t.Context())

	s.onPut = func(key string) {
		if key == "p1/3/thumbnail.jpg" {
			cancel(late)
		}
	}

	r, err := p.Process(ctx, request("p1", "bad", "slow", "c"))
	require.ErrorIs(t, err, late)
	require.Len(t, r.Failures, 1)
	require.Equal(t, "bad", r.Failures[0].URL)

	for _, image := range r.Images {
		require.Equal(t, 3, image.Number)
	}
}

// A part that panics costs the request, not the process.
func TestAPanicIsAnError(t *testing.T) {
	t.Parallel()

	w := newWeb()
	w.hook = func(context.Context, string) error { panic("boom") }

	p := imagepipe.New(w, painter{}, newShelf(), nil)

	for range 2 { // the second does not wait for the first
		_, err := p.Process(t.Context(), request("p1", "a"))
		require.ErrorContains(t, err, "boom")
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()

	for _, number := range []int{1, 2, 10} {
		for _, size := range imagepipe.Sizes() {
			id, n, s, ok := imagepipe.ParseKey(imagepipe.Key("prod_1", number, size))
			require.True(t, ok)
			require.Equal(t, "prod_1", id)
			require.Equal(t, number, n)
			require.Equal(t, size, s)
		}
	}

	for _, key := range []string{
		"", "medium.jpg", "/medium.jpg", "p/large.jpg", "p/medium.png", "p/medium", "p/1/medium.jpg", "p/02/medium.jpg",
		"p/x/medium.jpg", "p/-2/medium.jpg", "p/0/medium.jpg", "a/2/3/medium.jpg", "banners/summer/home.jpg",
	} {
		_, _, _, ok := imagepipe.ParseKey(key)
		require.False(t, ok, key)
	}
}

// When the store fails, the request does, and nothing is remembered of it.
func TestAStoreThatFails(t *testing.T) {
	t.Parallel()

	w, s := newWeb(), newShelf()
	s.fail = errors.New("disk full")
	p := imagepipe.New(w, painter{}, s, nil)

	_, err := p.Process(t.Context(), request("p1", "a", "b"))
	require.ErrorIs(t, err, s.fail)
	require.ErrorContains(t, err, "p1")
	require.ErrorIs(t, p.Discard(t.Context(), "p1", 1), s.fail)
	require.Zero(t, w.held)

	s.fail = nil
	r, err := p.Process(t.Context(), request("p1", "a", "b"))
	require.NoError(t, err)
	require.Len(t, r.Images, 2)
	require.Zero(t, r.Reused())
}

func TestACancelledRequest(t *testing.T) {
	t.Parallel()

	why := errors.New("job cancelled")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)

	_, err := imagepipe.New(newWeb(), painter{}, newShelf(), nil).Process(ctx, request("p1", "a"))
	require.ErrorIs(t, err, why)

	r, err := imagepipe.New(newWeb(), painter{}, newShelf(), nil).Process(t.Context(), request("p1"))
	require.NoError(t, err)
	require.Empty(t, r.URLs())
}

func TestErrorsTellKindAndCause(t *testing.T) {
	t.Parallel()

	cause := errors.New("dial tcp")
	err := error(&imagepipe.Error{Kind: imagepipe.ErrRefused, Reason: "Not public.", Cause: cause})
	require.ErrorIs(t, err, imagepipe.ErrRefused)
	require.ErrorIs(t, err, cause)
	require.NotErrorIs(t, err, imagepipe.ErrCorrupt)
	require.EqualError(t, err, "imagepipe: address is not allowed: Not public.: dial tcp")
}
