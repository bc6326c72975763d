#!/usr/bin/env bash
# axe over every page, as every person, in every language, theme and width; takes several minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
AXE=all exec .venv/bin/python -m pytest tests/browser/test_accessible.py -q -vv -s -o faulthandler_timeout=0 "$@"
