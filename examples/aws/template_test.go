package aws_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// object is a mapping of a template. The short forms of functions, such as !Ref, are
// mappings with one member, by the names of their tags.
type object = map[string]any

// load reads a template.
func load(t *testing.T, file string) object {
	t.Helper()

	text, err := os.ReadFile(file)
	require.NoError(t, err)

	var root yaml.Node

	require.NoError(t, yaml.Unmarshal(text, &root))
	require.NotContains(t, string(text), "\n  <<:")

	return plain(t, root.Content[0]).(object)
}

// plain returns a node as maps, slices and strings.
func plain(t *testing.T, node *yaml.Node) any {
	t.Helper()

	// CloudFormation documents that it does not take them.
	require.NotEqual(t, yaml.AliasNode, node.Kind, "line %d: aliases are not for CloudFormation", node.Line)

	var value any

	switch node.Kind {
	case yaml.MappingNode:
		members := object{}
		for i := 0; i < len(node.Content); i += 2 {
			require.NotContains(t, members, node.Content[i].Value, "line %d: repeated", node.Line)
			members[node.Content[i].Value] = plain(t, node.Content[i+1])
		}

		value = members
	case yaml.SequenceNode:
		items := []any{}
		for _, item := range node.Content {
			items = append(items, plain(t, item))
		}

		value = items
	default:
		value = node.Value
	}

	if strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!") {
		return object{node.Tag: value}
	}

	return value
}

// resources returns the properties of all resources of a type, by their names.
func resources(t *testing.T, template object, kind string) map[string]object {
	t.Helper()

	found := map[string]object{}

	for name, r := range template["Resources"].(object) {
		if resource := r.(object); resource["Type"] == kind {
			found[name] = resource["Properties"].(object)
		}
	}

	require.NotEmpty(t, found, kind)

	return found
}

// The alarms on metrics of the programs are on metrics that the programs write, with
// the dimensions that they write: any other alarm never rings.
func TestAlarmsAreOnMetricsThatAreWritten(t *testing.T) {
	t.Parallel()

	written := map[string]emf.Definition{}
	for _, d := range emf.Definitions() {
		written[d.Name] = d
	}

	used := map[string]bool{}

	check := func(alarm string, metric object) {
		if metric["Namespace"] != emf.Namespace {
			require.True(t, strings.HasPrefix(metric["Namespace"].(string), "AWS/"), "%s: nobody writes into namespace %s", alarm, metric["Namespace"])

			return
		}

		name := metric["MetricName"].(string)
		require.Contains(t, written, name, "%s: nobody writes this metric", alarm)

		var dimensions []string

		for _, d := range metric["Dimensions"].([]any) {
			dimension := d.(object)
			dimensions = append(dimensions, dimension["Name"].(string))

			if dimension["Name"] == emf.DimensionStage {
				require.Equal(t, object{"!Ref": "Stage"}, dimension["Value"], alarm)
			}
		}

		require.Contains(t, written[name].Dimensions, dimensions, "%s: metric %s is not written with these dimensions", alarm, name)
		used[name] = true
	}

	for name, alarm := range resources(t, load(t, "template.yaml"), "AWS::CloudWatch::Alarm") {
		require.Equal(t, []any{object{"!Ref": "Topic"}}, alarm["AlarmActions"], name)

		if alarm["MetricName"] != nil {
			check(name, alarm)

			continue
		}

		for _, m := range alarm["Metrics"].([]any) {
			if stat, ok := m.(object)["MetricStat"].(object); ok {
				check(name, stat["Metric"].(object))
			}
		}
	}

	require.False(t, used[emf.JobsRefused], "a file that cannot be imported is its owner's business")

	for _, name := range []string{emf.JobDuration, emf.JobsFailed, emf.RowsInError, emf.RowsProcessed, emf.RunsFailed, emf.ImageSweepsFailed} {
		require.True(t, used[name], "no alarm is on %s", name)
	}
}

