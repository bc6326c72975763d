"""Examples of the API's schema: one for each component, put together from its own fields.

A field known by name has a value as the programme writes it (SAMPLES), where its schema allows
that; any other has the simplest value its type allows. tests/test_schema.py holds each example
against its schema.
"""

from typing import Any

SAMPLES: dict[str, Any] = {
    "activity": "GBV-01",
    "amount": 12_500_000,
    "author": "dieuphoi",
    "commune": "03577",
    "communes": ["03577"],
    "code": "GBV",
    "currency": "VND",
    "decision_no": "123/QĐ-UBND",
    "description": "Chi hỗ trợ lớp tập huấn",
    "detail": "Not found.",
    "estimate": 40_000_000,
    "fiscal_year": "2023",
    "fiscal_years": ["2023"],
    "name": "CLB thủ lĩnh thay đổi",
    "note": "Theo kế hoạch quý",
    "payee": "Đoàn Thanh niên xã",
    "planned": 7_420_000_000,
    "disbursed": 8_904_000_000,
    "balance": -1_484_000_000,
    "program": "GBV",
    "programs": ["GBV"],
    "rate": "120.0",
    "rate_to_date": "120.0",
    "reason": "Nhập nhầm số tiền",
    "title": "Truyền thông phòng chống tảo hôn",
    "unit": "người",
    "voucher_no": "PC-0123",
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
BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "string": "…"}


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """A value that `schema` allows; `schemas` are the components it may refer to."""
    if "example" in schema:
        return schema["example"]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, name)
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
    for schema in schemas.values():
        if schema.get("type") == "object" and schema.get("properties"):
            schema.setdefault("example", example_of(schema, schemas))
