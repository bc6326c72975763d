"""Known weaknesses of everything that is locked: `make audit`.

pip-audit ends well, too, where it found none of the packages and so looked at nothing. Here that is
red: whatever was not looked at is named, and only a whole audit without a finding exits with 0.

    python scripts/audit.py [requirements.txt ...]
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-dev.txt"  # what runs, and what tests it
ASK = ("--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off")
SHOWN = 10


def verdict(found: list[dict[str, Any]], locked: int) -> list[str]:
    """What is wrong with an audit of so many locked packages; nothing where it was whole."""
    looked_at = [each for each in found if "skip_reason" not in each]
    wrong = [
        f"{each['name']} {each['version']}: {weakness['id']}, mended in "
        f"{', '.join(weakness['fix_versions']) or 'no version yet'}"
        for each in looked_at
        for weakness in each["vulns"]
    ]
    missed = [each["name"] for each in found if "skip_reason" in each]
    if not looked_at:
        wrong.append(f"nothing was audited: none of {locked} packages was found")
    elif missed:
        more = f" and {len(missed) - SHOWN} more" if len(missed) > SHOWN else ""
        wrong.append(f"not audited: {', '.join(missed[:SHOWN])}{more}")
    if looked_at and len(found) < locked:
        wrong.append(f"only {len(found)} of {locked} locked packages were asked about")
    return wrong


def locked_in(path: Path) -> int:
    """How many packages a lock holds."""
    lines = path.read_text("utf-8").splitlines()
    return sum("==" in line and not line.startswith((" ", "#")) for line in lines)


def audit(path: Path) -> list[str]:
    """What is wrong with what this file locks, or with its audit."""
    ask = [sys.executable, "-m", "pip_audit", "-r", str(path), *ASK]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return [f"nothing was audited: {last}"]
    return verdict(found, locked_in(path))


def main() -> None:
    paths = [Path(each) for each in sys.argv[1:]] or [LOCK]
    wrong = [f"{path.name}: {each}" for path in paths for each in audit(path)]
    if wrong:
        sys.exit("audit: " + "\naudit: ".join(wrong))
    print("audit: nothing known against any of", sum(map(locked_in, paths)), "packages")


if __name__ == "__main__":
    main()