// The functions that write metrics get the stage by the variable that the programs read it
// from, so that the dimension has the value that the alarms ask for. The one that tells of
// the ends of jobs gets the topic. No function gets what it has no use for.
func TestFunctionsKnowTheirStageAndTopic(t *testing.T) {
	t.Parallel()

	template := load(t, "template.yaml")
	functions := resources(t, template, "AWS::Lambda::Function")
	require.Len(t, functions, 3)

	for name, function := range functions {
		variables := function["Environment"].(object)["Variables"].(object)

		require.Equal(t, object{"!Ref": "Stage"}, variables[emf.EnvStage], name)

		if name == "Worker" {
			require.Equal(t, object{"!Ref": "Topic"}, variables[awsbackend.EnvTopicARN])
		} else {
			require.NotContains(t, variables, awsbackend.EnvTopicARN, name)
		}

		role := resources(t, template, "AWS::IAM::Role")[name+"Role"]
		_, publishes := statementsOf(role)["Notify"]
		require.Equal(t, name == "Worker", publishes, "%s: whoever has the topic may publish to it, and nobody else", name)
	}
}

// statementsOf returns what a role may do, by the names of the statements.
func statementsOf(role object) map[string]object {
	statements := map[string]object{}

	for _, s := range role["Policies"].([]any)[0].(object)["PolicyDocument"].(object)["Statement"].([]any) {
		statements[s.(object)["Sid"].(string)] = s.(object)
	}

	return statements
}

// A single job whose runs keep failing rings the alarm, long before it fails, however its
// runs fall into the periods of the alarm. One or two failures that pass do not.
func TestOneJobThatKeepsFailingIsHeardOf(t *testing.T) {
	t.Parallel()

	alarm := resources(t, load(t, "template.yaml"), "AWS::CloudWatch::Alarm")["FailedRunAlarm"]
	require.Equal(t, "Sum", alarm["Statistic"])
	require.Equal(t, "GreaterThanThreshold", alarm["ComparisonOperator"])

	threshold, period := number(t, alarm["Threshold"]), number(t, alarm["Period"])
	require.Equal(t, 2, threshold)

	for _, run := range []int{0, 10, 20} { // what a run takes until it fails, in seconds
		for offset := range period {
			counts := map[int]int{}
			at := offset

			for attempt := range 5 {
				at += run
				counts[at/period]++
				at += int(awsbackend.RetryDelay.Seconds()) << attempt
			}

			require.Greater(t, slices.Max(slices.Collect(maps.Values(counts))), threshold, "runs of %d s, %d s into a period", run, offset)
		}
	}
}

func number(t *testing.T, value any) int {
	t.Helper()

	n, err := strconv.Atoi(value.(string))
	require.NoError(t, err)

	return n
}

// The tables are those that the backends know.
func TestTables(t *testing.T) {
	t.Parallel()

	tables := resources(t, load(t, "template.yaml"), "AWS::DynamoDB::Table")

	for resource, want := range map[string]struct {
		table dynamo.Table
		name  string
	}{
		"JobsTable":         {dynamo.ImportJobs(""), "vyaparai-import-jobs-${Stage}"},
		"ProductsTable":     {dynamo.Products(""), "vyaparai-global-products-${Stage}"},
		"IdentityKeysTable": {dynamo.IdentityKeys(""), "vyaparai-identity-keys-${Stage}"},
		"InventoryTable":    {dynamo.StoreInventory(""), "vyaparai-store-inventory-${Stage}"},
	} {
		got := tables[resource]

		require.Equal(t, object{"!Sub": want.name}, got["TableName"])
		require.Equal(t, want.table.Key, keyOf(got), resource)
		require.Equal(t, "PAY_PER_REQUEST", got["BillingMode"], resource)
		require.Equal(t, "true", got["PointInTimeRecoverySpecification"].(object)["PointInTimeRecoveryEnabled"], resource)
		require.Equal(t, "true", got["SSESpecification"].(object)["SSEEnabled"], resource)

		indexes := map[string]dynamo.KeySchema{}

		if all, ok := got["GlobalSecondaryIndexes"].([]any); ok {
			for _, i := range all {
				index := i.(object)
				indexes[index["IndexName"].(string)] = keyOf(index)
				require.Equal(t, object{"ProjectionType": "KEYS_ONLY"}, index["Projection"], resource)
			}
		}

		require.Len(t, indexes, len(want.table.Indexes), resource)

		for name, index := range want.table.Indexes {
			require.Equal(t, index, indexes[name], "%s, %s", resource, name)
		}

		if want.table.TTL == "" {
			require.NotContains(t, got, "TimeToLiveSpecification", resource)
		} else {
			require.Equal(t, object{"AttributeName": want.table.TTL, "Enabled": "true"}, got["TimeToLiveSpecification"], resource)
		}
	}

	require.Len(t, tables, 4)
}

