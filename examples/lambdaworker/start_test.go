package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/lambdatest"
)

// A function that cannot start tells Lambda why, for whoever looks at its metrics and
// logs.
func TestStartThatFails(t *testing.T) {
	t.Parallel()

	f := lambdatest.Start(t, lambdatest.Build(t, "."), map[string]string{"AWS_REGION": "ap-south-1"})

	err := f.Call(t.Context(), map[string]string{"task": "sweep"}, time.Minute, nil)

	var reported *lambdatest.FunctionError

	require.ErrorAs(t, err, &reported)
	require.Equal(t, "Function.InitError", reported.Type)
	require.Contains(t, reported.Message, "IMPORT_JOBS_TABLE is not set")
	require.Contains(t, f.Stderr.String(), `"msg":"the function cannot start"`)
}

// The process ends by itself at SIGTERM, and answers errors of the program as errors.
func TestEventThatFailsAndEnd(t *testing.T) {
	t.Parallel()

	f := lambdatest.Start(t, lambdatest.Build(t, "."), map[string]string{
		"AWS_REGION": "ap-south-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
		"IMPORT_JOBS_TABLE": "a", "GLOBAL_PRODUCTS_TABLE": "b", "IDENTITY_KEYS_TABLE": "c", "STORE_INVENTORY_TABLE": "d",
		"BULK_UPLOADS_BUCKET": "e", "PRODUCT_IMAGES_BUCKET": "f", "IMPORT_QUEUE_URL": "http://127.0.0.1:1/q",
	})

	var reported *lambdatest.FunctionError

	require.ErrorAs(t, f.Call(t.Context(), map[string]string{"task": "nonsense"}, time.Minute, nil), &reported)
	require.Contains(t, reported.Message, "unknown event")

	f.Terminate()
	require.Contains(t, f.Stderr.String(), `"msg":"stopping"`)
}
