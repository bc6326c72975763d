"""Collect the texts to translate into the catalogues, and compile them. No gettext is needed.

    python scripts/messages.py                    collect and compile
    python scripts/messages.py --check            say what is missing or stale; exit 1 if anything
    python scripts/messages.py --from FILE.po …   also take translations from these catalogues

An app's Python and `templates/<app>/` go to `<app>/locale/`, all the rest to `locale/`. What was
translated stays, wherever the text has moved; what nobody uses any more is dropped. The compiled
files are kept in git, since the portal must run on a machine without this script.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LANGUAGE = "vi"
APPS = (
    *("accounts", "communes", "programs", "trainings", "disbursements"),
    *("monitoring", "imports", "reports"),
)
SHARED = ("core", "tasks", "plan_portal")  # their texts go to the catalogue at the top
FUNCTIONS = ("gettext", "ngettext", "pgettext", "npgettext")
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(\s*{STRING}(?:\s*,\s*{STRING})?(?:\s*,\s*{STRING})?")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|%%")
_TEXT = r'"(?:[^"\\]|\\.)*"\n(?:"(?:[^"\\]|\\.)*"\n)*'
TRANSLATION = re.compile(rf"msgstr(?:\[0\])? {_TEXT}")
ENTRY = re.compile(
    rf"(?P<head>(?:msgctxt {_TEXT})?msgid {_TEXT}(?:msgid_plural {_TEXT})?)"
    rf"(?P<translations>(?:msgstr(?:\[0\])? {_TEXT})+)"
)
HEADER = {
    "Project-Id-Version": "Plan Portal",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True)
class Text:
    """One text to translate and the file it stands in."""

    msgid: str
    plural: str | None
    context: str | None
    file: str

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.msgid


def in_python(source: str, file: str) -> Iterator[Text]:
    """The texts in calls of Django's translation functions, under whatever name they go."""
    tree = ast.parse(source, file)
    names = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = names.get(ast.unparse(node.func))
            values = [a.value for a in node.args if isinstance(a, ast.Constant)]
            words = [value for value in values if isinstance(value, str)]
            if function and words:
                yield _text(function, words, file)


