"""An amount in words: of the voucher in Vietnamese, of a screen in its reader's language.

Our own, because the library there is (num2words) is wrong in Vietnamese.
"""

from django.utils import translation

from core.values.money import BILLION, MILLION, THOUSAND

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(amount: int, language: str | None = None) -> str:
    """1015 (đồng) as 'một nghìn không trăm mười lăm đồng', 'one thousand and fifteen đồng'.

    `language`: "vi" or "en"; None for that of the reader.
    """
    if (language or translation.get_language() or "vi").startswith("en"):
        words, minus = _english(abs(amount)), "minus "
    else:
        words, minus = _vietnamese(abs(amount)), "âm "
    return (minus if amount < 0 else "") + words + " đồng"


def _vietnamese(number: int, *, inside: bool = False) -> str:
    """Words of a number ≥ 0; `inside` when something larger was said before it."""
    if number == 0:
        return "không"
    billions, rest = divmod(number, BILLION)
    parts = [_vietnamese(billions, inside=inside) + " tỷ"] if billions else []
    for unit, word in ((MILLION, " triệu"), (THOUSAND, " nghìn"), (1, "")):
        group = rest // unit % 1000
        if group:
            parts.append(_hundreds_vi(group, full=inside or bool(parts)) + word)
    return " ".join(parts)


def _hundreds_vi(group: int, *, full: bool) -> str:
    """Words of 1 to 999; `full` says the hundreds even when there are none."""
    hundreds, rest = divmod(group, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    tens, ones = divmod(rest, 10)
    if tens == 0 and ones:
        words += ["lẻ", _DIGITS[ones]] if words else [_DIGITS[ones]]
    elif tens == 1:
        words += ["mười"] + ([_after_ten(ones)] if ones else [])
    elif tens:
        words += [_DIGITS[tens], "mươi"] + ([_after_tens(ones)] if ones else [])
    return " ".join(words)


def _after_ten(ones: int) -> str:
    return "lăm" if ones == 5 else _DIGITS[ones]


def _after_tens(ones: int) -> str:
    return {1: "mốt", 4: "tư", 5: "lăm"}.get(ones, _DIGITS[ones])


def _english(number: int) -> str:
    """Words of a number ≥ 0; beyond a billion they are counted: 'one million billion'."""
    if number < THOUSAND:
        return _hundreds_en(number)
    parts = []
    for unit, word in ((BILLION, "billion"), (MILLION, "million"), (THOUSAND, "thousand")):
        count, number = divmod(number, unit)
        if count:
            parts.append(f"{_english(count)} {word}")
    if number:
        parts.append(("and " if number < 100 else "") + _hundreds_en(number))
    return " ".join(parts)


def _hundreds_en(group: int) -> str:
    """Words of 0 to 999."""
    if group < 20:
        return _TO_NINETEEN[group]
    if group < 100:
        tens, ones = divmod(group, 10)
        return _TENS[tens - 2] + (f"-{_TO_NINETEEN[ones]}" if ones else "")
    hundreds, rest = divmod(group, 100)
    return f"{_TO_NINETEEN[hundreds]} hundred" + (f" and {_hundreds_en(rest)}" if rest else "")
