"""Who enters the demo, and its rows as data: what they name by code is looked up here."""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.models import User
from communes.models import ALWAYS, Commune
from plan_portal.demo.catalogue import COMMUNES
from programs.models import Activity, FiscalYear, Program


def rows_of(name: str) -> dict[str, Any]:
    """The rows of a file of this folder, by what they are."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


@dataclass
class Scene:
    """Who enters what, and the reference rows that are named by code."""

    board: User
    coordinator: User
    years: dict[str, FiscalYear]
    programs: dict[str, Program]
    communes: dict[str, Commune]

    def enter(self, parts: "Iterable[tuple[bool, Callable[[Scene], None], str]]") -> list[str]:
        """Make each part that is not there yet; what is said of those."""
        made = []
        for is_there, make, sentence in parts:
            if not is_there:
                make(self)
                made.append(sentence)
        return made

    def fields(self, row: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A row as a service takes it, and `more` of it: codes are the records that they name."""
        found = {**row, **more}
        for name, known in (
            ("program", self.programs),
            ("commune", self.communes),
            ("fiscal_year", self.years),
        ):
            if name in row:
                found[name] = known[row[name]]
        if "communes" in row:
            found["communes"] = [self.communes[code] for code in row["communes"]]
        if "activity" in row:
            found["activity"] = Activity.objects.filter(code=row["activity"]).first()
        return found


def scene_of(actors: dict[str, User]) -> Scene:
    """The demo's people and the reference rows, read once."""
    return Scene(
        board=actors["bdh"],
        coordinator=actors["dieuphoi"],
        years={year.code: year for year in FiscalYear.objects.all()},
        programs={program.code: program for program in Program.objects.all()},
        communes={
            unit.code: unit for unit in Commune.objects.filter(code__in=COMMUNES, valid_from=ALWAYS)
        },
    )