def _aliases(tree: ast.AST) -> dict[str, str]:
    """The local names of the translation functions: `_` → `gettext`."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for alias in node.names:
                plain = alias.name.removesuffix("_lazy").removesuffix("_noop")
                if plain in FUNCTIONS:
                    names[alias.asname or alias.name] = plain
    return names


def in_template(source: str, file: str) -> Iterator[Text]:
    """The texts of `translate`, `blocktranslate` and `_("…")` in a template."""
    from django.utils.translation.template import templatize

    for found in IN_TEMPLATE.finditer(templatize(source, origin=file)):
        words = [ast.literal_eval(word) for word in found.groups()[1:] if word]
        yield _text("gettext" if found[1] == "_" else found[1], words, file)


def _text(function: str, words: list[str], file: str) -> Text:
    context = words.pop(0) if "p" in function.removesuffix("gettext") else None
    plural = words[1] if function.startswith("n") and len(words) > 1 else None
    return Text(words[0], plural, context, file)


def texts_of(files: Iterable[Path]) -> Iterator[Text]:
    for path in sorted(files):
        name = path.relative_to(ROOT).as_posix()
        read = in_python if path.suffix == ".py" else in_template
        yield from read(path.read_text(encoding="utf-8"), name)


def files_of(catalogue: Path) -> list[Path]:
    """The Python files and templates whose texts belong to a catalogue."""
    app = catalogue.relative_to(ROOT).parts[0]
    own = [app] if app in APPS else SHARED
    python = [p for name in own for p in (ROOT / name).rglob("*.py") if not _is_test(p)]
    templates = (ROOT / "templates").rglob("*")
    return python + [
        path
        for path in templates
        if path.suffix in (".html", ".svg", ".txt")
        and _app_of_template(path) == (app if app in APPS else "")
    ]


def _is_test(path: Path) -> bool:
    return "tests" in path.parts or "migrations" in path.parts


def _app_of_template(path: Path) -> str:
    folder = path.relative_to(ROOT / "templates").parts[0]
    return folder if folder in APPS else ""


def catalogues() -> list[Path]:
    folders = [ROOT, *(ROOT / app for app in APPS)]
    return [folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po" for folder in folders]


def collect(path: Path, memory: dict[tuple[str | None, str], polib.POEntry]) -> polib.POFile:
    """The catalogue as it should be: every text in use, with its translation if there is one."""
    used: dict[tuple[str | None, str], list[Text]] = {}
    for text in texts_of(files_of(path)):
        used.setdefault(text.key, []).append(text)
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = dict(HEADER)
    for key in sorted(used, key=lambda key: (key[1].casefold(), key[1], key[0] or "")):
        fresh.append(_entry(used[key], memory.get(key)))
    return fresh


def _entry(texts: list[Text], known: polib.POEntry | None) -> polib.POEntry:
    text = next((t for t in texts if t.plural), texts[0])
    entry = polib.POEntry(
        msgid=text.msgid,
        msgctxt=text.context,
        occurrences=[(file, "") for file in sorted({t.file for t in texts})],
        flags=["python-format"] if PLACEHOLDER.search(text.msgid) else [],
    )
    translated = _translation(known)
    if text.plural:
        entry.msgid_plural = text.plural
        entry.msgstr_plural = {0: translated}
    else:
        entry.msgstr = translated
    return entry


def _translation(entry: polib.POEntry | None) -> str:
    if entry is None or "fuzzy" in entry.flags:
        return ""
    return str(entry.msgstr or entry.msgstr_plural.get(0, ""))


def read_memory(paths: Iterable[Path]) -> dict[tuple[str | None, str], polib.POEntry]:
    """Every translation known, by context and text; the first catalogue that has one wins."""
    memory: dict[tuple[str | None, str], polib.POEntry] = {}
    for path in paths:
        if path.exists():
            for entry in polib.pofile(mended(path.read_text(encoding="utf-8"))):
                if not entry.obsolete and _translation(entry):
                    memory.setdefault((entry.msgctxt, entry.msgid), entry)
    return memory


def mended(text: str) -> str:
    """A catalogue that git has merged line by line, readable again: its whole entries. One with
    several translations has none: they may belong to its neighbours."""
    entries = []
    for found in ENTRY.finditer(text):
        head, translations = found["head"], TRANSLATION.findall(found["translations"])
        said = [t for t in translations if not t.rstrip().endswith(' ""')]
        entries.append(head + (said[0] if len(said) == 1 else 'msgstr ""\n'))
    return "\n".join(entries)


def problems(path: Path, fresh: polib.POFile) -> list[str]:
    """What is missing, wrong or stale in a catalogue."""
    name = path.relative_to(ROOT).as_posix()
    found = []
    for entry in fresh:
        translated = _translation(entry)
        if not translated:
            found.append(f"{name}: not translated: {entry.msgid!r} ({entry.occurrences[0][0]})")
        elif not _same_placeholders(entry, translated):
            found.append(f"{name}: other placeholders: {entry.msgid!r} → {translated!r}")
    if not path.exists() and len(fresh):
        return [*found, f"{name}: is missing: run make messages"]
    if path.exists() and str(polib.pofile(str(path), wrapwidth=100)) != str(fresh):
        found.append(f"{name}: is not up to date: run make messages")
    compiled = path.with_suffix(".mo")
    if len(fresh) and (not compiled.exists() or compiled.read_bytes() != fresh.to_binary()):
        found.append(f"{compiled.relative_to(ROOT)}: is stale: run make messages")
    return found


def _same_placeholders(entry: polib.POEntry, translated: str) -> bool:
    """A translation keeps every placeholder; `%(count)d` may be left out of a singular."""
    wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    return set(PLACEHOLDER.findall(translated)) == wanted


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only say what is missing or stale")
    parser.add_argument("--from", dest="more", nargs="*", type=Path, default=[], metavar="FILE")
    options = parser.parse_args(arguments)
    memory = read_memory([*catalogues(), *options.more])
    found: list[str] = []
    for path in catalogues():
        fresh = collect(path, memory)
        if not options.check and len(fresh):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.save(str(path))
            path.with_suffix(".mo").write_bytes(fresh.to_binary())
        found += problems(path, fresh)
    print("\n".join(found) or "Every text is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
