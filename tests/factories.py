"""Plain functions that make what a test needs; every default can be overridden by keyword.

Reference data (units, programmes, years, topics) come from the project's own loaders: `reference()`
loads them once. Money goes through the services, so that a test cannot set up what the portal would
refuse; where a test wants exactly that, it writes the row by hand.
"""

from collections.abc import Mapping, Sequence
from datetime import date as Date
from datetime import timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import AutoField
from rest_framework.test import APIClient

import communes.reference
import programs.reference
import trainings.reference
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_token, create_user
from communes.models import ALWAYS, Commune, ProgrammeArea, Village
from core.services.transition import save_with_history, transition
from core.values.dates import fiscal_quarter
from disbursements.ledger import services as ledger
from disbursements.models import UNSPECIFIED_FUND, Disbursement, PlanVersion
from disbursements.plans import assembly
from disbursements.plans import services as plans
from programs.models import Activity, FiscalYear, Fund, GoLive, Period, Program, YearState
from programs.years.services import period_of, year_of
from trainings.models import Topic, Training

PASSWORD = "mot-mat-khau-cho-kiem-thu"
REFORM = Date(2025, 7, 1)
BAN_LANG, HOANG_THEN, KHONG_LAO, NAM_XE, DAO_SAN = "03577", "03580", "03583", "03586", "03571"
COMMUNES = (BAN_LANG, HOANG_THEN, KHONG_LAO, NAM_XE, DAO_SAN)
PROGRAMS = ("ECCD", "GBV", "YEE", "SPON")

_serial = count(1)


# Reference data


def reference() -> None:
    """Units, programmes, fiscal years and topics, unless they are there already."""
    if Program.objects.exists() and Topic.objects.exists():
        return
    for source in (communes.reference, programs.reference, trainings.reference):
        source.load()


def many_ids() -> None:
    """As in a portal that was in use for years: ids have seven digits, and none of one table is one
    of another, so that an id written as an amount (1.000.001), or taken for another's, shows."""
    with connection.cursor() as cursor:
        for number, model in enumerate(apps.get_models(include_auto_created=True), start=100):
            table, key, last = model._meta.db_table, model._meta.pk, number * 10_000
            if not isinstance(key, AutoField) or model._meta.proxy:
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, last])
            else:
                name = connection.ops.quote_name(table)
                sequence = "SELECT setval(pg_get_serial_sequence(%s, %s), %s)"
                cursor.execute(sequence, [name, key.column, last])


def no_reference() -> None:
    """As after `migrate` alone: no units, programmes, years or topics."""
    Topic.objects.all().delete()
    Period.objects.all().delete()
    FiscalYear.objects.all().delete()
    Program.objects.all().delete()
    Fund.objects.all().delete()
    Village.objects.all().delete()
    Commune.objects.update(parent=None, successor=None)
    Commune.objects.all().delete()
    ProgrammeArea.objects.all().delete()


def program(code: str | Program = "GBV") -> Program:
    reference()
    return code if isinstance(code, Program) else Program.objects.get(code=code)


def commune(code: str | Commune = BAN_LANG, *, valid_from: Date = ALWAYS) -> Commune:
    """A unit by its code as it stood in FY2023; with `valid_from=REFORM` as it stands since."""
    reference()
    if isinstance(code, Commune):
        return code
    return Commune.objects.get(code=code, valid_from=valid_from)


def year(code: str | int | FiscalYear = "2023") -> FiscalYear:
    reference()
    return code if isinstance(code, FiscalYear) else FiscalYear.objects.get(code=str(code))


def fund(code: str | Fund = UNSPECIFIED_FUND, **values: Any) -> Fund:
    reference()
    if isinstance(code, Fund):
        return code
    return Fund.objects.get_or_create(code=code, defaults={"name": f"Nguồn {code}", **values})[0]


def topic(code: str | Topic = "GBV-CLB", **values: Any) -> Topic:
    reference()
    if isinstance(code, Topic):
        return code
    found = Topic.objects.filter(code=code).first()
    return found or Topic.objects.create(code=code, **{"name": f"Chủ đề {code}", **values})


def activity(code: str | Activity = "GBV-01", **values: Any) -> Activity:
    """An activity; its programme is the one its code begins with, unless told otherwise."""
    if isinstance(code, Activity):
        return code
    found = Activity.objects.filter(code=code).first()
    if found:
        return found
    values["program"] = program(values.get("program") or code.partition("-")[0])
    return Activity.objects.create(code=code, **{"title": f"Hoạt động {code}", **values})


def period(day: Date = Date(2022, 9, 15), where: str | Commune = BAN_LANG) -> Period:
    """The month row of a day, in the area of a commune."""
    return period_of(day, commune(where))


def close(month: Period) -> Period:
    """Close a month as the portal does, without asking who may."""
    return transition(
        month,
        actor=somebody(Role.MANAGER),
        to=YearState.CLOSED,
        allowed_from=[YearState.OPEN],
        why="closed in a test",
    )


def go_live(day: Date = Date(2027, 7, 1)) -> GoLive:
    """The go-live day fixed at set-up: what is dated before it may be loaded as history, also
    beside rows that are not."""
    return GoLive.objects.create(day=day)


# People


