"""What a page does the API does: each address that writes has an operation, or a stated reason."""

import inspect
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver
from drf_spectacular.generators import SchemaGenerator

from communes.models import Board
from core.pages.record_admin import ADMINS
from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment
from monitoring.models.variance import VarianceNote
from programs.models import GoLive, Period
from reports.models import IssuedReport
from tests import factories as make
from tests.one_of_each import pdf, send

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PEOPLE = "people and their rights are written by who proves their password on the page"
SCREEN = "how the page looks to one person: nothing of the records"
SIGN_IN = "signing in; a program has a token"
SET_UP = "set-up is done once, before there are tokens"
READING = (
    "said beside the sheet it is about; later workbooks of the layout are read so over the API"
)

LETTERS = "the mail server is looked after on the page, by who can mend it"
CATALOGUE = "the catalogue is kept by the administrator on pages; the API reads it"

# What a page's form does, by the name of its address: the operation of the API that does the same.
DONE_BY = {
    "disbursement-submit": "disbursements_submit_create",
    "disbursement-post": "disbursements_post_create",
    "disbursement-return": "disbursements_return_create",
    "disbursement-reverse": "disbursements_reverse_create",
    "disbursement-withdraw": "disbursements_withdraw_create",
    "disbursement-delete": "disbursements_destroy",
    "disbursement-grid": "disbursements_bulk_create",
    "disbursements-many": "disbursements_post_many",
    "approval-list": "disbursements_return_many",
    "attachment-add": "disbursement_files_create",
    "attachment-remove": "disbursement_files_destroy",
    "voucher-photos": "voucher_photos_create",
    "voucher-photo-remove": "voucher_photos_destroy",
    "record-files": "record_files_create",
    "cost-link": "cost_links_create",
    "cost-unlink": "cost_links_destroy",
    "comment": "comments_create",
    "plan-new": "plan_versions_create",
    "plan-line": "plan_lines_create",
    "plan-line-remove": "plan_lines_destroy",
    "plan-transfer": "plan_versions_lines_create",
    "plan-grid": "plan_versions_lines_create",
    "plan-reason": "plan_versions_partial_update",
    "plan-submit": "plan_versions_submit_create",
    "plan-refresh": "plan_versions_refresh_create",
    "plan-withdraw": "plan_versions_withdraw_create",
    "plan-join": "plan_versions_join_create",
    "plan-set-aside": "plan_versions_set_aside_create",
    "plan-approve": "plan_versions_approve_create",
    "plan-return": "plan_versions_return_create",
    "plan-delete": "plan_versions_destroy",
    "variance": "variances_explain_create",
    "variances-explain": "variances_explain_create",
    "period-close": "months_close_create",
    "period-reopen": "months_reopen_create",
    "year-state": "fiscal_years_close_create",
    "year-settings-edit": "fiscal_years_partial_update",
    "go-live": "go_live_create",
    "go-live-decide": "go_live_agree_create",
    "person-hand-over": "hand_over_create",
    "hand-on": "communes_handing_on_create",
    "token-revoke": "tokens_destroy",
    "notice-read": "notices_read_create",
    "notices-read": "notices_read_all_create",
    "disbursement-next": "disbursements_create",
    "period-submit": "disbursements_submit_many",
    "shared-links": "shared_links_create",
    "shared-link-end": "shared_links_end_create",
    "report-draft": "report_drafts_partial_update",
    "report-issue": "issued_reports_create",
    "imports": "uploads_create",
    "upload-again": "uploads_check_create",
    "upload-commit": "uploads_commit_create",
    "upload-scope": "uploads_scope_create",
    "upload-what": "uploads_what_create",
    "upload-vouchers": "uploads_same_voucher_create",
    "upload-undo": "uploads_undo_create",
    "upload-submit": "uploads_submit_create",
    "upload-reverse": "uploads_reverse_create",
    "selection-plan": "proposals_plan_selected_create",
    "selection-carry": "proposals_carry_over_create",
    "proposal-decide": "proposals_select_create",
    "indicator-targets-of": "indicator_targets_create",
    "meeting-attendance": "meetings_partial_update",
    "stated-figure": "meetings_partial_update",
    "stated-outcome": "meetings_partial_update",
    "stated-withdraw": "meetings_partial_update",
    "board-members": "boards_partial_update",
}
# What only pages do, and why.
ON_PAGES_ONLY = {
    **dict.fromkeys(("set_language", "set_theme"), SCREEN),
    **dict.fromkeys(("saved-views", "saved-view-rename", "saved-view-delete"), SCREEN),
    **dict.fromkeys(("login", "second-factor-check", "logout"), SIGN_IN),
    **dict.fromkeys(("second-factor", "second-factor-off", "sessions"), SIGN_IN),
    **dict.fromkeys(("password_change", "password_reset", "password_reset_confirm"), SIGN_IN),
    **dict.fromkeys(("tokens", "profile", "delegate", "delegation-revoke"), PEOPLE),
    **dict.fromkeys(
        ("person", "person-new", "person-grant", "person-follow", "person-revoke"), PEOPLE
    ),
    **dict.fromkeys(("person-activate", "person-approver", "person-approver-end"), PEOPLE),
    **dict.fromkeys(("person-invite", "person-unlock", "person-second-factor"), PEOPLE),
    "person-erase": PEOPLE,
    "letter-again": LETTERS,
    **dict.fromkeys(("setup-leave", "setup-remove", "setup-step", "year-next"), SET_UP),
    **dict.fromkeys(("outlines", "outline-use", "outline-take-back"), CATALOGUE),
    **dict.fromkeys(("upload-sheet", "correction-forget"), READING),
}
CATALOGUES = ("program", "fund", "commune", "village", "programme-area")
# What a page does besides, by the operation: `disbursement-new` with ?photo=ID completes a photo.
BESIDES = {"voucher_photos_complete_create"}
ON_PAGES_ONLY |= {f"{name}-{do}": CATALOGUE for name in CATALOGUES for do in ("new", "edit")}


