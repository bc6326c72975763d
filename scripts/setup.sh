#!/usr/bin/env bash
# Set-up: a virtual environment in .venv with what requirements.txt (or, with `dev`,
# requirements-dev.txt) locks. Does nothing when it is there already.
#
#   bash scripts/setup.sh [run|dev]        PYTHON=... chooses the interpreter
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
. scripts/debian.sh

kind=${1:-run}
case $kind in
    run) requirements=requirements.txt ;;
    dev) requirements=requirements-dev.txt ;;
    *) echo "setup: 'run' or 'dev', not '$kind'." >&2; exit 2 ;;
esac

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    local candidate first=""
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        new_enough "$candidate" || continue
        if has_venv "$candidate"; then echo "$candidate"; return; fi
        first=${first:-$candidate}
    done
    echo "$first"
}

make_venv() {
    local python version
    python=$(find_python)
    if [ -z "$python" ]; then
        echo "setup: no Python 3.11 or newer was found (${PYTHON:-tried python3.13, python3.12, python3.11, python3})." >&2
        echo "setup: install one, or name it: make PYTHON=/path/to/python3.12 run" >&2
        exit 1
    fi
    if ! has_venv "$python"; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if ! debian_install "Python's venv module" "python$version-venv" || ! has_venv "$python"; then
            echo "setup: $python has no venv module. On Debian or Ubuntu, as root: apt-get install python$version-venv" >&2
            exit 1
        fi
    fi
    echo "setup: making .venv with $("$python" -V)"
    rm -rf .venv
    "$python" -m venv .venv
}

# Two makes at once (run in one window, test in another) take turns.
if command -v flock >/dev/null 2>&1; then
    mkdir -p var
    exec 9>var/setup.lock
    flock 9
fi

# A moved checkout or a vanished interpreter leaves a .venv whose commands do not start.
here=$(pwd -P)
if ! new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1 ||
    [ "$(cat .venv/made-at 2>/dev/null)" != "$here" ]; then
    make_venv
    echo "$here" >.venv/made-at
fi

# uv: the machine's, or the one whose version and hashes requirements-dev.txt has.
find_uv() {
    command -v uv && return
    sed -n '/^uv==/,/[^\\]$/p' requirements-dev.txt >.venv/uv.txt
    pip_install .venv/uv.txt >&2 && echo .venv/bin/uv
}
pip_install() { .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$1"; }
uv_install() { "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r "$1"; }

# The stamp is what was installed: the lock itself.
if ! cmp -s "$requirements" ".venv/installed-$kind"; then
    echo "setup: installing $requirements (a minute or less)"
    rm -f .venv/installed-*
    # uv takes seconds where pip takes a minute; where it cannot, pip may.
    if ! { uv=$(find_uv) && uv_install "$requirements"; } && ! pip_install "$requirements"; then
        echo "setup: neither uv nor pip could install $requirements; their reasons are above. Without a network they cannot." >&2
        exit 1
    fi
    cp requirements.txt .venv/installed-run
    if [ "$kind" = dev ]; then cp requirements-dev.txt .venv/installed-dev; fi
fi
