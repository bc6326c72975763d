#!/usr/bin/env bash
# The portal as a server in use on Debian 12 or 13, as root: `make install`. Again, to upgrade: what is
# committed in this clone becomes the version in use. docs/cai-dat.md leads through it.
#
#   bash deploy/install.sh             install or upgrade
#   bash deploy/install.sh back        the version before again
#
# What it needs to know it asks for, or takes from the environment:
#   NAME         how people open it: portal.example.vn, or the machine's address
#   TLS          own: a certificate of its own authority (the default); auto: from Let's Encrypt, where the
#                machine can be reached from outside; files: CERTIFICATE and KEY name them
#   ADMIN        the first administrator's user name (ADMIN_PASSWORD for a set-up without questions)
# Settings are kept in /etc/plan-portal/portal.env and may be changed there (docs/running.md).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/common.sh
. scripts/debian.sh
umask 022
[ "$(id -u)" -eq 0 ] || stop "only root can install: sudo make install."
mkdir -p "$home" "$(dirname "$settings")"
exec 8>"$home/lock"
flock --nonblock 8 || stop "another installation is running."

ask() { # ask VARIABLE QUESTION [DEFAULT]
    local answer=${!1:-}
    if [ -z "$answer" ] && [ -t 0 ]; then read -r -p "$2${3:+ [$3]}: " answer; fi
    answer=${answer:-${3:-}}
    [ -n "$answer" ] || stop "$1 is not given: $2."
    printf -v "$1" %s "$answer"
}

packages() {
    local package wanted=(postgresql nginx openssl curl git make python3-venv tzdata procps util-linux)
    [ "$TLS" != auto ] || wanted+=(certbot)
    for package in "${wanted[@]}"; do
        if ! dpkg -s "$package" >/dev/null 2>&1; then
            debian_install "What the portal stands on" "${wanted[@]}" || stop "apt-get failed; its reason is above."
            return
        fi
    done
}

person_and_places() {
    id "$who" >/dev/null 2>&1 || useradd --system --home-dir "$data" --shell /usr/sbin/nologin "$who"
    install -d -o "$who" -g "$who" -m 750 "$data" "$data/media" "$data/backups"
}

the_database() {
    start_database
    asked() { (cd / && runuser -u postgres -- psql -tAqc "$1"); }
    [ -n "$(asked "SELECT 1 FROM pg_roles WHERE rolname = '$who'")" ] ||
        (cd / && runuser -u postgres -- createuser "$who")
    [ -n "$(asked "SELECT 1 FROM pg_database WHERE datname = '$who'")" ] ||
        (cd / && runuser -u postgres -- createdb --owner "$who" --encoding UTF8 --template template0 \
            --locale C.UTF-8 "$who")
}

# Each line once, with a value that a shell and systemd read alike.
the_settings() {
    [ -f "$settings" ] && return
    [[ $NAME =~ ^[A-Za-z0-9.-]+$ ]] || stop "NAME is “$NAME”: give a name or an address, without https:// or a port."
    local new=$settings.new
    (umask 027 && cat >"$new" <<END
SECRET_KEY='$(openssl rand -hex 48)'
DATABASE_URL='postgres:///$who'
ALLOWED_HOSTS='$NAME,localhost,127.0.0.1'
PORTAL_URL='https://$NAME'
CSRF_TRUSTED_ORIGINS='https://$NAME'
HTTPS='1'
PROXIES='1'
MEDIA_ROOT='$data/media'
BACKUP_DIR='$data/backups'
WORKERS='$(nproc)'
# Browsers do not trust a certificate of one's own, and could never come back: 0 while it is such a one.
HSTS_SECONDS='$([ "$TLS" = own ] && echo 0 || echo 31536000)'
# Letters: EMAIL_URL='smtp+tls://user:password@host:587' (docs/running.md has all settings).
END
    )
    chgrp "$who" "$new"
    mv "$new" "$settings"
}

# The version in this clone, with all that it needs, where nobody uses it yet.
build() {
    local place=$home/$1
    mkdir -p "$place"
    find "$place" -mindepth 1 -maxdepth 1 ! -name .venv -exec rm -rf {} +
    if [ -d .git ]; then
        git -c safe.directory="$PWD" archive HEAD | tar -x -C "$place"
    else
        tar -c --exclude=./.venv --exclude=./var . | tar -x -C "$place"
    fi
    (cd "$place" && bash scripts/setup.sh run && .venv/bin/python -m compileall -q . || true)
    [ -x "$place/.venv/bin/gunicorn" ] || stop "the version was not built; nothing has changed."
    install -d -o "$who" -g "$who" "$place/var"
    (
        set -a
        . "$settings"
        cd "$place" && .venv/bin/python manage.py collectstatic --noinput --clear --verbosity 0 \
            --ignore redoc --ignore rest_framework
    )
    chown -R "$who:$who" "$place/var"
}

