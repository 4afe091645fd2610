package s3blob_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()

	client := s3.New(s3.Options{})

	for name, opts := range map[string]s3blob.Options{
		"small part":           {PartSize: s3blob.MinPartSize - 1},
		"large part":           {PartSize: 5<<30 + 1},
		"small signed part":    {SignedPartSize: 1},
		"large PUT":            {MaxSignedPut: 5<<30 + 1},
		"negative PUT":         {MaxSignedPut: -1},
		"negative concurrency": {Concurrency: -1},
		"negative attempts":    {ReadAttempts: -1},
		"negative time":        {ReadTimeout: -1},
		"negative delay":       {RetryDelay: -1},
		"prefix of no folder":  {Prefix: "a"},
		"prefix of nothing":    {Prefix: "/"},
		"prefix above":         {Prefix: "../"},
		"long prefix":          {Prefix: strings.Repeat("a/", 257)},
	} {
		_, err := s3blob.New(client, "bucket", &opts)
		require.Error(t, err, name)
	}

	_, err := s3blob.New(nil, "bucket", nil)
	require.Error(t, err)
	_, err = s3blob.New(client, "", nil)
	require.Error(t, err)
	_, err = s3blob.New(client, "bucket", nil)
	require.NoError(t, err)
}

// calls are all the methods that talk to S3.
func calls(t *testing.T, s *s3blob.Store) map[string]func() error {
	t.Helper()

	return map[string]func() error{
		"Put": func() error {
			_, err := s.Put(t.Context(), "k", strings.NewReader("x"), nil)
			return err
		},
		"Put in parts": func() error {
			_, err := s.Put(t.Context(), "k", strings.NewReader(strings.Repeat("x", s3blob.MinPartSize+1)), nil)
			return err
		},
		"Open": func() error {
			_, _, err := s.Open(t.Context(), "k", nil)
			return err
		},
		"List": func() error {
			_, err := s.List(t.Context(), "", "", 0)
			return err
		},
		"BeginMultipart": func() error {
			_, err := s.BeginMultipart(t.Context(), "k", 1, time.Minute)
			return err
		},
		"Check": func() error { return s.Check(t.Context()) },
	}
}

// TestErrorsSayWhatIsWrong has a real server refuse what is wrong in several ways.
func TestErrorsSayWhatIsWrong(t *testing.T) {
	t.Parallel()

	good := newStore(t, quick())
	endpoint := awstest.Endpoint(t, awstest.S3Variable)

	client := func(key, secret string) *s3.Client {
		return s3.New(s3.Options{
			Region: awstest.Region, BaseEndpoint: &endpoint, UsePathStyle: true,
			Credentials: credentials.NewStaticCredentialsProvider(key, secret, ""),
			HTTPClient:  &http.Client{Transport: awstest.Transport(t)},
		})
	}

	for name, c := range map[string]struct {
		client *s3.Client
		bucket string
		want   error
	}{
		"no such bucket": {good.client, awstest.Name("missing"), s3blob.ErrBucket},
		"no such user":   {client("nobody", "secret"), good.bucket, s3blob.ErrCredentials},
		"wrong secret":   {client(awstest.AccessKey, "wrong"), good.bucket, s3blob.ErrCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s, err := s3blob.New(c.client, c.bucket, quick())
			require.NoError(t, err)

			for method, call := range calls(t, s) {
				err := call()
				require.ErrorIs(t, err, c.want, method)

				var cause smithy.APIError

				require.ErrorAs(t, err, &cause, "%s: the error of the SDK is there, too", method)
			}

			// What a HEAD is told has no words: a missing bucket or user looks like a missing
			// key, and for a secret that is wrong another call tells.
			if name == "wrong secret" {
				_, err = s.Stat(t.Context(), "k")
				require.ErrorIs(t, err, s3blob.ErrCredentials)
				require.NotErrorIs(t, err, s3blob.ErrDenied)
			}
		})
	}

	require.NoError(t, good.Check(t.Context()))
}

