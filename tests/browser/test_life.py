"""The programme's life in a browser: a class entered on a phone, a year's activities chosen."""

import pytest

from monitoring.models import Indicator, Proposal
from monitoring.proposals import services as proposals
from monitoring.results import services as indicators
from tests import factories as make
from trainings.models import Training

pytestmark = pytest.mark.django_db(transaction=True)


def choose(page, name, words):
    """Pick the option of a list whose text begins with the words."""
    options = page.locator(f"select[name={name}] option")
    label = next(t for t in options.all_inner_texts() if words in t)
    page.select_option(f"select[name={name}]", label=label)


def test_a_coordinator_enters_a_class_and_mends_what_was_wrong(phone, sign_in, cast, allow):
    allow(phone, "400")
    sign_in(phone, "dieuphoi_gbv", make.PASSWORD)
    phone.goto("/trainings/")
    phone.click("a[href='/trainings/new/']")
    phone.fill("input[name=title]", "Kỹ năng sống cho CLB thủ lĩnh thay đổi")
    choose(phone, "topic", "CLB")
    choose(phone, "commune", "Bản Lang")
    phone.fill("input[name=start]", "2022-09-15")
    for name, people in (("female", 12), ("male", 8), ("participants", 21)):
        phone.fill(f"input[name={name}]", str(people))
    phone.click("#entry button[type=submit]")
    assert "20" in phone.inner_text("#id_participants_error")
    assert not Training.objects.exists()
    assert phone.input_value("input[name=title]") == "Kỹ năng sống cho CLB thủ lĩnh thay đổi"
    phone.fill("input[name=participants]", "20")
    phone.click("#entry button[type=submit]")
    phone.wait_for_selector("h1:has-text('Kỹ năng sống')")
    row = Training.objects.get()
    assert (row.participants, row.program.code, row.commune.code) == (20, "GBV", make.BAN_LANG)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_the_board_selects_until_the_ceiling_is_full_and_refuses_with_a_reason(
    desktop, sign_in, cast, allow
):
    allow(desktop, "409")
    year = make.year("2024")
    year.ceiling = 50_000_000
    year.save()
    for number in (1, 2):
        proposals.proposals.create(
            actor=cast.xa_banlang,
            title=f"Việc {number}",
            fiscal_year=year,
            program=make.program("GBV"),
            commune=make.commune(),
            why="Cần",
            for_whom="Bản",
            expected="1 lớp",
            estimate=30_000_000,
        )
    first, second = Proposal.objects.order_by("title")
    sign_in(desktop, "bdh", make.PASSWORD)
    desktop.goto("/proposals/selection/?fiscal_year=2024")
    desktop.click(f"#proposal-{first.pk} button[value=select]")
    desktop.wait_for_selector("progress[value='60']")
    desktop.click(f"#proposal-{second.pk} button[value=select]")
    assert "20.000.000" in desktop.inner_text(".messages")
    desktop.click(f"#proposal-{second.pk} summary")
    desktop.fill(f"#proposal-{second.pk} textarea", "Hết trần")
    desktop.click(f"#proposal-{second.pk} button[value=refuse]")
    desktop.wait_for_selector("text=Hết trần")
    states = dict(Proposal.objects.values_list("title", "state"))
    assert states == {"Việc 1": "selected", "Việc 2": "refused"}


def test_a_target_and_an_actual_are_entered_on_a_phone_and_stand_beside_the_money(
    phone, sign_in, cast
):
    make.plan(make.line("GBV-01", make.BAN_LANG, 100_000_000))
    make.posted(120_000_000, activity="GBV-01")
    indicators.indicators.create(
        actor=cast.bdh,
        code="GBV-CK",
        name="Thanh niên cam kết không tảo hôn",
        program=make.program("GBV"),
        unit="người",
    )
    sign_in(phone, "dieuphoi_gbv", make.PASSWORD)
    phone.goto("/indicators/")
    phone.click("text=GBV-CK")
    for link, fields in (
        ("Đặt chỉ tiêu", {"value": "40"}),
        ("Nhập kết quả", {"value": "30", "evidence": "Danh sách của Đoàn xã"}),
    ):
        phone.click(f"main >> text={link}")
        choose(phone, "fiscal_year", "2023")
        choose(phone, "commune", "Bản Lang")
        for name, text in fields.items():
            phone.fill(f"#entry [name={name}]", text)
        phone.click("#entry button[type=submit]")
        phone.wait_for_selector(".facts")
        phone.goto(f"/indicators/{Indicator.objects.get().pk}/")
    phone.goto("/results/?fiscal_year=2023")
    text = phone.inner_text("main")
    assert "75%" in text
    assert "120%" in text
    assert "Danh sách của Đoàn xã" in text
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