// keyOf returns the key of a table or an index.
func keyOf(o object) dynamo.KeySchema {
	var key dynamo.KeySchema

	for _, k := range o["KeySchema"].([]any) {
		if element := k.(object); element["KeyType"] == "HASH" {
			key.Partition = element["AttributeName"].(string)
		} else {
			key.Sort = element["AttributeName"].(string)
		}
	}

	return key
}

// What holds data outlives its stack.
func TestDataIsKept(t *testing.T) {
	t.Parallel()

	for _, file := range []string{"template.yaml", "bootstrap.yaml"} {
		for name, r := range load(t, file)["Resources"].(object) {
			resource := r.(object)

			switch resource["Type"] {
			case "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::S3::BucketPolicy":
				require.Equal(t, "Retain", resource["DeletionPolicy"], name)
				require.Equal(t, "Retain", resource["UpdateReplacePolicy"], name)
			}
		}
	}
}

// Buckets are closed, and speak TLS alone.
func TestBucketsArePrivate(t *testing.T) {
	t.Parallel()

	for _, file := range []string{"template.yaml", "bootstrap.yaml"} {
		template := load(t, file)
		buckets := resources(t, template, "AWS::S3::Bucket")
		guarded := map[string]bool{}

		for _, policy := range resources(t, template, "AWS::S3::BucketPolicy") {
			first := policy["PolicyDocument"].(object)["Statement"].([]any)[0].(object)
			require.Equal(t, "Deny", first["Effect"])
			require.Equal(t, object{"Bool": object{"aws:SecureTransport": "false"}}, first["Condition"])

			guarded[policy["Bucket"].(object)["!Ref"].(string)] = true
		}

		for name, bucket := range buckets {
			require.True(t, guarded[name], name)
			require.Equal(t, object{
				"BlockPublicAcls": "true", "BlockPublicPolicy": "true", "IgnorePublicAcls": "true", "RestrictPublicBuckets": "true",
			}, bucket["PublicAccessBlockConfiguration"], name)
			require.Equal(t, object{"Status": "Enabled"}, bucket["VersioningConfiguration"], name)
			require.Contains(t, bucket, "BucketEncryption", name)
		}
	}
}

// Uploads are gone for good a week after the records of their jobs. docs/operations.md says
// so, and gives the rules that replicas need, for S3 replicates none: they are those of the
// buckets.
func TestHowLongFilesAreKept(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)

	documented := map[string][]any{}

	for _, found := range regexp.MustCompile(`(?s)put-bucket-lifecycle-configuration[^']*--bucket (\S+)[^']*'([^']*)'`).FindAllStringSubmatch(string(text), -1) {
		var configuration struct{ Rules []any }

		require.NoError(t, json.Unmarshal([]byte(found[2]), &configuration), found[1])
		documented[found[1]] = configuration.Rules
	}

	buckets := resources(t, load(t, "template.yaml"), "AWS::S3::Bucket")
	require.Equal(t, []any{
		object{"ID": "expire", "Status": "Enabled", "Filter": object{}, "Expiration": object{"Days": 30.0},
			"NoncurrentVersionExpiration": object{"NoncurrentDays": 7.0}},
		object{"ID": "unfinished-uploads", "Status": "Enabled", "Filter": object{},
			"AbortIncompleteMultipartUpload": object{"DaysAfterInitiation": 2.0}},
	}, rulesOf(t, buckets["UploadsBucket"]))
	require.Equal(t, rulesOf(t, buckets["UploadsBucket"]), documented["UPLOADS-REPLICA"])
	require.Equal(t, rulesOf(t, buckets["ImagesBucket"]), documented["IMAGES-REPLICA"])
}

