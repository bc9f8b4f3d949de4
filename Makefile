# Every target does its own set-up: a virtual environment in .venv with the pinned requirements.
VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/.installed
# Files of tests at the same time: many of them wait for servers, so one more than two processors.
JOBS ?= 3
# Hundreds of processes are started: what Python compiled is kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run example test check format bench drills lock clean
.PHONY: bench-editor pictures test-laboratory test-stack drills-laboratory drills-stack

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(DONE)  ## Set up .venv with everything the project needs

$(DONE): requirements.lock pyproject.toml scripts/install
	@scripts/install $(VENV)
	@touch $@

run: $(DONE)  ## Serve the application, with the example, the present-day Earth, as its first experiment
	@PALEOBC_DATA_FOLDER=$${PALEOBC_DATA_FOLDER:-output/application} $(BIN)/paleobc serve --example

example: $(DONE)  ## Build the example, the present-day Earth, end to end
	@$(BIN)/paleobc example output/modern-earth
	@$(BIN)/paleobc build output/modern-earth/recipe.yaml -o output/modern-earth/files
	@$(BIN)/paleobc show output/modern-earth/files -o output/modern-earth/overview.png --open

test: $(DONE)  ## Run all tests, JOBS files at a time (3)
	@scripts/test-packages
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

test-laboratory: $(DONE)  ## Run the tests of the application on PostgreSQL and an object store, as in a laboratory
	@scripts/test-packages
	@PALEOBC_TEST_COLUMN=laboratory $(BIN)/python -m pytest -n $(JOBS) --dist loadfile tests/store tests/services tests/server tests/broker tests/drills/a_short_day.py

test-stack: $(DONE)  ## Build the image and run the stack in containers: set-up, work to the bundle, a power cut
	@scripts/test-packages stack
	@$(BIN)/python -m pytest tests/stack/test_laboratory.py tests/stack/test_one_container.py

drills-stack: $(DONE)  ## Updates, rollbacks, faults and every command of the handbook in containers: half an hour
	@scripts/test-packages stack
	@$(BIN)/python -m pytest tests/stack/test_drills.py tests/stack/test_handbook.py

drills: $(DONE)  ## Kill servers and workers, fill the disk, lock the database, harm files: a hundred rounds, some ten minutes
	@$(BIN)/python -m pytest tests/drills/a_hundred_faults.py -o log_cli=true -o log_cli_level=INFO -o log_cli_format='%(message)s'

drills-laboratory: $(DONE)  ## The same to brokers, databases, workers and servers of a laboratory: 200 runs of 20 users
	@scripts/test-packages
	@$(BIN)/python -m pytest tests/drills/a_short_day.py tests/drills/a_laboratory.py -o log_cli=true -o log_cli_level=INFO -o log_cli_format='%(message)s'

check: $(DONE)  ## Run the linters: style, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(DONE)  ## Format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(DONE)  ## Compare speed and memory with other tools (installs them first)
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@$(BIN)/python benchmarks/rivers.py
	@$(BIN)/python benchmarks/weights.py
	@$(BIN)/python benchmarks/edits.py
	@$(BIN)/python benchmarks/application.py
	@PYTHONPATH=tests $(BIN)/python -P benchmarks/tickets.py

bench-editor: $(DONE)  ## Time the map editor in Chromium and Firefox: load, apply, undo, turning the globe
	@PYTHONPATH=tests $(BIN)/python benchmarks/editor.py

pictures: $(DONE)  ## Make the pictures of the editor's guide again, in Chromium
	@PYTHONPATH=tests:benchmarks $(BIN)/python scripts/make_pictures.py

lock: $(DONE)  ## Pin the newest releases that pyproject.toml allows
	@scripts/lock $(VENV)

clean:  ## Remove the virtual environment, caches and the built example
	@find src tests -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf $(VENV) output .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