manage() { # of a version, as the portal's user: manage COLOUR COMMAND...
    local place=$home/$1
    shift
    (set -a && . "$settings" && cd "$place" && runuser -u "$who" -- .venv/bin/python manage.py "$@")
}

web_server() {
    local certificate=$tls/portal.crt key=$tls/portal.key
    case $TLS in
        own) bash deploy/certificate.sh make "$NAME" ;;
        files) certificate=$CERTIFICATE key=$KEY ;;
        auto)
            install -d /var/www/html
            certificate=/etc/letsencrypt/live/$NAME/fullchain.pem key=/etc/letsencrypt/live/$NAME/privkey.pem
            [ -f "$certificate" ] || { [ -s /run/nginx.pid ] || start_nginx; certbot certonly --webroot \
                --webroot-path /var/www/html --non-interactive --agree-tos --register-unsafely-without-email \
                --deploy-hook "nginx -s reload" -d "$NAME"; }
            ;;
        *) stop "TLS is “$TLS”: own, auto or files." ;;
    esac
    [ -r "$certificate" ] && [ -r "$key" ] || stop "the certificate or its key cannot be read: $certificate, $key."
    [ -f "$upstream" ] || echo "server 127.0.0.1:8001;" >"$upstream"
    sed "s|@NAME@|$NAME|; s|@CERTIFICATE@|$certificate|; s|@KEY@|$key|" deploy/nginx.conf \
        >/etc/nginx/sites-available/plan-portal
    ln -sf ../sites-available/plan-portal /etc/nginx/sites-enabled/plan-portal
}

units() {
    install -m 755 deploy/plan-portal /usr/local/bin/plan-portal
    has_systemd || return 0
    install -m 644 deploy/systemd/* /etc/systemd/system/
    systemctl daemon-reload
    systemctl enable --quiet --now plan-portal-night.timer plan-portal-letters.timer
}

# People are led to a version once it is ready; the one before ends its requests and stops.
lead_to() {
    local before
    before=$(in_use)
    ln -sfn "$1" "$home/current"
    echo "server 127.0.0.1:$(port_of "$1");" >"$upstream"
    start_nginx
    if [ -n "$before" ] && [ "$before" != "$1" ]; then
        sleep 2 # for what the web server's old processes still pass on
        stop_web "$before"
    fi
}

back() {
    local now before
    now=$(in_use) before=$(other_than "$(in_use)")
    [ -n "$now" ] && [ -d "$home/$before/.venv" ] || stop "there is no version before."
    start_web "$before"
    is_ready "$before" || { stop_web "$before"; stop "the version before does not get ready; $now stays in use."; }
    lead_to "$before"
    say "the version before is in use again. The database stays as it is."
}

first_administrator() {
    [ "$(manage "$1" shell -c 'from accounts.models import User; print(User.objects.exists())' | tail -1)" = False ] || return 0
    ask ADMIN "User name of the first administrator" quantri
    manage "$1" create_user "$ADMIN" --role admin ${ADMIN_PASSWORD:+--password "$ADMIN_PASSWORD"}
}

install_() {
    local now next
    now=$(in_use) next=$(other_than "$(in_use)")
    [ -n "$now" ] || next=blue
    if [ -f "$settings" ]; then NAME=${NAME:-$(. "$settings" && echo "${PORTAL_URL#*://}")}; fi
    ask NAME "Name or address by which people open the portal (portal.example.vn)"
    TLS=${TLS:-$(cat /etc/plan-portal/tls-kind 2>/dev/null || true)}
    ask TLS "Certificate: own, auto or files" own
    packages
    person_and_places
    the_database
    the_settings
    say "building version $(sed -n 's/^__version__ = "\(.*\)".*/\1/p' plan_portal/__init__.py)"
    build "$next"
    if [ -n "$now" ]; then
        manage "$now" backup || stop "no backup could be made; nothing has changed."
    fi
    manage "$next" migrate --verbosity 0 || stop "the database could not be brought up to date; ${now:-nothing} stays in use."
    units
    first_administrator "$next"
    start_web "$next"
    if ! is_ready "$next"; then
        stop_web "$next"
        stop "the new version does not get ready; ${now:+the one before }stays in use. Its log says why."
    fi
    web_server
    echo "$TLS" >/etc/plan-portal/tls-kind
    lead_to "$next"
    say "in use at https://$NAME (settings: $settings; commands: plan-portal COMMAND)"
    [ "$TLS" != own ] || say "browsers trust it, and work offline, once http://$NAME/plan-portal-ca.crt is installed on each device: docs/cai-dat.md."
}

case ${1:-install} in
    install) install_ ;;
    back) back ;;
    *) stop "install.sh, or install.sh back." ;;
esac
