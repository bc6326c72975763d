"""The demo's training classes over the six topics, head counts only."""

from datetime import timedelta

from accounts.models import User
from communes.models import ALWAYS, Commune
from plan_portal.demo.arithmetic import chance, share, working_day
from plan_portal.demo.catalogue import COMMUNES
from programs.models import Activity, FiscalYear
from trainings import services
from trainings.models import Topic, Training

CLASSES = 204
VENUES = ("Nhà văn hóa bản", "Hội trường UBND xã", "Điểm trường mầm non", "Trạm Y tế xã")

# topic: its weight, activity, women in 100, weights of the ages under 16, 16–24, over 24
TOPICS: dict[str, tuple[int, str, int, tuple[int, int, int]]] = {
    "ECCD-DINH-DUONG": (22, "ECCD-01", 74, (0, 30, 70)),
    "ECCD-1000-NGAY": (20, "ECCD-02", 78, (0, 40, 60)),
    "GBV-CLB": (24, "GBV-01", 55, (60, 35, 5)),
    "GBV-MANG": (14, "GBV-04", 52, (70, 25, 5)),
    "YEE-BAN-HANG": (12, "YEE-01", 57, (0, 65, 35)),
    "YEE-DINH-GIA": (10, "YEE-02", 54, (0, 60, 40)),
}


def load(*, actor: User, reason: str) -> list[Training]:
    """The classes of FY2023."""
    year = FiscalYear.objects.get(code="2023")
    topics = {topic.code: topic for topic in Topic.objects.select_related("program")}
    units = Commune.objects.filter(code__in=COMMUNES, valid_from=ALWAYS).select_related("successor")
    communes = {unit.code: unit for unit in units}
    activities = {activity.code: activity for activity in Activity.objects.all()}
    weights = {
        (topic, code): TOPICS[topic][0] * chance(80, 120, "classes", topic, code)
        for topic in TOPICS
        for code in COMMUNES
    }
    rows = []
    for (topic, code), count in share(CLASSES, weights).items():
        for number in range(1, count + 1):
            row = _training(topics[topic], communes[code], number, year)
            row.activity = activities.get(TOPICS[topic][1])
            services.complete(row, actor, year=year).clean()
            rows.append(row)
    rows.sort(key=lambda row: row.start)
    return services.load(actor=actor, rows=rows, reason=reason)


def _training(topic: Topic, commune: Commune, number: int, year: FiscalYear) -> Training:
    about = ("class", topic.code, commune.code, number)
    start = working_day(year.start + timedelta(days=4), year.end - timedelta(days=7), *about)
    return Training(
        title=f"{topic.name} - xã {commune.name}, lớp {number}",
        topic=topic,
        program=topic.program,
        commune=commune,
        venue=VENUES[chance(0, len(VENUES) - 1, *about, "venue")],
        start=start,
        end=start + timedelta(days=chance(0, 2, *about, "days")),
        **_heads(topic, about),
    )


def _heads(topic: Topic, about: tuple[object, ...]) -> dict[str, int]:
    """Head counts that hold together: sexes and ages add up, no part is more than the whole."""
    _weight, _activity, women, ages = TOPICS[topic.code]
    people = chance(18, 38, *about, "people")
    female = people * chance(women - 15, women + 15, *about, "women") // 100
    by_age = share(people, dict(enumerate(ages)))
    return {
        "participants": people,
        "female": female,
        "male": people - female,
        "under_16": by_age[0],
        "age_16_24": by_age[1],
        "over_24": by_age[2],
        "ethnic_minority": people * chance(78, 100, *about, "minority") // 100,
        "disability": chance(0, 2, *about, "disability"),
        "poor_household": people * chance(10, 45, *about, "poor") // 100,
    }
