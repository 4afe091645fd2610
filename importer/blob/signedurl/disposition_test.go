package signedurl_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContentDisposition(t *testing.T) {
	t.Parallel()

	s := serve(t, nil)
	_, err := s.store.Put(t.Context(), "jobs/1/errors.csv", strings.NewReader("content"), nil)
	require.NoError(t, err)

	tests := map[string]struct{ filename, want string }{
		"none":            {"", `attachment; filename="errors.csv"`},
		"plain":           {"products errors.csv", `attachment; filename="products errors.csv"`},
		"quote":           {`a"b.csv`, `attachment; filename="a_b.csv"`},
		"header injected": {"a\r\nSet-Cookie: x.csv", `attachment; filename="a__Set-Cookie_ x.csv"`},
		"traversal":       {`../..\etc/x.csv`, `attachment; filename="_.._etc_x.csv"`},
		"hidden":          {"...bashrc", `attachment; filename="bashrc"`},
		"only dots":       {"..", `attachment; filename="errors.csv"`},
		"percent":         {"50%.csv", `attachment; filename="50_.csv"; filename*=UTF-8''50%25.csv`},
		"beyond ASCII":    {"März.csv", `attachment; filename="M_rz.csv"; filename*=UTF-8''M%C3%A4rz.csv`},
		"joiner":          {"क\u200dष.csv", `attachment; filename="___.csv"; filename*=UTF-8''%E0%A4%95%E2%80%8D%E0%A4%B7.csv`},
		"text reversed":   {"a\u202evsc.exe", `attachment; filename="a_vsc.exe"`},
		"not UTF-8":       {"a\xff.csv", `attachment; filename="a_.csv"`},
		"too long":        {strings.Repeat("ä", 200) + ".csv", `attachment; filename="` + strings.Repeat("_", 98) + `.csv"; filename*=UTF-8''` + strings.Repeat("%C3%A4", 98) + `.csv`},
		"no extension":    {strings.Repeat("x", 100) + "." + strings.Repeat("y", 200), `attachment; filename="` + strings.Repeat("x", 100) + "." + strings.Repeat("y", 99) + `"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			response, _ := s.do(t, http.MethodHead, s.signGet(t, "jobs/1/errors.csv", test.filename), nil)
			require.Equal(t, http.StatusOK, response.StatusCode)
			require.Equal(t, test.want, response.Header.Get("Content-Disposition"))
			require.Empty(t, response.Header.Get("Set-Cookie"))
		})
	}
}
