package openapi

import (
	"fmt"
	"iter"
	"strings"

	"go.yaml.in/yaml/v3"
)

// description is a description that is being rendered.
type description struct {
	root *yaml.Node
	// err is the first reference that leads nowhere.
	err error
}

// node is a value of the description, or none at all. Mappings keep their order.
type node struct{ yaml *yaml.Node }

// at returns the value at a path of field names.
func (d *description) at(path ...string) node {
	n := node{d.root}
	for _, name := range path {
		n = n.get(name)
	}

	return n
}

// resolve follows a reference to the components, where the node is one.
func (d *description) resolve(n node) node {
	ref := n.get("$ref").text()
	if ref == "" {
		return n
	}

	target := d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	if !target.known() && d.err == nil {
		d.err = fmt.Errorf("openapi: the reference %s leads nowhere", ref)
	}

	return target
}

func (n node) known() bool { return n.yaml != nil }

// text returns a scalar.
func (n node) text() string {
	if n.yaml == nil || n.yaml.Kind != yaml.ScalarNode {
		return ""
	}

	return n.yaml.Value
}

// get returns a field of a mapping.
func (n node) get(name string) node {
	for key, value := range n.fields() {
		if key == name {
			return value
		}
	}

	return node{}
}

// fields ranges over a mapping; over nothing where the node is none.
func (n node) fields() iter.Seq2[string, node] {
	return func(yield func(string, node) bool) {
		if n.yaml == nil || n.yaml.Kind != yaml.MappingNode {
			return
		}

		for i := 0; i+1 < len(n.yaml.Content); i += 2 {
			if !yield(n.yaml.Content[i].Value, node{n.yaml.Content[i+1]}) {
				return
			}
		}
	}
}

// items returns the elements of a sequence.
func (n node) items() []node {
	if n.yaml == nil || n.yaml.Kind != yaml.SequenceNode {
		return nil
	}

	list := make([]node, len(n.yaml.Content))
	for i, c := range n.yaml.Content {
		list[i] = node{c}
	}

	return list
}

// first returns the first element of a sequence.
func (n node) first() node {
	if items := n.items(); len(items) > 0 {
		return items[0]
	}

	return node{}
}
