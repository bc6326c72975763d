"""Training classes as a workbook: one class to a row, with its head counts."""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import RECORD_TRAINING
from core.values import display
from core.values.dates import month_key
from core.values.text import fold_key
from imports.kinds.base import (
    AS_LOADED,
    Builder,
    Cell,
    Content,
    Sums,
    WorkbookKind,
    as_before,
    overwritten,
    text_of,
    with_saved,
    word_of,
)
from imports.outcome import Outcome
from imports.resolve import code_from
from imports.workbook import Row
from imports.workbook.checks import Finding, settle_training
from imports.workbook.fields import ACTIVITY_CODE, COMMON, OF_WHICH, column
from imports.workbook.layout import Values
from programs.models import Activity, FiscalYear, Program
from trainings import services as trainings
from trainings.models import COUNTS, Topic, Training

HEADS = {"participants": "total"}  # the model's name for a column called otherwise

COLUMNS = [
    column(
        "topic",
        _("Topic"),
        "chủ đề|chuyên đề|chủ đề tập huấn|chuyên đề tập huấn|tên chủ đề|tên chuyên đề|topic|"
        "theme|training topic",
    ),
    column(
        "title",
        _("Training class"),
        "tên lớp tập huấn|tên lớp|lớp tập huấn|lớp|tên khóa tập huấn|khóa tập huấn|tên khóa|"
        "tên tập huấn|tập huấn|training|training title|training class|class|class name|title|"
        "course|training name|name of training",
        "nội dung tập huấn|nội dung|tên|name",
    ),
    COMMON["commune"],
    column(
        "start",
        _("First day"),
        "từ ngày|thời gian bắt đầu|ngày bắt đầu|bắt đầu|ngày tổ chức|ngày khai giảng|thời gian từ|"
        "thời gian từ ngày|thời gian tổ chức từ|from|from date|start|start date|first day|ngày đầu",
        "ngày|ngày tháng|thời gian|thời gian tổ chức|ngày thực hiện|thời gian thực hiện|date|day",
    ),
    column(
        "end",
        _("Last day"),
        "đến ngày|thời gian kết thúc|ngày kết thúc|kết thúc|ngày bế giảng|thời gian đến|"
        "thời gian đến ngày|tới ngày|thời gian tổ chức đến|to|to date|end|end date|last day|"
        "ngày cuối",
    ),
    column(
        "venue",
        _("Venue"),
        "địa điểm|nơi tổ chức|địa điểm tổ chức|địa điểm tập huấn|venue|place|location",
    ),
    column(
        "male",
        _("Men"),
        "nam|số nam|nam giới|số nam giới|số người nam|men|male|males",
    ),
    column(
        "female",
        _("Women"),
        "nữ|số nữ|nữ giới|phụ nữ|số phụ nữ|số người nữ|women|female|females",
    ),
    column(
        "total",
        _("Total"),
        "tổng số|tổng|tổng cộng|tổng số người|tổng số người tham gia|số người tham gia|số người|"
        "người tham gia|số lượng người tham gia|số học viên|tổng số học viên|tổng số lượt người|"
        "số lượt người|sĩ số|total|participants|total participants|number of participants|"
        "người tham gia tổng số|người tham gia tổng",
        "số lượng|cộng",
    ),
    column(
        "under_16",
        _("Under 16"),
        "dưới 16|dưới 16 tuổi|trẻ em|trẻ em dưới 16|trẻ em dưới 16 tuổi|trẻ dưới 16 tuổi|"
        "độ tuổi dưới 16|under 16|children|children under 16|below 16|0 15",
    ),
    column(
        "age_16_24",
        _("16–24"),
        "16 24|16 24 tuổi|từ 16 24|từ 16 24 tuổi|từ 16 đến 24|từ 16 đến 24 tuổi|16 đến 24|"
        "16 đến 24 tuổi|thanh niên|thanh niên 16 24|thanh niên 16 24 tuổi|youth|youth 16 24|"
        "16 to 24|aged 16 24|age 16 24|ages 16 24|thanh niên từ 16 đến 24 tuổi",
    ),
    column(
        "over_24",
        _("Over 24"),
        "trên 24|trên 24 tuổi|người lớn|người lớn trên 24|người lớn trên 24 tuổi|từ 25|"
        "từ 25 tuổi|25 tuổi trở lên|từ 25 tuổi trở lên|25 trở lên|over 24|above 24|adults|"
        "adults over 24|25 and over|older than 24",
    ),
    column(
        "ethnic_minority",
        _("Ethnic minority"),
        "dtts|dân tộc thiểu số|người dtts|người dân tộc thiểu số|số người dtts|số dtts|"
        "ethnic minority|ethnic minorities|người dân tộc",
        "dân tộc",
    ),
    column(
        "disability",
        _("With disability"),
        "khuyết tật|nkt|người khuyết tật|số người khuyết tật|số nkt|disability|disabled|pwd|"
        "with disability|people with disability|people with disabilities|"
        "persons with disability|persons with disabilities",
    ),
    column(
        "poor_household",
        _("Poor household"),
        "hộ nghèo|thuộc hộ nghèo|người thuộc hộ nghèo|số người thuộc hộ nghèo|"
        "poor household|poor households|poor|from poor household|from poor households",
    ),
    column("activity", _("Activity code"), ACTIVITY_CODE, "mã|mã số|code|hoạt động|activity"),
    COMMON["program"],
    COMMON["note"],
]


