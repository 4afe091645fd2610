package aws_test

import (
	"crypto/rand"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// The script with the real AWS command line and build, against a server that is not AWS
// but close: what it creates is there, again changes nothing, delete keeps the data, and
// that is taken up again.
func TestDeployToAServer(t *testing.T) {
	t.Parallel()

	conf := awstest.Config(t, awstest.MotoVariable)
	cli := tool(t, "aws", "pip install awscli, or run `make integration`")

	// The server finds the template by a URL, whose first part it takes for a bucket unless
	// it knows the name of the host.
	endpoint, err := url.Parse(*conf.BaseEndpoint)
	require.NoError(t, err)

	endpoint.Host = "localhost:" + endpoint.Port()

	stage := "t" + strings.ToLower(rand.Text()[:10])
	c := &cloud{folder: t.TempDir(), path: filepath.Dir(cli) + string(os.PathListSeparator) + os.Getenv("PATH")}

	env := append(goEnvironment(t),
		"AWS_ENDPOINT_URL="+endpoint.String(), "AWS_ACCESS_KEY_ID="+awstest.AccessKey, "AWS_SECRET_ACCESS_KEY="+awstest.SecretKey,
		"AWS_EC2_METADATA_DISABLED=true")
	deploy := func(args ...string) (int, string, string) {
		return c.deployWith(t, env, append([]string{"--region", awstest.Region, "--stage", stage, "--yes"}, args...)...)
	}

	database := dynamodb.NewFromConfig(conf)
	stacks := cloudformation.NewFromConfig(conf)
	files := s3.NewFromConfig(conf, func(o *s3.Options) { o.UsePathStyle = true })

	tables := func() []string {
		list, err := database.ListTables(t.Context(), &dynamodb.ListTablesInput{})
		require.NoError(t, err)

		var ours []string

		for _, name := range list.TableNames {
			if strings.HasSuffix(name, "-"+stage) {
				ours = append(ours, name)
			}
		}

		return ours
	}

	code, stdout, stderr := deploy("--arch", "amd64", "--parameter", "AlarmEmail=ops@example.in", "--parameter", "DeletionProtection=false")
	require.Equal(t, 0, code, "%s%s", stdout, stderr)
	require.Len(t, tables(), 4)

	described, err := stacks.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("vyaparai-import-" + stage)})
	require.NoError(t, err)
	require.EqualValues(t, "CREATE_COMPLETE", described.Stacks[0].StackStatus)

	for _, bucket := range []string{"vyapaarai-bulk-uploads-" + stage, "vyapaarai-product-images-" + stage} {
		_, err := files.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket})
		require.NoError(t, err)
	}

	// What has not changed is not sent again.
	code, stdout, stderr = deploy("--arch", "amd64")
	require.Equal(t, 0, code, "%s%s", stdout, stderr)
	require.Equal(t, 2, strings.Count(stdout, "is there already"), stdout)

	code, stdout, stderr = deploy("--delete")
	require.Equal(t, 0, code, "%s%s", stdout, stderr)
	require.Len(t, tables(), 4, "the data stays")

	// Unlike AWS, the server leaves the logs of a deleted stack.
	for _, group := range []string{"lambda/vyaparai-import-worker", "lambda/vyaparai-import-sweeper", "lambda/vyaparai-import-api", "http-api/vyaparai-import"} {
		remove := exec.CommandContext(t.Context(), cli, "logs", "delete-log-group", "--region", awstest.Region, "--log-group-name", "/aws/"+group+"-"+stage)
		remove.Env = env
		output, err := remove.CombinedOutput()
		require.NoError(t, err, "%s", output)
	}

	code, _, stderr = deploy("--arch", "amd64")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "vyaparai-global-products-"+stage)

	code, stdout, stderr = deploy("--arch", "amd64", "--adopt")
	require.Equal(t, 0, code, "%s%s", stdout, stderr)
	require.Contains(t, stdout, "ExistingUploadsBucket=vyapaarai-bulk-uploads-"+stage)

	code, stdout, stderr = deploy("--delete")
	require.Equal(t, 0, code, "%s%s", stdout, stderr)
	require.Len(t, tables(), 4)

	awstest.DropTables(t, database, tables()...)

	for _, bucket := range []string{"vyapaarai-bulk-uploads-" + stage, "vyapaarai-product-images-" + stage} {
		_, err := files.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &bucket})
		require.NoError(t, err)
	}
}

// goEnvironment returns the variables that a build needs, wherever HOME is.
func goEnvironment(t *testing.T) []string {
	t.Helper()

	var env []string

	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		require.NoError(t, err)

		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}

	return env
}
