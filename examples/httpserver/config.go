package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"strings"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
)

// The backends.
const (
	backendEmbedded = "embedded"
	backendMemory   = "memory"
	backendAWS      = "aws"
)

// The environment.
const (
	envSecret     = "JWT_SECRET"
	envKeySet     = "JWT_JWKS_URL"
	envBucket     = "BULK_UPLOADS_BUCKET"
	envImageHosts = "IMAGE_ALLOW_HOSTS"

	envWebhook       = "WEBHOOK_URL"
	envWebhookSecret = "WEBHOOK_SECRET"
	envWebhookHosts  = "WEBHOOK_ALLOW_HOSTS"
)

// The values of -images and -image-sweep.
const (
	imagesOn   = "on"
	imagesOff  = "off"
	imagesAuto = "auto"
)

// maxRate is more requests a second than any user can send.
const maxRate = 1e6

// defaultData is the data folder where no other is named.
const defaultData = "./bulkimport-data"

// config is the command line and the environment.
type config struct {
	addr      string
	data      string
	backend   string
	maxUpload int64
	workers   int
	// publicURL has a scheme and a host and no more; empty means that of the
	// address listened on.
	publicURL string
	logFormat string
	logLevel  string
	bucket    string
	// metricsAddr is where metrics are served, empty for nowhere.
	metricsAddr string
	// emf: the ends of imports are written to the standard output as metrics of CloudWatch,
	// of this stage.
	emf   bool
	stage string
	// aws says where everything is kept with backendAWS.
	aws awsbackend.Environment

	// Bounds of one user: requests a second, jobs at a time and jobs a day. A negative
	// number means none.
	rateLimit         float64
	maxJobs, maxDaily int

	// images is imagesOn or imagesOff. imageHosts are the "host:port" that images may
	// come from although they are not public.
	images     string
	imageHosts []string
	// imageSweep is imagesOn, imagesOff, or imagesAuto: on where nobody else has the stores.
	imageSweep string

	// webhook is where the ends of imports are posted to, empty for nowhere, and
	// webhookSecret signs that. webhookHosts are the "host:port" that may be, although they
	// are not public or speak http.
	webhook, webhookSecret string
	webhookHosts           []string

	// uploadOrigins are where the page uploads files to besides this server.
	uploadOrigins []string

	// jwtSecret and keySetURL: at most one is set.
	jwtSecret        string
	keySetURL        string
	issuer, audience string
}

// errExplained reports a wrong command line that package flag has explained.
var errExplained = errors.New("wrong usage")

// parse parses the arguments of a command that takes flags and nothing else.
func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)

	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return errExplained
	case flags.NArg() > 0:
		return wrongUsage("there is no argument %q; see %s -h", flags.Arg(0), flags.Name())
	}

	return nil
}

