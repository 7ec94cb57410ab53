SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The interpreter that .venv is made from; any Python from 3.11 on.
PYTHON ?= python3
export PYTHON
# Tests start hundreds of processes: modules are compiled once, whatever the machine's setting.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
DEMO := .venv/.demo
DEV := .venv/.dev
ALL := .venv/.all
# Pages with generated parts; `make gen` writes those, `make check` compares them.
COG = $(shell grep -rlsF '[[[cog' README.md docs --include='*.md')
PYTEST_ARGS ?=
# How many files `make test-all` runs side by side; each may take 2 GB.
WORKERS ?= 2
BENCH_ARGS ?=

.PHONY: help setup demo check test test-all docs gen wheel bench lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 12

setup: $(DEV) ## make .venv with all that check and test need, from the lock file

demo: ## install, build a whole label system in demo/, and show it off
	@echo "make demo: three steps, about 5 minutes the first time"
	@echo "  1. install labelsys, the sentence encoder and torch into .venv (6 GB on disk)"
	@echo "  2. fetch WordNet 3.0 into the cache and build the label system in demo/"
	@echo "  3. search it, look at it, export from it, link a list to it"
	@$(MAKE) --no-print-directory $(DEMO)
	@PATH="$(CURDIR)/$(BIN):$$PATH" docs/demo.sh

check: $(DEV) ## format, lint, types, import layers, generated docs; seconds
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(if $(COG),$(BIN)/cog --check $(COG))

test: $(DEV) ## the suite without servers, torch or root
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-all: $(ALL) ## the whole suite with every extra, under branch coverage
	LABELSYS_TEST_ALL=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not gpu" --cov --cov-report=term $(PYTEST_ARGS)

docs: $(DEV) ## run the examples, check the links, build the pages; warnings are errors
	$(BIN)/python -m pytest --quiet docs tests/docs
	$(if $(COG),$(BIN)/cog --check $(COG))
	$(BIN)/mkdocs build --quiet --strict --config-file .mkdocs.yml

gen: $(DEV) ## rewrite the generated parts of the docs
	$(if $(COG),$(BIN)/cog -r $(COG))

wheel: $(DEV) ## build the wheel, install it in a clean environment, use it outside the checkout
	rm -rf build/lib build/bdist.* dist
	$(BIN)/python -m build --quiet --wheel --no-isolation --outdir dist .
	.ci/smoke dist/*.whl

bench: $(ALL) ## run the benchmarks; never part of the tests
	for script in tests/bench/bench_*.py; do $(BIN)/python -m "tests.bench.$$(basename "$$script" .py)" $(BENCH_ARGS); done

lock: $(DEV) ## resolve the lock files again (names, versions and hashes, no addresses)
	.ci/lock

clean: ## remove what the other targets made, except .venv and the cache
	rm -rf build dist demo *.egg-info .coverage .coverage.* .hypothesis .import_linter_cache \
	  .mypy_cache .pytest_cache .ruff_cache

# Which installs are done; a lock file or pyproject.toml that changed asks for them again.
$(DEMO): requirements-demo.lock pyproject.toml
$(DEV): requirements-dev.lock pyproject.toml
$(ALL): requirements-all.lock pyproject.toml
$(DEMO) $(DEV) $(ALL):
	@.ci/install $<
	@touch $@
