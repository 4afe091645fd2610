package aws_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fakeAWS stands in for the AWS command line: it notes how it was called, and answers what
// the test has laid ready. A call that is not expected is an error.
const fakeAWS = `#!/usr/bin/env bash
printf '%s\n' "$*" >>"$FAKE/calls"

case "$*" in
*'.StackStatus'*) answer=status ;;
*'.Outputs'*) answer=outputs ;;
*) answer="$1 $2" ;;
esac

if [[ ! -e "$FAKE/$answer" ]]; then
	echo "fake: not expected: $*" >&2
	exit 99
fi

cat "$FAKE/$answer"
exit "$(cat "$FAKE/$answer.code" 2>/dev/null || echo 0)"
`

// fakeGo stands in for the build, which takes long.
const fakeGo = `#!/usr/bin/env bash
printf 'go %s\n' "$*" >>"$FAKE/calls"

while (($# > 0)); do
	[[ $1 == -out ]] && out=$2
	shift
done

printf 'lambdaworker lambdaworker/arm64/aa.zip\nlambdaapi lambdaapi/arm64/bb.zip\n' >"$out/keys"
echo program >"$out/aa.zip"
echo program >"$out/bb.zip"
`

// cloud is an account, as the fake has it.
type cloud struct {
	folder string
	path   string
}

// newCloud returns an account with nothing in it.
func newCloud(t *testing.T) *cloud {
	t.Helper()

	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed; install it to run this")
	}

	c := &cloud{folder: t.TempDir()}
	c.path = filepath.Join(c.folder, "bin") + string(os.PathListSeparator) + os.Getenv("PATH")

	require.NoError(t, os.Mkdir(filepath.Join(c.folder, "bin"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(c.folder, "bin", "aws"), []byte(fakeAWS), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(c.folder, "bin", "go"), []byte(fakeGo), 0o700))

	for _, call := range []string{"cloudformation deploy", "cloudformation delete-stack", "cloudformation wait", "s3 cp"} {
		c.answer(t, call, "", 0)
	}

	c.answer(t, "sts get-caller-identity", "123456789012\n", 0)
	c.answer(t, "status", "", 0)
	c.answer(t, "outputs", "ApiUrl\thttps://abc.execute-api.ap-south-1.amazonaws.com\n", 0)
	c.answer(t, "dynamodb list-tables", "", 0)
	c.answer(t, "s3api list-buckets", "somebody-elses\n", 0)
	c.answer(t, "s3api head-object", "", 254)

	return c
}

// answer lays ready what a call is answered.
func (c *cloud) answer(t *testing.T, call, text string, code int) {
	t.Helper()

	require.NoError(t, os.WriteFile(filepath.Join(c.folder, call), []byte(text), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(c.folder, call+".code"), []byte{byte('0' + code/100), byte('0' + code/10%10), byte('0' + code%10)}, 0o600))
}

// deploy runs the script.
func (c *cloud) deploy(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()

	return c.deployWith(t, nil, args...)
}

func (c *cloud) deployWith(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()

	script, err := filepath.Abs("deploy_async_import.sh")
	require.NoError(t, err)

	var out, errs bytes.Buffer

	command := exec.CommandContext(t.Context(), "bash", append([]string{script}, args...)...)
	command.Env = append([]string{"PATH=" + c.path, "FAKE=" + c.folder, "HOME=" + c.folder, "TMPDIR=" + c.folder}, env...)
	command.Stdout, command.Stderr = &out, &errs
	command.Dir = c.folder // it works from anywhere

	err = command.Run()

	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), out.String(), errs.String()
	}

	require.NoError(t, err)

	return 0, out.String(), errs.String()
}

