# Everything a person or a CI needs: make install | check | test | soak, and make demo.
# The first run installs from the hashed locks, with whatever index pip is set up for;
# from the second run on nothing touches the network until a lock changes.

# The first Python on the path that is 3.11 or newer; another one: make PYTHON=/path/to/python
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null >/dev/null 2>&1 \
	&& { echo "$$p"; break; }; done)

# `-m` and never the scripts beside it: their first line breaks when the folder moves.
PY      := .venv/bin/python
PIP     := $(PY) -m pip --disable-pip-version-check --no-input install --quiet --require-hashes
VENV    := .venv/pyvenv.cfg
RUNTIME := .venv/.requirements
DEV     := .venv/.requirements-dev

SOAK_KILLS ?= 1000
# Part of the soak by name, as pytest's -k: make soak SOAK_ONLY=kills
SOAK_ONLY  ?=
LOCK_FLAGS ?=

CHECKS := lint format types layers declared unused texts diagrams

.PHONY: demo install check test soak lock clean pytest $(CHECKS)
.DEFAULT_GOAL := test

# One failed check hides no other: all run, in this order, and make still fails at the end.
MAKEFLAGS += --keep-going
.NOTPARALLEL:
.DELETE_ON_ERROR:

demo: $(RUNTIME)
	$(PY) -m bot demo

install: $(DEV)

check: $(CHECKS)

test: $(CHECKS) pytest

lint: $(DEV)
	$(PY) -m ruff check

format: $(DEV)
	$(PY) -m ruff format --check

types: $(DEV)
	$(PY) -m mypy

layers: $(DEV)
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()' --no-logo

declared: $(DEV)
	$(PY) -m deptry .

unused: $(DEV)
	$(PY) -m vulture

texts: $(DEV)
	$(PY) -m bot check

diagrams: $(DEV)
	$(PY) -m bot draw --check

pytest: $(DEV)
	$(PY) -m pytest -n 2

soak: $(DEV)
	ACCANTO_SOAK_KILLS=$(SOAK_KILLS) $(PY) -m pytest -m soak -k "$(SOAK_ONLY)"

# Newer versions inside the bounds of pyproject.toml: make lock LOCK_FLAGS=--upgrade
lock: .venv-lock/bin/uv
	$(LOCK) pyproject.toml --extra reader -o requirements.lock
	$(LOCK) pyproject.toml --extra reader --extra authors --extra dev -c requirements.lock -o requirements-dev.lock

LOCK = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' $(LOCK_FLAGS)

clean:
	rm -rf .venv .venv-lock build dist .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis
	find bot tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(VENV):
	@test -n "$(PYTHON)" || { echo "Accanto needs Python 3.11 or newer: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv .venv

$(RUNTIME): requirements.lock | $(VENV)
	@echo "Installing what the bot needs into .venv, once: about a quarter of a minute ..."
	@$(PIP) -r requirements.lock
	@touch $@

# The second lock holds all of the first, so its stamp stands for both.
$(DEV): requirements-dev.lock | $(VENV)
	@echo "Installing what the checks need into .venv, once: about half a minute ..."
	@$(PIP) -r requirements-dev.lock
	@touch $(RUNTIME) $@

.venv-lock/bin/uv:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip --disable-pip-version-check --no-input install --quiet uv
