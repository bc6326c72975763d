#!/usr/bin/env bash
# The installed portal where systemd does not run (a container): PostgreSQL, the web server, the version in
# use, and what is done once a day. Stays until it is stopped, and stops what it started.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
! has_systemd || stop "systemd runs here and does this: systemctl status 'plan-portal*'."
version=$(in_use)
[ -n "$version" ] || stop "nothing is installed yet: bash deploy/install.sh."

end() {
    trap - EXIT
    stop_web "$(in_use)"
    nginx -s quit 2>/dev/null || true
    pg_lsclusters --no-header | while read -r number name _rest; do
        pg_ctlcluster "$number" "$name" stop || true
    done
}
trap end EXIT
trap 'exit 0' INT TERM

# Once a day from that hour on (Asia/Ho_Chi_Minh), made up for where the portal was off.
due() {
    local what=$1 from=$2 day hour
    day=$(TZ=Asia/Ho_Chi_Minh date +%F) hour=$(TZ=Asia/Ho_Chi_Minh date +%H)
    [ "$hour" -ge "$from" ] && [ "$(cat "$data/did-$what" 2>/dev/null)" != "$day" ] || return 0
    echo "$day" >"$data/did-$what"
    bash "$home/current/deploy/daily.sh" "$what" || true
}

start_database
start_web "$version"
is_ready "$version" || stop "the portal does not start: /var/log/plan-portal/$version.log says why."
start_nginx
say "runs at $(. "$settings" && echo "$PORTAL_URL")."
while true; do
    due night 1
    due letters 6
    pid=$(cat "/run/plan-portal/$(in_use).pid" 2>/dev/null || true)
    if [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null; then
        sleep 3 # an upgrade changes which one it is
        pid=$(cat "/run/plan-portal/$(in_use).pid" 2>/dev/null || true)
        [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || start_web "$(in_use)"
    fi
    sleep 5 &
    wait $!
done
