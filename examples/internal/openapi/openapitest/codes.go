package openapitest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/vyapaarai/bulkimport/examples/internal/openapi"
)

// statuses returns the status that the description gives for each code of a refused
// request. That of a file goes by what was asked, and is in none of these.
var statuses = sync.OnceValues(func() (map[string]int, error) {
	var d struct {
		Components struct {
			Schemas struct {
				ErrorCode struct {
					OneOf []struct{ Const, Description string } `yaml:"oneOf"`
				} `yaml:"ErrorCode"`
			}
		}
	}

	if err := yaml.Unmarshal(openapi.Spec(), &d); err != nil {
		return nil, err
	}

	codes := map[string]int{}

	for _, c := range d.Components.Schemas.ErrorCode.OneOf {
		if status := statusFirst.FindStringSubmatch(c.Description); status != nil {
			codes[c.Const], _ = strconv.Atoi(status[1]) // three digits
		}
	}

	return codes, nil
})

// statusFirst finds the status at the beginning of what is said of a code.
var statusFirst = regexp.MustCompile(`^(\d{3})\. `)

// checkCode compares the status of a refusal with that of its code.
func (c *checker) checkCode(r *http.Request, status int, body []byte) {
	c.t.Helper()

	var problem struct {
		Code string `json:"code"`
	}

	if status < http.StatusBadRequest || json.Unmarshal(body, &problem) != nil {
		return // the description has said what it thinks of that
	}

	if wanted, known := c.statuses[problem.Code]; known && wanted != status {
		c.t.Errorf("openapitest: %s %s is answered with %d, and the code %s is described as one of %d",
			r.Method, r.URL.Path, status, problem.Code, wanted)
	}
}
