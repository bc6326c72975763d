"""Whole examples for the schema: records as the portal would give them, that agree with themselves.

A resource's values serve its new record and its change, too, where these have the field.
"""

from typing import Any

from disbursements.fields import DETAILS

BODY, COMMUNE, VILLAGE = "BĐH huyện", "03577", "Thèn Thầu"
CLUB = "CLB thủ lĩnh thay đổi tại cộng đồng"
REVIEW = "Hội nghị tổng kết năm tài chính 2023"
MINUTES = "Biên bản hội nghị tổng kết"
GBV = "Phòng, chống bạo lực trên cơ sở giới"
NO_PLACE = {"program": None, "commune": None, "commune_valid_from": None}
PLACE = {"commune": COMMUNE, "commune_name": "Bản Lang"}
FIGURES = {
    "planned": 7_420_000_000,
    "disbursed": 8_904_000_000,
    "pending": 0,
    "balance": -1_484_000_000,
    "rate": "120.0",
    "planned_to_date": 7_420_000_000,
    "rate_to_date": "120.0",
}
PEOPLE = {
    "participants": 20,
    "female": 12,
    "male": 8,
    "under_16": 6,
    "age_16_24": 10,
    "over_24": 4,
    "ethnic_minority": 18,
    "disability": 1,
    "poor_household": 6,
}
COUNTS = {"trainings": 1, **PEOPLE}
HEAD: dict[str, Any] = {
    "fiscal_year": "2023",
    "from": "2022-07-01",
    "to": "2023-06-30",
    "as_of": "2023-06-30",
    "program": [],
    "commune": [],
    "commune_valid_from": [],
    "activity": [],
    "fund": [],
    "topic": [],
    "units": "old",
    "known_at": None,
    "warnings": [],
}

