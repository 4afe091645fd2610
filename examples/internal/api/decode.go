package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// maxBody is the largest JSON body, in bytes.
const maxBody = 64 << 10

// readBody returns the body of a request.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	return readBodyOf(w, r, maxBody)
}

// readBodyOf returns the body of a request, which may have up to limit bytes.
func readBodyOf(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if err := checkMediaType(r); err != nil {
		return nil, err
	}

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))

	var tooLarge *http.MaxBytesError

	switch {
	case errors.As(err, &tooLarge):
		return nil, &problem{
			status: http.StatusRequestEntityTooLarge, code: "body_too_large",
			message: fmt.Sprintf("The body is larger than %d KiB; the file goes to its upload_url.", limit>>10),
		}
	case err != nil:
		return nil, badRequest("body_unreadable", "The body ended before it was complete; send the request again.")
	}

	return body, nil
}

// decodeObject decodes a JSON object into the struct that v points to. Fields must
// be spelled as in its tags, and ones that it does not have are an error: whoever
// mistypes an option must not find out by its effect. A field that is null is as one that
// is left out: that is what many clients make of it. name says what the object is, in
// errors.
func decodeObject(data []byte, name string, v any) error {
	var fields map[string]json.RawMessage

	t := reflect.TypeOf(v).Elem()
	if err := json.Unmarshal(data, &fields); err != nil {
		return jsonProblem(err, name, t)
	}

	known := fieldNames(t)

	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, field) {
			return badRequest("unknown_field", "%s has no field %q; its fields are %s.", name, field, strings.Join(known, ", "))
		}
	}

	if err := json.Unmarshal(data, v); err != nil {
		return jsonProblem(err, name, t)
	}

	return nil
}

// fieldNames returns the names that the fields of a struct have in JSON.
func fieldNames(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}

	return names
}

// isNull reports whether a field was left out, or is null.
func isNull(text json.RawMessage) bool { return len(text) == 0 || string(text) == "null" }

// jsonProblem gives words to an error of encoding/json about an object that was to become
// a value of type t. name says what the object is.
func jsonProblem(err error, name string, t reflect.Type) error {
	var (
		syntax *json.SyntaxError
		typing *json.UnmarshalTypeError
	)

	switch {
	case errors.As(err, &syntax):
		return badRequest("json_invalid", "%s is not valid JSON from byte %d on.", name, syntax.Offset)
	case errors.As(err, &typing) && typing.Field == "":
		return badRequest("json_invalid", "%s must be a JSON object, not %s.", name, article(typing.Value))
	case errors.As(err, &typing):
		// The type of the error is that of the element where one of a list is wrong.
		if field := fieldType(t, typing.Field); field != nil && field != typing.Type {
			return badRequest("field_invalid", "Field %q must be %s, and has %s in it.", typing.Field, kindName(field), article(typing.Value))
		}

		return badRequest("field_invalid", "Field %q must be %s, not %s.", typing.Field, kindName(typing.Type), article(typing.Value))
	}

	return badRequest("json_invalid", "%s is not valid JSON.", name)
}

// fieldType returns the type of a field of t, which a path of names in JSON leads to
// through structs, lists and maps of them; nil where there is none.
func fieldType(t reflect.Type, path string) reflect.Type {
	for name := range strings.SplitSeq(path, ".") {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}

		if t.Kind() != reflect.Struct {
			return nil
		}

		at := slices.Index(fieldNames(t), name)
		if at < 0 {
			return nil
		}

		t = t.Field(at).Type
	}

	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}

	return t
}

// kindName says what a field takes.
func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list of " + kindNames(t.Elem())
	case reflect.Map:
		if elements := kindNames(t.Elem()); elements != "values" {
			return "an object of " + elements
		}

		return "an object"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Struct:
		return "an object"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}

	return article(t.Kind().String())
}

// kindNames says what a list has.
func kindNames(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "strings"
	case reflect.Map, reflect.Struct:
		return "objects"
	case reflect.Int, reflect.Int64:
		return "whole numbers"
	}

	return "values"
}

// article puts the article before what encoding/json calls a kind of value, such
// as "object", "bool" or "number 12".
func article(value string) string {
	if strings.HasPrefix(value, "a") || strings.HasPrefix(value, "o") {
		return "an " + value
	}

	return "a " + value
}