// calls returns how AWS was called, and what was built.
func (c *cloud) calls(t *testing.T) []string {
	t.Helper()

	text, err := os.ReadFile(filepath.Join(c.folder, "calls"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}

	require.NoError(t, err)

	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// changes returns the calls that change something.
func (c *cloud) changes(t *testing.T) []string {
	t.Helper()

	var found []string

	for _, call := range c.calls(t) {
		for _, verb := range []string{"cloudformation deploy", "cloudformation delete-stack", "s3 cp"} {
			if strings.HasPrefix(call, verb) {
				found = append(found, call)
			}
		}
	}

	return found
}

func TestDeployAnew(t *testing.T) {
	t.Parallel()

	c := newCloud(t)
	code, stdout, stderr := c.deploy(t, "--region", "ap-south-1", "--yes", "--parameter", "AlarmEmail=ops@example.in",
		"--parameter", "AllowedOrigins=https://a.example,https://b.example")

	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "https://abc.execute-api.ap-south-1.amazonaws.com")

	changes := c.changes(t)
	require.Len(t, changes, 4)
	require.Contains(t, changes[0], "--stack-name vyaparai-import-code ")
	require.Contains(t, changes[1], "s3://vyapaarai-import-code-123456789012-ap-south-1/lambdaworker/arm64/aa.zip")
	require.Contains(t, changes[2], "s3://vyapaarai-import-code-123456789012-ap-south-1/lambdaapi/arm64/bb.zip")
	require.Contains(t, changes[3], "--stack-name vyaparai-import-prod ")
	require.Contains(t, changes[3], "--capabilities CAPABILITY_IAM --no-fail-on-empty-changeset")
	require.Contains(t, changes[3], "--parameter-overrides Stage=prod Architecture=arm64 "+
		"CodeBucket=vyapaarai-import-code-123456789012-ap-south-1 WorkerCodeKey=lambdaworker/arm64/aa.zip ApiCodeKey=lambdaapi/arm64/bb.zip "+
		"AlarmEmail=ops@example.in AllowedOrigins=https://a.example,https://b.example")
	require.Contains(t, strings.Join(c.calls(t), "\n"), "go run ./examples/aws/pack -arch arm64 -out ")

	left, err := filepath.Glob(filepath.Join(c.folder, "tmp.*"))
	require.NoError(t, err)
	require.Empty(t, left, "what was built is removed")
}

func TestDeployAgain(t *testing.T) {
	t.Parallel()

	c := newCloud(t)
	c.answer(t, "status", "UPDATE_COMPLETE\n", 0)
	c.answer(t, "s3api head-object", "{}", 0)
	c.answer(t, "dynamodb list-tables", "vyaparai-import-jobs-test\n", 0)

	code, _, stderr := c.deploy(t, "--region", "ap-south-1", "--stage", "test", "--arch", "amd64", "--yes")
	require.Equal(t, 0, code, stderr)

	changes := c.changes(t)
	require.Len(t, changes, 2, "programs that are there are not sent again")
	require.Contains(t, changes[1], "--stack-name vyaparai-import-test ")
	require.Contains(t, changes[1], "Stage=test Architecture=x86_64 ")
	require.NotContains(t, changes[1], "Existing", "what the stack has made stays its own")
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()

	for _, args := range [][]string{{}, {"--delete"}} {
		c := newCloud(t)
		c.answer(t, "status", "CREATE_COMPLETE\n", 0)

		code, stdout, stderr := c.deploy(t, append(args, "--region", "ap-south-1", "--dry-run")...)

		require.Equal(t, 0, code, stderr)
		require.Empty(t, c.changes(t))
		require.Contains(t, stdout, "would run: aws cloudformation ")
	}
}

func TestWhatIsLeftIsAdoptedOrRefused(t *testing.T) {
	t.Parallel()

	c := newCloud(t)
	c.answer(t, "dynamodb list-tables", "vyaparai-import-jobs-prod\tvyaparai-global-products-prod\tother\n", 0)
	c.answer(t, "s3api list-buckets", "vyapaarai-bulk-uploads-prod-acme\tvyapaarai-product-images-prod\n", 0)

	args := []string{"--region", "ap-south-1", "--yes", "--bucket-suffix", "-acme"}

	code, _, stderr := c.deploy(t, args...)
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "vyaparai-import-jobs-prod vyaparai-global-products-prod vyapaarai-bulk-uploads-prod-acme")
	require.NotContains(t, stderr, "vyapaarai-product-images-prod", "another name, without the suffix")
	require.Empty(t, c.changes(t))

	// Those that the caller names are no leftovers.
	code, _, stderr = c.deploy(t, append(args, "--parameter", "ExistingJobsTable=vyaparai-import-jobs-prod")...)
	require.Equal(t, 1, code)
	require.NotContains(t, stderr, "vyaparai-import-jobs-prod")

	code, stdout, stderr := c.deploy(t, append(args, "--adopt", "--parameter", "AllowedOrigins=https://a.example,https://b.example")...)
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, `aws s3api put-bucket-cors --region ap-south-1 --bucket vyapaarai-bulk-uploads-prod-acme --cors-configuration '{"CORSRules":[{`+
		`"AllowedOrigins":["https://abc.execute-api.ap-south-1.amazonaws.com","https://a.example","https://b.example"],`)

	changes := c.changes(t)
	require.Contains(t, changes[len(changes)-1], "BucketSuffix=-acme AllowedOrigins=https://a.example,https://b.example ExistingJobsTable=vyaparai-import-jobs-prod "+
		"ExistingProductsTable=vyaparai-global-products-prod ExistingUploadsBucket=vyapaarai-bulk-uploads-prod-acme")
}

