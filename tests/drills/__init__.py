"""Faults, with real processes: the server as in use, killed, stalled, out of room, out of time.

Each drill ends in the same three sentences (`whole.py`): what was acknowledged is there exactly
once, what was not is there wholly or not at all, and `check_ledger` finds nothing broken. In the
suite each is short; `make drills` has them in full (DRILL_ROUNDS, docs/drills.md).
"""

import os

import pytest

ROUNDS = int(os.getenv("DRILL_ROUNDS", "0"))
in_full_only = pytest.mark.skipif(not ROUNDS, reason="long: `make drills` alone has it")


def rounds(full: int, short: int = 1) -> int:
    """How often a drill is repeated: in the suite, and with `make drills`."""
    return min(full, ROUNDS) if ROUNDS else short
