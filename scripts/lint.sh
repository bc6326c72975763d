#!/usr/bin/env bash
# Every check that needs no test database. Runs all of them, then says which failed.
#
#   bash scripts/lint.sh [check|types|fix]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=.venv/bin
python=$bin/python
# A database and settings of its own: a check must not depend on somebody's var/ or environment.
export DATABASE_URL=sqlite://:memory: DEBUG=0 SECRET_KEY=only-for-checks-and-tests-0123456789-abcdefghijklmnopqrstuvwxyz # no secret
failed=()

check() {
    local name=$1
    shift
    echo "-- $name"
    "$@" || failed+=("$name")
}

templates() {
    find . -path ./.venv -prune -o -path ./var -prune -o -path '*/templates/*.html' -print0 |
        xargs -0 -r $bin/djade --target-version 5.2 "$@"
}

deploy() {
    # As a server in use is set up: behind a web server with HTTPS. Nothing is left to warn of.
    HTTPS=1 PROXIES=1 $python manage.py check --deploy --fail-level WARNING >var/check.log 2>&1 || { cat var/check.log; return 1; }
    tail -n 1 var/check.log
}

of_background() {
    local code=0
    wait "$1" || code=$?
    cat "$2"
    return $code
}

case ${1:-check} in
    fix)
        $python -m ruff check --fix . || failed+=("ruff check")
        $python -m ruff format .
        templates || true # it exits 1 when it has changed something
        ;;
    types)
        check "mypy" $python -m mypy
        ;;
    check)
        mkdir -p var
        $python -m mypy >var/types.log 2>&1 & # takes as long as all the others
        types=$!
        check "ruff check" $python -m ruff check .
        check "ruff format (make fmt mends it)" $python -m ruff format --check .
        check "templates (make fmt mends it)" templates --check
        check "imports run one way" $python -c 'import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())' --no-logo
        check "no secrets" $python scripts/secret_scan.py
        check "django check" deploy
        check "migrations are complete" $python manage.py makemigrations --check --dry-run
        check "types" of_background $types var/types.log
        ;;
    *) echo "lint: 'check', 'types' or 'fix', not '$1'." >&2; exit 2 ;;
esac

if [ ${#failed[@]} -gt 0 ]; then
    printf 'lint: failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
