// Package archtest holds the tests of the architecture: which package may import
// which. A failure names the import; where it is right after all, the rule is
// changed here, with a reason.
package archtest_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// everything stands for any package of the module.
const everything = "*"

// testsOnly is the layer of packages that are made for tests: no other layer but the
// programs may import it, and what those build must not end up with a test library.
const testsOnly = "internal"

// suiteCases is what the conformance suites of the ports are made with, which alone may
// import it: it is made for tests, too.
const suiteCases = "internal/conformance"

// layers says which other packages of the module a folder's packages may import.
// The longest folder that a package lies in decides; packages of that folder may
// import each other. Imports run downwards: what is further up in this list is not
// known to what is further down.
func layers() map[string][]string {
	return map[string][]string{
		"examples": {everything},

		// The engine knows the ports and what rows are, but none of the backends,
		// which have rules of their own.
		"importer": {
			"csvschema", "quality", "dedupe", "imagepipe", "jobstore", "internal/disposition", "internal/errlog", "internal/ledger", "internal/turns",
			"importer/catalog", "importer/blob", "importer/queue", "importer/notify",
		},
		// Images in a store of files: for the programs, which the engine takes it from.
		"importer/imagestore": {"imagepipe", "importer/blob"},
		"importer/catalog":    {"dedupe", "internal/pebbledb", "internal/dynamo", suiteCases},
		"importer/blob":       {"internal/awserr", "internal/disposition", suiteCases},
		"importer/queue":      {"internal/awserr", suiteCases},
		"importer/notify":     {"internal/awserr"},
		// Receivers are addresses from a setting, under the guard of images.
		"importer/notify/webhooknotify": {"importer/notify", "internal/netguard", "internal/retryafter"},

		"jobstore":            {"internal/dynamo", suiteCases},
		"imagepipe":           {suiteCases},
		"imagepipe/httpfetch": {"imagepipe", "internal/netguard", "internal/retryafter"},
		"dedupe":              nil,
		"quality":             nil,
		"csvschema":           nil,

		// A program that measures: like the examples it chooses backends.
		"internal/imagebench":  {"imagepipe"},
		"internal/dynamo":      {"internal/awserr"},
		"internal/awserr":      nil,
		"internal/disposition": nil,
		"internal/errlog":      nil,
		"internal/ledger":      nil,
		"internal/netguard":    nil,
		"internal/pebbledb":    nil,
		"internal/retryafter":  nil,
		"internal/turns":       nil,
		// The servers of tests get the tables of the backends.
		testsOnly:  {"internal/dynamo", suiteCases},
		suiteCases: nil,
		"":         nil,
	}
}

// ports are the packages whose subfolders are their backends, save for "internal"
// ones and the conformance suites.
func ports() []string {
	return []string{"jobstore", "imagepipe", "importer/catalog", "importer/blob", "importer/queue", "importer/notify"}
}

func TestArchitecture(t *testing.T) {
	t.Parallel()

	all := packages(t)

	for name, rule := range map[string]func(*testing.T, map[string]goPackage){
		"imports run downwards":              importsRunDownwards,
		"only programs choose backends":      onlyProgramsChooseBackends,
		"memory backends are light":          memoryBackendsAreLight,
		"heavy libraries stay in leaves":     heavyLibrariesStayInLeaves,
		"no test library in production code": noTestLibraryInProduction,
		"no global telemetry":                noGlobalTelemetry,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rule(t, all)
		})
	}
}

// contractTests holds tests of programs to the description of the API.
const contractTests = "examples/internal/openapi/openapitest"

func importsRunDownwards(t *testing.T, all map[string]goPackage) {
	for name, p := range all {
		layer, known := layerOf(name)
		require.True(t, known, "package %q has no rule in layers", name)

		allowed := append(layers()[layer], layer)

		for _, imported := range p.Imports {
			target, inModule := within(imported)
			if !inModule || allows(allowed, target) {
				continue
			}

			t.Errorf("%s must not import %s", name, target)
		}
	}
}

