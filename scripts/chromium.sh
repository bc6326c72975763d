#!/usr/bin/env bash
# Prints the path of Chromium for the browser tests; CHROMIUM names another. As root on Debian it
# installs a missing one, and says so. Exits 1, with the reason on standard error, without one.
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

if ! find_chromium; then
    if [ -n "${CHROMIUM:-}" ]; then
        echo "chromium: CHROMIUM=$CHROMIUM is not a command: browser tests are skipped." >&2
        exit 1
    fi
    debian_install "Chromium" chromium fonts-liberation && find_chromium || {
        echo "chromium: not found, and not root on Debian to install it: browser tests are skipped." >&2
        exit 1
    }
fi
