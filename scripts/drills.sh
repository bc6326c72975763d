#!/usr/bin/env bash
# The drills of tests/drills/ in full (docs/drills.md), on SQLite and then on PostgreSQL, one after
# the other; each database ends with a table of what was seen. Exits 1 if any failed.
#
#   bash scripts/drills.sh [ARG...]     arguments go to pytest
# DRILL_ROUNDS: kills, restarts, turns (50, of restarts and turns 20); DRILL_ROWS: of the upgrade (1000000).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DRILL_ROUNDS=${DRILL_ROUNDS:-50} KILL_ROUNDS=${KILL_ROUNDS:-10} JOBS=0
code=0
for database in sqlite postgres; do
    bash scripts/test.sh $database tests/drills -o faulthandler_timeout=0 "$@" || code=1
done
exit $code