class TrainingBuilder(Builder[Training]):
    """Training classes, and the topics that they name first."""

    def item(self, row: Row) -> Training | None:
        first_day = row.values.get("start")
        commune = self.look_up(row, "commune", lambda text: self.directory.commune(text, first_day))
        activity = self.look_up(row, "activity", self.directory.needed_activity)
        topic = self._topic(row, activity)
        self._check_year(row)
        if commune is None or topic is None or self.is_wrong(row):
            return None
        values = row.values
        item = Training(
            title=text_of(row, "title", 300) or topic.name,
            topic=topic,
            program=self._program(row, activity, topic),
            activity=activity,
            commune=commune,
            venue=text_of(row, "venue", 200),
            start=values["start"],
            end=values.get("end") or values["start"],
            note=text_of(row, "note", 500),
            **{name: values.get(HEADS.get(name, name)) for name in COUNTS},
        )
        self.check_rules(row, item)
        return None if self.is_wrong(row) else item

    def _program(self, row: Row, activity: Activity | None, topic: Topic) -> Program | None:
        text = text_of(row, "program")
        named = self.directory.program(text) if text else None
        known = self.known.get(row)
        return (
            named
            or (activity.program if activity else topic.program)
            or (known.record.program if known else None)
        )

    def follow(self, record: Training, item: Training) -> None:
        record.program, record.participants = item.program, record.male + record.female

    def _topic(self, row: Row, activity: Activity | None) -> Topic | None:
        """The topic; one not seen before is made at commit and named in the warnings."""
        column = "topic" if row.values.get("topic") else "title"
        text = text_of(row, column)
        if not text:
            return None
        found = self.directory.topic(text)
        if found is not None:
            return found
        program = self._topic_program(row, column, activity)
        if program is None:
            return None
        codes = [t.code for t in self.directory.topics.values()]
        found = Topic(code=code_from(text, codes, 50), name=text[:200], program=program)
        found.set_keys()
        self.directory.topics[fold_key(found.name)] = found
        self.outcome.new_others.append(found)
        message = _now("New topic: %(name)s. It is added.") % {"name": text}
        self.warn(row, column, "new_topic", message)
        return found

    def _topic_program(self, row: Row, column: str, activity: Activity | None) -> Program | None:
        if row.values.get("program"):
            return self.look_up(row, "program", lambda t: self.directory.program_for(t, "", ""))
        if activity is None:
            message = _now("The topic is new: add a Chương trình column to say whose it is.")
            self.error(row, column, "unknown_topic", message)
            return None
        return activity.program

    def _check_year(self, row: Row) -> None:
        start = row.values.get("start")
        if start and start not in self.year:
            text = _now("The first day lies outside fiscal year %(year)s.")
            self.error(row, "start", "outside_fiscal_year", text % {"year": self.year.code})

    def check_rules(self, row: Row, item: Training) -> None:
        if item.program is None:
            self.error(
                row, "topic", "unknown_program", _now("No programme is known for this class.")
            )
            return
        try:
            trainings.complete(item, self.actor, as_of=self.as_of, year=self.year)
            self.hold(item)
        except ValidationError as refusal:
            self.refuse(row, refusal)

    def sort_out(self, found: list[tuple[Row, Training]]) -> None:
        """A class whose title, commune, first day and head counts are all there is a duplicate, as
        far as the workbook states them."""
        fresh = self.without_known(found)
        own = {item.pk for _row, item in found} - {None}
        there: dict[Content, list[Training]] = defaultdict(list)
        for each in Training.objects.visible_to(self.actor).filter(fiscal_year=self.year):
            if each.pk not in own:
                there[_class(each)].append(each)
        self._hold_changed(found, there)
        for row, item in fresh:
            twins = there[_class(item)]
            twin = next((each for each in twins if _has_its_counts(each, item)), None)
            if twin is not None:
                twins.remove(twin)
                self.outcome.duplicates += 1
            else:
                self.outcome.items.append(item)
            self.warn_of_twin(row, "title", _content(item))

    def _hold_changed(
        self, found: list[tuple[Row, Training]], there: dict[Content, list[Training]]
    ) -> None:
        """A class is not changed into one that is there already."""
        before = {record.pk: _content(record) for record, _item in self.outcome.changed}
        for row, item in [pair for pair in found if pair[1].pk is not None]:
            self.warn_of_twin(row, "title", _content(item))
            is_new = item.pk in before and _content(item) != before[item.pk]
            if is_new and any(_content(each) == _content(item) for each in there[_class(item)]):
                self.refuse(row, trainings.already_entered(item), "already_entered")


