# Needs Python 3.11, make and git; everything else is prepared here, in .venv/.
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help setup up test check fmt bench screenshots docs

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Prepare .venv/ with the counterpart command
	@scripts/setup

up: setup ## Run both products and keep them in step (Ctrl-C stops)
	@exec $(BIN)/counterpart up

test: setup ## Run every test; says what it had to skip
	@$(BIN)/python scripts/test

check: setup ## Style, types, import rules, migrations
	@$(BIN)/python scripts/check

fmt: setup ## Bring the code into the house style
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .

bench: setup ## Measure speed and memory (BENCH=--quick for small numbers)
	@$(BIN)/python benchmarks/run.py $(BENCH)

screenshots: setup ## Make the README's pictures again
	@$(BIN)/python scripts/screenshots

docs: setup ## Write the reference pages that are made from the code
	@$(BIN)/python scripts/reference.py
