package openapi_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/vyapaarai/bulkimport/examples/internal/openapi"
)

// tree is the description as maps and lists.
type tree map[string]any

func parsed(t *testing.T) tree {
	t.Helper()

	var d tree

	require.NoError(t, yaml.Unmarshal(openapi.Spec(), &d))

	return d
}

// at follows a reference such as "#/components/schemas/Job".
func (d tree) at(t *testing.T, ref string) any {
	t.Helper()

	var value any = d

	for name := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		fields, ok := value.(tree)
		require.True(t, ok, ref)
		require.Contains(t, fields, name, ref)
		value = fields[name]
	}

	return value
}

// walk calls visit for each mapping below value, with where it is, and follows references,
// each once: seen has those that were.
func (d tree) walk(t *testing.T, value any, at string, seen map[string]bool, visit func(at string, fields tree)) {
	t.Helper()

	switch value := value.(type) {
	case tree:
		visit(at, value)

		if ref, ok := value["$ref"].(string); ok && !seen[ref] {
			seen[ref] = true
			d.walk(t, d.at(t, ref), ref, seen, visit)
		}

		for _, name := range slices.Sorted(maps.Keys(value)) {
			d.walk(t, value[name], at+"/"+name, seen, visit)
		}
	case []any:
		for _, element := range value {
			d.walk(t, element, at+"/-", seen, visit)
		}
	}
}

// isObject reports whether a schema, or one that it is composed of, is that of an object.
func (d tree) isObject(t *testing.T, schema tree) bool {
	t.Helper()

	if _, hasFields := schema["properties"].(tree); hasFields || schema["type"] == "object" {
		return true
	}

	parts, _ := schema["allOf"].([]any)

	return slices.ContainsFunc(parts, func(part any) bool {
		fields := part.(tree)
		if ref, ok := fields["$ref"].(string); ok {
			fields = d.at(t, ref).(tree)
		}

		return d.isObject(t, fields)
	})
}

// openObjects are the objects of answers that may have fields which the description does
// not name, with the reason.
var openObjects = map[string]string{
	"#/components/schemas/Upload/properties/upload_headers": "headers are those of whoever stores the file",
}

// An open object of an answer hides the fields that nobody described, for the tests hold
// answers to the description.
func TestObjectsOfAnswersAreClosed(t *testing.T) {
	t.Parallel()

	d := parsed(t)
	open := map[string]bool{}
	// parts are what others are composed of. They cannot be closed, as they would refuse
	// each other's fields; the whole is. What stands for itself somewhere is no part.
	parts, wholes := map[string]bool{}, map[string]bool{}
	objects := 0

	check := func(at string, fields tree) {
		if ref, ok := fields["$ref"].(string); ok {
			if strings.HasSuffix(at, "/allOf/-") {
				parts[ref] = true
			} else {
				wholes[ref] = true
			}
		}

		_, composed := fields["allOf"]

		switch {
		case strings.HasSuffix(at, "/properties"):
			return // names of fields, one of which may be "type"
		case !d.isObject(t, fields):
			return
		case composed:
			open[at] = fields["unevaluatedProperties"] != false
		default:
			open[at] = fields["additionalProperties"] != false
		}

		objects++
	}

	seen := map[string]bool{}

	for path, item := range d["paths"].(tree) {
		for method, operation := range item.(tree) {
			if fields, ok := operation.(tree); ok {
				d.walk(t, fields["responses"], path+" "+method, seen, check)
			}
		}
	}

	require.Greater(t, objects, 30, "the search finds the objects")

	for at, is := range open {
		if !is || parts[at] && !wholes[at] || strings.HasSuffix(at, "/allOf/-") {
			continue
		}

		require.Contains(t, openObjects, at, "close it by additionalProperties: false, or say why not")
	}

	for at := range openObjects {
		require.True(t, open[at], "%s is no exception any more", at)
	}
}

// A component that nothing refers to is one that nothing is held to.
func TestEveryComponentIsUsed(t *testing.T) {
	t.Parallel()

	d := parsed(t)
	used := map[string]bool{}
	d.walk(t, d["paths"], "", used, func(string, tree) {})

	for kind, components := range d["components"].(tree) {
		if kind == "securitySchemes" {
			continue // is referred to by its name alone
		}

		for name := range components.(tree) {
			require.True(t, used["#/components/"+kind+"/"+name], "nothing refers to the component %s of %s", name, kind)
		}
	}
}
