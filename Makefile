# One command per task; each sets up what is missing. Needs Python 3.11, Java 17, Maven and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
JOBS ?= 4
SEEDS ?= 10000
MINUTES ?= 10

.PHONY: help setup demo test simulate chaos bench lock

help:  ## List the tasks
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/'

setup: $(READY)  ## Make the virtual environment and fetch the broker's jars
	@$(BIN)/python -m sandbox.broker --install

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

demo: setup  ## Run the main job on real parts: make demo ARGS="--size 200 --keep"
	$(BIN)/keapsync demo $(ARGS)

test: setup  ## Check style and types, run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m sandbox.registry --install
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadgroup $(ARGS)

simulate: setup  ## Drive the core through random worlds: make simulate SEEDS=10000
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) $(ARGS)

chaos: setup  ## Break everything for a while, then judge: make chaos MINUTES=10
	$(BIN)/python -m sandbox.chaos --minutes $(MINUTES) $(ARGS)

bench: setup  ## Print the figures
	$(BIN)/python -m bench $(ARGS)

lock: $(READY)  ## Write down the versions in use
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock
	@touch $(READY)