def _class(item: Training) -> Content:
    return fold_key(item.title), item.commune_id, item.start


def _content(item: Training) -> Content:
    return (*_class(item), *(getattr(item, name) for name in COUNTS))


def _has_its_counts(there: Training, item: Training) -> bool:
    """Whether a class has the head counts that another one states."""
    pairs = ((getattr(there, name), getattr(item, name)) for name in COUNTS)
    return all(said in (None, kept) for kept, said in pairs)


class Trainings(WorkbookKind[Training, Training, Training]):
    name = "trainings"
    label = _("Training classes")
    called = _("a list of training classes")
    columns = COLUMNS
    required = (("topic", "title"), ("commune",), ("start",), ("male",), ("female",))
    needed = (*required[1:], ("title", "topic"))
    permission = RECORD_TRAINING
    builder = TrainingBuilder
    model = Training
    list_page = "trainings"
    is_posted_as_history = False  # a class has no state
    template = {"topic": 34, "title": 40, "activity": 14, "commune": 20, "start": 12, "end": 12} | {
        **{"venue": 24, "male": 9, "female": 9},
        **dict.fromkeys(OF_WHICH, 11),
        "note": 26,
    }
    row_name = ("title", "commune")
    related = ("topic", "activity__program", "program", "commune", "village", "fiscal_year")
    template_unit = _("Unit: people")
    template_hint = _(
        "The rows are the classes of the year; add new ones below. A topic that is new may be "
        "written."
    )
    period, unit = "month", "people"

    def check(self, values: Values, columns: set[str]) -> Iterable[Finding]:
        return settle_training(values, columns)

    def template_records(self, year: FiscalYear, user: User) -> Iterable[Training]:
        """The classes of the year."""
        rows = Training.objects.visible_to(user).filter(fiscal_year=year)
        return rows.select_related("topic", "activity", "commune").order_by("start", "pk")

    def filled(self, record: Training) -> Values:
        own = {name: getattr(record, name) for name in self.template}
        activity = record.activity.code if record.activity else None
        commune = word_of(record.commune)
        return {**own, "topic": record.topic.name, "activity": activity, "commune": commune}

    def cells(self, item: Training) -> Iterable[Cell]:
        if item.program:
            yield item.program, item.commune, month_key(item.start), item.participants or 0

    def as_saved(self, item: Training) -> dict[str, object]:
        return {
            "title": item.title,
            "start": item.start.isoformat(),
            "end": item.end.isoformat(),
            "program": item.program.code if item.program else "",
            "commune": item.commune.code,
            "commune_name": item.commune.name,
            **{name: getattr(item, name) for name in COUNTS},
        }

    def sums(self, items: list[Training]) -> Sums:
        return {
            "classes": len(items),
            "total": sum(item.participants for item in items),
            "female": sum(item.female for item in items),
            "male": sum(item.male for item in items),
            "unit": "people",
        }

    def figure(self, sums: Sums) -> dict[str, str]:
        note = _now("%(female)s women, %(male)s men") % {
            "female": display.number(sums.get("female")),
            "male": display.number(sums.get("male")),
        }
        return {"label": _now("Participants"), "value": display.number(sums["total"]), "note": note}

    def commit(self, outcome: Outcome, *, actor: User, post: bool, reason: str) -> list[Training]:
        changed = with_saved([after for _before, after in outcome.changed], "topic")
        outcome.overwrote = overwritten(outcome.changed, trainings.FIELDS)
        trainings.change_rows(actor=actor, rows=changed, reason=reason)
        rows = with_saved(outcome.items, "topic")
        made = trainings.load(actor=actor, rows=rows, reason=reason) if rows else []
        return [*made, *changed]

    def take_back(
        self, record: Training, *, actor: User, reason: str, overwrote: object = None
    ) -> None:
        if (before := as_before(record, overwrote)) is not None:
            trainings.change_rows(actor=actor, rows=[before], reason=reason)
            return
        trainings.delete(actor=actor, training=record, version=AS_LOADED)
