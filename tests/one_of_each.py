"""One record of every resource of the API, for tests that walk over all of them."""

from monitoring.discussion.services import comment
from monitoring.models import Difficulty
from monitoring.tests.reviews.test_api import BODIES
from tests.factories import BAN_LANG, api, draft, line, plan, posted, submitted, training

MORE = {
    "groups": {
        "name": "CLB thủ lĩnh thay đổi",
        "kind": "club_school",
        "program": "GBV",
        "communes": [BAN_LANG],
    },
    "referrals": {
        "kind": "vocational",
        "program": "GBV",
        "commune": BAN_LANG,
        "fiscal_year": "2023",
        "people": 5,
    },
    "proposal-criteria": {"fiscal_year": "2024", "name": "Phù hợp nhu cầu của xã", "weight": 3},
    "indicators": {
        "code": "GBV-N1",
        "name": "Thanh niên cam kết không tảo hôn",
        "program": "GBV",
        "unit": "người",
    },
    "indicator-targets": {
        "indicator": "GBV-N1",
        "fiscal_year": "2023",
        "commune": BAN_LANG,
        "value": 40,
    },
    "indicator-actuals": {
        "indicator": "GBV-N1",
        "fiscal_year": "2023",
        "commune": BAN_LANG,
        "value": 30,
        "evidence": "Danh sách",
    },
}


def one_of_each(cast):
    """A draft, a submitted and a posted disbursement, a plan, a class, and one of all the rest."""
    draft(5), submitted(7), posted(9), plan(line(amounts=60_000_000)), training()
    for name, body in {**BODIES, **MORE}.items():
        answers = (api(who).post(f"/api/v1/{name}/", body) for who in cast.everybody())
        assert any(answer.status_code == 201 for answer in answers), name
    comment(actor=cast.bdh, about=Difficulty.objects.get(), text="Đã xem")
