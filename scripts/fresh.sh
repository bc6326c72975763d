#!/usr/bin/env bash
# Do README's two commands work on a machine that has nothing? Builds minimal Debians, each in a
# folder of its own, and runs there scripts/fresh_clone.sh: as root, and as a user without rights where
# root has installed what README names; in a path with spaces and Vietnamese letters, LANG=C, umask 077.
#
#   bash scripts/fresh.sh                        Debian 12 and 13, root and user (make fresh)
#   bash scripts/fresh.sh trixie user            one of them (make fresh ARGS="trixie user")
#   bash scripts/fresh.sh bookworm install       production, an upgrade, a bad one (scripts/fresh_install.sh)
#
# FULL=1: all of `make test` there, half an hour or more each; else a few tests on SQLite, PostgreSQL
# and in Chromium. PYTEST_ADDOPTS=-v names each test. It tries what is committed. Mirror, index of
# packages, proxies and certificates are this machine's; MIRROR names another mirror. Needs root, on
# Debian or the like; downloads are kept in var/fresh/ (rm -r var/fresh: from the beginning).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
. scripts/debian.sh
releases=${1:-bookworm trixie} people=${2:-root user install}
kept=$PWD/var/fresh machine=$PWD/var/fresh/machine
running=""

if [ "$(id -u)" -ne 0 ]; then
    echo "fresh: only root can build a machine (debootstrap, chroot)." >&2
    exit 1
fi
command -v debootstrap >/dev/null || debian_install "debootstrap" debootstrap
mkdir -p "$kept"
exec 9>"$kept/lock"
if ! flock --nonblock 9; then
    echo "fresh: another one is running." >&2
    exit 1
fi

# The machine's processes and mounts are its own and end with `unshare`.
leave() {
    [ -z "$running" ] || { kill -KILL "$running" && wait "$running"; } 2>/dev/null || true
    rm -rf "$machine" || { sleep 1 && rm -rf "$machine"; }
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

mirror() { apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Label: Debian' | head -n 1; }

bootstrap() {
    local release=$1
    if [ -d "$kept/$release" ]; then return; fi
    echo "fresh: building a minimal $release"
    rm -rf "$kept/new"
    debootstrap --variant=minbase "$release" "$kept/new" ${MIRROR:-$(mirror)} >"$kept/$release.log" ||
        { tail "$kept/$release.log" >&2; exit 1; }
    mv "$kept/new" "$kept/$release"
}

# How this machine reaches the others.
network() {
    cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
    apt-config dump Acquire | grep -iE '::(proxy|check)' >"$machine/etc/apt/apt.conf.d/host" || true
    cp -r /usr/local/share/ca-certificates "$machine/usr/local/share/"
    local index name
    index=$(python3 -m pip config get global.index-url 2>/dev/null) || index=""
    outside=(${index:+"PIP_INDEX_URL=$index"})
    for name in $(compgen -e | grep -E '^(PIP|UV)_.*(INDEX|HOST|CERT|TIMEOUT)|^SSL_CERT_|_(proxy|PROXY)$'); do
        outside+=("$name=${!name}")
    done
}

# README's packages; as root the least, since set-up and tests install the rest by themselves.
needed() {
    if [ "$1" != user ]; then echo git make python3; else sed -n 's/^ *sudo apt install //p' README.md; fi
}

# inside COMMAND...: on the machine, as root, with nothing of our environment but the network's.
inside() {
    unshare --mount --pid --fork --kill-child bash -euc '
        machine=$1 archives=$2
        shift 2
        mount -t proc proc "$machine/proc"
        mount -t tmpfs tmpfs "$machine/dev/shm"
        mount --bind "$archives" "$machine/var/cache/apt/archives"
        chroot "$machine" "$@" # no exec: this shell is the one to gather up processes without a parent
    ' - "$machine" "$archives" env -i HOME=/root LANG=C PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
        "${outside[@]}" "$@" </dev/null &
    running=$!
    wait "$running"
    running=""
}

try() {
    local release=$1 who=$2 began=$SECONDS home=/root archives=$kept/$release-archives
    echo
    echo "== $release, ${who/user/a user without rights}"
    bootstrap "$release"
    mkdir -p "$archives/partial"
    rm -rf "$machine"
    cp -a "$kept/$release" "$machine"
    network
    git bundle create --quiet "$machine/srv/plan-portal.bundle" HEAD
    cp scripts/fresh_clone.sh scripts/fresh_install.sh "$machine/srv/"
    chmod a+r "$machine"/srv/*
    inside bash -euc 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends "$@" >/var/log/installed 2>&1 ||
        { cat /var/log/installed; exit 1; }' - $(needed "$who")
    if [ "$who" = user ]; then
        home=/home/canbo
        inside useradd --create-home canbo
    fi
    if [ "$who" = install ]; then
        inside bash /srv/fresh_install.sh /srv/plan-portal.bundle
        echo "ok: $release, $who, after $((SECONDS - began)) s"
        return
    fi
    inside runuser -u "${home##*/}" -- env HOME="$home" FULL="${FULL:-}" \
        PYTEST_ADDOPTS="${PYTEST_ADDOPTS:-}" bash /srv/fresh_clone.sh /srv/plan-portal.bundle "$home/Dự án Phong Thổ"
    echo "ok: $release, $who, after $((SECONDS - began)) s"
}

for release in $releases; do
    for who in $people; do
        try "$release" "$who"
    done
done
