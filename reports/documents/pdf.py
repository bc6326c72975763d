"""A document as PDF, set by typst from the same blocks as the Word file."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from core.money import format_vnd
from reports.documents.blocks import Document
from reports.documents.letterhead import MOTTO, NATION

TEMPLATE = Path(__file__).with_name("document.typ")
STANDARD: Literal["ua-1"] = "ua-1"  # PDF/UA: readable by a screen reader


def pdf_bytes(document: Document) -> bytes:
    """The file, in Times New Roman where the machine has it, else Libertinus Serif, which typst
    brings (Liberation Serif, the usual stand-in, lacks ư, ơ and all letters with two marks).
    """
    return typst.compile(
        _template(),
        sys_inputs={"data": json.dumps(_data(document), ensure_ascii=False)},
        pdf_standards=[STANDARD],
    )


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _data(document: Document) -> dict[str, Any]:
    return {
        **document.as_dict(),
        "title": document.title,
        "nation": NATION,
        "motto": MOTTO,
        "recipients_title": "Nơi nhận:",
        "appendix_title": "PHỤ LỤC",
        "blocks": [_block(block) for block in document.blocks],
        "appendix": [_block(block) for block in document.appendix],
    }


def _block(block: dict[str, Any]) -> dict[str, Any]:
    """Bars get their values as text, and a sentence for who cannot see them."""
    if block["kind"] != "bars":
        return block
    series = [
        {**one, "shown": [format_vnd(value) for value in one["values"]]} for one in block["series"]
    ]
    said = "; ".join(
        f"{name}: " + ", ".join(f"{one['name']} {one['shown'][i]}" for one in series)
        for i, name in enumerate(block["names"])
    )
    return {**block, "series": series, "alt": f"{block['title']}. {said}"}
