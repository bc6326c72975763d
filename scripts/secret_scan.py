"""Looks for secrets in what is committed: keys, tokens and passwords by their shape.

    python scripts/secret_scan.py [FILE ...]     without any: every file that git keeps

A line that only looks like one says so: `no secret`, in a comment.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from math import log2
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHAPES = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "a key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b"),
    "a token of a code host": re.compile(
        r"\b(?:gh[pousr]_\w{36,}|glpat-[\w-]{20,}|pypi-[\w-]{50,})"
    ),
    "a token of a chat": re.compile(r"\bxox[abprs]-[\w-]{10,}|hooks\.slack\.com/services/T\w+"),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
}
GIVEN = re.compile(
    r"(?i)\b[\w-]*(?:secret|passw(?:or)?d|token|api[_-]?key|private[_-]?key)[\w-]*[\"']?\s*[:=]\s*"
    r"[\"']?([A-Za-z0-9+/=_-]{20,})(?![\w(.])"
)
IN_ADDRESS = re.compile(r"://[^\s/:@{}<>$]+:([^\s/:@{}<>$]{8,})@")
AT_RANDOM = 4.0  # bits a letter, from which on a text looks drawn
EXCUSED = "no secret"
LARGEST = 2 * 1024 * 1024


def found_in(text: str) -> Iterator[tuple[int, str]]:
    """The number of each line with what looks like a secret, and what it looks like."""
    for number, line in enumerate(text.splitlines(), 1):
        if EXCUSED in line:
            continue
        for what, shape in SHAPES.items():
            if shape.search(line):
                yield number, what
        for value in GIVEN.findall(line) + IN_ADDRESS.findall(line):
            if is_drawn(value):
                yield number, "a password or key"


def is_drawn(value: str) -> bool:
    """Whether a text looks drawn at random: letters and digits, few of them twice."""
    if not re.search(r"[0-9]", value) or not re.search(r"[A-Za-z]", value):
        return False
    shares = [value.count(letter) / len(value) for letter in set(value)]
    most = min(AT_RANDOM, log2(len(value)) - 0.5)
    return -sum(share * log2(share) for share in shares) >= most


def kept_files() -> list[Path]:
    """Every file that git keeps."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name.decode() for name in done.stdout.split(b"\0") if name]


def main() -> None:
    paths = [Path(each) for each in sys.argv[1:]] or kept_files()
    wrong = []
    for path in paths:
        if not path.is_file() or path.stat().st_size > LARGEST:
            continue
        text = path.read_bytes()
        if b"\0" in text:
            continue  # no text
        lines = found_in(text.decode("utf-8", "replace"))
        wrong += [f"{path}:{number}: {what}" for number, what in lines]
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
