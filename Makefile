# Two commands from a fresh clone: `make serve` and `make test`. Both install what they need first.

PYTHON ?= python3
VENV ?= .venv
INDEX ?= var/index
DOCUMENTS ?= documents/samples
BIN := $(VENV)/bin

.PHONY: help install serve test ask rebuild eval lint clean

help:
	@echo 'make serve         install, index the sample documents if there is no index, serve 127.0.0.1:8000'
	@echo 'make ask Q="..."   ask one question in the shell'
	@echo 'make rebuild       index DOCUMENTS=FOLDER (default: the sample documents)'
	@echo 'make eval          measure the ranking on the judged questions'
	@echo 'make test          install, run every test'
	@echo 'make lint          ruff and mypy'

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'pincite needs Python 3.11 or later; say which: make $(MAKECMDGOALS) PYTHON=python3.12'; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all,dev]'
	@touch $@

$(INDEX)/CURRENT: | install
	$(BIN)/pincite rebuild --documents $(DOCUMENTS) --index $(INDEX)

serve: install $(INDEX)/CURRENT
	$(BIN)/pincite serve --index $(INDEX)

ask: install $(INDEX)/CURRENT
	@$(BIN)/pincite ask --index $(INDEX) "$(Q)"

rebuild: install
	$(BIN)/pincite rebuild --documents $(DOCUMENTS) --index $(INDEX)

eval: install
	$(BIN)/pincite eval

test: install
	$(BIN)/python -m pytest

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) var
