#!/usr/bin/env bash
# Writes requirements.txt and requirements-dev.txt, the locks, from requirements.in and
# requirements-dev.in: every version pinned with its hashes. What is locked already stays as it is;
# ARGS="--upgrade" takes the newest of everything, ARGS="--upgrade-package django" of one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The second stands on the first, so that a test runs with what the portal runs with.
for name in requirements requirements-dev; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --custom-compile-command "make lock" "$@" "$name.in" -o "$name.txt"
done
# And what `make clients` fetches into an environment of its own.
.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --custom-compile-command "make lock" "$@" scripts/clients/requirements.in -o scripts/clients/requirements.txt
