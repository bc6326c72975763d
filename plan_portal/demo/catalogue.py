"""The demo's activities: the kinds of activities the annual review names."""

from dataclasses import dataclass

BAN_LANG, HOANG_THEN, KHONG_LAO, NAM_XE, DAO_SAN = "03577", "03580", "03583", "03586", "03571"
COMMUNES = (BAN_LANG, HOANG_THEN, KHONG_LAO, NAM_XE, DAO_SAN)
FUNDS = {"PLAN-BI": "Plan Bỉ", "PLAN-NHAT-BAN": "Plan Nhật Bản", "QUY-BAO-TRO": "Quỹ bảo trợ"}

STEADY = (25, 30, 30, 15)  # weights of the quarters: classes, talks, clubs
WORKS = (0, 45, 45, 10)  # works wait for a design and end before the rains
ALL_YEAR = (25, 25, 25, 25)


@dataclass(frozen=True)
class Kind:
    """An activity: who carries it out (of the commune where `{}` stands), and what it weighs."""

    code: str
    title: str
    unit: str
    weight: int
    quarters: tuple[int, int, int, int] = STEADY
    communes: tuple[str, ...] = COMMUNES

    @property
    def program(self) -> str:
        return self.code.partition("-")[0]


KINDS = (
    Kind("ECCD-01", "Tập huấn cải thiện dinh dưỡng cho trẻ em", "Trạm Y tế xã {}", 20),
    Kind("ECCD-02", "Tập huấn chăm sóc 1.000 ngày đầu đời của trẻ", "Trạm Y tế xã {}", 18),
    Kind("ECCD-03", "Sinh hoạt nhóm cha mẹ nuôi dạy trẻ đáp ứng về giới", "Hội LHPN xã {}", 14),
    Kind(
        "ECCD-04",
        "Sửa chữa nhà vệ sinh, điểm rửa tay tại điểm trường mầm non",
        "UBND xã {}",
        42,
        WORKS,
        (BAN_LANG, NAM_XE),
    ),
    Kind("ECCD-05", "Bồi dưỡng giáo viên mầm non", "Phòng GD&ĐT huyện Phong Thổ", 16),
    Kind("GBV-01", "CLB thủ lĩnh thay đổi tại cộng đồng", "Đoàn Thanh niên xã {}", 22),
    Kind("GBV-02", "CLB thủ lĩnh thay đổi trong trường học", "Phòng GD&ĐT huyện Phong Thổ", 20),
    Kind("GBV-03", "Truyền thông phòng, chống tảo hôn", "Hội LHPN xã {}", 15, STEADY, COMMUNES[:4]),
    Kind(
        "GBV-04",
        "Tập huấn tương tác an toàn, lành mạnh trên không gian mạng",
        "Huyện đoàn Phong Thổ",
        13,
    ),
    Kind("YEE-01", "Tập huấn kỹ năng bán hàng", "Đoàn Thanh niên xã {}", 12),
    Kind("YEE-02", "Tập huấn kỹ năng định giá sản phẩm", "Đoàn Thanh niên xã {}", 10),
    Kind("YEE-03", "Trang thiết bị cho nhóm khởi nghiệp", "UBND xã {}", 24, WORKS),
    Kind("YEE-04", "Đào tạo nghề ngắn hạn cho thanh niên", "Hội LHPN xã {}", 14),
    Kind(
        "YEE-05",
        "Xây dựng trung tâm học tập cộng đồng",
        "UBND xã {}",
        60,
        WORKS,
        (HOANG_THEN, DAO_SAN),
    ),
    Kind("SPON-01", "Thư từ và cập nhật thông tin bảo trợ", "Ban Dự án xã {}", 20, ALL_YEAR),
    Kind("SPON-02", "Ngày hội trẻ em cộng đồng", "Ban Dự án xã {}", 16, ALL_YEAR),
    Kind("SPON-03", "Dự án nhỏ do cộng đồng quản lý", "Ban Dự án xã {}", 26),
    Kind("SPON-04", "Tập huấn an toàn trẻ em cho cộng tác viên", "Ban Dự án xã {}", 12, ALL_YEAR),
)
