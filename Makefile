# Needs only Python 3.11 or newer and make. `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
UV := $(shell command -v uv 2>/dev/null || echo .bootstrap/bin/uv)
MEMBERS := $(patsubst %/pyproject.toml,%,$(wildcard libs/*/pyproject.toml services/*/pyproject.toml cli/pyproject.toml))
NAMES := $(shell sed -n 's/^name = "\(.*\)"/\1/p' $(MEMBERS:%=%/pyproject.toml))
STAMP := .venv/.installed
BIN := .venv/bin
# Images of Python like to set it. The tests start some hundred processes: each would compile all of our code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(STAMP) ## the whole platform on this machine, behind one port (ARGS="--no-simulator")
	@$(BIN)/entente demo $(ARGS)

.PHONY: test
# Two processes, as most tests wait most of the time: for PostgreSQL, for Kafka, or for what they started.
test: $(STAMP) ## all tests, on a real PostgreSQL and Apache Kafka (ARGS="-k deviation"; CHANGED=1: of what changed)
	@chosen="$(if $(CHANGED),$$($(BIN)/python scripts/changed.py))" && $(BIN)/pytest -n 3 $$chosen $(ARGS)

.PHONY: test-whole
# Half an hour and more: every edge value in every field, drafts of migrations, more faults.
test-whole: $(STAMP) ## the tests, and all that a run of CI has no time for (ENTENTE_FAULT_SECONDS=600: faults for long)
	@ENTENTE_WHOLE=1 $(BIN)/pytest -n 2 $(ARGS)