// rulesOf returns the rules of a bucket as the command line of AWS writes them, which has
// other names for some.
func rulesOf(t *testing.T, bucket object) []any {
	t.Helper()

	var rules []any

	for _, r := range bucket["LifecycleConfiguration"].(object)["Rules"].([]any) {
		rule := object{"Filter": object{}}

		for name, value := range r.(object) {
			switch name {
			case "Id":
				rule["ID"] = value
			case "Status":
				rule[name] = value
			case "ExpirationInDays":
				rule["Expiration"] = object{"Days": float64(number(t, value))}
			case "ExpiredObjectDeleteMarker":
				rule["Expiration"] = object{name: value == "true"}
			case "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload":
				for days, n := range value.(object) {
					rule[name] = object{days: float64(number(t, n))}
				}
			default:
				require.Fail(t, "unknown to the test", name)
			}
		}

		rules = append(rules, rule)
	}

	return rules
}

// An update that fails goes back to the program before it, of whatever age.
func TestProgramsDoNotExpire(t *testing.T) {
	t.Parallel()

	bucket := resources(t, load(t, "bootstrap.yaml"), "AWS::S3::Bucket")["CodeBucket"]

	for _, r := range bucket["LifecycleConfiguration"].(object)["Rules"].([]any) {
		if rule := r.(object); rule["ExpirationInDays"] != nil {
			require.Equal(t, "templates/", rule["Prefix"])
		}
	}
}

// No role of a function may do everything to something, or something to everything.
func TestRolesHaveNoWildcards(t *testing.T) {
	t.Parallel()

	roles := resources(t, load(t, "template.yaml"), "AWS::IAM::Role")
	require.Len(t, roles, 4)

	for name, role := range roles {
		policies, _ := role["Policies"].([]any)

		for _, policy := range policies {
			for _, s := range policy.(object)["PolicyDocument"].(object)["Statement"].([]any) {
				statement := s.(object)

				for _, action := range listOf(statement["Action"]) {
					require.NotContains(t, action, "*", name)
				}

				for _, resource := range listOf(statement["Resource"]) {
					require.NotEqual(t, "*", resource, name)
				}
			}
		}
	}
}

// Images of a bucket, or by a table, that others made are not removed unasked.
func TestImagesOfOthersAreNotSwept(t *testing.T) {
	t.Parallel()

	template := load(t, "template.yaml")

	require.Equal(t, object{"!If": []any{"SweepsImages", "ENABLED", "DISABLED"}}, resources(t, template, "AWS::Events::Rule")["SweepImages"]["State"])
	require.Equal(t, "auto", template["Parameters"].(object)["ImageSweep"].(object)["Default"])
	require.Equal(t, object{"!Or": []any{
		object{"!Equals": []any{object{"!Ref": "ImageSweep"}, "on"}},
		object{"!And": []any{
			object{"!Equals": []any{object{"!Ref": "ImageSweep"}, "auto"}},
			object{"!Condition": "CreateImagesBucket"}, object{"!Condition": "CreateProductsTable"},
		}},
	}}, template["Conditions"].(object)["SweepsImages"])
}

