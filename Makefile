# `make run` and `make test` need Python 3.11 or newer and nothing else; `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run dev test check bench docs lock clean

export PORT ?= 8000
export BASE_URL ?= http://localhost:$(PORT)
# Only this machine may reach the sample company and its well-known passwords. BIND=0.0.0.0 opens it to the network.
export BIND ?= 127.0.0.1
export PATH := $(CURDIR)/.venv/bin:$(PATH)

JOBS ?= auto
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet
# Settings come from the environment alone: honcho is told to read no .env file.
HONCHO := honcho -e /dev/null

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.run ## serve the sample company on PORT (8000), data in var/; Ctrl-C stops everything
	@$(HONCHO) start --no-prefix release
	@subregistry demo --first-run
	@subregistry welcome
	@exec $(HONCHO) start web worker

dev: .venv/.test ## the same, and the web process restarts when a file changes
	@$(HONCHO) start --no-prefix release
	@subregistry demo --first-run
	@subregistry welcome
	@FLASK_DEBUG=1 WEB_CONCURRENCY=1 GUNICORN_CMD_ARGS="--reload --access-logfile -" exec $(HONCHO) start web worker

test: .venv/.test ## every test, on SQLite and PostgreSQL, in Chromium
	@.venv/bin/python tests/prepare.py
	@.venv/bin/python -m pytest -n $(JOBS) --maxprocesses 4 -rfEs $(ARGS)

check: .venv/.test ## lint, format, types, import rules
	@ruff check .
	@ruff format --check .
	@mypy
	@lint-imports

bench: .venv/.test ## measurements, each beside a baseline
	@.venv/bin/python -m tests.benchmarks $(ARGS)

docs: .venv/.test ## write the table of settings into docs/settings.md
	@sed -i.old '/^|/d' docs/settings.md && rm docs/settings.md.old
	@subregistry settings --markdown >> docs/settings.md

lock: .venv/.test ## refresh both lock files within the ranges of pyproject.toml
	@$(PIP) install uv
	@$(COMPILE) --upgrade --output-file requirements.lock
	@$(COMPILE) --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock

COMPILE = uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" pyproject.toml --group build

clean: ## remove the environment and what tools left behind; keeps var/
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is younger than the lock it was made from; a newer lock installs again.
.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked dependencies into .venv …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: requirements-dev.lock .venv/.run
	@echo "Installing the locked tools for tests …"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (or name it: make PYTHON=/path/to/python)." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make virtual environments (on Debian: apt-get install python3-venv)." >&2; rm -rf .venv; exit 1; }
