"""Loads the six topics that the published review names."""

from core.services.upsert import upsert
from programs.models import Program
from trainings.models import Topic

TOPICS = (
    ("ECCD-DINH-DUONG", "ECCD", "Cải thiện dinh dưỡng cho trẻ em"),
    ("ECCD-1000-NGAY", "ECCD", "Chăm sóc 1.000 ngày đầu đời của trẻ"),
    ("GBV-CLB", "GBV", "Năng lực thành viên CLB thủ lĩnh thay đổi"),
    ("GBV-MANG", "GBV", "Tương tác an toàn, lành mạnh trên không gian mạng"),
    ("YEE-BAN-HANG", "YEE", "Kỹ năng bán hàng"),
    ("YEE-DINH-GIA", "YEE", "Kỹ năng định giá sản phẩm"),
)


def load() -> dict[str, int]:
    """Make the topics; idempotent."""
    programs = {program.code: program for program in Program.objects.all()}
    for code, program, name in TOPICS:
        upsert(Topic, {"code": code}, {"name": name, "program": programs[program]})
    return {"topics": Topic.objects.count()}