ONLY_READ = {
    *("all-pages", "search-all", "notices", "notice", "report-for-donor", "beside-money"),
    *("issued-report-edition", "month-list"),
    *("manifest", "service-worker", "offline", "healthz", "readyz", "prometheus", "health-page"),
    *("design", "password_reset_done", "password_reset_complete", "people", "periods"),
    *("period", "year-settings", "setup", "disbursements", "amount-words", "approval-lists"),
    *(
        "disbursement",
        "attachment",
        "voucher-photo",
        "plan-versions",
        "plan-version",
        "variances",
        "selection",
    ),
    *("results", "results-list", "mentions", "record-file", "import-template", "upload"),
    *("upload-reading", "upload-marked", "issued-reports", "issued-report", "issued-report-file"),
    *("activities", "dashboard", "against-plan", "waiting", "trainings-summary", "trail"),
    *("present", "present-pdf", "shared", "shared-csv", "shared-xlsx"),
    *("checks-due", "handing-on", "letters", "disbursement-next"),
    *("guide-list", "guide-page", "outline-file", "chart-picture"),
}


def addresses(found=None):
    """(name, view) of each address of a page."""
    for each in (found or get_resolver()).url_patterns:
        if isinstance(each, URLPattern):
            if each.name:
                yield each.name, each.callback
        elif str(each.pattern) not in ("api/v1/", "admin/"):
            yield from addresses(each)


def of_a_record(name):
    """The operation behind the page that enters or changes a plain record, or acts on it."""
    areas = {area.one: area for area in ADMINS.values()}
    one = next(
        (one for one in sorted(areas, key=len, reverse=True) if name.startswith(f"{one}-")), ""
    )
    if name in ("disbursement-new", "disbursement-edit"):
        one = "disbursement"
    do = name.removeprefix(f"{one}-")
    many = areas[one].name if one in areas else f"{one}s"
    verbs = {"new": "create", "edit": "partial_update", "delete": "destroy"}
    verb = verbs.get(do, f"{do}_create")
    return f"{many}_{verb}".replace("-", "_") if one else ""


