#!/usr/bin/env bash
# The whole suite, stage by stage: set-up, lint, tests on SQLite, tests on PostgreSQL.
# Goes on after a failed stage, so that one run shows everything; exits 1 if any failed.
#
#   bash scripts/test.sh                       everything (make test)
#   bash scripts/test.sh sqlite [ARG...]       one stage; arguments go to pytest
#   bash scripts/test.sh postgres [ARG...]
#   bash scripts/test.sh browser [ARG...]
# JOBS: how many tests at a time (2).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
. scripts/debian.sh
# Some environments forbid compiled files; then each worker and each process that a test starts
# compiles all of the house anew, which takes longer than what it is started for.
unset PYTHONDONTWRITEBYTECODE
python=.venv/bin/python
jobs=${JOBS:-2}
no_postgres=69 # scripts/postgres.py: there is no server to be had

# Each stage and its seconds; conftest.py prints them above pytest's closing line.
STAGES=""
failed=()

stage() {
    local name=$1 began=$SECONDS
    shift
    echo
    echo "== $name"
    "$@" || failed+=("$name")
    STAGES+="${STAGES:+, }$name $((SECONDS - began)) s"
    export STAGES
}

pytest() {
    local code=0
    # Each worker begins with tests that lie together (they share scenes), then takes of the other's.
    "${under[@]}" $python -m pytest --dist worksteal "$@" || code=$?
    # 5: nothing was collected. Right while there are no tests at all, else a broken collection.
    if [ $code -eq 5 ] && [ -z "$(find . -path ./.venv -prune -o -name 'test_*.py' -print -quit)" ]; then
        echo "There are no tests yet."
        code=0
    fi
    return $code
}

# What tests use of the machine: curl as a reader of docs/api.md, Chromium.
tools() {
    command -v curl >/dev/null || debian_install "curl" curl ||
        echo "test: there is no curl, which the test of docs/api.md needs." >&2
    CHROMIUM=$(bash scripts/chromium.sh) || CHROMIUM=none # none: they skip, however it was found
    export CHROMIUM
}

sqlite() {
    local under=(env -u DATABASE_URL)
    pytest -n "$jobs" "$@"
}

# Browser tests are about pages, not the database: one marked `postgres` runs here too. What says
# the same on every database (texts, arithmetic, workbooks as they are read) is not asked twice.
postgres() {
    local under=("$python" scripts/postgres.py) code=0
    pytest -n "$jobs" -m "not (browser or any_database) or postgres or postgres_only" "$@" || code=$?
    if [ $code -eq $no_postgres ]; then code=0; fi # it has said that and why it is skipped
    return $code
}

case ${1:-all} in
    all)
        stage "set-up" bash scripts/setup.sh dev
        [ ${#failed[@]} -eq 0 ] || exit 1
        tools
        stage "lint" bash scripts/lint.sh
        stage "SQLite" sqlite
        # Last, so that the output ends with pytest's own closing lines; without PostgreSQL first.
        stage "PostgreSQL" postgres
        ;;
    sqlite) tools; sqlite "${@:2}"; exit ;;
    postgres) tools; postgres "${@:2}"; exit ;;
    browser) tools; sqlite -m browser "${@:2}"; exit ;;
    *) echo "test: 'all', 'sqlite', 'postgres' or 'browser', not '$1'." >&2; exit 2 ;;
esac

if [ ${#failed[@]} -gt 0 ]; then
    printf 'make test: FAILED: %s\n' "${failed[@]}" >&2
    exit 1
fi
