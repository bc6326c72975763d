"""The portal on an office PC, for a look: one command, nothing but Python (docs/windows.md).

python scripts/try_out.py            with the demo year
python scripts/try_out.py --empty    without, marked as a portal to practise on
python scripts/try_out.py --port 8080
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)


def install() -> None:
    """Make .venv with what requirements.txt locks, where it is not there."""
    if PYTHON.exists():
        return
    print("Making .venv: some minutes, the first time")
    venv.create(VENV, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*pip, "-r", str(ROOT / "requirements.txt")], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="The portal on this computer, for a look.")
    parser.add_argument("--empty", action="store_true", help="no demo year; to practise on")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args()
    if sys.version_info < OLDEST:
        sys.exit("Plan Portal needs Python 3.11 or newer: install it from python.org.")
    install()
    place = ROOT / "var" / ("practice" if asked.empty else "")
    place.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "DEBUG": "1",
        "PRACTICE": "1" if asked.empty else "0",
        "PYTHONUTF8": "1",
        "DATABASE_URL": f"sqlite:///{(place / 'portal.sqlite3').as_posix()}",
        "MEDIA_ROOT": str(place / "media"),
    }
    first = ["first_administrator"] if asked.empty else ["load_demo"]
    for command in (["migrate", "--verbosity", "0"], ["load_reference"], first):
        manage(command, environment)
    print(f"\nOpen http://127.0.0.1:{asked.port} (Ctrl-C stops it; the data stay in {place})\n")
    manage(["runserver", "--noreload", f"127.0.0.1:{asked.port}"], environment)


def manage(command: list[str], environment: dict[str, str]) -> None:
    """One of the portal's commands; what it says of a failure is enough."""
    try:
        done = subprocess.run([str(PYTHON), "manage.py", *command], cwd=ROOT, env=environment)
    except KeyboardInterrupt:
        sys.exit()
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
