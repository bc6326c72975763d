#!/usr/bin/env bash
# Generated requests against the whole API, as every role, on SQLite and on PostgreSQL.
# The suite runs the short form of it. EXAMPLES: requests per operation, role and mode (50).
# Exits 1 when either found something; without PostgreSQL as scripts/postgres.py does (69).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DRILL_EXAMPLES=${EXAMPLES:-50}
python=.venv/bin/python
code=0
echo "== SQLite"
env -u DATABASE_URL $python -m pytest tests/test_schema.py -q || code=$?
echo "== PostgreSQL"
$python scripts/postgres.py $python -m pytest tests/test_schema.py -q || code=$?
exit $code