func onlyProgramsChooseBackends(t *testing.T, all map[string]goPackage) {
	for name, p := range all {
		if below(name, "examples") || name == "internal/imagebench" {
			continue
		}

		for _, imported := range p.Imports {
			target, inModule := within(imported)
			if inModule && isBackend(target) && !below(name, target) {
				t.Errorf("%s must not import the backend %s: whoever uses it would carry its dependencies", name, target)
			}
		}
	}
}

func memoryBackendsAreLight(t *testing.T, all map[string]goPackage) {
	for _, name := range []string{
		"csvschema", "quality", "dedupe", "importer",
		"jobstore/memjobstore", "importer/catalog/memcatalog", "importer/blob/memblob",
		"importer/blob/dirblob", "importer/queue/memqueue", "importer/notify/lognotify", "importer/notify/webhooknotify",
	} {
		p, exists := all[name]
		require.True(t, exists, "there is no package %q", name)

		for _, dep := range p.Deps {
			for _, heavy := range []string{
				"github.com/cockroachdb/", "github.com/aws/", "go.opentelemetry.io/otel/sdk", "github.com/prometheus/",
			} {
				if strings.HasPrefix(dep, heavy) {
					t.Errorf("%s depends on %s", name, dep)
				}
			}
		}
	}
}

func heavyLibrariesStayInLeaves(t *testing.T, all map[string]goPackage) {
	users := map[string][]string{
		"github.com/cockroachdb/": {"pebble"},
		// awstest is made for tests, which alone may import it.
		"github.com/aws/": {"dynamo", "s3", "sqs", "sns", "lambda", "awserr", "awstest"},
		// The library knows the API of OpenTelemetry; what becomes of it, programs choose.
		"go.opentelemetry.io/otel/sdk":       nil,
		"go.opentelemetry.io/otel/exporters": nil,
		"github.com/prometheus/":             nil,
	}

	for name, p := range all {
		for _, imported := range p.Imports {
			for library, prefixes := range users {
				if strings.HasPrefix(imported, library) && !hasPrefix(path.Base(name), prefixes) && !below(name, "examples") {
					t.Errorf("%s must not import %s: only the programs and packages named %q... may", name, imported, prefixes)
				}
			}
		}
	}
}

func noTestLibraryInProduction(t *testing.T, all map[string]goPackage) {
	for name, p := range all {
		if layer, _ := layerOf(name); isSuite(name) || layer == testsOnly || layer == suiteCases || name == contractTests {
			continue
		}

		// What is made for tests must not come in by another package either.
		require.NotContains(t, p.Deps, module+"/"+contractTests, "%s", name)

		for _, dep := range p.Deps {
			if dep == "testing" || strings.HasPrefix(dep, "github.com/stretchr/") || strings.HasPrefix(dep, "go.uber.org/goleak") {
				t.Errorf("%s depends on %s outside of its tests", name, dep)
			}
		}
	}
}

// noGlobalTelemetry: the package that keeps the global providers of OpenTelemetry is nobody's
// to use. Providers are handed in.
func noGlobalTelemetry(t *testing.T, all map[string]goPackage) {
	for name, p := range all {
		if slices.Contains(p.Imports, "go.opentelemetry.io/otel") {
			t.Errorf("%s must not import go.opentelemetry.io/otel: its providers are global", name)
		}
	}
}

// layerOf returns the longest folder of layers that a package lies in.
func layerOf(name string) (string, bool) {
	if _, known := layers()[name]; known {
		return name, true
	}

	folder := path.Dir(name)
	if folder == "." {
		return "", false
	}

	return layerOf(folder)
}

func allows(allowed []string, target string) bool {
	if slices.Contains(allowed, everything) {
		return true
	}

	layer, _ := layerOf(target)

	return slices.Contains(allowed, layer)
}

func isBackend(name string) bool {
	folder := path.Dir(name)

	return slices.Contains(ports(), folder) && path.Base(name) != "internal" && !isSuite(name) &&
		// Signed URLs are made for any store; they are no store.
		name != "importer/blob/signedurl"
}

// isSuite recognises a conformance suite, such as jobstoretest.
func isSuite(name string) bool {
	return strings.HasSuffix(name, "test") && slices.Contains(ports(), path.Dir(name))
}

func hasPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(s, prefix) })
}
