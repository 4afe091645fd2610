package openapi

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed page.html
var pageText string

//go:embed page.css
var style string

// page is what the template shows.
type page struct {
	Style   template.CSS
	Title   string
	Text    []template.HTML
	Groups  []group
	Schemas []schemaView
}

// group is the operations of a tag.
type group struct {
	Name       string
	Text       template.HTML
	Operations []operation
}

type operation struct {
	ID, Method, Path, Summary string
	Text                      []template.HTML
	Deprecated, Open          bool
	Parameters                []parameter
	Body                      *schemaView
	Responses                 []response
}

type parameter struct {
	Name, In, Type string
	Text           template.HTML
	Required       bool
}

type response struct {
	Status string
	Text   template.HTML
	Body   *schemaView
}

// render makes the page of a description.
func render(text []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("openapi: read description: %w", err)
	}

	d := &description{root: root.Content[0]}

	p := page{Style: template.CSS(style), Title: d.at("info", "title").text(), Text: paragraphs(d.at("info", "description").text())}

	for _, tag := range d.at("tags").items() {
		g := group{Name: tag.get("name").text(), Text: inline(tag.get("description").text())}
		g.Operations = d.operations(g.Name)
		p.Groups = append(p.Groups, g)
	}

	for name, schema := range d.at("components", "schemas").fields() {
		view := d.schema(schema)
		view.Name = name
		p.Schemas = append(p.Schemas, view)
	}

	if d.err != nil {
		return nil, d.err
	}

	layout, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("openapi: page: %w", err)
	}

	var out bytes.Buffer
	if err := layout.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("openapi: page: %w", err)
	}

	return out.Bytes(), nil
}

// methods are those that a path may have.
var methods = []string{"get", "put", "post", "delete"}

// operations returns the operations of a tag, in the order of the description.
func (d *description) operations(tag string) []operation {
	var list []operation

	for path, item := range d.at("paths").fields() {
		for method, op := range item.fields() {
			if !slices.Contains(methods, method) || op.get("tags").first().text() != tag {
				continue
			}

			o := operation{
				ID: op.get("operationId").text(), Method: strings.ToUpper(method), Path: path,
				Summary: op.get("summary").text(), Text: paragraphs(op.get("description").text()),
				Deprecated: op.get("deprecated").text() == "true",
				Open:       op.get("security").known() && len(op.get("security").items()) == 0,
				Parameters: d.parameters(slices.Concat(item.get("parameters").items(), op.get("parameters").items())),
				Responses:  d.responses(op.get("responses")),
			}

			if body := d.resolve(op.get("requestBody")); body.known() {
				o.Body = d.content(body)
			}

			list = append(list, o)
		}
	}

	return list
}

func (d *description) parameters(nodes []node) []parameter {
	list := make([]parameter, len(nodes))

	for i, n := range nodes {
		n = d.resolve(n)
		schema := d.resolve(n.get("schema"))
		list[i] = parameter{
			Name: n.get("name").text(), In: n.get("in").text(), Required: n.get("required").text() == "true",
			Type: typeOf(schema), Text: inline(n.get("description").text() + " " + rulesOf(schema)),
		}
	}

	return list
}

func (d *description) responses(n node) []response {
	var list []response

	for status, r := range n.fields() {
		r = d.resolve(r)
		list = append(list, response{Status: status, Text: inline(r.get("description").text()), Body: d.content(r)})
	}

	return list
}

// content returns the schema of a body in JSON; nil where it is none.
func (d *description) content(n node) *schemaView {
	schema := n.get("content").get("application/json").get("schema")
	if !schema.known() {
		return nil
	}

	view := d.schema(schema)

	return &view
}

// paragraphs splits a text at its blank lines.
func paragraphs(text string) []template.HTML {
	var list []template.HTML

	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, inline(p))
		}
	}

	return list
}

// inline makes HTML of a text, in which code stands between backticks.
func inline(text string) template.HTML {
	var out strings.Builder

	for i, part := range strings.Split(strings.TrimSpace(text), "`") {
		part = template.HTMLEscapeString(part)
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}

		out.WriteString(part)
	}

	return template.HTML(out.String())
}
