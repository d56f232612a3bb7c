# Callboard. `make demo` and `make test` need only Python >= 3.11 (with venv) and make.
PY ?= python3
V := .venv
BIN := $(V)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo run test test-random check lint types layers bench floors portals examples lock install clean

install: $(V)/.installed

$(V)/.installed: requirements.lock pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Callboard needs Python 3.11 or newer as $(PY). On Debian/Ubuntu: apt install python3.11 python3.11-venv, then: make PY=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PY) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv. On Debian/Ubuntu: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PY) -m venv $(V)
	@echo "Installing Callboard into $(V) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(V)/.developing: $(V)/.installed requirements-dev.lock
	@echo "Installing the test tools into $(V) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

demo: install
	@$(BIN)/callboard demo

run: install
	@$(BIN)/callboard run

test: $(V)/.developing
	$(BIN)/python -m pytest -q -n auto --dist loadgroup

test-random: $(V)/.developing
	CALLBOARD_TESTS=random $(BIN)/python -m pytest -q -n auto --dist loadgroup

lint: $(V)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(V)/.developing
	$(BIN)/mypy

layers: $(V)/.developing
	$(BIN)/lint-imports

floors: $(V)/.developing
	$(BIN)/python scripts/floors.py

check: lint types layers test floors

bench: $(V)/.developing
	$(BIN)/python -m benchmarks

portals: install
	$(BIN)/python -m scripts.portals

# What the examples of the documentation print, on a fresh demo whose English is the fixture models'.
examples: $(V)/.developing
	CALLBOARD_TRANSLATE__ENGINES='[]' $(BIN)/callboard demo >/dev/null
	$(BIN)/python -m scripts.doc_examples . README.md docs/api.md docs/demo.md docs/tutorial.md

lock:
	$(PY) scripts/lock.py

clean:
	rm -rf $(V) var build dist