# As the portal gives a record; a body has those of its fields.
LEFT = {
    "planned": 50_000_000,
    "disbursed": 12_500_000,
    "pending": 2_500_000,
    "balance": 37_500_000,
    "rate": "25.0",
}
RECORDS: dict[str, dict[str, Any]] = {
    "ActionPoint": {
        "title": "Kiện toàn Ban Dự án xã Bản Lang",
        "due_date": "2023-08-31",
        "state": "done",
        "assignee": BODY,
        "assignee_user": None,
        "source": {"kind": "meeting", "id": 1, "title": REVIEW},
        "visit": None,
        "difficulty": None,
        "program": None,
        "done_note": "Đã có quyết định ngày 25/8",
        "done_on": "2023-08-25",
        "done_by": "dieuphoi",
        "verified_by": "bdh",
        "created_by": "bdh",
        "version": 3,
    },
    "Activity": {"code": "GBV-01", "title": CLUB, "unit": "Đoàn Thanh niên xã"},
    "Actual": {
        "indicator": "YEE-TT",
        "program": "YEE",
        "evidence": "Biên bản nghiệm thu trung tâm học tập cộng đồng",
    },
    "Agreement": {
        "title": "Bản ghi nhớ năm tài chính 2024",
        "communes": [],
        "communes_valid_from": [],
        "fiscal_years": ["2024"],
        "due_date": "2023-08-31",
        "due_text": "31/08/2023",
        "signed_date": "2023-08-25",
        "version": 2,
    },
    "Amendment": {"signed_date": "2024-03-15"},
    "Attendance": {
        "office": "Phó Chủ tịch UBND huyện",
        "name": "",
        "people": 1,
        "gave_overview": False,
        "reported": False,
        "spoke": True,
    },
    "Board": {
        "name": "Ban Dự án xã Bản Lang",
        "aliases": "Ban Quản lý dự án xã",
        "kind": "commune",
        "decision_no": "45/QĐ-UBND",
        "decision_date": "2021-08-15",
        "term_start": "2021-08-15",
        "term_end": "2026-08-14",
        "to_consolidate": False,
        "follows": None,
    },
    "Ceiling": {"taken": 4_200_000_000, "left": 800_000_000},
    "Comment": {
        "text": "Đã gửi biên bản cho các xã",
        "mentions": [],
        "written_at": "2023-08-04T09:00:00+07:00",
    },
    "Commune": {
        "code": COMMUNE,
        "name": "Bản Lang",
        "full_name": "Xã Bản Lang",
        "aliases": [],
        "parent": "109",
        "successor": "03583",
        "valid_from": "1900-01-01",
        "valid_to": "2025-06-30",
        "latitude": 22.611709,
        "longitude": 103.416501,
    },
    "Condition": {"state": "in_use", "note": "Dùng tốt"},
    "Counts": COUNTS,
    "Difficulty": {
        "title": "Sạt lở đường vào bản Thèn Thầu",
        "raised_on": "2023-05-02",
        "state": "resolved",
        "resolved_on": "2023-06-20",
        "visit": None,
        "version": 2,
    },
    "Disbursement": {
        "id": 17,
        "number": 5,
        "date": "2022-09-15",
        **{detail.name: detail.example for detail in DETAILS},
        "status": "posted",
        "reason": "",
        "reverses": None,
        "reversed_amount": 0,
        "reversals": [],
        "version": 3,
        "voucher": {"lines": [17, 18], "sum": 15_000_000, "elsewhere": False},
        "remaining": {"activity_commune": LEFT, "program": LEFT, "over_plan": False},
        "warnings": [],
    },
    "Figures": FIGURES,
    "PlanFigures": LEFT,
    "Warning": {
        "field": "voucher_no",
        "code": "voucher_again",
        "message": "Số chứng từ PC-014 đã có ở ngày 01/09/2022.",
    },
    "FiscalYear": {
        "code": "2023",
        "start": "2022-07-01",
        "ceilings": {"GBV": 3_000_000_000},
        "illustrative": False,
        "closed_months": ["2022-07"],
    },
    "Fund": {"code": "PLAN-BI", "name": "Plan Bỉ"},
    "Group": {
        "name": "CLB thủ lĩnh thay đổi bản Thèn Thầu",
        "kind": "club_community",
        "founded_on": "2022-09-15",
        "ended_on": None,
    },
    "Indicator": {
        "code": "YEE-VL",
        "name": "Thanh niên học nghề có việc làm",
        "program": "YEE",
        "baseline": 0,
    },
    "Meeting": {
        "title": REVIEW,
        "date": "2023-08-02",
        **NO_PLACE,
        "reports_given": "Báo cáo tổng kết của BĐH huyện",
        "results": "Giải ngân đạt 120% kế hoạch",
        "shortcomings": "Hồ sơ của vài xã gửi chậm",
        "difficulties_said": "Mưa lũ làm lùi hai lớp",
        "solutions": "Họp giao ban hằng quý",
    },
    "Member": {"name": "Lò Văn Páo", "acting": False},
    "Output": {
        "title": "Thiết bị cho CLB thủ lĩnh thay đổi",
        "kind": "equipment",
        "recipient_kind": "group",
        "recipient": "CLB thủ lĩnh thay đổi bản Thèn Thầu",
        "unit": "bộ",
        "planned_on": "2023-03-31",
        "handed_over_on": "2023-05-15",
        "state": "in_use",
        "maintained_by": "Đoàn Thanh niên xã",
        "version": 3,
    },
    "PlanLine": {
        "title": CLUB,
        "unit": "Đoàn Thanh niên xã",
        "q1": 5_000_000,
        "q2": 6_000_000,
        "q3": 6_000_000,
        "q4": 3_000_000,
        "total": 20_000_000,
    },
    "PlanVersion": {
        "id": 2,
        "number": 2,
        "title": "Kế hoạch điều chỉnh lần 1",
        "state": "approved",
        "programs": ["GBV"],
        "reason": "Bổ sung lớp của CLB",
        "decision_date": "2023-01-20",
        "return_reason": "",
        "joined_into": None,
        "against": {
            "number": 1,
            "outdated": False,
            "closed_quarters": [],
            "vanishing": {"count": 0, "sum": 0},
            "programs": [
                {
                    "program": "GBV",
                    "before": 20_000_000,
                    "after": 25_000_000,
                    "spent": 4_000_000,
                    "ceiling": None,
                    "vanishing": {"count": 0, "sum": 0},
                }
            ],
            "lines": [
                {
                    "activity": "GBV-01",
                    "program": "GBV",
                    "commune": "03577",
                    "commune_valid_from": "1900-01-01",
                    "fund": "BI",
                    "kind": "changed",
                    "before": 20_000_000,
                    "after": 25_000_000,
                    "spent": 4_000_000,
                }
            ],
        },
        "warnings": [],
        "version": 3,
    },
    "Program": {"name": GBV, "name_en": "Prevention of gender-based violence", "order": 2},
    "Proposal": {
        "title": "Điểm rửa tay ở điểm trường Thèn Thầu",
        "state": "planned",
        "reason": "",
        "decided_by": "bdh",
        "activity": "GBV-05",
        "carried_from": None,
        "version": 3,
    },
    "Source": {"title": REVIEW},
    "StatedFigure": {
        "value": 8_900_000_000,
        "unit": "đồng",
        **NO_PLACE,
        "ledger_value": 8_904_000_000,
    },
    "StatedOutcome": {"text": "Học sinh trong CLB mạnh dạn hơn"},
    "Summary": {**HEAD, "by": ["program"], "plan": "current"},
    "SummaryRow": {"program": "GBV", "program_name": GBV, **FIGURES},
    "Target": {"indicator": "YEE-TT", "program": "YEE"},
    "Topic": {"code": "GBV-CLB", "name": "Năng lực thành viên CLB thủ lĩnh thay đổi"},
    "Training": {
        "title": "Kỹ năng sống cho CLB thủ lĩnh thay đổi",
        "start": "2022-09-15",
        "end": "2022-09-16",
        **PEOPLE,
    },
    "TrainingRow": {**PLACE, "commune_valid_from": "1900-01-01", **COUNTS},
    "TrainingSummary": {**HEAD, "by": ["commune"]},
    "Variance": {
        "program_name": GBV,
        **PLACE,
        "activity": None,
        "activity_title": None,
        "planned_to_date": 400_000_000,
        "disbursed": 480_000_000,
        "difference": 80_000_000,
        "explanation": "Mở thêm hai lớp theo đề nghị của xã",
        "decision": "",
    },
    "Variances": {"quarter": 4, "low": 80, "high": 110, "unexplained": 0},
    "Village": {"name": VILLAGE, "kind": "bản"},
    "Visit": {
        "title": "Giám sát điểm rửa tay Thèn Thầu",
        "date": "2023-05-02",
        "team": "BĐH huyện, Điều phối viên, Ban Dự án xã",
        "state": "made",
    },
}
# What a body asks for that the record does not say of itself.
BODIES: dict[str, dict[str, Any]] = {
    "ActivityRequest": {"code": "GBV-21", "title": "Diễn đàn trẻ em gái"},
    "TopicRequest": {"code": "GBV-DIEN-DAN", "name": "Tổ chức diễn đàn trẻ em gái"},
    "AmendRequest": {"signed_date": "2024-03-15"},
    "ConcludeRequest": {"due_date": "2023-08-31"},
    "ConfirmRequest": {"state": "handed_over", "note": "Bàn giao đủ"},
    "FinishRequest": {"note": "Đã có quyết định ngày 25/8", "date": "2023-08-25"},
    "PlanSelectedRequest": {"reason": "Đề xuất đã chọn của năm tài chính 2023"},
    "Refusal": {
        "detail": "Somebody has changed this record since you read it.",
        "code": "stale",
    },
    "WrongRow": {"row": 3, "errors": {"amount": ["The amount must be more than 0 đồng."]}},
}
# A summary's row has the cuts that were asked for.
ROW_KEYS: dict[str, tuple[str, ...]] = {
    "SummaryRow": ("program", "program_name"),
    "TrainingRow": ("commune", "commune_name", "commune_valid_from"),
}
# A place is named once and a thing comes from one source: what a body leaves out.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "ActionPointRequest": ("assignee_user", "visit", "difficulty"),
    "ConcludeRequest": ("assignee_user",),
    "DifficultyRequest": ("visit",),
    "DisbursementRequest": ("same_voucher",),
    "GroupRequest": ("commune", "village", "ended_on"),
    "ApproveRequest": ("together",),
    "OutputRequest": ("commune", "village", "handed_over_on", "state"),
    "PatchedPlanLineRequest": ("plan_version",),
    "PlanVersionRequest": ("based_on",),
}
# New rows of many are as new as one.
NEW = {"number": None, "status": "draft", "version": 1}
NEW_ROWS: dict[str, dict[str, Any]] = {"DisbursementRowsMade": NEW}
