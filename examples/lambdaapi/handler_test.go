package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/lambdatest"
	"github.com/vyapaarai/bulkimport/jobstore"
)

const secret = "a secret of thirty-two bytes or more"

// client calls the function as API Gateway does.
type client struct {
	function *lambdatest.Function
	token    string
}

// ask sends a request, and returns what API Gateway would make of the answer. Both are
// compared with the description of the API.
func (c *client) ask(t *testing.T, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), method, "https://api.example.in"+target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")

	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}

	answer := httptest.NewRecorder()
	openapitest.Handler(t, c.gateway(t)).ServeHTTP(answer, r)

	return answer
}

// gateway returns a handler that does what API Gateway does: it makes an event of a request
// for the function, and an answer of what that returns.
func (c *client) gateway(t *testing.T) http.Handler {
	t.Helper()

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)

		event := events.APIGatewayV2HTTPRequest{
			Version: "2.0", RouteKey: "$default", RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery, Body: string(body),
			Headers: map[string]string{"host": r.Host},
			RequestContext: events.APIGatewayV2HTTPRequestContext{
				Stage: "$default", DomainName: r.Host,
				HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
					Method: r.Method, Path: r.URL.EscapedPath(), SourceIP: "203.0.113.9", Protocol: "HTTP/1.1",
				},
			},
		}
		for name, values := range r.Header {
			event.Headers[strings.ToLower(name)] = strings.Join(values, ",")
		}

		var response events.APIGatewayV2HTTPResponse

		require.NoError(t, c.function.Call(t.Context(), event, 29*time.Second, &response), "%s", &c.function.Stderr)

		for name, value := range response.Headers {
			w.Header().Set(name, value)
		}

		answer := []byte(response.Body)
		if response.IsBase64Encoded {
			answer, err = base64.StdEncoding.DecodeString(response.Body)
			require.NoError(t, err)
		}

		w.WriteHeader(response.StatusCode)

		_, err = w.Write(answer)
		require.NoError(t, err)
	})
}

// get is ask for JSON, of which it requires the status.
func (c *client) get(t *testing.T, method, target, body string, status int) map[string]any {
	t.Helper()

	response := c.ask(t, method, target, body)
	require.Equal(t, status, response.Code, response.Body)

	var answer map[string]any

	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &answer), response.Body)

	return answer
}

// The API as a function, with servers that are real: an upload by the URL that it signs,
// an import that is queued, and what is told of it.
func TestFunction(t *testing.T) {
	t.Parallel()

	world := awstest.NewWorld(t)
	token, err := auth.Mint([]byte(secret), auth.User{ID: "asha", Role: auth.RoleAdmin}, time.Now(), time.Hour)
	require.NoError(t, err)

	c := &client{token: token, function: lambdatest.Start(t, lambdatest.Build(t, "."),
		world.Environment(map[string]string{"JWT_SECRET": secret}))}

	require.Equal(t, "ready", c.get(t, "GET", "/readyz", "", http.StatusOK)["status"])
	require.Equal(t, "token_missing", (&client{function: c.function}).get(t, "GET", api.Base, "", http.StatusUnauthorized)["code"])

	upload := c.get(t, "GET", api.Base+"/upload-url?filename=%E0%A4%86%E0%A4%9F%E0%A4%BE.csv", "", http.StatusOK)
	id := upload["job_id"].(string)

	put(t, upload, "name,category,brand\nAtta,Food,Aashirvaad\n")

	require.Equal(t, "queued", c.get(t, "POST", api.Base+"/process", `{"job_id":"`+id+`"}`, http.StatusAccepted)["status"])

	status := c.get(t, "GET", api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "आटा.csv", status["filename"])
	require.Empty(t, status["warnings"], "images are processed, elsewhere")

	listed := c.get(t, "GET", api.Base+"?limit=5&status=queued", "", http.StatusOK)
	require.Len(t, listed["jobs"], 1)

	// A template is CSV, and small enough.
	template := c.ask(t, "GET", api.Base+"/template", "")
	require.Equal(t, http.StatusOK, template.Code)
	require.Contains(t, template.Body.String(), "barcode")

	require.Equal(t, "report_missing", c.get(t, "GET", api.Base+"/"+id+"/results", "", http.StatusNotFound)["code"])
	require.Equal(t, "image_not_found", c.get(t, "GET", "/images/prod_1/medium.jpg", "", http.StatusNotFound)["code"])
	require.Equal(t, "not_found", c.get(t, "GET", "/files/x", "", http.StatusNotFound)["code"])

	require.Contains(t, c.function.Stderr.String(), `"path":"`+api.Base+`/process"`)
	require.NotContains(t, c.function.Stderr.String(), "X-Amz-Signature", "signed URLs are credentials")
}

