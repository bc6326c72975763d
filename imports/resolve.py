"""From an office's words to records: communes, activities, programmes, funds, topics."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from communes.lookups import unknown_unit
from communes.models import Commune, Level
from communes.own_day import existed
from communes.words import without_unit_word, words_for
from core.values.suggestions import not_known
from core.values.text import fold, fold_key, has_odd_digits, is_digits
from programs.models import Activity, FiscalYear, Fund, Program
from programs.years.services import unknown_activity
from trainings.models import Topic

WHOLE_AREA = ("toanhuyen", "cahuyen", "toanvung", "toanvungduan", "toandiaban")
ROMAN = re.compile(r"^\s*(?:[IVXLC]+|[0-9]+)\s*[.)\-:]\s*", re.IGNORECASE)

ROMAN_APART = re.compile(r"^\s*(?:[IVXLC]+|[A-H]|[0-9]{1,2})\s+(?=\S)")
HEADING_PARTS = re.compile(r"\s*[–—:()]\s*|\s+-\s+|\s+-|-\s+")


class Unknown(Exception):
    """A word that names nothing; the sentence offers the nearest names."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Directory:
    """All names that a workbook of one fiscal year may use; read once per workbook."""

    def __init__(self, year: FiscalYear) -> None:
        self.year = year
        self.programs: list[Program] = list(Program.objects.all())
        self._program_words = {
            key: program
            for program in reversed(self.programs)
            for name in (program.name_en, program.name, program.code)
            if (key := _program_key(name))
        }
        self.activities = {a.code: a for a in Activity.objects.select_related("program")}
        self.funds = {fold_key(f.name): f for f in Fund.objects.all()}
        self.fund_codes = {fold_key(f.code): f for f in self.funds.values()}
        self.topics = {fold_key(t.name): t for t in Topic.objects.select_related("program")}
        self.topic_codes = {fold_key(t.code): t for t in self.topics.values()}
        units = Commune.objects.select_related("parent", "successor")
        self.units = list(units.valid_in(year.start, year.end))
        self._areas = set(year.periods.values_list("area_id", flat=True))
        self._commune_words = words_for(self.units)
        self._ambiguous = _ambiguous(self.units)
        self._words_of_all_times = words_for(units.in_area())
        self._activity_words = {fold_key(code): a for code, a in self.activities.items()}
        first, last = year.start, year.end
        self._units_change = not all(existed(u, first) and existed(u, last) for u in self.units)
        self._found: dict[tuple[str, date | None], Commune] = {}

    def commune(self, text: str, day: date | None = None) -> Commune:
        """The unit of the year, or of the row's own day, that a name or code stands for. Raises
        `Unknown`."""
        asked = text, day if self._units_change else None
        if asked not in self._found:  # a workbook names each of them on many rows
            self._found[asked] = self._find_commune(*asked)
        return self._found[asked]

    def _find_commune(self, text: str, day: date | None) -> Commune:
        key = "" if has_odd_digits(text) else fold_key(text)
        if is_digits(key):
            key = key.zfill(5)
        if key in WHOLE_AREA and len(areas := self._areas_of_year()) == 1:
            return areas[0]
        self._refuse_ambiguous(text, key)
        for words in (self._words_on(day), self._words_of_all_times):
            found = words.get(key) or words.get(without_unit_word(key))
            if found is not None:
                self._refuse_outside(text, found)
                return found  # one of another time: the rule of its lifetime says so
        names = [u.name for u in self.units if u.level == Level.COMMUNE]
        raise Unknown("unknown_commune", unknown_unit(text, names))

    def _words_on(self, day: date | None) -> dict[str, Commune]:
        """The words for the units; in a year in which units changed, those of the day."""
        if day is None:
            return self._commune_words
        return words_for([unit for unit in self.units if existed(unit, day)])

    def _areas_of_year(self) -> list[Commune]:
        """The districts and the like whose money has months of its own in the year."""
        return [u for u in self.units if u.pk in self._areas and u.level != Level.COMMUNE]

    def _refuse_ambiguous(self, text: str, key: str) -> None:
        """A bare name of a district and of a town in it: the sender says which."""
        if found := self._ambiguous.get(key):
            names = ", ".join(sorted(f"“{unit.full_name}”" for unit in found))
            sentence = _("“%(text)s” can be %(names)s. Write which is meant.")
            raise Unknown("ambiguous_place", sentence % {"text": text, "names": names})

    def _refuse_outside(self, text: str, unit: Commune) -> None:
        """A district or province that has no months of its own in the year carries no money."""
        if unit.level != Level.COMMUNE and unit.pk not in self._areas:
            names = ", ".join(sorted(area.full_name for area in self._areas_of_year()))
            sentence = _("“%(text)s” is no area of the programme in %(year)s. It has: %(names)s.")
            numbers = {"text": text, "year": self.year.code, "names": names}
            raise Unknown("outside_area", sentence % numbers)

    def activity(self, text: str) -> Activity | None:
        """The activity of a code, whatever its case and punctuation."""
        return None if has_odd_digits(text) else self._activity_words.get(fold_key(text))

    def needed_activity(self, text: str) -> Activity:
        found = self.activity(text)
        if found is None:
            raise Unknown("unknown_activity", unknown_activity(text, self.activities))
        return found

    def add_activity(self, activity: Activity) -> None:
        self.activities[activity.code] = activity
        self._activity_words[fold_key(activity.code)] = activity

    def program(self, text: str) -> Program | None:
        """The programme of a code or name, with or without the number before it."""
        bare = ROMAN.sub("", text)
        for words in (text, bare, ROMAN_APART.sub("", bare)):
            if found := self._program_words.get(_program_key(words)):
                return found
        return None

    def program_of_heading(self, text: str) -> Program | None:
        """The programme that a heading names in any of its parts: 'II. GBV – Phòng, chống …'."""
        parts = [text, ROMAN_APART.sub("", ROMAN.sub("", text))]
        parts += [part for whole in list(parts) for part in HEADING_PARTS.split(whole)]
        found = [program for part in parts if (program := self.program(part))]
        return found[0] if len({program.pk for program in found}) == 1 else None

    def program_for(self, column: str, heading: str, code: str) -> Program:
        """By the column, else the heading row above, else the code's prefix. Raises `Unknown`."""
        if column:
            found = self.program(column)
            if found is None:
                names = [f"{p.code} {p.name}" for p in self.programs]
                raise Unknown("unknown_program", not_known(column, _("programme"), names))
            return found
        found = self.program_of_heading(heading) if heading else None
        found = found or self.program(re.split(r"[-_./ ]|[0-9]", code, maxsplit=1)[0])
        if found is None:
            raise Unknown(
                "unknown_program",
                _("No programme is given for %(code)s: add a Chương trình column.")
                % {"code": code},
            )
        return found

    def fund(self, text: str) -> Fund | None:
        key = fold_key(text)
        return self.funds.get(key) or self.fund_codes.get(key)

    def topic(self, text: str) -> Topic | None:
        key = fold_key(text)
        return self.topics.get(key) or self.topic_codes.get(key)


def _program_key(words: str) -> str:
    return fold_key(words).removeprefix("chuongtrinh")


def _ambiguous(units: Iterable[Commune]) -> dict[str, list[Commune]]:
    """The bare names that units of several levels share, with these units."""
    named: dict[str, list[Commune]] = defaultdict(list)
    for unit in units:
        named[fold_key(unit.name)].append(unit)
    return {key: found for key, found in named.items() if len({u.level for u in found}) > 1}


def code_from(name: str, taken: Iterable[str], limit: int = 36) -> str:
    """A new code made of a name's words (`Plan Bỉ` → `PLAN-BI`), not among those taken."""
    base = re.sub(r"[^A-Z0-9]+", "-", fold(name).upper()).strip("-")[:limit].strip("-") or "X"
    code, number = base, 2
    taken = set(taken)
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