def user(
    username: str = "",
    role: str = Role.COORDINATOR,
    *,
    programs: Sequence[str | Program] = (),
    communes: Sequence[str | Commune] = (),
    password: str = PASSWORD,
    **details: Any,
) -> User:
    """A user who may act in each of `programs` in each of `communes`; none named: everywhere."""
    return create_user(
        username=username or f"{role}-{next(_serial)}",
        role=role,
        password=password,
        programs=[program(code) for code in programs],
        communes=[commune(code) for code in communes],
        check_password=False,
        **details,
    )


def user_of_pairs(*pairs: tuple[str | None, str | None], **options: Any) -> User:
    """A user with exactly these (programme, commune) grants; None stands for every one."""
    person = user(**options)
    person.assignments.all().delete()
    for program_code, commune_code in pairs:
        person.assignments.create(
            program=program(program_code) if program_code else None,
            commune=commune(commune_code) if commune_code else None,
        )
    return person


def somebody(role: str = Role.COORDINATOR) -> User:
    """A person of that role who may act everywhere; the same one each time."""
    username = f"mot-{role}"
    return User.objects.filter(username=username).first() or user(username, role)


def api(person: User, *, read_only: bool = False, **options: Any) -> APIClient:
    """An API client that carries a token of this user."""
    _token, text = create_token(user=person, read_only=read_only, **options)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


# Money


def draft(amount: int = 1_000_000, *, by: User | None = None, **values: Any) -> Disbursement:
    """A drafted disbursement: GBV-01 in Bản Lang on 15 September 2022, unless told otherwise."""
    values = {"date": Date(2022, 9, 15), "payee": "Đoàn Thanh niên xã", **values}
    values["activity"] = activity(values.get("activity", "GBV-01"))
    values["commune"] = commune(values.get("commune", BAN_LANG))
    values["fund"] = fund(values.get("fund", UNSPECIFIED_FUND))
    return ledger.create(actor=by or somebody(), amount=amount, **values)


def submitted(amount: int = 1_000_000, *, by: User | None = None, **values: Any) -> Disbursement:
    """A disbursement that waits for approval; `by` drafted and submitted it."""
    by = by or somebody()
    return ledger.submit(actor=by, disbursement=draft(amount, by=by, **values))


def posted(
    amount: int = 1_000_000, *, by: User | None = None, post_by: User | None = None, **values: Any
) -> Disbursement:
    """A posted disbursement; `by` submitted it, `post_by` posted it."""
    row = submitted(amount, by=by, **values)
    return ledger.post(actor=post_by or somebody(Role.MANAGER), disbursement=row)


def line(
    activity_code: str | Activity = "GBV-01",
    commune_code: str | Commune = BAN_LANG,
    amounts: Mapping[int, int] | int = 1_000_000,
    fund_code: str | Fund = UNSPECIFIED_FUND,
    **values: Any,
) -> plans.Line:
    """A plan line; `amounts` by quarter, or one amount for quarter I."""
    return plans.Line(
        activity=activity(activity_code),
        commune=commune(commune_code),
        fund=fund(fund_code),
        amounts={1: amounts} if isinstance(amounts, int) else dict(amounts),
        **values,
    )


def draft_plan(
    *lines: plans.Line,
    fiscal_year: str | FiscalYear = "2023",
    by: User | None = None,
    reason: str = "Điều chỉnh kế hoạch",
) -> PlanVersion:
    """A plan version in draft with just these lines, resting on the version in force; without
    lines it gets one."""
    by = by or somebody()
    version = plans.create_draft(actor=by, fiscal_year=year(fiscal_year), reason=reason)
    version.based_on = plans.approved_version(version.fiscal_year)
    version.save(update_fields=["based_on"])
    plans.write_lines(version, lines or [line()])
    assembly.speak_for(version, assembly.changed_programs(version))
    return version


def submitted_plan(*lines: plans.Line, by: User | None = None, **options: Any) -> PlanVersion:
    """A plan version that waits for approval."""
    by = by or somebody()
    return plans.submit(actor=by, plan=draft_plan(*lines, by=by, **options))


def plan(
    *lines: plans.Line, by: User | None = None, approve_by: User | None = None, **options: Any
) -> PlanVersion:
    """An approved plan version: the original, or the next revision."""
    version = submitted_plan(*lines, by=by, **options)
    return plans.approve(actor=approve_by or somebody(Role.HEAD), plan=version)


# Training classes


def training(female: int = 12, male: int = 8, *, by: User | None = None, **values: Any) -> Training:
    """A training class of 20 people: GBV-CLB in Bản Lang on 15 September 2022."""
    subject = topic(values.pop("topic", "GBV-CLB"))
    start = values.pop("start", Date(2022, 9, 15))
    days = values.pop("days", 2)
    fiscal_year = values.pop("fiscal_year", None) or year_of(start)
    row = Training(
        topic=subject,
        program=program(values.pop("program", subject.program or "GBV")),
        commune=commune(values.pop("commune", BAN_LANG)),
        start=start,
        female=female,
        male=male,
        fiscal_year=fiscal_year,
        quarter=fiscal_quarter(start, fiscal_year.start),
        **{
            "title": f"{subject.name}, lớp {next(_serial)}",
            "end": start + timedelta(days=days - 1),
            "participants": female + male,
            **values,
        },
    )
    save_with_history(row, by or somebody(), "entered")
    return row
