"""The office's virus scanner (`VIRUS_SCANNER`) looks at what people send before it is kept.

It is a command that reads a file from standard input and ends with 0 for a clean one and 1 for one
with a virus, as ClamAV's `clamdscan --no-summary -` does. What cannot be looked at is not kept.
"""

import logging
import shlex
import subprocess

from django.conf import settings
from django.utils.translation import gettext as _

logger = logging.getLogger("portal.virus_scan")
CLEAN, INFECTED = 0, 1
SECONDS = 60


def refusal(data: bytes, name: str) -> str:
    """Why a file is not kept, in a sentence; empty: it is clean, or no scanner is set."""
    if not settings.VIRUS_SCANNER:
        return ""
    code = _ask(data)
    if code == CLEAN:
        return ""
    if code == INFECTED:
        return _("“%(name)s” has a virus and was not kept. Clean the computer it comes from.") % {
            "name": name
        }
    return _("“%(name)s” could not be checked for viruses just now. Try again later.") % {
        "name": name
    }


def _ask(data: bytes) -> int | None:
    """How the scanner ended; None: it did not."""
    command = shlex.split(settings.VIRUS_SCANNER)
    try:
        done = subprocess.run(  # noqa: S603 - the administrator's own setting
            command, input=data, capture_output=True, check=False, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        logger.exception("The virus scanner does not answer")
        return None
    if done.returncode != CLEAN:
        facts = {"code": done.returncode, "bytes": len(data)}
        logger.warning("the virus scanner refused a file", extra={"facts": facts})
    return done.returncode
