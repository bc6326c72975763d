"""docs/security.md counts what it says, and names only what is there."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs/security.md").read_text()
WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
LINE = re.compile(
    r"^\| (\d+\.\d+\.\d+(?:–\d+\.\d+\.\d+)?) \| (.*?) \| (done|web server|partly|not done|–)", re.M
)
SAID = "{done} done, {web server} by the web server, {partly} partly, {not done} not done, "
LEVELS = {"# Level 1\n": "Level 1, of 70: ", "# Level 2\n": "Level 2, of 183: "}


def part(head):
    return TEXT.partition(f"\n{head}")[2].partition("\n# ")[0]


def counted(head):
    found = dict.fromkeys(("done", "web server", "partly", "not done", "–"), 0)
    for _number, what, state in LINE.findall(part(head)):
        many = re.search(r"\((\w+) requirements\)", what)
        found[state] += int(WORDS.get(many[1], many[1])) if many else 1
    return found


def test_what_is_counted_is_what_stands_there():
    for head, begins in LEVELS.items():
        found = counted(head)
        assert f"{begins}{(SAID + '{–} do not apply').format(**found)}." in TEXT
        assert sum(found.values()) == int(re.search(r"of (\d+)", begins)[1])
    held = found["done"] + found["web server"]
    assert f"{100 * held / (183 - found['–']):.0f} % is held" in TEXT


def test_every_line_says_how_it_stands_and_each_number_stands_once():
    for head in LEVELS:
        lines = re.findall(r"^\| (\d+\.\d+\.\d+\S*) \|", part(head), re.M)
        assert len(lines) == len(LINE.findall(part(head))) == len(set(lines))


def test_the_files_and_settings_it_names_are_there():
    named = set(re.findall(r"`((?:\w+/)+[\w.-]+\.\w+)`", TEXT))
    assert len(named) > 40
    assert {name for name in named if not (ROOT / name).exists()} == set()
    files = ("plan_portal/settings.py", "plan_portal/environment.py")
    read = "".join((ROOT / name).read_text() for name in files)
    spoken = set(re.findall(r"`([A-Z][A-Z_]{4,})(?:=\w+)?`", TEXT)) - {"TRACE"}
    assert {name for name in spoken if name not in read} == set()
