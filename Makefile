# variorum: `make archive URL=https://some.blog` is all that a newcomer needs. Wants Python 3.11 or newer, and make.

PYTHONS = python3.11 python3.12 python3.13 python3 python3.14 python
BIN = .venv/bin
RUN = $(BIN)/python
PIP = $(RUN) -m pip --disable-pip-version-check --quiet --no-input install --no-deps
OURS = variorum fetchers extractors collation storage flows deployments cli demo
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
       --no-emit-index-url --no-emit-find-links $(LOCK_ARGS)

export URL

.PHONY: help venv archive test lint format bench-extraction lock

help:
	@echo 'make archive URL=https://some.blog   archive that blog into ./archive'
	@echo 'make archive                         archive the sample blog that comes with the project, no network needed'
	@echo 'make venv                            set up .venv/bin/variorum from requirements.lock'
	@echo 'make test [ARGS="-k name"]           set up what tests need, run them all'
	@echo 'make lint                            ruff and mypy'
	@echo 'make format                          let ruff rewrite what it can'
	@echo 'make bench-extraction                measure extraction beside trafilatura, on the gold sets in VARIORUM_BENCH'
	@echo 'make lock [LOCK_ARGS=--upgrade]      pin anew what the *.in files ask for'

venv: .venv/.installed

archive: .venv/.installed
	@if [ -n "$$URL" ]; then exec $(BIN)/variorum ingest "$$URL"; else exec $(RUN) -m demo; fi

# A worker for each core; the tests of a file stay together, for they share a blog of the lab.
test: .venv/.installed-dev
	$(RUN) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The lock holds hashes and no address of an index: pip asks the one that it is set up for.
# --no-deps, because the lock is complete, and pip 23 forgets the package behind an extra (trafilatura's lxml[html_clean]).
.venv/.installed: requirements.lock requirements.in pyproject.toml .venv/.python
	@echo "Installing $$(grep -c '^[a-z].*==' requirements.lock) packages into .venv, some 70 MB to fetch, half a minute …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo "Installing what tests and checks need besides …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# A .venv that works is kept; one that was interrupted, or whose Python has gone, is made anew.
.venv/.python:
	@if ! $(RUN) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  for python in $(PYTHONS); do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "variorum needs Python 3.11 or newer; none of these is one: $(PYTHONS). Install it, or name yours:" \
	         "make PYTHONS=/path/to/python3" >&2; exit 1; \
	  fi; \
	  echo "Making .venv with $$($$found --version) …"; \
	  $$found -m venv --clear .venv || { \
	    echo "$$found cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }; \
	fi
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null
	@touch $@

bench-extraction: .venv/.installed-dev
	$(RUN) benchmarks/extraction.py $(ARGS)

lock: .venv/.installed
	$(PIP) uv
	$(LOCK) requirements.in requirements-build.in --output-file requirements.lock
	$(LOCK) requirements-dev.in --constraint requirements.lock --output-file requirements-dev.lock
