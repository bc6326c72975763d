# Sourced by what installs and runs the portal as a server: its places, and what starts its parts.
# shellcheck shell=bash
home=/opt/plan-portal          # blue/ and green/: this version and the one before; current: which
settings=/etc/plan-portal/portal.env
data=/var/lib/plan-portal      # media/ and backups/
tls=/etc/plan-portal/tls
upstream=/etc/nginx/plan-portal.upstream
who=portal                     # the portal's own user, on the machine and in PostgreSQL

has_systemd() { [ -d /run/systemd/system ]; }
say() { echo "plan-portal: $*"; }
stop() {
    echo "plan-portal: $*" >&2
    exit 1
}
port_of() { if [ "$1" = blue ]; then echo 8001; else echo 8002; fi; }
other_than() { if [ "$1" = blue ]; then echo green; else echo blue; fi; }
in_use() { [ ! -L "$home/current" ] || basename "$(readlink "$home/current")"; }

# A version's server: a unit of systemd, or a process of its own where systemd does not run.
start_web() {
    if has_systemd; then
        systemctl enable --quiet "plan-portal@$1" && systemctl restart "plan-portal@$1"
    else
        stop_web "$1"
        install -d -o "$who" /run/plan-portal /var/log/plan-portal
        setsid runuser -u "$who" -- bash "$home/$1/deploy/web.sh" "$1" \
            >>"/var/log/plan-portal/$1.log" 2>&1 </dev/null 8>&- & # without the lock of install.sh
        echo $! >"/run/plan-portal/$1.pid"
    fi
}

stop_web() {
    if has_systemd; then
        systemctl disable --quiet --now "plan-portal@$1" 2>/dev/null || true
    elif [ -f "/run/plan-portal/$1.pid" ]; then
        # The whole session that start_web began; gunicorn lets requests end.
        pkill -TERM --session "$(cat "/run/plan-portal/$1.pid")" 2>/dev/null || true
        rm "/run/plan-portal/$1.pid"
    fi
}

# Wait until a version says that it can work; 1 after a minute.
is_ready() {
    local host tries
    host=$(. "$settings" && echo "${PORTAL_URL#*://}")
    for tries in $(seq 60); do
        ! curl -fsS -o /dev/null --max-time 10 -H "Host: $host" -H "X-Forwarded-Proto: https" \
            "http://127.0.0.1:$(port_of "$1")/readyz" 2>/dev/null || return 0
        sleep 1
    done
    say "not ready after $tries tries:" >&2
    curl -sS --max-time 10 -H "Host: $host" -H "X-Forwarded-Proto: https" \
        "http://127.0.0.1:$(port_of "$1")/readyz" >&2 || true
    return 1
}

start_database() {
    local version name
    if has_systemd; then
        systemctl start postgresql
        return
    fi
    while read -r version name _port state _rest; do
        [ "$state" = online ] || pg_ctlcluster "$version" "$name" start
    done < <(pg_lsclusters --no-header)
}

start_nginx() {
    nginx -t -q
    if has_systemd; then
        systemctl enable --quiet nginx && systemctl reload-or-restart nginx
    elif [ -s /run/nginx.pid ] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then
        nginx -s reload
    else
        nginx
    fi
}