// TestErrorsOfAWS has the answers that only S3 itself gives.
func TestErrorsOfAWS(t *testing.T) {
	t.Parallel()

	for code, c := range map[string]struct {
		status int
		want   error
	}{
		"ExpiredToken":               {http.StatusBadRequest, s3blob.ErrCredentials},
		"ExpiredTokenException":      {http.StatusForbidden, s3blob.ErrCredentials},
		"MissingAuthenticationToken": {http.StatusForbidden, s3blob.ErrCredentials},
		"RequestExpired":             {http.StatusForbidden, s3blob.ErrCredentials},
		"RequestTimeTooSkewed":       {http.StatusForbidden, s3blob.ErrCredentials},
		"AccessDenied":               {http.StatusForbidden, s3blob.ErrDenied},
		"AnythingElse":               {http.StatusForbidden, s3blob.ErrDenied},
		"PermanentRedirect":          {http.StatusMovedPermanently, s3blob.ErrBucket},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()

			faults := faulty(t)
			s := newStore(t, quick(), awstest.Through(faults))
			faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.S3Error(c.status, code)})

			all := calls(t, s.Store)

			if c.status != http.StatusMovedPermanently { // which a HEAD is told in a header alone
				all["Stat"] = func() error {
					_, err := s.Stat(t.Context(), "k")
					return err
				}
			}

			for method, call := range all {
				err := call()
				require.ErrorIs(t, err, c.want, method)

				if c.want == s3blob.ErrCredentials {
					require.NotErrorIs(t, err, s3blob.ErrDenied, "%s: the wrong remedy", method)
				}
			}
		})
	}
}

// TestCredentialsThatCannotBeFetched needs no server: no call is made.
func TestCredentialsThatCannotBeFetched(t *testing.T) {
	t.Parallel()

	errNoRole := errors.New("no role is bound")
	s, err := s3blob.New(s3.New(s3.Options{
		Region: awstest.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errNoRole
		}),
	}), "b", quick())
	require.NoError(t, err)

	all := calls(t, s)
	all["Stat"] = func() error {
		_, err := s.Stat(t.Context(), "k")
		return err
	}
	all["SignGet"] = func() error {
		_, err := s.SignGet(t.Context(), "k", "", time.Minute)
		return err
	}

	for method, call := range all {
		err := call()
		require.ErrorIs(t, err, s3blob.ErrCredentials, method)
		require.ErrorIs(t, err, errNoRole, method)
	}
}

// TestVersionedBucket wants a bucket with versions to look like any other.
func TestVersionedBucket(t *testing.T) {
	t.Parallel()

	s := newStore(t, nil)
	_, err := s.client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  &s.bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})

	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "VersioningNotConfigured" {
		t.Skip("the server keeps no versions")
	}

	require.NoError(t, err)

	for _, content := range []string{"one", "two"} {
		_, err := s.Put(t.Context(), "k", strings.NewReader(content), nil)
		require.NoError(t, err)
		require.Equal(t, content, string(read(t, s, "k")))
	}

	require.NoError(t, s.Delete(t.Context(), "k"))
	require.NoError(t, s.Delete(t.Context(), "k"))

	_, err = s.Stat(t.Context(), "k")
	require.ErrorIs(t, err, blob.ErrNotFound)

	listed, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Empty(t, listed)
}

// TestObjectsOfOthers wants what is no key to be passed over, and pages to be full all the
// same.
func TestObjectsOfOthers(t *testing.T) {
	t.Parallel()

	s := newStore(t, &s3blob.Options{Prefix: "p/"})

	for _, name := range []string{"p/a b", "p/b&<c>", "p/c+d", "p/é", "q/x", "p/d./x", "p0", "p/zz%41"} {
		_, err := s.client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &s.bucket, Key: aws.String(name), Body: strings.NewReader("x"),
		})
		require.NoError(t, err, name)
	}

	_, err := s.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &s.bucket, Key: aws.String("p/folder/")})
	require.NoError(t, err)

	want := []string{"a", "b", "c", "folder/k", "z"}
	for _, key := range want {
		_, err := s.Put(t.Context(), key, strings.NewReader(key), nil)
		require.NoError(t, err)
	}

	for _, limit := range []int{1, 2, 3, 0} {
		var got []string

		for after := ""; ; {
			page, err := s.List(t.Context(), "", after, limit)
			require.NoError(t, err)

			for _, info := range page {
				got = append(got, info.Key)
			}

			if limit == 0 || len(page) < limit {
				break
			}

			after = got[len(got)-1]
		}

		require.Equal(t, want, got, "pages of %d", limit)
	}
}
