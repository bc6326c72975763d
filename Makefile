# The portal's commands. `make help` lists them; the work is in scripts/.
# Settings from outside: PORT, ADDRESS, PYTHON (which interpreter), JOBS (tests at a time),
# ARGS (more arguments for pytest: make test-sqlite ARGS="-k ledger -x"), SLOW (browser tests as on
# a processor so many times slower: make test-browser SLOW=10).

SHELL := /bin/bash
# Only what is set: an empty value would reach the scripts, too.
$(foreach name,PORT ADDRESS JOBS SLOW PYTHON,$(if $($(name)),$(eval export $(name))))

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run serve install practice test test-sqlite test-postgres test-browser drill drills drill-changes drill-ledger drill-nodes lint audit typecheck fmt lock messages drill-api clients schema screens axe lighthouse bench bench-quick bench-exports fresh clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv with what the portal needs to run
	@bash scripts/setup.sh run

setup-dev: ## .venv with what tests and checks need, too
	@bash scripts/setup.sh dev

run: setup ## the portal with the demo year at http://127.0.0.1:8000 (PORT=8080 elsewhere)
	@bash scripts/run.sh

serve: setup ## the portal as a server in use (needs SECRET_KEY; docs/running.md)
	@bash scripts/serve.sh

install: ## production on Debian 12 or 13, or an upgrade of it (as root; docs/cai-dat.md)
	@bash deploy/install.sh

practice: setup ## a second, empty portal to practise on, marked on every page (PORT=8001)
	@bash scripts/practice.sh

test: ## everything: lint, then the suite on SQLite and on PostgreSQL, with a real browser
	@bash scripts/test.sh all

test-sqlite: setup-dev ## the suite on SQLite
	@bash scripts/test.sh sqlite $(ARGS)

test-postgres: setup-dev ## the suite on a throw-away PostgreSQL
	@bash scripts/test.sh postgres $(ARGS)

test-browser: setup-dev ## the browser tests alone
	@bash scripts/test.sh browser $(ARGS)

drill: setup-dev ## the races on PostgreSQL, 100 rounds each; workers killed 20 times, on both databases
	@RACE_ROUNDS=100 bash scripts/test.sh postgres tests/test_races.py $(ARGS)
	@KILL_ROUNDS=10 JOBS=1 bash scripts/test.sh sqlite tests/drills/test_killed_tasks.py
	@KILL_ROUNDS=10 JOBS=1 bash scripts/test.sh postgres tests/drills/test_killed_tasks.py

drills: setup-dev ## faults with real processes, on both databases (DRILL_ROUNDS=50 DRILL_ROWS=1000000)
	@bash scripts/drills.sh $(ARGS)

drill-changes: setup-dev ## copies that follow /api/v1/changes/ while eight write, 20 rounds on both databases
	@MIRROR_ROUNDS=20 JOBS=1 bash scripts/test.sh sqlite tests/test_changes_mirror.py -o faulthandler_timeout=0 $(ARGS)
	@MIRROR_ROUNDS=20 JOBS=1 bash scripts/test.sh postgres tests/test_changes_mirror.py -o faulthandler_timeout=0 $(ARGS)

drill-ledger: setup-dev ## the services against a plain Python model, 300 games; a failure is made small
	@LEDGER_ROUNDS=300 bash scripts/test.sh sqlite tests/test_ledger_model.py $(ARGS)

drill-nodes: setup-dev ## two nodes, PgBouncer, a primary and a replica, which takes its place (needs PgBouncer)
	@DRILL_NODES=1 JOBS=1 bash scripts/test.sh sqlite tests/drills/test_nodes.py -n0 -s $(ARGS)

drill-api: setup-dev ## generated requests against the API as every role, on both databases (EXAMPLES=50 each)
	@bash scripts/drill_api.sh

schema: setup-dev ## the API's schema by three linters (needs Node)
	@.venv/bin/python scripts/clients.py lint

clients: setup-dev ## clients in TypeScript and Python from the API's schema, compiled and used (needs Node)
	@.venv/bin/python scripts/clients.py

bench: setup-dev ## what the portal costs as its ledger grows, beside yardsticks (hours; ARGS="--sizes 5000,100000 --only summary")
	@.venv/bin/python -m bench $(ARGS)

bench-quick: setup-dev ## processor time and queries of the usual requests (ARGS="--postgres --against FILE")
	@.venv/bin/python -m bench.quick $(ARGS)

bench-exports: setup-dev ## 1,000 rows in at once and 100,000 rows out, with time and memory (ROWS=20000: fewer)
	@.venv/bin/python -m bench.exports $(ROWS)

lint: setup-dev ## style, templates, one-way imports, types, Django's checks, missing migrations
	@bash scripts/lint.sh check

audit: setup-dev ## known weaknesses of all that is locked; red where it could not look (needs PyPI)
	@.venv/bin/python scripts/audit.py

typecheck: setup-dev ## types alone
	@bash scripts/lint.sh types

fmt: setup-dev ## mend the style of code and templates
	@bash scripts/lint.sh fix

lock: setup-dev ## requirements*.in into requirements*.txt, with hashes (ARGS=--upgrade: the newest)
	@bash scripts/lock.sh $(ARGS)

messages: setup-dev ## collect the texts to translate and compile the translations
	@.venv/bin/python scripts/messages.py

axe: setup-dev ## axe over every page in every language, theme and width (needs Chromium)
	@bash scripts/axe.sh $(ARGS)

screens: setup-dev ## the pictures of docs/screens/ again: every list, form and home on three screens
	@.venv/bin/python scripts/screens.py

lighthouse: setup-dev ## Lighthouse on dashboard, list, form, plan, against plan: a phone on a slow network (needs Node)
	@.venv/bin/python scripts/lighthouse.py $(ARGS)

fresh: ## run and test on machines that have nothing, Debian 12 and 13 (needs root; FULL=1: all of test)
	@bash scripts/fresh.sh $(ARGS)

clean: ## remove .venv and caches; var/, the data, stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A new target: one line of `## help`, its name in .PHONY, its work in a file of scripts/.