def is_read(name, view):
    """Whether an address is one of those that only read; then nothing of it asks for a form."""
    areas = {area.one for area in ADMINS.values()} | {area.name for area in ADMINS.values()}
    if name in areas:
        return True
    return name in ONLY_READ and "POST" not in inspect.getsource(inspect.unwrap(view))


def test_every_page_that_writes_has_an_operation_or_a_reason():
    document = SchemaGenerator().get_schema(request=None, public=True)
    there = {each["operationId"] for path in document["paths"].values() for each in path.values()}
    missing, names = [], set()
    for name, view in addresses():
        names.add(name)
        done_by = DONE_BY.get(name) or of_a_record(name)
        if name in ON_PAGES_ONLY:
            assert done_by not in there, f"{name}: {done_by} does it"
        elif done_by not in there and not is_read(name, view):
            missing.append(f"{name}: no {done_by or 'line here'}")
    assert not missing, missing
    assert {*DONE_BY, *ON_PAGES_ONLY, *ONLY_READ} <= names
    assert {*DONE_BY.values(), *BESIDES} <= there


def test_a_month_is_closed_and_opened_again_with_a_reason(cast):
    make.submitted()
    month = make.period()
    client, here = make.api(cast.quanly), f"/api/v1/months/{month.pk}/"
    waits = client.post(f"{here}close/", {})
    assert (waits.status_code, waits.json()["code"]) == (409, "waiting")
    done = client.post(f"{here}close/", {"leave_waiting": True, "version": 1}).json()
    assert (done["state"], done["waiting"], done["version"]) == ("closed", 1, 2)
    assert set(client.post(f"{here}reopen/", {}).json()) == {"reason"}
    stale = client.post(f"{here}reopen/", {"reason": "Nhập sót", "version": 1})
    assert stale.status_code == 409
    assert client.post(f"{here}reopen/", {"reason": "Nhập sót"}).json()["state"] == "open"
    assert Period.objects.get(pk=month.pk).history.first().history_change_reason == "Nhập sót"


def test_the_go_live_day_needs_two_people_to_be_later(cast):
    first = make.api(cast.quantri)
    assert first.get("/api/v1/go-live/").status_code == 404
    assert first.post("/api/v1/go-live/", {"day": "2023-07-01"}).json()["day"] == "2023-07-01"
    later = {"day": "2023-09-01", "reason": "Chưa đủ sổ", "version": 1}
    assert first.post("/api/v1/go-live/move/", later).json()["proposed_day"] == "2023-09-01"
    assert first.post("/api/v1/go-live/agree/", {}).status_code == 403
    agreed = make.api(cast.quanly).post("/api/v1/go-live/agree/", {"version": 2}).json()
    assert (agreed["day"], agreed["agreed_by"]) == ("2023-09-01", "quanly")
    assert GoLive.objects.get().day == date(2023, 9, 1)


def test_a_file_is_judged_by_its_content_and_kept_once(cast):
    row = make.draft(by=cast.dieuphoi)
    client = make.api(cast.dieuphoi)
    form = {"disbursement": row.pk, "file": pdf("chung-tu.pdf")}
    kept = send(cast.dieuphoi, "disbursement-files", form)
    assert send(cast.dieuphoi, "disbursement-files", {**form, "file": pdf("chung-tu.pdf")}) == kept
    content = client.get(f"/api/v1/disbursement-files/{kept['id']}/content/")
    assert b"".join(content.streaming_content) == b"%PDF-1.4 chung-tu.pdf"
    assert content["Content-Disposition"].startswith("attachment")
    for wrong in (b"<html>", b""):
        bad = {"disbursement": row.pk, "file": SimpleUploadedFile("a.pdf", wrong)}
        answer = client.post("/api/v1/disbursement-files/", bad, format="multipart")
        assert (answer.status_code, set(answer.json())) == (400, {"files"})
    assert client.delete(f"/api/v1/disbursement-files/{kept['id']}/").status_code == 204
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    "form",
    [{}, {"file": "x"}, {"disbursement": "1"}, {"disbursement": "x", "file": "y"}, {"a": "b"}],
)
def test_a_form_that_is_wrong_is_refused_by_its_parts(cast, form):
    answer = make.api(cast.dieuphoi).post("/api/v1/disbursement-files/", form, format="multipart")
    assert answer.status_code == 400 and answer.json()


