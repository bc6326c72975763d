"""Plan versions in the browser: draft, compare, change, transfer, submit, approve, return."""

import csv
import io
import re

import pytest

from disbursements.models import PlanVersion
from disbursements.plans import editing
from disbursements.plans import services as plans
from programs.models import Program
from tests import factories as make

pytestmark = pytest.mark.any_database


@pytest.fixture
def original(cast):
    return make.plan(
        make.line("GBV-01", make.BAN_LANG, {1: 100, 2: 50}), make.line("YEE-01", amounts=70)
    )


@pytest.fixture
def draft(cast, original):
    return plans.create_draft(
        actor=cast.dieuphoi, fiscal_year=original.fiscal_year, based_on=original
    )


def line_values(plan, **changes):
    return {
        "activity": "GBV-01",
        "commune": str(make.commune().pk),
        "fund": str(make.fund().pk),
        "q1": "300",
        "version": str(plan.version),
        **changes,
    }


def amounts(plan):
    lines = plan.lines.prefetch_related("amounts")
    return {line.activity.code: {a.quarter: a.amount for a in line.amounts.all()} for line in lines}


def test_a_copy_differs_by_nothing_and_a_changed_line_by_its_change(cast, client, draft):
    client.force_login(cast.dieuphoi)
    url = f"/plans/{draft.pk}/"
    assert client.get(url).context["changed_count"] == 0
    client.post(url + "lines/", line_values(draft))
    page = client.get(url)
    assert changes(page) == {"GBV-01": 150}
    assert changes(client.get(url + "?lines=all")) == {"GBV-01": 150, "YEE-01": 0}


def changes(page):
    """{activity: its change} of the lines shown."""
    rows = [line["row"] for line in page.context["list"]["lines"]]
    return {row.line.activity.code: row.change for row in rows}


def test_the_lines_are_filtered_added_up_and_sent_as_a_file(cast, client, draft):
    client.force_login(cast.dieuphoi)
    url = f"/plans/{draft.pk}/?lines=all"
    client.post(f"/plans/{draft.pk}/lines/", line_values(draft))
    assert set(changes(client.get(f"{url}&program=YEE"))) == {"YEE-01"}
    assert set(changes(client.get(f"{url}&search=ban+lang+gbv"))) == {"GBV-01"}
    whole = client.get(f"{url}&cols=year,before,change").context["list"]
    assert [each["text"] for each in whole["sums"]] == ["", "370", "220", "150"]
    head, *rows = csv.reader(
        io.StringIO(client.get(f"{url}&cols=all&format=csv").getvalue().decode("utf-8-sig"))
    )
    assert "Thao tác" not in head
    assert [row[head.index("Cả năm")] for row in rows] == ["300", "70"]


def test_changing_a_line_keeps_the_filters_of_the_page(cast, client, draft):
    client.force_login(cast.dieuphoi)
    url, line = f"/plans/{draft.pk}/", draft.lines.get(activity__code="GBV-01")
    here = {"referer": f"http://testserver{url}?lines=all&program=GBV&line=7"}
    page = client.get(f"{url}?lines=all&program=GBV", headers=here).content.decode()
    assert f'href="{url}?lines=all&amp;program=GBV&amp;line={line.pk}#line"' in page
    saved = client.post(f"{url}lines/", line_values(draft), headers=here)
    assert saved.url == f"{url}?lines=all&program=GBV"


def test_the_page_of_a_refused_line_leads_on_to_the_plan(cast, client, draft):
    client.force_login(cast.dieuphoi)
    url, line = f"/plans/{draft.pk}/", draft.lines.get(activity__code="GBV-01")
    client.post(f"{url}lines/", line_values(draft))
    refused = client.post(f"{url}lines/", line_values(draft, activity="?"))
    assert refused.status_code == 400
    assert f'href="{url}?line={line.pk}#line"' in refused.content.decode()
    assert client.get(f"{url}lines/").url == url


def test_a_line_in_the_form_is_no_filter_that_stays(cast, client, draft):
    client.force_login(cast.dieuphoi)
    url, line = f"/plans/{draft.pk}/", draft.lines.first()
    page = client.get(f"{url}?line={line.pk}", headers={"referer": f"http://testserver{url}"})
    assert page.context["line_form"].initial["activity"] == line.activity
    assert client.get(url).status_code == 200


def test_a_transfer_keeps_the_total_and_says_why(cast, client, draft):
    source = draft.lines.get(activity__code="GBV-01")
    target = draft.lines.get(activity__code="YEE-01")
    client.force_login(cast.dieuphoi)
    values = {
        "t-source": source.pk,
        "t-quarter": 1,
        "t-target": target.pk,
        "t-to_quarter": 3,
        "t-amount": "30",
        "t-reason": "mưa lũ",
        "t-version": draft.version,
    }
    refused = client.post(f"/plans/{draft.pk}/transfer/", {**values, "t-amount": "101"})
    assert set(refused.context["transfer_form"].errors) == {"amount"}
    client.post(f"/plans/{draft.pk}/transfer/", values)
    assert amounts(draft) == {"GBV-01": {1: 70, 2: 50}, "YEE-01": {1: 70, 3: 30}}
    draft.refresh_from_db()
    assert "mưa lũ" in draft.reason