// The page is there, and may upload to the bucket.
func TestPage(t *testing.T) {
	t.Parallel()

	world := awstest.NewWorld(t)
	environment := world.Environment(map[string]string{"JWT_SECRET": secret})
	c := &client{function: lambdatest.Start(t, lambdatest.Build(t, "."), environment)}

	page := c.ask(t, "GET", "/", "")
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Header().Get("Content-Type"), "text/html")
	require.Contains(t, page.Header().Get("Content-Security-Policy"), environment["AWS_ENDPOINT_URL_S3"])
}

// The old endpoint waits for an import that the worker runs.
func TestLegacyImport(t *testing.T) {
	t.Parallel()

	world := awstest.NewWorld(t)
	environment := world.Environment(map[string]string{"JWT_SECRET": secret})

	env, err := awsbackend.FromEnvironment(func(name string) string { return environment[name] })
	require.NoError(t, err)

	beside, err := awsbackend.Open(t.Context(), env, &awsbackend.Options{Config: world.Config(t)})
	require.NoError(t, err)

	environment["STAGE"] = "test"

	worker, err := importer.NewWorker(beside.Ports(importer.NewProductKind(beside.Products, nil)), nil)
	require.NoError(t, err)

	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error)

	go func() { stopped <- worker.Run(ctx) }()

	token, err := auth.Mint([]byte(secret), auth.User{ID: "asha", Role: auth.RoleAdmin}, time.Now(), time.Hour)
	require.NoError(t, err)

	c := &client{token: token, function: lambdatest.Start(t, lambdatest.Build(t, "."), environment)}
	answer := c.get(t, "POST", api.LegacyPath, `{"products":[{"name":"Atta","brand":"Aashirvaad","category":"Food"}]}`, http.StatusOK)

	require.EqualValues(t, 1, answer["import_stats"].(map[string]any)["successful"])

	// Its use is counted, that of nobody is not.
	(&client{function: c.function}).get(t, "POST", api.LegacyPath, `{"products":[]}`, http.StatusUnauthorized)

	var metrics map[string]any

	require.NoError(t, json.Unmarshal([]byte(c.function.Stdout.String()), &metrics), "one line: %s", &c.function.Stdout)
	require.InDelta(t, 1, metrics[emf.LegacyRequests], 0)
	require.Equal(t, "test", metrics[emf.DimensionStage])

	stop()
	require.NoError(t, <-stopped)
	require.NoError(t, beside.Close())
}

// put uploads a file as the answer says.
func put(t *testing.T, upload map[string]any, content string) {
	t.Helper()

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, upload["upload_url"].(string), strings.NewReader(content))
	require.NoError(t, err)

	for name, value := range upload["upload_headers"].(map[string]any) {
		request.Header.Set(name, value.(string))
	}

	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)

	defer func() { _ = answer.Body.Close() }()

	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// Reports and images lead to S3, which serves them whatever their size.