def test_a_form_with_a_part_given_twice_or_too_many_parts_is_refused(cast):
    client = make.api(cast.dieuphoi)
    twice = {"file": [pdf("a.pdf"), pdf("b.pdf")]}
    many = {f"n{n}": "1" for n in range(1_500)}
    for form in (twice, many):
        answer = client.post("/api/v1/disbursement-files/", form, format="multipart")
        assert (answer.status_code, set(answer.json())) == (400, {"detail"})


def test_a_file_of_a_row_outside_the_scope_is_not_there(cast):
    row = make.draft(by=cast.dieuphoi, activity="YEE-01", commune=make.NAM_XE)
    kept = send(cast.dieuphoi, "disbursement-files", {"disbursement": row.pk, "file": pdf("a.pdf")})
    other = make.api(cast.dieuphoi_gbv)
    assert other.get("/api/v1/disbursement-files/").json()["count"] == 0
    assert other.get(f"/api/v1/disbursement-files/{kept['id']}/content/").status_code == 404
    form = {"disbursement": row.pk, "file": pdf("b.pdf")}
    answer = other.post("/api/v1/disbursement-files/", form, format="multipart")
    assert (answer.status_code, set(answer.json())) == (400, {"disbursement"})


def test_the_same_key_with_another_file_is_another_request(cast):
    row = make.draft(by=cast.dieuphoi)
    client = make.api(cast.dieuphoi)

    def sent(file):
        form = {"disbursement": row.pk, "file": file}
        key = {"Idempotency-Key": "quet-1"}
        return client.post("/api/v1/disbursement-files/", form, format="multipart", headers=key)

    first, again = sent(pdf("a.pdf")), sent(pdf("a.pdf"))
    assert first.json() == again.json() and again["Idempotent-Replayed"] == "true"
    other = SimpleUploadedFile("a.pdf", b"%PDF-1.4 another")
    assert sent(other).status_code == 409


def test_a_photo_of_a_visit_is_kept_with_it(cast):
    about = make.api(cast.bdh).post("/api/v1/difficulties/", DIFFICULTY).json()
    form = {"kind": "difficulty", "record": about["id"], "file": pdf("anh.pdf")}
    kept = send(cast.bdh, "record-files", form)
    assert (kept["kind"], kept["record"], kept["type"]) == (
        "difficulty",
        about["id"],
        "application/pdf",
    )
    nowhere = {**form, "record": 999_999, "file": pdf("b.pdf")}
    answer = make.api(cast.bdh).post("/api/v1/record-files/", nowhere, format="multipart")
    assert (answer.status_code, set(answer.json())) == (400, {"record"})


DIFFICULTY = {"title": "Sạt lở", "effect": "Chậm", "raised_on": "2023-05-02"}


def test_variances_are_explained_together_or_not_at_all(cast):
    make.plan(*(make.line("GBV-01", code, 100_000_000) for code in make.COMMUNES[:2]))
    client = make.api(cast.dieuphoi)
    about = [{"program": "GBV", "commune": code} for code in make.COMMUNES[:2]]
    said = {"fiscal_year": "2023", "quarter": 1, "about": about, "text": "Mưa lũ"}
    within = {**said, "about": [*about, {"program": "YEE", "commune": make.BAN_LANG}]}
    refused = client.post("/api/v1/variances/explain/", within)
    assert (refused.status_code, [row["row"] for row in refused.json()["rows"]]) == (400, [3])
    twice = client.post("/api/v1/variances/explain/", {**said, "about": [about[0]] * 2})
    assert twice.status_code == 400 and not VarianceNote.objects.exists()
    done = client.post("/api/v1/variances/explain/", {**said, "decision": "12/QĐ"}).json()
    assert [(row["explanation"], row["decision"], row["version"]) for row in done["rows"]] == [
        ("Mưa lũ", "12/QĐ", 1)
    ] * 2
    assert client.post("/api/v1/variances/explain/", said).status_code == 409
    anew = {**said, "about": [{**about[0], "version": 1}], "text": "Mưa lũ kéo dài"}
    assert client.post("/api/v1/variances/explain/", anew).json()["rows"][0]["version"] == 2


