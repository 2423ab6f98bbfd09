# Every target sets up what it needs; nothing here wants root, a cluster or an account.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test lint check format golden lock clean

setup: $(READY)

$(READY): requirements.lock setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 10) <= v <= (3, 13) else "H700 Python 3.10 to 3.13 is needed, and this is %d.%d\n      name another one: make PYTHON=python3.11" % v)'
	@echo "Setting up $(VENV) (about 1.4 GB, once; a minute or two) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
	@echo "Ready: $(BIN)/howdah"

# KEEP=1 leaves the prediction service and its page up; SOURCE=mysql://... takes another source database;
# DEMO=redemption is the chain on real data.
demo: setup
	@$(BIN)/howdah demo $(if $(KEEP),--keep) $(if $(SOURCE),--source '$(SOURCE)') $(DEMO)

test: setup
	@$(BIN)/python -m pytest -q -m "not slow and not stack" $(TESTS)

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.golden --check

check: lint test

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: setup
	$(BIN)/python -m tests.golden --write

# Resolves for every Python that we support, with uv from PyPI.
lock:
	uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --quiet --no-emit-find-links \
		--extra imports --extra spark --extra serving --extra demo --extra dev \
		--constraint docker/lock-constraints.txt setup.cfg --output-file requirements.lock

clean:
	rm -rf $(VENV) build .howdah .mypy_cache .ruff_cache .pytest_cache
