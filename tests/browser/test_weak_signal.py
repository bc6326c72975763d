"""On a weak signal: pages are small."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings

from core.offline import FILES
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
STATIC = Path(settings.BASE_DIR) / "static"
FIRST, REPEAT = 60_000, 20_000  # bytes, compressed


def test_the_first_view_of_the_dashboard_is_small(client, cast):
    for code in factories.COMMUNES:
        for program in factories.PROGRAMS:
            factories.posted(445_200_000, activity=f"{program}-01", commune=code)
            factories.training(commune=code)
    client.force_login(cast.bdh)
    page = len(gzip.compress(client.get("/?fiscal_year=2023").content))
    static = sum(
        len(gzip.compress((STATIC / name).read_bytes())) for name in {*FILES, "css/figures.css"}
    )
    assert page + static <= FIRST
    assert page <= REPEAT
