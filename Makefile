# Everything a developer or a machine does with Codewell. `make help` lists it.
# Each target prepares what it needs first and skips what has not changed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv/bin/python
RUN := $(VENV) -m codewell
PREPARE = $(if $(PYTHON),"$(PYTHON)" infra/dev/prepare.py,\
	@echo "Codewell needs Python 3.11 or later, and none was found; see python.org." >&2; exit 1;)
BACKEND := cd backend && ../$(VENV)
UV ?= uv

##@ Use it

run: ## Set up and run: embedded PostgreSQL, a synthetic Trust, API and pages on http://127.0.0.1:8000 (PORT=n)
	@$(PREPARE) run
	@exec $(RUN) run $(ARGS)

setup: ## Set up for development without running anything
	@$(PREPARE) setup

##@ Work on it

dev: ## API with reload and the pages' development server, in one terminal (PORT=n for the API)
	@$(PREPARE) dev
	@exec $(RUN) dev $(ARGS)

test: ## Set up and run every test; T=backend/tests/queries runs only that part of the backend's
	@$(PREPARE) $(if $(T),backend,test)
ifdef T
	@$(BACKEND) -m pytest $(patsubst backend/%,%,$(T))
else
	@failed=; \
	echo "== Backend"; ($(BACKEND) -m pytest) || failed="$$failed backend"; \
	echo "== Pages"; (cd frontend && npm test --silent) || failed="$$failed pages"; \
	echo "== Journeys"; (cd frontend && CODEWELL_CHROMIUM="$$(cat ../.codewell/chromium)" npm run e2e --silent) \
		|| failed="$$failed journeys"; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed" >&2; exit 1; fi; echo "All tests passed."
endif

e2e: ## Journeys in Chromium against the real stack; G="words of a title" picks some
	@$(PREPARE) e2e
	@cd frontend && CODEWELL_CHROMIUM="$$(cat ../.codewell/chromium)" npm run e2e --silent -- $(if $(G),--grep "$(G)")

check: ## Lint, types, staircase, schema and contract drift, on both halves
	@$(PREPARE) check
	@$(BACKEND) -m ruff check . ../infra
	@$(BACKEND) -m ruff format --check . ../infra
	@$(BACKEND) -m mypy
	@cd backend && ../$(VENV) -c 'from importlinter.cli import lint_imports_command as c; c()'
	@$(RUN) migrate --check
	@$(RUN) contract --check
	@cd frontend && npx --no-install openapi-typescript ../openapi/openapi.json --output ../.codewell/schema.d.ts \
		--alphabetize --immutable=false --default-non-nullable=false >/dev/null && diff -q ../.codewell/schema.d.ts src/api/schema.d.ts >/dev/null \
		|| { echo "frontend/src/api/schema.d.ts is not what openapi/openapi.json says: make contract" >&2; exit 1; }
	@cd frontend && npm run check --silent
	@echo "All checks passed."

contract: ## Rewrite openapi/ and the generated types from the code
	@$(PREPARE) check
	@$(RUN) contract
	@cd frontend && npm run contract --silent

migration: ## A new, empty migration: make migration m="add coding query"
	@$(PREPARE) backend
	@$(RUN) migrate --new "$(m)"

bench: ## Measure the figures of docs/benchmarks.md
	@$(PREPARE) bench
	@$(BACKEND) -m bench $(ARGS)

lock: ## Lock the dependencies again, with hashes and without addresses (needs uv: pip install uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or UV=/path/to/uv make lock" >&2; exit 1; }
	@cd backend && for f in requirements requirements-dev; do $(UV) pip compile --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q $$f.in -o $$f.txt; done
	@cd frontend && npm install --package-lock-only --no-audit --no-fund --loglevel=error

##@ About this file

help: ## Show this
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run setup dev test e2e check contract migration bench lock help
