package awsbackend_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/snsnotify"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// offline is a configuration that reaches nobody.
func offline() *aws.Config {
	return &aws.Config{Region: "ap-south-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")}
}

func open(t *testing.T, conf *aws.Config, changes map[string]string) *awsbackend.Backend {
	t.Helper()

	env, err := awsbackend.FromEnvironment(environment(changes))
	require.NoError(t, err)

	b, err := awsbackend.Open(t.Context(), env, &awsbackend.Options{Config: conf})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })

	return b
}

func TestOpenAsksNobody(t *testing.T) {
	t.Parallel()

	b := open(t, offline(), nil)
	require.Equal(t, []string{"log"}, channels(b))
	require.Nil(t, b.Topic)

	kinds, err := b.Kinds(environment(nil), time.Now)
	require.NoError(t, err)

	_, err = importer.NewService(b.Ports(kinds...), nil)
	require.NoError(t, err)

	b = open(t, offline(), map[string]string{"NOTIFICATION_TOPIC_ARN": "arn:aws:sns:ap-south-1:123456789012:import"})
	require.Equal(t, []string{"topic"}, channels(b))
	require.IsType(t, &snsnotify.Notifier{}, b.Topic)

	env, err := awsbackend.FromEnvironment(environment(map[string]string{"NOTIFICATION_TOPIC_ARN": "arn:aws:sns:ap-south-1:123456789012:import"}))
	require.NoError(t, err)

	b, err = awsbackend.Open(t.Context(), env, &awsbackend.Options{Config: offline(), Metrics: emf.New(io.Discard, "test", time.Now)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	require.Equal(t, []string{"metrics", "topic"}, channels(b))
}

// channels returns over what the ends of jobs are told.
func channels(b *awsbackend.Backend) []string {
	var names []string
	for _, c := range notify.Channels(b.Notifier) {
		names = append(names, c.Name)
	}

	return names
}

func TestWhatBackendsRefuse(t *testing.T) {
	t.Parallel()

	for variable, value := range map[string]string{
		"NOTIFICATION_TOPIC_ARN": "import", "IMPORT_QUEUE_URL": "https://sqs.example.in/import.fifo", "IDENTITY_KEYS_TABLE": "products",
	} {
		env, err := awsbackend.FromEnvironment(environment(map[string]string{variable: value}))
		require.NoError(t, err)

		_, err = awsbackend.Open(t.Context(), env, &awsbackend.Options{Config: offline()})
		require.ErrorContains(t, err, variable, "the variable is named")
	}

	_, err := open(t, offline(), nil).Kinds(environment(map[string]string{"IMAGE_ALLOW_HOSTS": "localhost"}), time.Now)
	require.ErrorContains(t, err, "IMAGE_ALLOW_HOSTS")
}

// Amazon's buckets are names of hosts, those of other servers stand in the path.
func TestAddressesOfBuckets(t *testing.T) {
	t.Parallel()

	url, keep, err := open(t, offline(), nil).ImageURL(t.Context(), "prod_1/medium.jpg")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(url, "https://images.s3.ap-south-1.amazonaws.com/prod_1/medium.jpg?"), url)
	require.Contains(t, url, "X-Amz-Expires=3600")
	require.Less(t, keep, time.Hour)

	origin, err := open(t, offline(), nil).FilesOrigin(t.Context())
	require.NoError(t, err)
	require.Equal(t, "https://uploads.s3.ap-south-1.amazonaws.com", origin)

	elsewhere := offline()
	elsewhere.BaseEndpoint = aws.String("http://s3.intern:9000")

	url, _, err = open(t, elsewhere, nil).ImageURL(t.Context(), "prod_1/medium.jpg")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(url, "http://s3.intern:9000/images/prod_1/medium.jpg?"), url)
}

// All the backends on servers that are real.
func TestServers(t *testing.T) {
	t.Parallel()

	world := awstest.NewWorld(t)
	b := open(t, world.Config(t), world.Environment(nil))

	_, err := b.Images.Put(t.Context(), "prod_1/medium.jpg", strings.NewReader("a picture"), nil)
	require.NoError(t, err)

	url, _, err := b.ImageURL(t.Context(), "prod_1/medium.jpg")
	require.NoError(t, err)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)

	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)

	defer func() { _ = answer.Body.Close() }()

	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, "a picture", string(content))

	kinds, err := b.Kinds(environment(nil), time.Now)
	require.NoError(t, err)

	service, err := importer.NewService(b.Ports(kinds...), nil)
	require.NoError(t, err)

	sent, err := service.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, sent)
}