// parseConfig reads the command line and the environment. Help goes to help.
func parseConfig(args []string, getenv func(string) string, help io.Writer) (config, error) {
	conf := config{
		jwtSecret: getenv(envSecret), keySetURL: getenv(envKeySet), bucket: getenv(envBucket),
		webhook: getenv(envWebhook), webhookSecret: getenv(envWebhookSecret), stage: getenv(emf.EnvStage),
	}

	flags := flag.NewFlagSet("httpserver", flag.ContinueOnError)
	flags.SetOutput(help)
	flags.Usage = func() {
		fmt.Fprint(help, "Usage: httpserver [flags]\n       httpserver token -user U -role R [flags]\n\n"+
			"Serves the import of product CSVs over HTTP.\n\n")
		flags.PrintDefaults()
		fmt.Fprintf(help, "\nEnvironment: %s or %s, %s, %s, %s, %s, %s, %s\n", envSecret, envKeySet, envBucket, envImageHosts,
			envWebhook, envWebhookSecret, envWebhookHosts, emf.EnvStage)
	}

	flags.StringVar(&conf.addr, "addr", "127.0.0.1:8080", "listen on `HOST:PORT`; port 0 takes a free one")
	flags.StringVar(&conf.data, "data", defaultData, "keep everything in the folder `DIR`")
	flags.StringVar(&conf.backend, "backend", backendEmbedded, "`embedded, memory or aws`; memory keeps nothing, aws needs the tables and buckets of examples/aws")
	flags.Int64Var(&conf.maxUpload, "max-upload", signedurl.DefaultMaxUploadBytes, "largest file, in `BYTES`")
	flags.IntVar(&conf.workers, "workers", 2, "how many imports run at a time; with -backend aws 0 leaves them to others")
	flags.StringVar(&conf.publicURL, "public-url", "", "where clients reach the server, such as `https://import.example.in` (default from -addr)")
	flags.StringVar(&conf.issuer, "jwt-issuer", "", "issuer (`ISS`) that tokens must have, with "+envKeySet)
	flags.StringVar(&conf.audience, "jwt-audience", "", "audience (`AUD`) that tokens must have, with "+envKeySet)
	flags.StringVar(&conf.images, "images", imagesOn, "`on or off`; off imports the addresses of images without fetching them")
	flags.StringVar(&conf.imageSweep, "image-sweep", imagesAuto,
		"`on, off or auto`: remove images that no product shows, at the start and every day; auto does so but with -backend aws")
	flags.Func("upload-origins", "origins that the page may upload to besides this server, as a list of `URL,...`", func(text string) error {
		for origin := range strings.SplitSeq(text, ",") {
			conf.uploadOrigins = append(conf.uploadOrigins, strings.TrimSuffix(strings.TrimSpace(origin), "/"))
		}

		return nil
	})
	flags.Float64Var(&conf.rateLimit, "rate-limit", 20, "`REQUESTS` a second of one user, three times as many at once; -1 for any")
	flags.IntVar(&conf.maxJobs, "max-jobs", importer.DefaultMaxConcurrentJobs, "how many `JOBS` of one user may be under way at a time; -1 for any")
	flags.IntVar(&conf.maxDaily, "max-jobs-day", importer.DefaultMaxJobsPerDay, "how many `JOBS` one user may create a day; -1 for any")
	flags.StringVar(&conf.logFormat, "log-format", logText, "`text or json`")
	flags.StringVar(&conf.logLevel, "log-level", levelInfo, "`debug, info, warn or error`: what is logged, and all that is worse")
	flags.StringVar(&conf.metricsAddr, "metrics-addr", "", "serve metrics for Prometheus on `HOST:PORT`, such as 127.0.0.1:9090, for whoever gets there (default nowhere)")
	flags.BoolVar(&conf.emf, "emf", false, "write the ends of imports to the standard output as metrics for CloudWatch, of the stage that "+emf.EnvStage+" names")

	if err := parse(flags, args); err != nil {
		return config{}, err
	}

	var err error
	if conf.imageHosts, err = httpfetch.ParseAllowHosts(getenv(envImageHosts)); err != nil {
		return config{}, wrongUsage("%s must be a list such as images.intern:8080,10.0.0.7:80: %v", envImageHosts, err)
	}

	if conf.webhookHosts, err = webhooknotify.ParseAllowHosts(getenv(envWebhookHosts)); err != nil {
		return config{}, wrongUsage("%s must be a list such as hooks.intern:8080,10.0.0.7:80: %v", envWebhookHosts, err)
	}

	if err := conf.check(); err != nil {
		return config{}, err
	}

	return conf, conf.readAWS(getenv)
}

// readAWS reads what the environment says of the backend on AWS, if that is the one.
func (c *config) readAWS(getenv func(string) string) error {
	if c.backend != backendAWS {
		return nil
	}

	var err error
	if c.aws, err = awsbackend.FromEnvironment(getenv); err != nil {
		return wrongUsage("-backend aws: %v", err)
	}

	return nil
}

