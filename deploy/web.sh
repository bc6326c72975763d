#!/usr/bin/env bash
# One version's server, as the portal's user: web.sh blue|green. Started by systemd or start.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set -a
. "$settings"
set +a
PORT=$(port_of "$1") PREPARED=1 exec bash "$home/$1/scripts/serve.sh"
