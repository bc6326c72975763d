#!/usr/bin/env bash
# Runs on a machine of scripts/fresh.sh: clones SOURCE into FOLDER and does there what README says:
# `make run` (twice: the second keeps the data), then `make test` (FULL=1) or a little of it.
#
#   bash fresh_clone.sh SOURCE FOLDER
set -euo pipefail
umask 077
source=$1 folder=$2
mkdir -p "$folder"
cd "$folder"
server=""
stop() {
    [ -z "$server" ] || { kill -TERM -- "-$server" && wait "$server"; } 2>/dev/null || true
    server=""
}
trap stop EXIT

failed() {
    echo "FAILED: $1" >&2
    exit 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
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

run_once() {
    local log=run-$1.log port code=1 began=$SECONDS
    port=$(free_port)
    set -m # a process group of its own, to stop all of it
    (cd plan-portal && PORT=$port make run) </dev/null >"$log" 2>&1 &
    server=$!
    set +m
    while [ $code -eq 1 ] && [ $((SECONDS - began)) -lt 600 ]; do
        kill -0 "$server" 2>/dev/null || { tail -n 40 "$log"; failed "make run ended by itself"; }
        sleep 0.5
        code=0
        login_page "http://127.0.0.1:$port/" 2>page.log || code=$?
    done
    [ $code -eq 0 ] || { tail -n 40 "$log"; failed "no login page: $(cat page.log)"; }
    grep -q '\bbdh\b' "$log" || { cat "$log"; failed "make run does not print how to sign in"; }
    echo "ok: make run ($1) answers with the login page after $((SECONDS - began)) s"
    stop
}

# part TARGET TEST...: a part of `make test`; what it printed is in $said, its closing line in $count.
part() {
    said=$(cd plan-portal && JOBS=1 make "test-$1" ARGS="${*:2}" </dev/null 2>&1) ||
        { echo "$said"; failed "make test-$1"; }
    count=$(tail -n 1 <<<"$said")
    echo "ok: $1, ${*:2}: $count"
}

# Where root can install Chromium and PostgreSQL, nothing is skipped; else it says what and why.
# Without rights PostgreSQL comes from its package.
short() {
    part sqlite tests/browser/test_money.py tests/test_docs.py::test_the_curl_commands
    if [ "$(id -u)" -ne 0 ]; then
        grep "browser tests are skipped" <<<"$said" || failed "it does not say what is skipped"
    elif [[ $count = *skipped* ]]; then
        echo "$said"
        failed "root can install what is missing"
    fi
    part postgres tests/test_races.py::test_one_of_sixteen_posts_the_row
    [[ $count != *skipped* ]] || failed "there is PostgreSQL, and it is skipped"
}

git -c advice.detachedHead=false -c init.defaultBranch=main clone --quiet "$source" plan-portal
echo "clone of $(git -C plan-portal log -1 --format='%h %s')"
run_once first
run_once second
if [ -n "${FULL:-}" ]; then
    (cd plan-portal && make test) </dev/null
    echo "ok: make test"
else
    short
fi
untracked=$(git -C plan-portal status --porcelain)
[ -z "$untracked" ] || failed "running left files that git does not ignore: $untracked"
echo "ok: nothing left behind in the work tree"
