"""Examples of the API's schema: one for each component, put together from its own fields.

A record's own values stand in `schema_records`. Of the rest, a field known by name has a value
as the programme writes it (SAMPLES), where its schema allows that; any other has the simplest value
its type allows. tests/test_schema.py holds each example against its schema.
"""

from typing import Any

from plan_portal.schema.records import BODIES, LEFT_OUT, NEW_ROWS, RECORDS, ROW_KEYS

SAMPLES: dict[str, Any] = {
    "activities": ["GBV-01"],
    "activity": "GBV-01",
    "advice": "Làm thêm mái che trước mùa mưa",
    "age_16_24": 10,
    "amount": 12_500_000,
    "as_of_stated": "tính đến thời điểm hội nghị",
    "assignee": "BĐH huyện",
    "assignee_body": "BĐH huyện",
    "approved_on": "2022-07-15",
    "attending": "BĐH huyện, Ban Dự án các xã",
    "author": "dieuphoi",
    "balance": -1_484_000_000,
    "body": "UBND huyện Phong Thổ",
    "ceiling": 5_000_000_000,
    "chair": "Trưởng ban",
    "challenges": "Đường vào các bản khó đi trong mùa mưa",
    "code": "GBV",
    "commune": "03577",
    "communes": ["03577"],
    "conclusion": "Kiện toàn các Ban Dự án xã",
    "conclusions": "Kiện toàn các Ban Dự án xã",
    "currency": "VND",
    "decision_no": "123/QĐ-UBND",
    "description": "Chi hỗ trợ lớp tập huấn",
    "detail": "Not found.",
    "disability": 1,
    "disbursed": 8_904_000_000,
    "distinct_people": 20,
    "done_note": "Đã ký ngày 25/8",
    "effect": "Hai lớp phải lùi sang quý sau",
    "estimate": 40_000_000,
    "ethnic_minority": 18,
    "evidence": "Danh sách cam kết của Đoàn xã",
    "expected": "Một điểm rửa tay",
    "female": 12,
    "fiscal_year": "2023",
    "fiscal_years": ["2023"],
    "for_whom": "Trẻ ở điểm trường",
    "from_commune": "Ban Dự án xã",
    "from_district": "BĐH huyện",
    "from_plan": "Điều phối viên",
    "from_year": "2023",
    "fund": "UNSPECIFIED",
    "indicator": "GBV-N1",
    "label": "Giải ngân cả năm",
    "maintained_by": "Nhà trường",
    "male": 8,
    "members": 20,
    "name": "CLB thủ lĩnh thay đổi",
    "note": "Theo kế hoạch quý",
    "office": "Phó Chủ tịch UBND xã",
    "other_office": "Trưởng Ban Điều hành",
    "over_24": 4,
    "owner": "Ban Dự án xã",
    "participants": 20,
    "parties": "BĐH huyện và Plan International",
    "partner": "Trung tâm giáo dục nghề nghiệp",
    "people": 20,
    "place": "Hội trường UBND huyện",
    "planned": 7_420_000_000,
    "poor_household": 6,
    "program": "GBV",
    "programs": ["GBV"],
    "rate": "120.0",
    "rate_to_date": "120.0",
    "reason": "Nhập nhầm số tiền",
    "recipient": "Điểm trường Thèn Thầu",
    "result": "Đã mở đường tránh",
    "role": "Trưởng ban",
    "secretary": "Cán bộ Ban Điều hành",
    "seen": "Điểm rửa tay dùng tốt",
    "sessions": 2,
    "solution": "Mở lớp ở nhà văn hóa bản",
    "source": "Biên bản hội nghị tổng kết",
    "summary": "Kéo dài đến hết năm 2024",
    "text": "Hơn 8,9 tỷ đồng, đạt 120% kế hoạch",
    "title": "Truyền thông phòng chống tảo hôn",
    "to_year": "2024",
    "topic": "GBV-CLB",
    "trainer": "Cán bộ Hội Phụ nữ",
    "under_16": 6,
    "unit": "người",
    "variance_high": 110,
    "variance_low": 80,
    "venue": "Nhà văn hóa bản",
    "village": "Thèn Thầu",
    "why": "Điểm trường chưa có nước sạch",
}
KINDS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "array": list,
    "number": (int, float),
    "boolean": bool,
}
BY_FORMAT = {
    "date": "2023-06-30",
    "date-time": "2023-06-30T17:00:00+07:00",
    "uri": "https://example.org/api/v1/disbursements/?page=2",
}
BEGINNINGS = {"successor_valid_from": "2025-07-01"}  # of units; others since ever
BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "string": "…"}


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """A value that `schema` allows; `schemas` are the components it may refer to."""
    if "example" in schema:
        return schema["example"]
    if "$ref" in schema:
        component = schema["$ref"].rsplit("/", 1)[-1]
        if schemas[component].get("properties"):
            return schemas[component].get("example") or _whole(component, schemas)
        return example_of(schemas[component], schemas, name)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return example_of(schema[several][0], schemas, name)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if _suits(SAMPLES.get(name), kind, schema):
        return SAMPLES[name]
    if kind == "object":
        fields = schema.get("properties", {})
        return {each: example_of(part, schemas, each) for each, part in fields.items()}
    if kind == "array":
        return [example_of(schema["items"], schemas, name)]
    if name.endswith("valid_from") and schema.get("format") == "date":
        return BEGINNINGS.get(name, "1900-01-01")
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    if kind == "string":
        return _text(schema)
    return max(BY_TYPE[kind], schema.get("minimum", BY_TYPE[kind]))


def _suits(value: Any, kind: str, schema: dict[str, Any]) -> bool:
    if value is None or kind not in KINDS or not isinstance(value, KINDS[kind]):
        return False
    if kind == "array":
        return schema["items"].get("type") == "string"
    return "format" not in schema or kind != "string"


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "decimal":
        return "21.5"
    return BY_TYPE["string"]


def add_examples(schemas: dict[str, Any]) -> None:
    """Give every component that is an object its example."""
    for name, schema in schemas.items():
        if schema.get("type") == "object" and schema.get("properties"):
            schema.setdefault("example", _whole(name, schemas))


def _whole(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The example of a component that is an object: by its fields, then as RECORDS has it."""
    schema = schemas[name]
    bare = name.removeprefix("Patched")
    record = RECORDS.get(bare.removesuffix("Request"), {})
    left_out = {*LEFT_OUT.get(name, ()), *LEFT_OUT.get(bare, ())}
    if name in ROW_KEYS:
        left_out = set(schema["properties"]) - set(schema["required"]) - set(ROW_KEYS[name])
    example = {}
    for field, part in schema["properties"].items():
        if field not in left_out:
            known = field in record
            example[field] = record[field] if known else example_of(part, schemas, field)
    if name.startswith("Paginated"):
        for part in schema["properties"].values():
            part.pop("example", None)  # of another API
        example |= {"count": 1, "next": None, "previous": None}
    if name in NEW_ROWS:
        example["rows"] = [{**row, **NEW_ROWS[name]} for row in example["rows"]]
    if "version" in example and bare != name:
        example["version"] = 1
    return example | BODIES.get(name, {})
