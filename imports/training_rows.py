"""Training classes from a workbook's rows."""

from collections import Counter
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from core.values.text import fold_key
from imports.outcome import Outcome
from imports.resolve import Directory, code_from
from imports.rows import Builder
from imports.workbook import Reading, Row
from trainings.models import COUNTS, Topic, Training
from trainings.services import complete

HEADS = {"participants": "total"}  # the model's name for a column called otherwise


def build(
    outcome: Outcome,
    reading: Reading,
    directory: Directory,
    *,
    actor: User,
    post: bool,
    as_of: date,
) -> None:
    """Fill the outcome with training classes, count duplicates, and say what is wrong."""
    builder = TrainingBuilder(outcome, directory, actor, as_of)
    pairs = [(row, item) for row in reading.rows if (item := builder.item(row)) is not None]
    builder.look_over(reading.wrong)
    builder.sort_out(pairs)
    outcome.sums = _sums([item for _row, item in pairs])


class TrainingBuilder(Builder):
    def __init__(self, outcome: Outcome, directory: Directory, actor: User, as_of: date) -> None:
        super().__init__(outcome, directory, actor)
        self.as_of = as_of

    def item(self, row: Row) -> Training | None:
        commune = self.look_up(row, "commune", self.directory.commune)
        activity = self.look_up(row, "activity", self.directory.needed_activity)
        topic = self._topic(row, activity)
        self._check_year(row)
        if commune is None or topic is None or self.is_wrong(row):
            return None
        values = row.values
        item = Training(
            title=str(values.get("title") or topic.name)[:300],
            topic=topic,
            program=self._program(row, activity, topic),
            activity=activity,
            commune=commune,
            venue=str(values.get("venue") or "")[:200],
            start=values["start"],
            end=values.get("end") or values["start"],
            note=str(values.get("note") or "")[:500],
            **{name: values.get(HEADS.get(name, name)) for name in COUNTS},
        )
        self._check(row, item)
        return None if self.is_wrong(row) else item

    def _program(self, row: Row, activity: Any, topic: Topic) -> Any:
        text = str(row.values.get("program") or "")
        named = self.directory.program(text) if text else None
        return named or (activity.program if activity else topic.program)

    def _topic(self, row: Row, activity: Any) -> Topic | None:
        text = str(row.values.get("topic") or row.values.get("title") or "")
        if not text:
            return None
        found = self.directory.topic(text)
        if found is not None:
            return found
        program = self._topic_program(row, activity)
        if program is None:
            return None
        codes = [t.code for t in self.directory.topics.values()]
        found = Topic(code=code_from(text, codes, 50), name=text[:200], program=program)
        found.set_keys()
        self.directory.topics[fold_key(found.name)] = found
        self.outcome.new_others.append(found)
        self.warn(
            row,
            "topic" if row.values.get("topic") else "title",
            "new_topic",
            _("New topic: %(name)s. It is added.") % {"name": text},
        )
        return found

    def _topic_program(self, row: Row, activity: Any) -> Any:
        text = str(row.values.get("program") or "")
        if not text and activity is None:
            self.error(
                row,
                "topic" if row.values.get("topic") else "title",
                "unknown_topic",
                _("The topic is new: add a Chương trình column to say whose it is."),
            )
            return None
        if not text:
            return activity.program
        return self.look_up(row, "program", lambda t: self.directory.program_for(t, "", ""))

    def _check_year(self, row: Row) -> None:
        year, start = self.outcome.fiscal_year, row.values.get("start")
        assert year is not None
        if start and start not in year:
            self.error(
                row,
                "start",
                "outside_fiscal_year",
                _("The first day lies outside fiscal year %(year)s.") % {"year": year.code},
            )

    def _check(self, row: Row, item: Training) -> None:
        if item.program is None:
            self.error(row, "topic", "unknown_program", _("No programme is known for this class."))
            return
        try:
            complete(item, self.actor, as_of=self.as_of, year=self.outcome.fiscal_year)
            self.hold(item)
        except ValidationError as refusal:
            self.refuse(row, refusal)

    def sort_out(self, pairs: list[tuple[Row, Training]]) -> None:
        """A class whose title, commune, first day and head counts are all there is a duplicate."""
        there = Counter(
            key_of(training)
            for training in Training.objects.visible_to(self.actor).filter(
                fiscal_year=self.outcome.fiscal_year
            )
        )
        seen: Counter[tuple[Any, ...]] = Counter()
        for row, item in pairs:
            key = key_of(item)
            if there[key] > 0:
                there[key] -= 1
                self.outcome.duplicates += 1
            else:
                self.outcome.items.append(item)
            seen[key] += 1
            if seen[key] == 2:
                self.warn(
                    row,
                    "title",
                    "twice_in_file",
                    _("The same row stands in this workbook twice; both count."),
                )


def key_of(item: Training) -> tuple[Any, ...]:
    counts = tuple(getattr(item, name) for name in COUNTS)
    return (fold_key(item.title), item.commune_id, item.start, counts)


def _sums(items: list[Training]) -> dict[str, Any]:
    return {
        "classes": len(items),
        "total": sum(item.participants for item in items),
        "female": sum(item.female for item in items),
        "male": sum(item.male for item in items),
        "unit": "people",
    }
