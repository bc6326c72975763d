# Sourced: debian_install WHAT PACKAGE... installs Debian packages, and says so; only as root.
# Returns 1 when it may not or cannot; the caller then says what that means.
debian_install() {
    local what=$1
    shift
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then return 1; fi
    echo "$what is missing: installing $* with apt-get" >&2
    (
        umask 022 # what it installs is for everybody, PostgreSQL's own user too
        export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update || true
        apt-get -qq install -y --no-install-recommends "$@"
    ) </dev/null 1>&2
}
