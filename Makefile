# The front door. `make` alone lists what there is.

CARGO ?= cargo
DATA  ?= data
BIN   := target/release/clew

.DEFAULT_GOAL := help
.PHONY: help build web web-dev run demo test test-rust test-web test-browser test-http test-sdk sdk-modules check bench bench-browser conformance crash fuzz install clean
# A recipe that breaks off leaves no file behind that looks finished.
.DELETE_ON_ERROR:

# The web pages, by file time: unchanged ones are not built again. Folders are named too,
# since a file that went away changes nothing else.
CLEW_URL    ?= http://127.0.0.1:2539
WEB         := $(if $(wildcard web/package.json),web/dist/index.html)
WEB_MODULES := web/node_modules/.package-lock.json
WEB_SOURCES := $(shell find web/src web/public web/scripts ! -name '*.test.*' 2>/dev/null) \
	$(wildcard web/*.html web/*.json web/*.ts web/*.js web/*.mjs)

SDK_MODULES := sdk/typescript/node_modules/.package-lock.json

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

build: web ## build the release binary with its web pages, target/release/clew
	$(CARGO) build --release --locked --bin clew

web: $(WEB) ## build the web pages alone, web/dist

$(WEB_MODULES): web/package-lock.json
	@command -v npm >/dev/null || { \
	  echo "the web pages need Node 20 or later; \"cargo build --release\" builds without them"; exit 1; } >&2
	cd web && npm ci
	@touch $@

web/dist/index.html: $(WEB_MODULES) $(WEB_SOURCES)
	cd web && npm run build
	@touch $@

web-dev: $(WEB_MODULES) ## the web pages as they are written, beside the running Clew at CLEW_URL
	cd web && CLEW_URL=$(CLEW_URL) npm run dev

run: build ## build all, start Clew with its data in ./data and print the address
	$(BIN) serve --data $(DATA)

demo: build ## in a second shell: send a handful of varied runs to the running Clew
	$(BIN) demo

test: ## every test: Rust, then recorded and real clients against the built binary
	.ci/test

test-rust: ## the Rust tests alone
	.ci/test rust

test-web: ## the tests of the page's modules alone
	.ci/test web

test-browser: ## the pages of the built binary in Chromium alone
	.ci/test browser

$(SDK_MODULES): sdk/typescript/package-lock.json
	cd sdk/typescript && npm ci
	@touch $@

sdk-modules: $(SDK_MODULES)

test-sdk: ## the tests of our own SDKs alone
	.ci/test sdk

test-http: ## the tests that drive the built binary over HTTP and gRPC alone
	.ci/test http

check: $(WEB_MODULES) $(SDK_MODULES) ## what a commit must pass besides its tests: formatting, lints, types, docs
	cd web && npm run --silent check
	npm --prefix sdk/typescript run --silent check
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

conformance: build ## the real SDKs of each tracer against the built binary
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/run.py
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/keys.py
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/kill_midrun.py
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/kill_midrun.py --busy

crash: build ## kill -9 a hundred times in the middle of ingest, then a full and a read-only disk
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/kill.py --rounds 100
	CLEW_BIN=$(CURDIR)/$(BIN) python3 conformance/disk.py

bench: ## the table of docs/performance.md, each number beside its limit in the same run
	$(CARGO) run --release --locked --package clew-bench

bench-browser: build $(WEB_MODULES) ## the pages in Chromium: paint, heap, frames, up to 100,000 spans; and Phoenix beside them
	node bench/browser/main.mjs --binary $(BIN) --peer

fuzz: ## ten minutes of each fuzz target (needs a nightly toolchain and cargo-fuzz)
	fuzz/run

install: web ## put the binary into ~/.cargo/bin
	$(CARGO) install --path crates/clew --locked

clean: ## remove what was built; the data folder stays
	$(CARGO) clean
	rm -rf web/dist
