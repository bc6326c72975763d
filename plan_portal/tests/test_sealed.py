"""What a backup is encrypted with: today's way of making the key, and that of older archives."""

import io

import pytest

from plan_portal.backup import sealed
from plan_portal.backup.errors import BackupError

KEY = "mot-khoa-du-dai-cho-ban-sao"
OLD = b"portal-sealed-1\n"


def written(text):
    file = io.BytesIO()
    sealing = sealed.Sealing(file, KEY)
    sealing.write(text)
    sealing.close()
    return file.getvalue()


def read(data, key=KEY):
    file = io.BytesIO(data)
    return sealed.Opening(file, key, file.read(len(sealed.MAGIC))).read()


def test_what_is_written_now_is_costly_to_guess_and_opens():
    data = written(b"so lieu")
    assert data.startswith(sealed.MAGIC) and sealed.COST[sealed.MAGIC] >= 2**17
    assert read(data) == b"so lieu"
    with pytest.raises(BackupError):
        read(data, "mot-khoa-khac-han-12345")


def test_an_archive_of_before_still_opens(monkeypatch):
    monkeypatch.setattr(sealed, "MAGIC", OLD)
    assert read(written(b"so lieu cu")) == b"so lieu cu"


def test_the_way_the_key_is_made_cannot_be_exchanged():
    with pytest.raises(BackupError):
        read(OLD + written(b"so lieu")[len(OLD) :])
