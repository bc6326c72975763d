#!/usr/bin/env bash
# The portal with the demo year on this machine: `make run`. A second run keeps the data.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
address=${ADDRESS:-127.0.0.1}
port=${PORT:-8000}
export DEBUG=${DEBUG:-1} PYTHONUNBUFFERED=1
python=.venv/bin/python

"$python" manage.py migrate --verbosity 0
"$python" manage.py load_reference
"$python" manage.py load_demo
echo
echo "Open http://$address:$port (Ctrl-C stops it; the data stays in ${DATABASE_URL:-var/portal.sqlite3})"
echo
exec "$python" manage.py runserver --noreload "$address:$port"
