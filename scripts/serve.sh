#!/usr/bin/env bash
# The portal as a server in use: `make serve`. See docs/running.md.
#
# Needs SECRET_KEY; DATABASE_URL, ALLOWED_HOSTS, MEDIA_ROOT, STATIC_ROOT as in docs/running.md.
# ADDRESS (127.0.0.1), PORT (8000), WORKERS (2) and THREADS (4 in each) say where and how many.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DEBUG=0 PYTHONUNBUFFERED=1
bin=.venv/bin

if [ -z "${PREPARED:-}" ]; then # deploy/install.sh has done it
    # Who owns the tables may be another user than the portal's own (docs/running.md).
    env ${OWNER_DATABASE_URL:+"DATABASE_URL=$OWNER_DATABASE_URL"} "$bin/python" manage.py migrate --verbosity 0
    "$bin/python" manage.py collectstatic --noinput --clear --verbosity 0 \
        --ignore redoc --ignore rest_framework # what the libraries bring and no page uses
fi
unset OWNER_DATABASE_URL
# Where the server processes measure (/metrics), in memory: a full disk must not end them.
if [ -d /dev/shm ] && [ -z "${PROMETHEUS_MULTIPROC_DIR:-}" ]; then
    PROMETHEUS_MULTIPROC_DIR=/dev/shm/plan-portal-$(id -u)-${PORT:-8000}
fi
if [ -n "${PROMETHEUS_MULTIPROC_DIR:-}" ]; then
    rm -rf "$PROMETHEUS_MULTIPROC_DIR"
    mkdir -m 700 "$PROMETHEUS_MULTIPROC_DIR"
    export PROMETHEUS_MULTIPROC_DIR
fi
# The portal leaves a line for each answer itself, without what people asked for.
exec "$bin/gunicorn" plan_portal.wsgi --config python:plan_portal.serving \
    --bind "${ADDRESS:-127.0.0.1}:${PORT:-8000}" \
    --workers "${WORKERS:-2}" --threads "${THREADS:-4}"
