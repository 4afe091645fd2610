# The commands of a developer. "make help" lists them; what they run lies in
# scripts/, so that .ci/run needs no make.

FUZZTIME ?= 30s
BENCH    ?= .

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Compile every package and program
	go build ./...

.PHONY: test
test: ## Run the tests
	go test ./...

.PHONY: integration
integration: ## Run the tests that need servers, which it installs and starts
	scripts/integration

.PHONY: race
race: ## Run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race ./...

.PHONY: lint
lint: ## Check formatting, go vet, staticcheck, go.mod and the scripts
	scripts/lint

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (30s)
	scripts/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## Run the benchmarks that match BENCH (all), with allocations
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

.PHONY: bench-images
bench-images: ## Compare the image processors, each with the others and libvips
	scripts/bench-images

.PHONY: cover
cover: ## Write coverage.html and print the total
	go test -coverprofile=coverage.out -coverpkg=./... ./...
	go tool cover -html=coverage.out -o coverage.html
	go tool cover -func=coverage.out | tail -n 1

.PHONY: sample
sample: ## Import the sample catalogue and check what came of it
	scripts/sample

.PHONY: web
web: ## Build the page, whose files are committed
	scripts/web-check -write

.PHONY: web-check
web-check: ## Check the page and that its built files are what its source gives
	scripts/web-check

.PHONY: web-test
web-test: ## Drive the page in a real browser (needs Chromium)
	scripts/web-test

.PHONY: ci
ci: ## Run all that a change has to pass
	.ci/run
