#!/usr/bin/env bash
# Collects the texts to translate into locale/*/LC_MESSAGES/*.po and compiles them. The compiled
# files are kept in git, since the portal must run on a machine without gettext.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
. scripts/debian.sh

if ! command -v xgettext >/dev/null 2>&1 && ! debian_install "gettext" gettext; then
    echo "messages: gettext is missing. On Debian or Ubuntu, as root: apt-get install gettext" >&2
    exit 1
fi
export DEBUG=1 DATABASE_URL=sqlite://:memory:
.venv/bin/python manage.py makemessages --locale vi --no-wrap --no-obsolete --add-location file \
    --ignore .venv --ignore var --ignore 'tests/*' --ignore '*/tests/*'
.venv/bin/python manage.py compilemessages --locale vi --ignore .venv --ignore var