func TestStatesThatAreRefused(t *testing.T) {
	t.Parallel()

	for status, advice := range map[string]string{
		"CREATE_IN_PROGRESS":                  "wait until that is over",
		"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "wait until that is over",
		"DELETE_IN_PROGRESS":                  "wait until that is over",
		"ROLLBACK_COMPLETE":                   "delete it first",
		"CREATE_FAILED":                       "delete it first",
		"DELETE_FAILED":                       "delete it first",
		"UPDATE_ROLLBACK_FAILED":              "continue-update-rollback",
		"SOMETHING_NEW":                       "does not know",
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()

			c := newCloud(t)
			c.answer(t, "status", status+"\n", 0)

			code, _, stderr := c.deploy(t, "--region", "ap-south-1", "--yes")
			require.Equal(t, 1, code)
			require.Contains(t, stderr, advice)
			require.Empty(t, c.changes(t))
		})
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()

	c := newCloud(t)
	args := []string{"--region", "ap-south-1", "--delete", "--yes"}

	code, stdout, stderr := c.deploy(t, args...)
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "nothing to delete")
	require.Empty(t, c.changes(t))

	c.answer(t, "status", "ROLLBACK_COMPLETE\n", 0)
	c.answer(t, "outputs", "JobsTableName\tjobs\nUploadsBucketName\tuploads\nQueueUrl\thttps://queue\n", 0)

	code, stdout, stderr = c.deploy(t, args...)
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "  jobs\n  uploads\n", "it says what stays")
	require.Contains(t, stdout, "vyapaarai-import-code-123456789012-ap-south-1", "and what it does not touch")
	require.Contains(t, stdout, "stack vyaparai-import-code:")
	require.NotContains(t, stdout, "https://queue")
	require.Equal(t, []string{"cloudformation delete-stack --stack-name vyaparai-import-prod"}, c.changes(t))
	require.Contains(t, c.calls(t), "cloudformation wait stack-delete-complete --stack-name vyaparai-import-prod")
}

// What is asked at a terminal is refused where there is none.
func TestNothingIsDoneUnasked(t *testing.T) {
	t.Parallel()

	c := newCloud(t)

	code, _, stderr := c.deploy(t, "--region", "ap-south-1")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "--yes")

	c.answer(t, "status", "CREATE_COMPLETE\n", 0)

	code, _, stderr = c.deploy(t, "--region", "ap-south-1", "--delete")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "--yes")
	require.Empty(t, c.changes(t))
}

func TestFailuresOfAWSEndTheScript(t *testing.T) {
	t.Parallel()

	for call, want := range map[string]string{
		"sts get-caller-identity": "no credentials",
		"status":                  "cannot be listed",
		"dynamodb list-tables":    "cannot be listed",
		"s3api list-buckets":      "cannot be listed",
		"s3 cp":                   "",
		"cloudformation deploy":   "",
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()

			c := newCloud(t)
			c.answer(t, call, "", 255)

			code, _, stderr := c.deploy(t, "--region", "ap-south-1", "--yes")
			require.NotEqual(t, 0, code)
			require.Contains(t, stderr, want)

			for _, change := range c.changes(t) {
				require.NotContains(t, change, "--stack-name vyaparai-import-prod")
			}
		})
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()

	for name, args := range map[string][]string{
		"unknown option":           {"--force"},
		"no value":                 {"--stage"},
		"stage":                    {"--stage", "Prod"},
		"stage that runs":          {"--stage", "$(id)"},
		"architecture":             {"--arch", "x86"},
		"suffix":                   {"--bucket-suffix", "acme"},
		"region":                   {"--region", "ap south"},
		"parameter without value":  {"--parameter", "Stage"},
		"parameter of the script":  {"--parameter", "CodeBucket=x"},
		"delete with parameters":   {"--delete", "--parameter", "A=b"},
		"delete and adopt at once": {"--delete", "--adopt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			c := newCloud(t)
			code, _, stderr := c.deployWith(t, []string{"AWS_REGION=ap-south-1"}, append(args, "--yes")...)

			require.Equal(t, 2, code, stderr)
			require.Empty(t, c.calls(t), "before anything is asked")
		})
	}
}

func TestRegion(t *testing.T) {
	t.Parallel()

	c := newCloud(t)
	c.answer(t, "configure get", "", 1)

	code, _, stderr := c.deploy(t, "--yes")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "--region")

	code, stdout, stderr := c.deployWith(t, []string{"AWS_DEFAULT_REGION=eu-west-1"}, "--yes")
	require.Equal(t, 0, code, stderr)
	require.Contains(t, stdout, "eu-west-1")
}

func TestHelp(t *testing.T) {
	t.Parallel()

	c := newCloud(t)
	code, stdout, _ := c.deploy(t, "--help")

	require.Equal(t, 0, code)
	require.Contains(t, stdout, "--bucket-suffix")
	require.Empty(t, c.calls(t))
}
