#!/usr/bin/env bash
# Runs on a machine of scripts/fresh.sh, as root: installs the portal as an office would (`make install`),
# signs in over HTTPS, makes a backup, upgrades while people ask, refuses a version that does not work,
# goes back, and restarts a server that died. systemd does not run there: deploy/start.sh takes its place.
#
#   bash fresh_install.sh SOURCE
set -euo pipefail
name=portal.test password=$(head -c 12 /dev/urandom | base64)
machine="" asking=""
leave() {
    [ -z "$asking" ] || kill "$asking" 2>/dev/null || true
    [ -z "$machine" ] || { kill -TERM "$machine" && wait "$machine"; } 2>/dev/null || true
}
trap leave EXIT

failed() {
    echo "FAILED: $1" >&2
    tail -n 20 /var/log/plan-portal/*.log >&2 || true
    exit 1
}
ask() { curl -sS --max-time 30 --cacert /etc/plan-portal/tls/ca.crt "$@"; }
code() { ask -o /dev/null -w '%{http_code}' "$@"; }
version() { ask "https://$name/accounts/login/" | grep -o '[0-9]\+\.[0-9]\+\.[0-9]\+' | tail -n 1; }
release() { # release VERSION: a new version of the clone
    sed -i "s/^__version__ = \"[^\"]*\"/__version__ = \"$1\"/" plan_portal/__init__.py
    git -c user.name=office -c user.email=office@portal.test commit --quiet --all --message "Version $1"
}

git clone --quiet "$1" /root/plan-portal
cd /root/plan-portal
echo "127.0.0.1 $name" >>/etc/hosts
NAME=$name ADMIN=quantri ADMIN_PASSWORD=$password make --no-print-directory install </dev/null
echo "ok: installed after $SECONDS s"

[ "$(code "https://$name/readyz")" = 200 ] || failed "not ready over HTTPS: $(ask "https://$name/readyz")"
[ "$(curl -sS -o /dev/null -w '%{http_code}' "http://$name/")" = 301 ] || failed "http does not lead to https"
openssl verify -CAfile <(curl -sS "http://$name/plan-portal-ca.crt") /etc/plan-portal/tls/portal.crt >/dev/null ||
    failed "the authority's certificate cannot be had"
jar=$(mktemp)
ask -c "$jar" -o /dev/null "https://$name/accounts/login/"
token=$(awk '$6 ~ /csrftoken/ {print $7}' "$jar")
signed=$(code -b "$jar" -c "$jar" -e "https://$name/accounts/login/" --data-urlencode "csrfmiddlewaretoken=$token" \
    --data-urlencode "username=quantri" --data-urlencode "password=$password" "https://$name/accounts/login/")
[ "$signed" = 302 ] || failed "the first administrator cannot sign in ($signed)"
[ "$(code -L -b "$jar" "https://$name/")" = 200 ] || failed "no first page"
echo "ok: signed in over HTTPS, cookies and forms as behind a web server"

bash deploy/daily.sh night || failed "the night's work"
plan-portal verify >/dev/null || failed "the backup does not prove"
[ "$(stat -c %U /var/lib/plan-portal/backups/*.gz)" = portal ] || failed "the backup is not the portal's"
[ "$(plan-portal check_ledger | wc -l)" -gt 0 ] || failed "check_ledger"
echo "ok: backup, verify, check_ledger"

# Now as after a restart of the machine: everything down, then start.sh.
. deploy/common.sh
stop_web blue
nginx -s quit
pg_ctlcluster "$(pg_lsclusters --no-header | cut -d' ' -f1)" main stop --mode fast
bash deploy/start.sh >/var/log/plan-portal/start.log 2>&1 &
machine=$!
for _ in $(seq 60); do
    [ "$(code "https://$name/readyz" 2>/dev/null)" != 200 ] || break
    sleep 1
done
[ "$(code "https://$name/readyz")" = 200 ] || failed "start.sh: $(cat /var/log/plan-portal/start.log)"
echo "ok: started again"

# Ten requests a second while the version changes: none is refused.
(while true; do
    code "https://$name/accounts/login/" >>/tmp/answers || true
    echo >>/tmp/answers
    sleep 0.1
done) 2>/tmp/refused &
asking=$!
release 99.0.0
make --no-print-directory install </dev/null || failed "the upgrade"
sleep 3
kill "$asking"
asking=""
[ "$(version)" = 99.0.0 ] || failed "the version in use is $(version)"
grep -vqE '^(200)?$' /tmp/answers && failed "answers during the upgrade: $(sort /tmp/answers | uniq -c)"
echo "ok: upgraded, $(grep -c 200 /tmp/answers) requests answered meanwhile, none refused"

echo "raise RuntimeError('a version that does not work')" >>plan_portal/wsgi.py
release 99.0.1
if make --no-print-directory install </dev/null >/tmp/bad.log 2>&1; then failed "a version that does not work is in use"; fi
grep -q "does not get ready" /tmp/bad.log || failed "another reason: $(tail -n 5 /tmp/bad.log)"
[ "$(version)" = 99.0.0 ] || failed "after a bad upgrade: $(version)"
echo "ok: a version that does not work never came into use"

bash deploy/install.sh back && failed "it went back to what does not work"
git revert --no-edit HEAD >/dev/null 2>&1 || git reset --quiet --hard HEAD~1
release 99.0.2
make --no-print-directory install </dev/null >/dev/null || failed "the next good version"
bash deploy/install.sh back || failed "back"
[ "$(version)" = 99.0.0 ] || failed "back: $(version)"
echo "ok: back to the version before"

pkill -KILL -u portal -f gunicorn
for _ in $(seq 60); do
    sleep 1
    [ "$(code "https://$name/readyz" 2>/dev/null)" != 200 ] || break
done
[ "$(code "https://$name/readyz")" = 200 ] || failed "killed, it does not come back"
echo "ok: killed, and back by itself"
