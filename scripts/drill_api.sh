#!/usr/bin/env bash
# Generated requests against the whole API, as every role, on SQLite and on PostgreSQL.
# The suite runs the short form of it. EXAMPLES: requests per operation and mode (50), each sent as
# every role; below 10 it is the short form. One test per resource and mode: PART picks (-k).
# Exits 1 when either found something; without PostgreSQL as scripts/postgres.py does (69).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DRILL_EXAMPLES=${EXAMPLES:-50}
python=.venv/bin/python
options=(tests/test_schema.py -v --show-capture=no --tb=short -o faulthandler_timeout=0)
[[ -z ${PART:-} ]] || options+=(-k "$PART")
code=0
echo "== SQLite"
env -u DATABASE_URL $python -m pytest "${options[@]}" || code=$?
echo "== PostgreSQL"
$python scripts/postgres.py $python -m pytest "${options[@]}" || code=$?
exit $code