// The roles have what the programs call: this is what each may do to DynamoDB and S3, where
// one that is missing shows only when the stack runs.
func TestRolesHaveWhatIsCalled(t *testing.T) {
	t.Parallel()

	roles := resources(t, load(t, "template.yaml"), "AWS::IAM::Role")

	for role, want := range map[string]map[string][]any{
		"WorkerRole": {
			"Files":     {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"},
			"FindFiles": {"s3:ListBucket"},
			"Job":       {"dynamodb:GetItem", "dynamodb:UpdateItem"},
			"Catalogue": {"dynamodb:BatchGetItem", "dynamodb:PutItem"}, // put in transactions
			"Inventory": {"dynamodb:BatchGetItem", "dynamodb:UpdateItem"},
		},
		"SweeperRole": {
			"Jobs":        {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"},
			"Batches":     {"s3:DeleteObject"},
			"FindBatches": {"s3:ListBucket"},
			"Images":      {"s3:GetObject", "s3:DeleteObject"},
			"FindImages":  {"s3:ListBucket"},
		},
		"ApiRole": {
			"Files":     {"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"},
			"Jobs":      {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
			"Catalogue": {"dynamodb:BatchGetItem"}, // the worker runs what the old endpoint takes
			"Inventory": {"dynamodb:BatchGetItem", "dynamodb:Query"},
		},
	} {
		statements := statementsOf(roles[role])

		for sid, actions := range want {
			require.Contains(t, statements, sid, role)
			require.Equal(t, actions, listOf(statements[sid]["Action"]), "%s, %s", role, sid)
		}

		if role == "SweeperRole" {
			require.Equal(t, object{"StringLike": object{"s3:prefix": "batches/*"}}, statements["FindBatches"]["Condition"])
		}
	}
}

func listOf(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}

	return []any{value}
}

// A message must stay hidden for six times of what its function may take, as AWS asks of
// queues that Lambda reads.
func TestVisibilityFitsTheWorker(t *testing.T) {
	t.Parallel()

	template := load(t, "template.yaml")

	require.Equal(t, "900", resources(t, template, "AWS::Lambda::Function")["Worker"]["Timeout"])
	require.Equal(t, "5400", resources(t, template, "AWS::SQS::Queue")["Queue"]["VisibilityTimeout"])
}

// What the operator is told of exists, and all that exists is told.
func TestDocumentation(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)

	template := load(t, "template.yaml")

	for id, alarm := range resources(t, template, "AWS::CloudWatch::Alarm") {
		name := alarm["AlarmName"].(object)["!Sub"].(string)
		name = strings.TrimSuffix(strings.TrimPrefix(name, "vyaparai-import-"), "-${Stage}")

		require.Contains(t, string(text), "`"+name+"`", "%s is not in docs/operations.md", id)
	}

	for name := range template["Parameters"].(object) {
		switch name {
		case "Stage", "BucketSuffix", "CodeBucket", "WorkerCodeKey", "ApiCodeKey", "Architecture": // the script's
		default:
			if !strings.HasPrefix(name, "Existing") {
				require.Contains(t, string(text), "`"+name+"`", "is not in docs/operations.md")
			}
		}
	}
}

func TestTemplatesAreClean(t *testing.T) {
	t.Parallel()

	linter := tool(t, "cfn-lint", "pip install cfn-lint, or run `make integration`")

	output, err := exec.CommandContext(t.Context(), linter, "template.yaml", "bootstrap.yaml").CombinedOutput()
	require.NoError(t, err, "%s", output)
}

// tool returns the path of a program, from PATH or from where the project's own tools are,
// or skips the test.
func tool(t *testing.T, name, advice string) string {
	t.Helper()

	if path, err := exec.LookPath(name); err == nil {
		return path
	}

	folder := os.Getenv("BULKIMPORT_TOOLS")
	if cache, err := os.UserCacheDir(); folder == "" && err == nil {
		folder = filepath.Join(cache, "bulkimport-tools")
	}

	path := filepath.Join(folder, "python", "bin", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not installed; %s, to run this", name, advice)
	}

	return path
}
