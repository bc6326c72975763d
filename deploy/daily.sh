#!/usr/bin/env bash
# What is done once a day, as root: daily.sh night (backup, clearing) or daily.sh letters.
# Started by systemd's timers, or by start.sh. One thing that fails does not keep the rest from being done.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
failed=0
run() { plan-portal "$@" || { say "failed: $*" >&2; failed=1; }; }

case ${1:-} in
    night)
        run backup
        run clearsessions
        run clear_expired
        bash "$home/current/deploy/certificate.sh" renew || failed=1
        ;;
    letters) run send_digest ;;
    *) stop "daily.sh night, or daily.sh letters." ;;
esac
exit $failed
