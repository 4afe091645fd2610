package openapi

import (
	"fmt"
	"html/template"
	"strings"
)

// schemaView is a schema as the page shows it.
type schemaView struct {
	Name, Type string
	Text       template.HTML
	// Link is the name of the component that this refers to.
	Link     string
	Required bool
	Fields   []schemaView
}

// schema returns the view of a schema. One that refers to a component links to it.
func (d *description) schema(n node) schemaView {
	view := schemaView{Type: typeOf(n), Text: inline(n.get("description").text() + " " + rulesOf(n))}

	if ref := n.get("$ref").text(); ref != "" {
		d.resolve(n) // a reference that leads nowhere is an error

		view.Link = ref[strings.LastIndexByte(ref, '/')+1:]

		return view
	}

	for _, part := range n.get("allOf").items() {
		p := d.schema(part)
		if p.Link != "" {
			p.Name = "all of"
			view.Fields = append(view.Fields, p)
		} else {
			view.Fields = append(view.Fields, p.Fields...)
		}
	}

	for _, part := range n.get("oneOf").items() {
		p := d.schema(part)
		p.Name = "either"

		// A value among several speaks for itself.
		if c := part.get("const"); c.known() {
			p.Name, p.Type = c.text(), ""
		}

		view.Fields = append(view.Fields, p)
	}

	required := map[string]bool{}
	for _, name := range n.get("required").items() {
		required[name.text()] = true
	}

	for name, field := range n.get("properties").fields() {
		f := d.schema(field)
		f.Name, f.Required = name, required[name]
		view.Fields = append(view.Fields, f)
	}

	if items := n.get("items"); items.known() {
		f := d.schema(items)
		f.Name = "each"
		view.Fields = append(view.Fields, f)
	}

	return view
}

// typeOf says of what type a schema is.
func typeOf(n node) string {
	if types := n.get("type").items(); len(types) > 0 {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = t.text()
		}

		return strings.Join(names, " or ")
	}

	if t := n.get("type").text(); t != "" {
		return t
	}

	if c := n.get("const"); c.known() {
		return c.text()
	}

	return ""
}

// rulesOf puts the rules of a schema into words.
func rulesOf(n node) string {
	var rules []string

	if values := n.get("enum").items(); len(values) > 0 {
		names := make([]string, len(values))
		for i, v := range values {
			names[i] = v.text()
			if names[i] == "" {
				names[i] = `""`
			}
		}

		rules = append(rules, "One of "+strings.Join(names, ", ")+".")
	}

	for _, rule := range []struct{ field, words string }{
		{"default", "Default %s."},
		{"minimum", "At least %s."},
		{"maximum", "At most %s."},
		{"maxLength", "At most %s characters."},
		{"minItems", "At least %s."},
		{"maxItems", "At most %s."},
	} {
		if value := n.get(rule.field).text(); value != "" {
			rules = append(rules, fmt.Sprintf(rule.words, value))
		}
	}

	return strings.Join(rules, " ")
}
