package openapi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/vyapaarai/bulkimport/examples/internal/openapi"
)

// codeLists are the schemas that list codes.
var codeLists = []string{"FileCode", "ErrorCode", "FailureCode", "FindingCode"}

// answering are the folders of the packages whose codes come into answers.
var answering = []string{
	"csvschema", "importer", "importer/blob/signedurl", "examples/httpserver", "examples/internal/api", "examples/internal/gateway",
}

// A code of the program that the description does not list is one that no client expects,
// and one that only the description has is one that clients wait for in vain.
func TestEveryCodeIsDescribed(t *testing.T) {
	t.Parallel()

	described := map[string]bool{}

	for _, list := range codeLists {
		for _, code := range listed(t, list) {
			require.False(t, described[code], "%s is in two lists", code)
			described[code] = true
		}
	}

	program := map[string]bool{}
	for _, folder := range answering {
		codesOf(t, filepath.Join("..", "..", "..", filepath.FromSlash(folder)), program)
	}

	require.Greater(t, len(program), 100, "the search finds the codes")
	require.Equal(t, sorted(program), sorted(described))
}

func sorted(set map[string]bool) []string {
	var list []string
	for s := range set {
		list = append(list, s)
	}

	slices.Sort(list)

	return list
}

// listed returns the codes of a schema, each of which must be described.
func listed(t *testing.T, schema string) []string {
	t.Helper()

	var d struct {
		Components struct {
			Schemas map[string]struct {
				OneOf []struct {
					Const, Description string
				} `yaml:"oneOf"`
			}
		}
	}

	require.NoError(t, yaml.Unmarshal(openapi.Spec(), &d))

	var codes []string

	for _, c := range d.Components.Schemas[schema].OneOf {
		if c.Const == "" {
			continue // it refers to another list
		}

		require.NotEmpty(t, c.Description, c.Const)
		require.NotContains(t, codes, c.Const, "listed twice")
		codes = append(codes, c.Const)
	}

	require.NotEmpty(t, codes, schema)

	return codes
}

// codesOf adds the codes that stand in the Go files of a folder.
func codesOf(t *testing.T, folder string, codes map[string]bool) {
	t.Helper()

	entries, err := os.ReadDir(folder)
	require.NoError(t, err)

	for _, e := range entries {
		if !isSource(e) {
			continue
		}

		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, e.Name()), nil, parser.SkipObjectResolution)
		require.NoError(t, err)

		ast.Inspect(file, func(n ast.Node) bool {
			for _, expr := range codesAt(n) {
				if code, ok := text(expr); ok {
					codes[code] = true
				}
			}

			// An answer that is written as it is.
			if whole, ok := text(n); ok {
				for _, code := range written.FindAllStringSubmatch(whole, -1) {
					codes[code[1]] = true
				}
			}

			return true
		})
	}
}

// written finds the codes in a text that is JSON.
var written = regexp.MustCompile(`"code":"([a-z_]+)"`)

// text returns the value of a literal.
func text(n ast.Node) (string, bool) {
	literal, ok := n.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}

	value, err := strconv.Unquote(literal.Value)

	return value, err == nil
}

func isSource(e fs.DirEntry) bool {
	return strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go")
}

// codesAt returns the expressions that become a code at a node: the first argument of
// what makes an error of a code, the value of a field Code, an element of a table that
// has such a field, and what a constant of codes is.
func codesAt(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		name, ok := n.Fun.(*ast.Ident)
		if ok && slices.Contains([]string{"invalid", "badRequest", "notRetryable"}, name.Name) {
			return n.Args[:1]
		}
	case *ast.KeyValueExpr:
		if name, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(name.Name, "code") {
			return []ast.Expr{n.Value}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok && strings.EqualFold(field.Sel.Name, "code") && len(n.Lhs) == len(n.Rhs) {
				return n.Rhs[i : i+1]
			}
		}
	case *ast.CompositeLit:
		return codesOfTable(n)
	case *ast.ValueSpec:
		if isCode(n.Type) || strings.HasPrefix(n.Names[0].Name, "failure") {
			return n.Values
		}
	}

	return nil
}

// codesOfTable returns the codes of a list of structs whose fields are not named.
func codesOfTable(n *ast.CompositeLit) []ast.Expr {
	array, ok := n.Type.(*ast.ArrayType)
	if !ok {
		return nil
	}

	row, ok := array.Elt.(*ast.StructType)
	if !ok {
		return nil
	}

	at := slices.IndexFunc(row.Fields.List, func(f *ast.Field) bool { return f.Names[0].Name == "code" })
	if at < 0 {
		return nil
	}

	var found []ast.Expr

	for _, element := range n.Elts {
		if values := element.(*ast.CompositeLit).Elts; at < len(values) {
			found = append(found, values[at])
		}
	}

	return found
}

// isCode reports whether a type is csvschema.Code.
func isCode(typ ast.Expr) bool {
	switch typ := typ.(type) {
	case *ast.Ident:
		return typ.Name == "Code"
	case *ast.SelectorExpr:
		return typ.Sel.Name == "Code"
	}

	return false
}