def test_a_report_is_written_issued_and_compared_with_today(cast):
    make.plan(make.line(amounts=10_000_000))
    make.posted(4_000_000)
    board = Board.objects.create(
        name="Ban Điều hành", kind="steering", level="district", commune=make.commune().parent
    )
    client = make.api(cast.bdh)
    report = {"kind": "annual", "fiscal_year": "2023"}
    text = {**report, "texts": {"opening": "Năm thứ ba"}}
    draft = client.post("/api/v1/report-drafts/", text).json()
    assert client.post("/api/v1/report-drafts/", text).status_code == 409
    here = f"/api/v1/report-drafts/{draft['id']}/"
    unknown = client.patch(here, {"version": 1, "texts": {"nothing": "x"}})
    assert (unknown.status_code, set(unknown.json())) == (400, {"texts"})
    changed = client.patch(here, {"version": 1, "texts": {"opening": "Năm thứ tư"}})
    assert changed.json()["texts"] == {"opening": "Năm thứ tư"}
    signing = {"board": board.pk, "date": "2023-08-15"}
    made = client.post("/api/v1/issued-reports/", {**report, **signing})
    assert made.status_code == 201, made.content
    at = f"/api/v1/issued-reports/{made.json()['id']}/"
    frozen = client.get(f"{at}figures/").json()
    assert frozen["texts"] == {"opening": "Năm thứ tư"}
    assert client.get(f"{at}changes/").json()["count"] == 0
    make.posted(1_000_000, voucher_no="PC-9")
    told = client.get(f"{at}changes/").json()["changes"]
    by_program = [c for c in told if (c["table"], c["field"]) == ("by_program", "disbursed")]
    assert {c["difference"] for c in by_program} == {1_000_000}
    for form, first in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert client.get(f"{at}{form}/").content.startswith(first)
    assert make.api(cast.dieuphoi_gbv).get(at).status_code == 404
    assert IssuedReport.objects.count() == 1


def test_the_trail_is_read_by_who_may_in_their_scope(cast):
    row = make.posted(7_000_000)
    client = make.api(cast.quanly)
    found = client.get("/api/v1/trail/", {"kind": "disbursements.disbursement"}).json()
    assert [(each["record"], each["change"]) for each in found["results"]][-1] == (
        row.pk,
        "created",
    )
    assert found["results"][0]["who"] == "mot-manager"
    assert make.api(cast.khach).get("/api/v1/trail/").status_code == 403
    for wrong in ("kind=nothing", "first=x", "record=x", "speed=1", "page=0", "first="):
        assert client.get(f"/api/v1/trail/?{wrong}").status_code in (400, 404), wrong


def test_tokens_are_listed_and_revoked_by_whose_they_are(cast):
    mine, other = make.api(cast.khach, name="Tỉnh"), make.api(cast.dieuphoi)
    (token,) = mine.get("/api/v1/tokens/").json()["results"]
    assert (token["name"], token["user"]) == ("Tỉnh", "khach")
    here = f"/api/v1/tokens/{token['digest']}/"
    assert other.delete(here).status_code == 404
    assert make.api(cast.khach, read_only=True).delete(here).status_code == 403
    assert mine.delete(here).status_code == 204
    assert mine.get("/api/v1/tokens/").status_code == 401


def test_what_somebody_has_in_hand_is_handed_over(cast):
    row = make.draft(by=cast.dieuphoi)
    client = make.api(cast.quantri)
    assert client.get("/api/v1/hand-over/?person=dieuphoi").json()["disbursements"] == [row.pk]
    wanted = {"person": "dieuphoi", "receiver": "dieuphoi_gbv", "reason": "Chuyển công tác"}
    for wrong in ({**wanted, "receiver": "khach"}, {**wanted, "person": "ai"}, {}):
        assert client.post("/api/v1/hand-over/", wrong).status_code == 400
    assert client.post("/api/v1/hand-over/", wanted).json()["count"] == 1
    assert Disbursement.objects.get().created_by == cast.dieuphoi_gbv
    for wrong in ("", "?person=ai", "?person="):
        assert client.get(f"/api/v1/hand-over/{wrong}").status_code == 400