def test_a_stale_page_changes_no_line(cast, client, draft):
    client.force_login(cast.dieuphoi)
    url = f"/plans/{draft.pk}/lines/"
    client.post(url, line_values(draft))
    late = client.post(url, line_values(draft, q1="999"))
    assert late.status_code == 409
    assert "999" in late.content.decode()
    assert amounts(draft)["GBV-01"] == {1: 300}


def test_nobody_changes_a_line_outside_their_assignment(cast, client, draft):
    client.force_login(cast.dieuphoi_gbv)
    foreign = draft.lines.get(activity__code="YEE-01")
    url = f"/plans/{draft.pk}/lines/{foreign.pk}/remove/"
    assert client.post(url, {"version": draft.version}).status_code == 404
    refused = client.post(f"/plans/{draft.pk}/lines/", line_values(draft, activity="YEE-01"))
    assert set(refused.context["line_form"].errors) == {"activity"}


def test_a_version_is_submitted_approved_by_somebody_else_and_then_read_only(cast, client, draft):
    client.force_login(cast.dieuphoi)
    url = f"/plans/{draft.pk}/"
    assert client.post(url + "submit/").status_code == 400  # a revision says why
    client.post(url + "reason/", {"why-reason": "điều chỉnh", "why-version": draft.version})
    assert client.post(url + "submit/").status_code == 302
    assert client.post(url + "approve/").status_code == 403
    client.force_login(cast.truongban)
    client.post(url + "approve/", {"decision_no": "12/QĐ", "decision_date": "05/01/2023"})
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.decision_no) == ("approved", 2, "12/QĐ")
    assert client.post(url + "approve/").status_code == 409
    client.force_login(cast.dieuphoi)
    assert client.post(url + "lines/", line_values(draft)).status_code == 409


def test_a_returned_version_says_why_and_can_be_submitted_again(cast, client, draft):
    draft.reason = "x"
    draft.save()
    plans.submit(actor=cast.dieuphoi, plan=draft)
    client.force_login(cast.truongban)
    client.post(f"/plans/{draft.pk}/return/", {"reason": "chưa rõ nguồn"})
    client.force_login(cast.dieuphoi)
    assert "chưa rõ nguồn" in client.get(f"/plans/{draft.pk}/").content.decode()
    assert client.post(f"/plans/{draft.pk}/submit/").status_code == 302


def test_a_revision_of_an_old_version_does_not_undo_a_newer_one(cast, original, draft):
    make.plan(make.line("GBV-01", amounts=500), make.line("YEE-01", amounts=70))
    editing.set_line(actor=cast.dieuphoi, plan=draft, line=make.line("YEE-01", amounts=8))
    draft.refresh_from_db()
    draft.reason = "x"
    draft.save()
    plans.submit(actor=cast.dieuphoi, plan=draft)
    draft.refresh_from_db()
    plans.approve(actor=cast.truongban, plan=draft)
    assert amounts(plans.approved_version(make.year())) == {"GBV-01": {1: 500}, "YEE-01": {1: 8}}


def test_money_above_the_plan_is_never_refused(cast, original):
    assert make.posted(100_000).status == "posted"


@pytest.mark.parametrize("source", ["current", "empty"])
def test_a_draft_begins_with_a_copy_or_empty(cast, client, original, source):
    client.force_login(cast.dieuphoi)
    client.post("/plans/new/", {"fiscal_year": "2023", "source": source, "reason": "r"})
    plan = PlanVersion.objects.get(state="draft")
    assert plan.lines.count() == (2 if source == "current" else 0)


def filters_of(client, plan):
    """{filter: what it offers besides everything} of a plan's lines."""
    form = client.get(f"/plans/{plan.pk}/?lines=all").context["list"]["form"]
    return {name: form.fields[name].widget.choices[1:] for name in ("program", "commune")}


def test_programmes_of_one_place_in_the_order_are_both_filters(cast, client, draft):
    Program.objects.update(order=1)
    client.force_login(cast.dieuphoi)
    assert filters_of(client, draft)["program"] == [
        (code, str(Program.objects.get(code=code))) for code in ("GBV", "YEE")
    ]


def test_communes_of_one_name_are_both_filters_and_can_be_told_apart(cast, client):
    names = {"name": "Bản Lang", "full_name": "Xã Bản Lang"}
    namesake = make.commune(make.NAM_XE)
    for field, text in names.items():
        setattr(namesake, field, text)
    namesake.save()
    plan = make.draft_plan(*(make.line("GBV-01", code) for code in (make.DAO_SAN, make.BAN_LANG)))
    plans.write_lines(plan, [make.line("GBV-01", namesake)])
    client.force_login(cast.dieuphoi)
    assert filters_of(client, plan)["commune"] == [
        (make.BAN_LANG, f"Xã Bản Lang (đến 06/2025) ({make.BAN_LANG})"),
        (make.NAM_XE, f"Xã Bản Lang (đến 06/2025) ({make.NAM_XE})"),
        (make.DAO_SAN, "Xã Dào San (đến 06/2025)"),
    ]


def test_no_two_fields_of_a_plans_page_have_one_id(cast, client, draft):
    client.force_login(cast.dieuphoi)
    page = client.get(f"/plans/{draft.pk}/").content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert [each for each in set(ids) if ids.count(each) > 1] == []