func TestRedirects(t *testing.T) {
	t.Parallel()

	world := awstest.NewWorld(t)
	environment := world.Environment(map[string]string{"JWT_SECRET": secret})

	env, err := awsbackend.FromEnvironment(func(name string) string { return environment[name] })
	require.NoError(t, err)

	d, err := awsbackend.Open(t.Context(), env, &awsbackend.Options{Config: world.Config(t)})
	require.NoError(t, err)

	token, err := auth.Mint([]byte(secret), auth.User{ID: "asha", Role: auth.RoleAdmin}, time.Now(), time.Hour)
	require.NoError(t, err)

	c := &client{token: token, function: lambdatest.Start(t, lambdatest.Build(t, "."), environment)}

	id := c.get(t, "GET", api.Base+"/upload-url?filename=a.csv", "", http.StatusOK)["job_id"].(string)
	report := bytes.Repeat([]byte("row_number,outcome\n"), 500_000) // more than Lambda may answer

	key := "admin-imports/" + id + "/results.csv"
	_, err = d.Files.Put(t.Context(), key, bytes.NewReader(report), nil)
	require.NoError(t, err)

	_, err = d.Jobs.Update(t.Context(), id, func(j *jobstore.Job) error {
		j.Status, j.ResultsKey = jobstore.StatusCompleted, key

		return nil
	})
	require.NoError(t, err)

	_, err = d.Images.Put(t.Context(), "prod_1/medium.jpg", strings.NewReader("a picture"), nil)
	require.NoError(t, err)

	for target, want := range map[string][]byte{api.Base + "/" + id + "/results": report, "/images/prod_1/medium.jpg": []byte("a picture")} {
		response := c.ask(t, "GET", target, "")
		require.Equal(t, http.StatusTemporaryRedirect, response.Code, response.Body)

		to, err := url.Parse(response.Header().Get("Location"))
		require.NoError(t, err)

		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to.String(), nil)
		require.NoError(t, err)

		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)

		content, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.True(t, bytes.Equal(want, content), target)

		head := c.ask(t, "HEAD", target, "")
		require.Equal(t, http.StatusOK, head.Code)
		require.Empty(t, head.Body.String())
	}
}

func TestEnvironmentIsChecked(t *testing.T) {
	t.Parallel()

	whole := map[string]string{
		"IMPORT_JOBS_TABLE": "a", "GLOBAL_PRODUCTS_TABLE": "b", "IDENTITY_KEYS_TABLE": "c", "STORE_INVENTORY_TABLE": "d",
		"BULK_UPLOADS_BUCKET": "e", "PRODUCT_IMAGES_BUCKET": "f", "IMPORT_QUEUE_URL": "https://sqs.example.in/q",
	}

	for name, c := range map[string]struct {
		change map[string]string
		want   string
	}{
		"no secret":            {nil, "neither JWT_SECRET nor JWT_JWKS_URL"},
		"both":                 {map[string]string{"JWT_SECRET": secret, "JWT_JWKS_URL": "https://id.example.in"}, "both set"},
		"short secret":         {map[string]string{"JWT_SECRET": "hunter2"}, "JWT_SECRET"},
		"issuer without keys":  {map[string]string{"JWT_SECRET": secret, "JWT_ISSUER": "x"}, "JWT_JWKS_URL"},
		"keys of a stranger":   {map[string]string{"JWT_JWKS_URL": "http://id.example.in"}, "https://"},
		"no table, and no key": {map[string]string{"IMPORT_JOBS_TABLE": ""}, "IMPORT_JOBS_TABLE is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			getenv := func(variable string) string {
				if value, changed := c.change[variable]; changed {
					return value
				}

				return whole[variable]
			}

			_, err := newHandler(t.Context(), getenv, io.Discard, slog.New(slog.DiscardHandler), time.Now)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// The use of the legacy endpoint is counted, without servers.
func TestLegacyUseIsCounted(t *testing.T) {
	t.Parallel()

	var out, log bytes.Buffer

	logger := slog.New(slog.NewJSONHandler(&log, nil))
	noon := time.Date(2025, time.January, 6, 12, 0, 0, 0, time.UTC)

	legacyOf(memblob.New(nil), emf.New(&out, "prod", func() time.Time { return noon }), logger).Used(t.Context())
	require.JSONEq(t, `{"Stage":"prod","LegacyRequests":1,"_aws":{"Timestamp":1736164800000,"CloudWatchMetrics":[{"Namespace":"BulkImport",
		"Dimensions":[["Stage"]],"Metrics":[{"Name":"LegacyRequests","Unit":"Count"}]}]}}`, out.String())
	require.Empty(t, log.String())

	// A request is answered although it cannot be counted.
	reader, writer := io.Pipe()
	require.NoError(t, reader.Close())
	legacyOf(memblob.New(nil), emf.New(writer, "prod", time.Now), logger).Used(t.Context())
	require.Contains(t, log.String(), "not counted")
}
