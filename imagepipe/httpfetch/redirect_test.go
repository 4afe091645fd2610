package httpfetch_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// redirect answers with a Location as it is, unlike http.Redirect.
func redirect(location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{location}
		w.WriteHeader(http.StatusFound)
	}
}

// countdown redirects from /n to /n-1, and answers at /0.
func countdown(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Path[1:])
	if n == 0 {
		text("picture")(w, r)
		return
	}

	redirect("/"+strconv.Itoa(n-1))(w, r)
}

func TestRedirects(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.site("shop.example", countdown)
		in.site("loop.example", redirect("/"))

		// One slot a host: a redirect to the same one must not wait for itself.
		f := in.fetcher(httpfetch.Options{PerHost: 1, Concurrency: 1})
		requireFetch(t, f, "http://shop.example/3", "picture")
		requireFails(t, f, "http://shop.example/4", imagepipe.ErrUnreachable, "redirects more than 3 times")
		requireFails(t, f, "http://loop.example/", imagepipe.ErrUnreachable, "redirects more than 3 times")

		none := in.fetcher(httpfetch.Options{MaxRedirects: -1})
		requireFetch(t, none, "http://shop.example/0", "picture")
		requireFails(t, none, "http://shop.example/1", imagepipe.ErrUnreachable, "redirects more than 0 times")
	})
}

func TestRedirectStatuses(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.site("cdn.example", text("picture"))
		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) {
			status, _ := strconv.Atoi(r.URL.Path[1:])

			if r.URL.RawQuery == "" {
				w.Header().Set("Location", "http://cdn.example/a.jpg")
			}

			w.WriteHeader(status)
		})

		f := in.fetcher(httpfetch.Options{})

		for _, status := range []string{"301", "302", "303", "307", "308"} {
			requireFetch(t, f, "http://shop.example/"+status, "picture")
			requireFails(t, f, "http://shop.example/"+status+"?nowhere", imagepipe.ErrUnreachable, "answered "+status)
		}

		for _, status := range []string{"300", "304", "305", "201"} {
			requireFails(t, f, "http://shop.example/"+status, imagepipe.ErrUnreachable, "answered "+status)
		}
	})
}

// TestRedirectsCarryNothing requires that the next server learns nothing of the one before.
func TestRedirectsCarryNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		var header http.Header

		in.site("cdn.example", func(w http.ResponseWriter, r *http.Request) {
			header = r.Header
			text("picture")(w, r)
		})
		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1", Domain: "example"})
			redirect("//cdn.example/a.jpg")(w, r)
		})

		requireFetch(t, in.fetcher(httpfetch.Options{}), "http://shop.example/?signature=secret", "picture")
		require.Len(t, header, 3, "%v", header)
		require.NotContains(t, header, "Referer")
	})
}

func TestRedirectsInward(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.name("inward.example", "127.0.0.1")
		in.name("metadata.example", "169.254.169.254")
		in.name("six.example", "::1", "fd00::1")
		in.name("mapped.example", "::ffff:10.0.0.1")
		in.site("innocent.example", redirect("http://10.0.0.1/"))

		var location string

		in.site("shop.example", func(w http.ResponseWriter, r *http.Request) { redirect(location)(w, r) })

		f := in.fetcher(httpfetch.Options{})

		for _, tc := range []struct{ location, reason string }{
			{"http://127.0.0.1/", "not on the public internet"},
			{"http://169.254.169.254/latest/meta-data/", "not on the public internet"},
			{"//10.0.0.1/", "not on the public internet"},
			{"http://[::1]/", "not on the public internet"},
			{"http://[::ffff:127.0.0.1]/", "not on the public internet"},
			{"http://localhost/", "not on the public internet"},
			{"http://inward.example/", "not on the public internet"},
			{"http://metadata.example/", "not on the public internet"},
			{"https://six.example/", "not on the public internet"},
			{"http://mapped.example/", "not on the public internet"},
			{"http://innocent.example/", "not on the public internet"},
			{"http://2130706433/", "unusual form"},
			{"http://0x7f.1/", "unusual form"},
			{"http://user:password@shop.example/", "user name or password"},
			{"http://shop.example:22/", "port 22"},
			{"ftp://shop.example/", "http://"},
			{"file:///etc/passwd", "http://"},
			{"gopher://shop.example/", "http://"},
			{"data:image/png;base64,AAAA", "http://"},
		} {
			location = tc.location
			report := requireFails(t, f, "http://shop.example/", imagepipe.ErrRefused, tc.reason)
			require.Contains(t, report.Reason, "the server redirects to an address that is not allowed: ")
		}

		for _, address := range in.dials() {
			require.Regexp(t, `^93\.184\.[0-9.]+:80$`, address)
		}
	})
}

// TestRedirectToException has an intranet that public servers may lead to, which is what
// its exception says.
func TestRedirectToException(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		in.name("files.intranet", "10.0.0.5")
		in.name("other.example", "10.0.0.5")
		in.serve("10.0.0.5:8080", text("picture"), nil)
		in.serve("10.0.0.5:80", text("secret"), nil)
		in.site("shop.example", redirect("http://files.intranet:8080/"))
		in.site("evil.example", redirect("http://other.example/"))

		f := in.fetcher(httpfetch.Options{AllowHosts: []string{"files.intranet:8080"}})
		requireFetch(t, f, "http://files.intranet:8080/", "picture")
		requireFetch(t, f, "http://shop.example/", "picture")
		requireFails(t, f, "http://evil.example/", imagepipe.ErrRefused, "public internet")
		requireFails(t, f, "http://files.intranet/", imagepipe.ErrRefused, "public internet")
		requireFails(t, f, "http://10.0.0.5:8080/", imagepipe.ErrRefused, "public internet")
	})
}
