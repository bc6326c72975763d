"""A list for approval shows a voucher's files beside its row, and says where there is none."""

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from disbursements.approval import services as approval
from disbursements.attachments import services as attachments
from tests import factories as make

pytestmark = pytest.mark.any_database

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def with_photo(cast, number=1):
    row = make.submitted(3_000_000, by=cast.dieuphoi, voucher_no=f"PC{number}")
    upload = SimpleUploadedFile(f"hoa-don-{number}.png", PNG + bytes([number]))
    attachments.add(actor=cast.dieuphoi, disbursement=row, upload=upload)
    return row


def test_photos_stand_beside_their_row_and_a_row_without_says_so(cast, client):
    proved, bare = with_photo(cast), make.submitted(2_000_000, by=cast.dieuphoi, voucher_no="PC9")
    client.force_login(cast.quanly)
    page = client.get(f"/disbursements/lists/{proved.period_id}/")
    lines = {line["row"].pk: line for line in page.context["lines"]}
    assert [file["name"] for file in lines[proved.pk]["files"]] == ["hoa-don-1.png"]
    assert lines[bare.pk]["files"] == []
    assert page.content.decode().count("chưa có tệp") == 1
    assert f'<img src="{lines[proved.pk]["files"][0]["href"]}"' in page.content.decode()


def test_the_file_of_the_list_says_it_too(cast, client):
    bare = make.submitted(2_000_000, by=cast.dieuphoi, voucher_no="PC9")
    proved = with_photo(cast)
    client.force_login(cast.quanly)
    page = client.get(f"/disbursements/lists/{bare.period_id}/?format=csv&cols=all")
    head, *rows = csv.reader(page.getvalue().decode("utf-8-sig").splitlines())
    files = head.index("tệp") if "tệp" in head else head.index("Tệp")
    counted = {name: row[files] for row in rows for name in ("PC1", "PC9") if name in row}
    assert counted == {bare.voucher_no: "0", proved.voucher_no: "1"}


def test_files_are_asked_for_once(cast, client, django_assert_num_queries):
    rows = [with_photo(cast, number) for number in range(1, 4)]
    with django_assert_num_queries(1):
        assert {pk: len(files) for pk, files in approval.files_of(rows).items()} == {
            row.pk: 1 for row in rows
        }
