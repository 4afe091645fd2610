package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// expression is what a query of PromQL reads: the series, and the labels it asks of them.
type expression struct {
	series []string
	labels map[string][]string // by series
}

var (
	quoted   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	duration = regexp.MustCompile(`\[[^\]]*\]`)
	grouping = regexp.MustCompile(`\b(by|without)\s*\(([^)]*)\)`)
	setOps   = regexp.MustCompile(`\b(and|or|unless)\s+(?:(?:on|ignoring)\s*\([^)]*\))?`)
	selector = regexp.MustCompile(`([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{[^}]*\}|\()?`)
	matcher  = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)\s*(?:=~|!~|!=|=)`)
)

// functions are what dashboards call. One more is added here, once somebody has looked
// whether it is spelled right.
func functions() []string {
	return []string{"sum", "max", "min", "avg", "rate", "increase", "histogram_quantile", "clamp_min", "label_values"}
}

// parseExpression reads a query, as far as names are concerned.
func parseExpression(text string) (expression, error) {
	for _, pair := range []string{"()", "{}", "[]"} {
		plain := quoted.ReplaceAllString(text, "")
		if strings.Count(plain, pair[:1]) != strings.Count(plain, pair[1:]) {
			return expression{}, fmt.Errorf("unbalanced %s in %s", pair, text)
		}
	}

	e := expression{labels: map[string][]string{}}
	plain := duration.ReplaceAllString(quoted.ReplaceAllString(text, `""`), "")

	var grouped []string

	for _, match := range grouping.FindAllStringSubmatch(plain, -1) {
		for label := range strings.SplitSeq(match[2], ",") {
			grouped = append(grouped, strings.TrimSpace(label))
		}
	}

	plain = setOps.ReplaceAllString(grouping.ReplaceAllString(plain, ""), " ")

	for _, match := range selector.FindAllStringSubmatch(plain, -1) {
		name, rest := match[1], match[2]

		if rest == "(" {
			if !slices.Contains(functions(), name) {
				return expression{}, fmt.Errorf("unknown function %s in %s", name, text)
			}

			continue
		}

		e.series = append(e.series, name)
		e.labels[name] = append(e.labels[name], grouped...)

		for _, m := range matcher.FindAllStringSubmatch(rest, -1) {
			e.labels[name] = append(e.labels[name], m[1])
		}
	}

	if len(e.series) == 0 {
		return expression{}, fmt.Errorf("no series in %s", text)
	}

	return e, nil
}

func TestParseExpression(t *testing.T) {
	t.Parallel()

	e, err := parseExpression(`histogram_quantile(0.95, sum by (le, a_b) (rate(x_bucket{c=~"d(e",f!="{"}[$__rate_interval]))) / clamp_min(y, 1)`)
	require.NoError(t, err)
	require.Equal(t, []string{"x_bucket", "y"}, e.series)
	require.Equal(t, map[string][]string{"x_bucket": {"le", "a_b", "c", "f"}, "y": {"le", "a_b"}}, e.labels)

	for _, wrong := range []string{"sum(x", "summ(x)", "1 + 2", "x{a="} {
		_, err := parseExpression(wrong)
		require.Error(t, err, wrong)
	}
}

// expressions returns the queries of a dashboard, by the title of their panel.
func expressions(t *testing.T, path string) map[string][]string {
	t.Helper()

	data, err := os.ReadFile(path)
	require.NoError(t, err)

	var dashboard struct {
		Panels []struct {
			ID      int
			Type    string
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
		Templating struct {
			List []struct {
				Name  string
				Query any
			}
		}
	}
	require.NoError(t, json.Unmarshal(data, &dashboard))

	found := map[string][]string{}
	ids := map[int]bool{}

	for _, p := range dashboard.Panels {
		require.False(t, ids[p.ID], "two panels have the id %d", p.ID)
		ids[p.ID] = true

		require.True(t, p.Type == "row" || len(p.Targets) > 0, "the panel %s shows nothing", p.Title)

		for _, target := range p.Targets {
			found[p.Title] = append(found[p.Title], target.Expr)

			// A legend shows labels that the query keeps.
			for _, label := range regexp.MustCompile(`\{\{(\w+)\}\}`).FindAllStringSubmatch(target.LegendFormat, -1) {
				require.Regexp(t, `by \([^)]*\b`+label[1]+`\b`, target.Expr, p.Title)
			}
		}
	}

	for _, v := range dashboard.Templating.List {
		if query, ok := v.Query.(object); ok {
			found["variable "+v.Name] = []string{query["query"].(string)}
		}
	}

	return found
}

// TestTheDashboardShowsWhatExists checks every series and label that the dashboard, and the
// alerts of the documentation, ask for against what a server tells after an import.
func TestTheDashboardShowsWhatExists(t *testing.T) {
	t.Parallel()

	s, _ := measured(t)
	existing := labelsOf(s.scrape(t))
	seen := 0

	asked := expressions(t, "../grafana/dashboard.json")
	addAlerts(t, asked)

	for panel, queries := range asked {
		for _, query := range queries {
			// The arguments of a variable's query: a series and a label that Prometheus adds.
			query = strings.TrimSuffix(strings.Replace(query, ", instance)", ")", 1), " ")

			e, err := parseExpression(query)
			require.NoError(t, err, panel)

			for _, name := range e.series {
				require.Contains(t, existing, name, "%s: there is no such series", panel)

				for _, label := range e.labels[name] {
					// Prometheus adds it to what it scrapes.
					if label != "instance" {
						require.True(t, existing[name][label], "%s: %s has no label %s, only %v", panel, name, label, existing[name])
					}
				}

				seen++
			}
		}
	}

	require.Greater(t, seen, 40)
}

// addAlerts adds the expressions of the documentation, a line each.
func addAlerts(t *testing.T, queries map[string][]string) {
	t.Helper()

	text, err := os.ReadFile("../../docs/observability.md")
	require.NoError(t, err)

	for _, block := range regexp.MustCompile("(?s)```promql\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			queries["alert"] = append(queries["alert"], strings.TrimSpace(line))
		}
	}

	require.Greater(t, len(queries["alert"]), 10)
}
