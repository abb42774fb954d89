# Orderwright: everything a developer does. `make` or `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.orderwright-installed
# The first Python that is new enough; name another with `make setup PYTHON=python3.13`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
# Narrow what is tested: make test TESTS=tests/platform PYTEST="-x -n 0"
TESTS ?= tests
PYTEST ?= -n 2 --dist loadfile
BENCH ?= --all

##@ Use
.PHONY: demo
demo: $(STAMP) ## Install, start an embedded PostgreSQL, replay real baskets and show them at http://127.0.0.1:8000
	$(BIN)/orderwright demo

.PHONY: serve
serve: $(STAMP) ## Serve the HTTP API with its workers (DATABASE_URL for your own PostgreSQL)
	$(BIN)/orderwright serve

##@ Develop
.PHONY: setup
setup: $(STAMP) ## Make .venv with everything in it (quick when nothing changed), and find a browser for the tests
	@$(MAKE) --no-print-directory browser || echo "setup: go on without it; only the browser tests need it."

.PHONY: test
test: $(STAMP) browser ## Run every test (TESTS=path and PYTEST="options" narrow it)
	$(BIN)/python -m pytest $(PYTEST) $(TESTS)

.PHONY: lint
lint: $(STAMP) ## Style, format, types, import order of the slices, SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m orderwright.platform.sqlcheck

.PHONY: format
format: $(STAMP) ## Format the code and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: $(STAMP) ## Run the benches (BENCH="intake --bulk" runs one)
	$(BIN)/orderwright bench $(BENCH)

.PHONY: pictures
pictures: $(STAMP) browser ## Make the pictures of docs/guides anew, by walking through each role's day
	ORDERWRIGHT_GUIDES=1 $(BIN)/python -m pytest -q -p no:cacheprovider tests/guides

.PHONY: docs
docs: $(STAMP) ## Check and build the documentation, and record the examples of answers in the OpenAPI document
	$(BIN)/python -m tests.examples.record
	$(BIN)/python docs/build.py

##@ Maintain
.PHONY: lock
lock: ## Pin the newest allowed dependencies with hashes (requirements/*.lock)
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv; }
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --all-extras pyproject.toml --output-file requirements/dev.lock
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --constraint requirements/dev.lock pyproject.toml --output-file requirements/runtime.lock
	@! grep -n '://' requirements/*.lock || { echo "lock: a lock names an address; see above." >&2; exit 1; }

.PHONY: browser
browser: ## Find Chromium for the browser tests, or install Debian's
	@for name in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null 2>&1; then exit 0; fi; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "browser: installing Debian's chromium ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else \
		echo "browser: Chromium is missing. Install it (on Debian: sudo apt-get install chromium)," >&2; \
		echo "browser: or name it: make test CHROMIUM=/path/to/chromium" >&2; exit 1; \
	fi

.PHONY: clean
clean: ## Remove what was made here: .venv, caches, builds (never the data of a server)
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

.PHONY: help
help: ## List these commands
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST); echo

# The venv is complete when this file is younger than what it was made from.
$(STAMP): requirements/dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "setup: Python 3.11 or later is needed; install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "setup: making $(VENV) with $$($(PYTHON) --version)"; $(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); echo "setup: no venv could be made; on Debian: apt-get install python3-venv" >&2; exit 1; }; }
	@echo "setup: installing what requirements/dev.lock pins (a few minutes the first time)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	@touch $@
