"""requirements*.txt lock what requirements*.in ask for: `make lock` was not forgotten."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements", "requirements-dev"]


def asked(name: str) -> dict[str, Requirement]:
    """What a source asks for, and the sources that it includes."""
    found: dict[str, Requirement] = {}
    for line in (ROOT / f"{name}.in").read_text("utf-8").splitlines():
        wanted = line.partition("#")[0].strip()
        if wanted.startswith("-r "):
            found |= asked(Path(wanted.removeprefix("-r ")).stem)
        elif wanted and not wanted.startswith("-"):
            requirement = Requirement(wanted)
            found[requirement.name] = requirement
    return found


def locked(name: str) -> dict[str, tuple[str, str]]:
    """Version of every locked library, and what else its entry says: hashes, who needs it."""
    text = (ROOT / f"{name}.txt").read_text("utf-8")
    entries = re.findall(r"^(\S+)==(\S+)(.*(?:\n .*)*)", text, re.M)
    return {library: (version, rest) for library, version, rest in entries}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_what_its_source_asks_for(name):
    lock, wanted = locked(name), asked(name)
    direct = {library for library, (_, rest) in lock.items() if "-r requirements" in rest}
    assert direct == {*wanted}
    for library, requirement in wanted.items():
        assert requirement.specifier.contains(lock[library][0]), library


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_of_a_lock_has_its_hash_and_none_an_address(name):
    text = (ROOT / f"{name}.txt").read_text("utf-8")
    entries = [line for line in text.splitlines() if line[:1].isalpha()]
    assert [line.partition("==")[0] for line in entries] == [
        library for library, (_, rest) in locked(name).items() if "--hash=sha256:" in rest
    ]
    assert "://" not in text


def test_tests_run_with_the_versions_of_the_portal():
    portal, tests = (
        {(library, version) for library, (version, _) in locked(name).items()} for name in LOCKS
    )
    assert portal <= tests
