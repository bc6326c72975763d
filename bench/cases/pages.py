"""Pages, searches and orders that should not grow with the ledger."""

from bench import clock
from bench.cases import Figures, case
from bench.cases.reading import LIST
from bench.scene import Scene
from disbursements.ledger.lists import COLUMNS
from disbursements.models import Disbursement, PlanVersion


def _each(scene: Scene, addresses: dict[str, str], rounds: int = clock.ROUNDS) -> Figures:
    """Each address by itself: one that fails is said, and the others are still measured."""
    found: Figures = {}
    for name, address in addresses.items():
        try:
            found |= clock.interleaved(
                {name: lambda n, address=address: scene.coordinator.get(address)},  # type: ignore[misc]
                rounds,
                seconds=30,
            )
        except Exception as error:
            scene.said.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
    return found


@case("pages")
def pages(scene: Scene) -> Figures:
    plan = PlanVersion.objects.approved().filter(fiscal_year__code="2023").order_by("-number")[0]
    return _each(
        scene,
        {
            "ledger page": "/disbursements/",
            "months page": "/periods/",
            "plan page": f"/plans/{plan.pk}/",
            "plan against actual": "/plan-against-actual/?fiscal_year=2023",
            "approval page": "/disbursements/?status=submitted",
            "waiting page": "/waiting/",
        },
    )


@case("search")
def search(scene: Scene) -> Figures:
    return _each(
        scene,
        {
            "search, many rows": "/search/?q=tap+huan",
            "search, few rows": "/search/?q=p1234",
            "search of the ledger": "/disbursements/?search=tap+huan",
            "search of the ledger, few rows": "/disbursements/?search=p1234",
        },
    )


@case("orders")
def orders(scene: Scene) -> Figures:
    """By every column by which the ledger's list can be ordered, both ways."""
    names = [column.name for column in COLUMNS if column.order]
    addresses = {
        f"by {sign}{n}": f"/disbursements/?sort={sign}{n}" for n in names for sign in ("", "-")
    }
    return _each(scene, addresses, rounds=3)


@case("small things")
def small_things(scene: Scene) -> Figures:
    """A single record and a voucher, wherever they lie."""
    posted = Disbursement.objects.filter(status="posted")
    middle = posted.order_by("pk")[posted.count() // 2]
    found = _each(
        scene,
        {"record page": f"/disbursements/{middle.pk}/", "voucher form": "/disbursements/new/"},
    )
    return found | clock.interleaved(
        {
            "record by API": lambda n: scene.reader.get(f"{LIST}{middle.pk - n}/"),
            "voucher look-up": lambda n: scene.reader.get(f"{LIST}?voucher_no=P{n + 7}"),
        }
    )
