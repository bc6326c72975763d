"""Clients generated from the API's schema, compiled and used: `make clients`, `make schema`.

A portal with the demo year (or that of PORTAL, with TOKEN: a coordinator's of the demo) gives its
schema. Three linters read it; then a TypeScript client (openapi-generator) and a Python client
(openapi-python-client) are generated, compiled strictly, and do five tasks each: list, read a
summary, create once, create many, follow pages (scripts/clients/tasks.*). Needs Node 20 or newer
with npm, and the development libraries; the rest is fetched as scripts/clients pins it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from lighthouse import environment_in, served
from screens import ROOT

PINNED = ROOT / "scripts" / "clients"
FOLDER = ROOT / "var" / "clients"
BIN = FOLDER / ".venv" / "bin"
NODE = FOLDER / "node_modules" / ".bin"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def main(only_lint: bool) -> int:
    if not shutil.which("npm"):
        print("clients: needs Node with npm")
        return 1
    fetch()
    with tempfile.TemporaryDirectory() as folder:
        if "PORTAL" in os.environ:
            return look_at(os.environ["PORTAL"], os.environ.get("TOKEN", ""), only_lint)
        with served(folder) as base:
            return look_at(base, token_in(folder), only_lint)


def fetch() -> None:
    """Put what is pinned into FOLDER."""
    shutil.copytree(PINNED, FOLDER, dirs_exist_ok=True)
    run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
    uv = str(ROOT / ".venv" / "bin" / "uv")
    if not BIN.exists():
        run(uv, "venv", "--quiet", "--python", sys.executable, ".venv")
    python = str(BIN / "python")
    run(
        uv, "pip", "install", "-q", "--python", python, "--require-hashes", "-r", "requirements.txt"
    )


def token_in(folder: str) -> str:
    """A token of the demo's coordinator."""
    command = [sys.executable, "manage.py", "create_api_token", "dieuphoi"]
    environment = environment_in(folder)
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return said.stdout.decode().split()[-1]


def look_at(base: str, token: str, only_lint: bool) -> int:
    """Lint the schema of a portal; generate, compile and use its clients."""
    schema = httpx.get(f"{base}/api/v1/schema/?format=json", timeout=120).raise_for_status().content
    (FOLDER / "schema.json").write_bytes(schema)
    failed = [name for name, command in LINTERS.items() if not passes(name, *command)]
    if not only_lint:
        for name in ("typescript", "python"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)
        for name, steps in CLIENTS.items():
            done = all(passes(name, *step) for step in steps[:-1])
            if not (done and passes(name, *steps[-1], base, token)):
                failed.append(name)
    if failed:
        print(f"clients: failed: {', '.join(failed)}")
    return 1 if failed else 0


LINTERS = {
    "openapi-spec-validator": (BIN / "openapi-spec-validator", "schema.json"),
    "redocly": (NODE / "redocly", "lint", "schema.json", "--max-problems", "1000"),
    "spectral": (NODE / "spectral", "lint", "schema.json", "--fail-severity", "warn"),
}
GENERATOR = ("generate", "--path", "schema.json", "--config", "python-client.yaml")
CLIENTS = {
    "typescript": (
        (
            "openapi-generator-cli",
            *"generate -i schema.json -g typescript-fetch -o typescript".split(),
        ),
        (NODE / "tsc", "--project", "."),
        ("node", "compiled/tasks.js"),
    ),
    "python": (
        (BIN / "openapi-python-client", *GENERATOR, "--output-path", "python"),
        (BIN / "mypy", "--strict", "--config-file=", "python/plan_portal_client", "tasks.py"),
        (BIN / "python", "tasks.py"),
    ),
}


def passes(name: str, *command: str | Path) -> bool:
    print(f"-- {name}: {Path(command[0]).name}", flush=True)
    path = f"{BIN}:{os.environ['PATH']}"
    environment = {
        **os.environ,
        **QUIET,
        "PATH": path,
        "PYTHONPATH": "python",
        "MYPYPATH": "python",
    }
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True)
    kept = [line for line in done.stdout.splitlines() if line.startswith(f"{name}:")]
    print("\n".join(kept) if done.returncode == 0 else done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def run(*command: str) -> None:
    subprocess.run(command, cwd=FOLDER, check=True)


if __name__ == "__main__":
    sys.exit(main(only_lint="lint" in sys.argv[1:]))