func (c *config) check() error {
	if _, _, err := net.SplitHostPort(c.addr); err != nil {
		return wrongUsage("-addr must be an address such as 127.0.0.1:8080 or :8080, not %q", c.addr)
	}

	if _, _, err := net.SplitHostPort(c.metricsAddr); c.metricsAddr != "" && err != nil {
		return wrongUsage("-metrics-addr must be an address such as 127.0.0.1:9090, not %q", c.metricsAddr)
	}

	if _, err := parseLevel(c.logLevel); err != nil {
		return err
	}

	switch {
	case c.backend != backendEmbedded && c.backend != backendMemory && c.backend != backendAWS:
		return wrongUsage("-backend must be embedded, memory or aws, not %q", c.backend)
	case c.data == "":
		return wrongUsage("-data must name a folder")
	case c.maxUpload < 1:
		return wrongUsage("-max-upload must be at least 1 byte, not %d", c.maxUpload)
	case c.workers < 0:
		return wrongUsage("-workers must be at least 0, not %d", c.workers)
	case c.workers == 0 && c.backend != backendAWS:
		return wrongUsage("-workers must be at least 1 with -backend %s: no other process could run the imports", c.backend)
	case c.rateLimit == 0 || math.IsNaN(c.rateLimit) || c.rateLimit > maxRate:
		return wrongUsage("-rate-limit must be a number of requests, or -1 for any, not %v", c.rateLimit)
	case c.maxJobs == 0:
		return wrongUsage("-max-jobs must be at least 1, or -1 for any, not 0")
	case c.maxDaily == 0:
		return wrongUsage("-max-jobs-day must be at least 1, or -1 for any, not 0")
	case c.images != imagesOn && c.images != imagesOff:
		return wrongUsage("-images must be on or off, not %q", c.images)
	case c.emf && c.stage == "":
		return wrongUsage("-emf needs %s, such as prod: the alarms of a stage are on its metrics alone", emf.EnvStage)
	case c.imageSweep != imagesOn && c.imageSweep != imagesOff && c.imageSweep != imagesAuto:
		return wrongUsage("-image-sweep must be on, off or auto, not %q", c.imageSweep)
	case c.logFormat != logText && c.logFormat != logJSON:
		return wrongUsage("-log-format must be text or json, not %q", c.logFormat)
	}

	if c.publicURL != "" && !isOrigin(c.publicURL) {
		return wrongUsage("-public-url must be a scheme and a host such as https://import.example.in, not %q", c.publicURL)
	}

	if err := c.checkWebhook(); err != nil {
		return err
	}

	for _, origin := range c.uploadOrigins {
		if !isOrigin(origin) {
			return wrongUsage("-upload-origins must be a list such as https://bucket.s3.ap-south-1.amazonaws.com, not %q", origin)
		}
	}

	return c.checkTokens()
}

func (c *config) checkTokens() error {
	switch {
	case c.backend == backendAWS && c.jwtSecret == "" && c.keySetURL == "":
		return wrongUsage("-backend aws needs %s or %s, the same for every process", envSecret, envKeySet)
	case c.jwtSecret != "" && c.keySetURL != "":
		return wrongUsage("%s and %s are both set; tokens are verified with one of them", envSecret, envKeySet)
	case c.jwtSecret != "" && len(c.jwtSecret) < auth.MinSecret:
		return wrongUsage("%s has %d bytes and needs %d or more; openssl rand -hex 32 makes a good one",
			envSecret, len(c.jwtSecret), auth.MinSecret)
	case c.keySetURL == "" && (c.issuer != "" || c.audience != ""):
		return wrongUsage("-jwt-issuer and -jwt-audience are for tokens of an identity provider; set %s", envKeySet)
	}

	return nil
}

// isOrigin reports whether text is a URL of scheme and host alone, which is all
// that the server can honour: it serves its paths from the root.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}

	rest := url.URL{Scheme: u.Scheme, Host: u.Host}

	return rest.String() == text || rest.String()+"/" == text
}
