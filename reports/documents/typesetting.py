"""Typst: data in, PDF out, whatever signs people have typed."""

import json
import re
from collections.abc import Mapping
from typing import Literal

import typst

STANDARD: Literal["ua-1"] = "ua-1"  # PDF/UA: readable by a screen reader
# The standard refuses a file with a sign that no typeface of the machine has, one at a time.
NOT_SHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
IN_ITS_PLACE = "?"
MOST = 20  # signs that are looked for; beyond them the file is made without the standard


def as_pdf(template: bytes, data: Mapping[str, object]) -> bytes:
    """The file of a template and its data; a sign that cannot be shown stands there as `?`."""
    text = json.dumps(data, ensure_ascii=False)
    for _sign in range(MOST):
        try:
            return typst.compile(template, sys_inputs={"data": text}, pdf_standards=[STANDARD])
        except typst.TypstError as error:
            found = NOT_SHOWN.search(str(error))
            if found is None:
                raise
            before, text = text, text.replace(_unescaped(found[1]), IN_ITS_PLACE)
            if text == before:  # the template has made it of something else
                break
    return typst.compile(template, sys_inputs={"data": text})


def _unescaped(text: str) -> str:
    """`\\u{7e6e2}` as typst writes it → the sign."""
    signs = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\(.)", r"\1", signs)
