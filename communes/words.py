"""The words that offices have for a unit: its name, its code, “Xã …”, the ways it is misspelt."""

from collections.abc import Callable, Iterable

from communes.models import Commune, Level
from core.values.text import fold_key

UNIT_WORDS = ("thitran", "phuong", "xa")


def words_for(units: Iterable[Commune]) -> dict[str, Commune]:
    """Every word for a unit, folded; communes win over the districts and provinces they share it
    with."""
    units = list(units)
    words: dict[str, Commune] = {}
    getters: tuple[Callable[[Commune], list[str]], ...] = (
        lambda u: u.alias_list(),
        lambda u: [u.name],
        lambda u: [u.full_name, u.code],
    )
    levels = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
    for words_of in getters:
        for level in levels:
            for unit in units:
                if unit.level == level:
                    words.update({fold_key(word): unit for word in words_of(unit)})
    return words


def without_unit_word(key: str) -> str:
    """A folded name without the kind of unit before it: `xabanlang` as `banlang`."""
    for word in UNIT_WORDS:
        if key.startswith(word):
            return key.removeprefix(word)
    return key
