# The front door. `make` alone lists what there is.

CARGO ?= cargo
DATA  ?= data
BIN   := target/release/clew

.DEFAULT_GOAL := help
.PHONY: help build run demo test test-rust test-http check bench conformance crash fuzz install clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

build: ## build the release binary, target/release/clew
	$(CARGO) build --release --locked --bin clew

run: build ## build all, start Clew with its data in ./data and print the address
	$(BIN) serve --data $(DATA)

demo: build ## in a second shell: send a handful of varied runs to the running Clew
	$(BIN) demo

test: ## every test: Rust, then recorded and real clients against the built binary
	.ci/test

test-rust: ## the Rust tests alone
	.ci/test rust

test-http: ## the tests that drive the built binary over HTTP and gRPC alone
	.ci/test http

check: ## what a commit must pass besides its tests: formatting, lints, docs
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

conformance: build ## the real SDKs of each tracer against the built binary
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/run.py

crash: build ## kill -9 a hundred times in the middle of ingest, then a full and a read-only disk
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/kill.py --rounds 100
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/disk.py

bench: ## the table of docs/performance.md, each number beside its limit in the same run
	$(CARGO) run --release --locked --package clew-bench

fuzz: ## ten minutes of each fuzz target (needs a nightly toolchain and cargo-fuzz)
	fuzz/run

install: build ## put the binary into ~/.cargo/bin
	$(CARGO) install --path crates/clew --locked

clean: ## remove what was built; the data folder stays
	$(CARGO) clean
