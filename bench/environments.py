"""What yardsticks need beside the portal's own packages: in folders of their own under var/.

Never in the portal's requirements. Where they cannot be had (no network) the yardstick is left out.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
BESIDE = ("orjson==3.13.0", "django-import-export==4.4.3", "tablib==3.10.0", "diff-match-patch")
DATASETTE = "datasette==0.65.5"


def add_packages() -> str:
    """Packages beside the portal's, behind them on the path; what is lacking, or ''."""
    folder = FOLDER / "packages"
    if not folder.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        done = subprocess.run([*pip, "--target", str(folder), *BESIDE], check=False)
        if done.returncode:
            return "no orjson and no django-import-export: json is the yardstick"
    sys.path.append(str(folder))
    return ""


def datasette() -> Path | None:
    """Datasette in an environment of its own; None where it cannot be had."""
    folder = FOLDER / "datasette"
    program = folder / "bin" / "datasette"
    if not program.exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", DATASETTE]
        if subprocess.run(pip, check=False).returncode:
            return None
    return program