.PHONY: test-late
# Most of it waits: more processes than cores.
test-late: $(STAMP) ## services' tests while facts are sent and heard late: one that reads where it has to wait fails
	@ENTENTE_LATE=1 $(BIN)/pytest -n 6 $(wildcard services/*/tests/integration) $(ARGS)

.PHONY: identity-test
# A minute more where Keycloak was not built for this user before.
identity-test: $(STAMP) ## signing in, renewal, keys and signatures with a real Keycloak, and a browser where there is one
	@ENTENTE_IDENTITY=1 $(BIN)/pytest tests/identity $(ARGS)

.PHONY: mutations
mutations: $(STAMP) ## break the code on purpose, and see the tests that name it fail (ARGS="relay" chooses by name)
	@$(BIN)/python -m tests.mutations $(ARGS)

.PHONY: check
check: $(STAMP) ## style, types, imports between packages, generated files
	@$(MAKE) -j 2 types style

.PHONY: types
types: $(STAMP)
	@$(BIN)/mypy

.PHONY: style
# Also what is generated. Types take as long as all of it.
style: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/python -m scripts.incoming --check
	@$(BIN)/python -m contracts.generate --check
	@$(BIN)/python scripts/permissions.py --check
	@$(BIN)/python scripts/pictures.py --check
	@$(BIN)/python scripts/language.py --check
	@$(BIN)/python scripts/clients.py --check
	@$(BIN)/python -m scripts.everywhere
	@$(BIN)/python -m scripts.boards --check
	@$(BIN)/python -m scripts.kubernetes --check

.PHONY: format
format: $(STAMP) ## write the code in the style that `make check` wants
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(STAMP) ## ours beside a floor, and docs/performance.md from it (ARGS="relay --short": a look, and no page)
	@$(BIN)/python -m benchmarks $(or $(ARGS),--write)

.PHONY: up
# Only a container engine is needed. PROFILES=observability adds collector, Prometheus, Grafana, Tempo and Loki.
COMPOSE = docker compose $(PROFILES:%=--profile %)
up: ## the whole platform in containers, behind one port (PROFILES=observability adds what shows how it is)
	@sh deploy/compose/secrets.sh
	@$(COMPOSE) build
	@$(if $(findstring observability,$(PROFILES)),OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318) \
		$(COMPOSE) up --detach --wait --wait-timeout 900
	@PROFILES="$(PROFILES)" sh deploy/compose/where.sh

.PHONY: down
down: ## stop the containers; what they keep stays (ARGS=--volumes: nothing stays)
	@docker compose --profile "*" down $(ARGS)

.PHONY: up-test
up-test: $(STAMP) ## journeys through what `make up` started, while containers are killed and started again
	@ENTENTE_UP_TEST=1 $(BIN)/pytest tests/stack $(ARGS)

.PHONY: k8s
k8s: $(STAMP) ## write what deploy/k8s has for each service and topic, after a change of services, facts or what they hear
	@$(BIN)/python -m scripts.kubernetes

.PHONY: k8s-validate
k8s-validate: $(STAMP) ## hold deploy/k8s against schemas and what we promise; needs kubectl or kustomize, no cluster
	@$(BIN)/python -m scripts.kubernetes.validation

.PHONY: k8s-test
# The page is brought to this machine meanwhile. The cluster has the image with a second tag, `next`.
k8s-test: $(STAMP) ## journeys through what the overlay dev made of a cluster; pods are deleted, a release takes over under load
	@ENTENTE_K8S_TEST=1 $(BIN)/pytest tests/stack $(ARGS)

.PHONY: permissions
permissions: $(STAMP) ## write down who may do what, after a change of access
	@$(BIN)/python scripts/permissions.py

.PHONY: incoming
incoming: $(STAMP) ## write down what partners' systems may send, after a change of partner-feeds' records
	@$(BIN)/python -m scripts.incoming && $(BIN)/python -m contracts.generate

.PHONY: pictures
pictures: $(STAMP) ## draw the lifecycles in the READMEs, after a change of transitions
	@$(BIN)/python scripts/pictures.py

.PHONY: language
language: $(STAMP) ## write the reference of the mapping language, after a change of its words
	@$(BIN)/python scripts/language.py

.PHONY: boards
boards: $(STAMP) ## write Grafana's dashboards and Prometheus's targets, after a change of boards.toml or of the services
	@$(BIN)/python -m scripts.boards

.PHONY: observability-test
observability-test: $(STAMP) ## each query of each panel and alert on a real Prometheus, and each alert by its fault
	@ENTENTE_WHOLE=1 $(BIN)/pytest tests/observability $(ARGS)

.PHONY: schema
schema: $(STAMP) ## write down what each service's database holds, after a migration (SERVICE=s: of one)
	@PYTHONPATH=libs/runtime/tests/notes/src $(BIN)/python scripts/schema.py $(SERVICE)

.PHONY: clients
clients: $(STAMP) ## generate the TypeScript client, after a change of an API, and compile it
	@$(BIN)/python scripts/clients.py

.PHONY: clients-test
clients-test: clients ## run the TypeScript example against a demo
	@$(BIN)/pytest tests/e2e/test_demo.py -k typescript $(ARGS)

.PHONY: migration
migration: $(STAMP) ## what models say and the database does not, as a migration's draft (SERVICE=s M="what it does")
	@$(BIN)/python scripts/migration.py "$(SERVICE)" "$(M)"

.PHONY: new-service
new-service: $(STAMP) ## a service that passes every check (NAME=x)
	@$(BIN)/python -m scripts.new_service $(NAME)

.PHONY: new-aggregate
new-aggregate: $(STAMP) ## one more kind of record inside a service (SERVICE=s NAME=x)
	@$(BIN)/python -m scripts.new_aggregate $(SERVICE) $(NAME)

.PHONY: lock
LOCK = UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links $(NAMES:%=--no-emit-package %)
# The second is of the same versions: what runs in a container, and what its packages are built with. The third: what is
# besides in the one that takes backups.
lock: | $(UV) ## write requirements.lock and the parts of it that containers have anew (ARGS="--upgrade")
	@$(LOCK) --group dev $(MEMBERS:%=%/pyproject.toml) --output-file requirements.lock $(ARGS)
	@$(LOCK) --constraints requirements.lock --excludes deploy/not-in-the-image.txt deploy/image.in \
		$(patsubst %,%/pyproject.toml,$(filter-out libs/local,$(MEMBERS))) --output-file requirements.image.lock
	@$(LOCK) --constraints requirements.lock deploy/backup.in --output-file requirements.backup.lock
	@echo uv | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links - --output-file bootstrap.lock $(ARGS)

.PHONY: sbom
sbom: $(STAMP) ## sbom.cdx.json: what is installed, with versions, licences, digests and who needs it (CycloneDX)
	@$(BIN)/python scripts/sbom.py

.PHONY: audit-dependencies
audit-dependencies: $(STAMP) ## what is known to be wrong with locked versions (ENTENTE_ADVISORIES: a mirror of OSV)
	@$(BIN)/python scripts/audit.py

.PHONY: install
install: $(STAMP) ## the virtual environment in .venv, no more

.PHONY: clean
clean: ## remove what was installed and built (not the demo's data)
	rm -rf .venv .bootstrap .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.bootstrap/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found; set PYTHON=..." >&2; exit 1; }
	@echo "installing uv"
	@$(PYTHON) -m venv .bootstrap
	@.bootstrap/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock

# The second run costs nothing; a changed lock or pyproject installs again.
$(STAMP): requirements.lock pyproject.toml $(MEMBERS:%=%/pyproject.toml) | $(UV)
	@test -x $(BIN)/python || { echo "making .venv"; $(UV) venv --quiet --python "$(PYTHON)" .venv; }
	@echo "installing what requirements.lock names"
	@$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(MEMBERS:%=-e ./%)
	@touch $@
