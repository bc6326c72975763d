#!/usr/bin/env bash
# A second, empty portal to practise on, marked on every page: `make practice`. Its data are in
# var/practice/ and nowhere else; ADDRESS, PORT (8001) and ALLOWED_HOSTS as for `make serve`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
place=$PWD/var/practice
mkdir -p "$place"
[ -s "$place/secret_key" ] || (umask 077; head -c 48 /dev/urandom | base64 -w 0 >"$place/secret_key")

# Nothing of the real portal's: neither its data, nor its letters and backups.
for name in OWNER_DATABASE_URL EMAIL_URL EMAIL_BACKEND BACKUP_SECOND_DIR SENTRY_DSN; do unset "$name"; done
export PRACTICE=1 DEBUG=0 PORT=${PORT:-8001} SECRET_KEY STATIC_ROOT=$place/static
SECRET_KEY=$(cat "$place/secret_key")
export DATABASE_URL=sqlite:///$place/portal.sqlite3 MEDIA_ROOT=$place/media BACKUP_DIR=$place/backups
export PORTAL_URL=http://${ADDRESS:-127.0.0.1}:$PORT

.venv/bin/python manage.py migrate --verbosity 0
.venv/bin/python manage.py load_reference >/dev/null
.venv/bin/python manage.py first_administrator
echo "Open $PORTAL_URL (Ctrl-C stops it; the data stay in var/practice)"
exec bash scripts/serve.sh
