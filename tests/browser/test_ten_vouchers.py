"""Ten vouchers with their photos in airplane mode: how many taps and letters they take."""

import pytest
from playwright.sync_api import expect

from disbursements.models import Disbursement
from disbursements.models.attachments import Attachment
from tests import factories as make
from tests.browser.conftest import PHONE
from tests.browser.kept import kept, wait_for
from tests.browser.stopwatch import Hand

pytestmark = pytest.mark.django_db(transaction=True)
COUNT, MOST_TAPS, MOST_TYPED = 10, 80, 25
FILES_KEPT = """() => new Promise((done, failed) => {
  const opening = indexedDB.open('portal-files', 1);
  opening.onerror = failed;
  opening.onsuccess = () => {
    const all = opening.result.transaction('files').objectStore('files').count();
    all.onsuccess = () => { done(all.result); opening.result.close(); };
  };
})"""


@pytest.fixture
def photos(tmp_path):
    from PIL import Image

    found = []
    for number in range(COUNT):
        path = tmp_path / f"anh-{number}.jpg"
        Image.new("RGB", (300, 200), (20 * number, 90, 120)).save(path)
        found.append(path)
    return found


def test_ten_vouchers_in_airplane_mode_take_few_taps_and_all_arrive_once(
    transactional_db, open_page, sign_in, photos, offline
):
    make.reference()
    for number in (1, 2, 3):
        make.activity(f"GBV-0{number}")
    make.user("dieuphoi_gbv", "coordinator", programs=["GBV"], communes=make.COMMUNES[:5])
    phone = open_page(**PHONE)
    sign_in(phone, "dieuphoi_gbv")
    phone.goto("/disbursements/new/")
    phone.fill("#id_date", "2022-09-15")  # the demo's year; a real one is there already
    offline(phone)
    hand = Hand(phone)
    longest = 0
    for number in range(COUNT):
        before = hand.typed
        if number % 4 == 0:  # three activities
            hand.type("#id_activity", f"GBV-0{number // 4 + 1}")
        if number % 5 == 0:  # two communes
            name = ("Xã Bản Lang", "Xã Nậm Xe")[number // 5]
            hand.choose("#id_commune", f"{name} (đến 06/2025)")
        hand.type("#id_amount", f"1{number}500000")
        expect(phone.locator("#amount-words")).to_contain_text("triệu năm trăm nghìn đồng")
        hand.type("#id_voucher_no", f"PC-{number:02}")
        hand.take_photo("#id_files", photos[number])
        hand.tap("button[name=save]")
        expect(phone.locator("#id_amount")).to_have_value("")
        longest = max(longest, hand.typed - before)
    hand.done("Ten vouchers with photos, offline")
    assert hand.taps <= MOST_TAPS
    assert longest <= MOST_TYPED
    assert kept(phone) == ["waiting"] * COUNT
    assert phone.evaluate(FILES_KEPT) == COUNT

    phone.context.set_offline(False)
    wait_for(phone, lambda: Disbursement.objects.count() == COUNT)
    wait_for(phone, lambda: Attachment.objects.count() == COUNT)
    wait_for(phone, lambda: kept(phone) == [])
    phone.reload()
    rows = Disbursement.objects.order_by("voucher_no")
    assert [(r.voucher_no, r.amount, r.activity.code, r.commune.name) for r in rows] == [
        (
            f"PC-{n:02}",
            int(f"1{n}500000"),
            f"GBV-0{n // 4 + 1}",
            ("Bản Lang", "Nậm Xe")[n // 5],
        )
        for n in range(COUNT)
    ]
    assert [row.attachments.get().name for row in rows] == [path.name for path in photos]
