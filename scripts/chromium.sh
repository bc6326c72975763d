#!/usr/bin/env bash
# Prints the path of Chromium for the browser tests; CHROMIUM names another. As root on Debian it
# installs what is missing: Chromium and its headless shell, fonts with all of Vietnamese, the library
# that Playwright's driver needs; and says so. Exits 1, with the reason on standard error, where they
# cannot run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/debian.sh
. scripts/debian.sh

find_chromium() {
    local candidate
    for candidate in ${CHROMIUM:-chromium chromium-browser google-chrome-stable google-chrome}; do
        if command -v "$candidate" 2>/dev/null; then return; fi
    done
    return 1
}

driver_starts() { .venv/bin/python -m playwright --version >/dev/null 2>&1; }

has_usual_face() {
    [ -n "$(find /usr/share/fonts -name 'NotoSans-Regular.*' -o -name 'Roboto-Regular.*' 2>/dev/null)" ]
}

skip() {
    echo "chromium: $1: browser tests are skipped." >&2
    exit 1
}

missing=()
if ! find_chromium >/dev/null; then
    [ -z "${CHROMIUM:-}" ] || skip "CHROMIUM=$CHROMIUM is not a command"
    missing+=(chromium)
fi
driver_starts || missing+=(libatomic1)
[ -d /usr/share/fonts/truetype/dejavu ] || missing+=(fonts-dejavu-core)
# A face as wide as those of phones and offices: in DejaVu, wider than any, first screens hold less.
has_usual_face || missing+=(fonts-noto-core)
if [ ${#missing[@]} -gt 0 ]; then
    debian_install "Something for browser tests" "${missing[@]}" ||
        echo "chromium: could not install ${missing[*]} (only root on Debian may)" >&2
fi

# The same engine without windows takes less than half of the processor's time. Of Chromium's version.
if [ "$(find_chromium)" = /usr/bin/chromium ] && ! command -v chromium-headless-shell >/dev/null; then
    debian_install "Chromium's headless shell" chromium chromium-headless-shell ||
        echo "chromium: without chromium-headless-shell the browser tests take twice as long" >&2
fi

driver_starts || skip "Playwright's driver does not start"
find_chromium || skip "there is none"
