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
    "$bin/python" manage.py migrate --verbosity 0
    "$bin/python" manage.py collectstatic --noinput --clear --verbosity 0 \
        --ignore redoc --ignore rest_framework # what the libraries bring and no page uses
fi
exec "$bin/gunicorn" plan_portal.wsgi \
    --bind "${ADDRESS:-127.0.0.1}:${PORT:-8000}" \
    --workers "${WORKERS:-2}" --threads "${THREADS:-4}" \
    --no-control-socket --access-logfile - --error-logfile -
