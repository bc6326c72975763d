"""Deep in the list: behind a row (`after`), and by a page's number."""

from urllib.parse import parse_qs, urlsplit

from django.core import signing

from bench import clock
from bench.cases import Figures, case
from bench.cases.reading import LIST
from bench.scene import Scene
from core.api.cursors import AFTER
from disbursements.models import Disbursement

FILTERS = {"": "", ", filtered": "&program=GBV", ", by amount": "&ordering=-amount"}
NUMBERED = 90_000  # rows that a page's number skips


@case("deep")
def deep(scene: Scene) -> Figures:
    calls: dict[str, clock.Call] = {}
    for name, query in FILTERS.items():
        address = f"{LIST}?page_size=100{query}"
        calls[f"first page{name}"] = _get(scene, address)
        calls[f"after{name}"] = _get(scene, f"{address}&after={_middle(scene, name, address)}")
    page = min(NUMBERED, scene.size * 4 // 5) // 100
    calls["page by number"] = _get(scene, f"{LIST}?page_size=100&page={page}")
    return clock.interleaved(calls)


def _get(scene: Scene, address: str) -> clock.Call:
    return lambda n: scene.reader.get(address)


def _middle(scene: Scene, name: str, address: str) -> str:
    """The place of a row in the middle of a list, as the API writes that of a page's last row."""
    link = scene.reader.get(address).json()["next"]
    signs, _kept = signing.loads(parse_qs(urlsplit(link).query)[AFTER][0], salt=AFTER)
    rows = Disbursement.objects.filter(**({"program__code": "GBV"} if "filtered" in name else {}))
    paths = [sign.removeprefix("-") for sign in signs]
    found = rows.order_by(*signs).values_list(*paths)[rows.count() // 2]
    kept = [value if isinstance(value, int) else str(value) for value in found]
    return signing.dumps([signs, kept], salt=AFTER)
