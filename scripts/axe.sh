#!/usr/bin/env bash
# axe over every page, as every person, in every language, theme and width; half an hour or more.
# JOBS: how many tests at a time (2).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
AXE=all exec .venv/bin/python -m pytest tests/browser/test_accessible.py -n "${JOBS:-2}" --dist loadgroup -vv -o faulthandler_timeout=0 "$@"
