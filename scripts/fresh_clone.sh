#!/usr/bin/env bash
# Does a fresh clone run? Clones what is committed to a temporary folder and does there what the
# README says: `make run` (twice: the second keeps the data), then `make test`.
#
#   bash scripts/fresh_clone.sh             both
#   bash scripts/fresh_clone.sh --no-test   make run alone
#   bash scripts/fresh_clone.sh --keep      leaves the clone
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source=$(pwd -P)
with_test=1 keep=0
for argument; do
    case $argument in
        --no-test) with_test=0 ;;
        --keep) keep=1 ;;
        *) echo "fresh_clone: --no-test or --keep, not '$argument'." >&2; exit 2 ;;
    esac
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/portal-clone-XXXXXX")
server=""
stop() {
    if [ -n "$server" ]; then
        kill -TERM -- "-$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=""
    fi
}
leave() {
    stop
    if [ "$keep" = 1 ]; then echo "The clone is in $folder"; else rm -rf "$folder"; fi
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# What a new user has: none of our variables.
clean() {
    env -u DATABASE_URL -u SECRET_KEY -u DEBUG -u ALLOWED_HOSTS -u MEDIA_ROOT \
        -u DJANGO_SETTINGS_MODULE -u VIRTUAL_ENV -u MAKEFLAGS -u MAKELEVEL "$@"
}

run_once() {
    local log=$folder/run-$1.log port began=$SECONDS
    port=$(free_port)
    set -m # a process group of its own, to stop all of it
    (cd "$folder/plan-portal" && PORT=$port clean make run </dev/null >"$log" 2>&1) &
    server=$!
    set +m
    local code=1
    while [ $code -eq 1 ] && [ $((SECONDS - began)) -lt 300 ]; do
        if ! kill -0 "$server" 2>/dev/null; then
            echo "FAILED: make run ended by itself:" >&2
            tail -n 40 "$log" >&2
            exit 1
        fi
        sleep 0.5
        code=0
        login_page "http://127.0.0.1:$port/" 2>"$log.page" || code=$?
    done
    if [ $code -ne 0 ]; then
        echo "FAILED: no login page: $(cat "$log.page")" >&2
        tail -n 40 "$log" >&2
        exit 1
    fi
    sed 's/^/    | /' "$log" | head -n 40
    if ! grep -q '\bbdh\b' "$log"; then
        echo "FAILED: make run does not print how to sign in" >&2
        exit 1
    fi
    echo "ok: make run ($1) answers with the login page after $((SECONDS - began)) s"
    stop
}

# 0: the login page is there; 1: nobody answers yet; 2: something else answers, and what.
login_page() {
    python3 - "$1" <<'PY'
import sys
import urllib.error
import urllib.request

try:
    with urllib.request.urlopen(sys.argv[1], timeout=20) as answer:
        page = answer.read().decode()
except urllib.error.HTTPError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
except OSError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
if 'name="username"' not in page or 'name="password"' not in page:
    print("no login form on " + answer.url, file=sys.stderr)
    sys.exit(2)
PY
}

git clone --quiet --no-hardlinks "$source" "$folder/plan-portal"
echo "clone of $(git -C "$folder/plan-portal" log -1 --format='%h %s')"
run_once first
run_once second
if [ "$with_test" = 1 ]; then
    (cd "$folder/plan-portal" && clean make test </dev/null)
    echo "ok: make test"
fi
untracked=$(git -C "$folder/plan-portal" status --porcelain)
if [ -n "$untracked" ]; then
    echo "FAILED: running left files that git does not ignore:" >&2
    echo "$untracked" >&2
    exit 1
fi
echo "ok: nothing left behind in the work tree"