VOUCHERS = (
    "Ngày,Số chứng từ,Mã hoạt động,Xã,Số tiền (đồng),Đơn vị nhận\n"
    "15/09/2022,PC-77,GBV-01,Bản Lang,1000000,Hội Phụ nữ xã\n"
)


def test_a_workbook_is_sent_checked_saved_and_taken_back(cast):
    make.activity("GBV-01")
    client = make.api(cast.dieuphoi)
    sheet = SimpleUploadedFile("gn.csv", VOUCHERS.encode())
    sent = send(
        cast.dieuphoi, "uploads", {"kind": "disbursements", "fiscal_year": "2023", "file": sheet}
    )
    here = f"/api/v1/uploads/{sent['id']}/"
    assert (sent["state"], sent["rows"], sent["valid"]) == ("checked", 1, 1), client.get(
        f"{here}findings/"
    ).json()
    assert client.get(f"{here}reading/").json()["asks"] == []
    assert client.post(f"{here}commit/", {}).json()["state"] == "committed"
    assert client.post(f"{here}commit/", {}).status_code == 409
    assert Disbursement.objects.get().amount == 1_000_000
    assert make.api(cast.dieuphoi_gbv).get(here).status_code == 404
    assert client.post(f"{here}undo/", {}).json()["state"] == "undone"
    assert not Disbursement.objects.exists()


def test_what_is_wrong_with_a_workbook_is_told_by_row_and_column(cast):
    bad = VOUCHERS.replace("1000000", "-5").replace("GBV-01", "GBV-01")
    make.activity("GBV-01")
    form = {"kind": "disbursements", "file": SimpleUploadedFile("gn.csv", bad.encode())}
    sent = send(cast.dieuphoi, "uploads", form)
    client, here = make.api(cast.dieuphoi), f"/api/v1/uploads/{sent['id']}/"
    (found,) = [f for f in client.get(f"{here}findings/").json()["results"] if not f["is_warning"]]
    assert (sent["state"], found["row"]) == ("refused", 2)
    assert client.post(f"{here}commit/", {}).json()["state"] == "refused"
    assert client.post(f"{here}what/", {"kind": "nothing"}).status_code == 400
    assert client.get(f"{here}marked/").content.startswith(b"PK")
    old = {"as_history": "true", **form, "file": SimpleUploadedFile("gn.csv", b"a")}
    assert client.post("/api/v1/uploads/", old, format="multipart").status_code == 403


def test_a_template_comes_with_the_codes_there_are(cast):
    client = make.api(cast.dieuphoi)
    book = client.get("/api/v1/uploads/templates/plan.xlsx?fiscal_year=2023")
    assert b"".join(book.streaming_content).startswith(b"PK")
    for wrong in ("plan.xlsx", "plan.xlsx?fiscal_year=1", "plan.xlsx?fiscal_year=2023&a=1"):
        assert client.get(f"/api/v1/uploads/templates/{wrong}").status_code == 400, wrong
    assert client.get("/api/v1/uploads/templates/none.xlsx?fiscal_year=2023").status_code == 404


def test_what_a_class_cost_is_linked_and_unlinked(cast):
    paid, lesson = make.posted(3_000_000), make.training()
    client = make.api(cast.dieuphoi)
    body = {"disbursement": paid.pk, "training": lesson.pk}
    made = client.post("/api/v1/cost-links/", body)
    assert made.status_code == 201, made.content
    assert client.post("/api/v1/cost-links/", body).status_code == 400
    assert client.post("/api/v1/cost-links/", {"disbursement": paid.pk}).status_code == 400
    here = f"/api/v1/cost-links/{made.json()['id']}/"
    assert client.delete(here).status_code == 204
