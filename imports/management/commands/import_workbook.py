import json
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from imports.apart import OF_A_TASK
from imports.kinds import KINDS
from imports.outcome import Outcome
from imports.services import check_workbook, commit
from imports.workbook import Issue
from programs.models import FiscalYear


class Command(BaseCommand):
    help = "Check a workbook, and with --commit load it. Prints one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file")
        parser.add_argument("--user", required=True, help="user name of who loads it")
        parser.add_argument("--fiscal-year", help="e.g. 2023; else the workbook's own")
        parser.add_argument("--commit", action="store_true", help="save it")
        parser.add_argument(
            "--post", action="store_true", help="also post (approve) it, as history"
        )
        scope = parser.add_mutually_exclusive_group()
        scope.add_argument(
            "--whole",
            dest="scope",
            action="store_const",
            const="whole",
            default="",
            help="a plan: the whole one of its programmes; lines that are not in it go",
        )
        scope.add_argument(
            "--changes",
            dest="scope",
            action="store_const",
            const="changes",
            default="",
            help="a plan: only lines that change; no other line is touched",
        )

        parser.add_argument(
            "--same-voucher",
            action="store_true",
            help="disbursements: rows that are in the ledger with another amount are further "
            "lines of their vouchers",
        )

    def handle(self, *args: object, **options: Any) -> None:
        outcome = Outcome(kind=options["kind"], file=Path(options["file"]).name)
        try:
            self._run(outcome, options)
        except Refused as refusal:
            outcome.errors.append(Issue(None, None, None, refusal.code, str(refusal)))
            self._finish(outcome)

    def _run(self, outcome: Outcome, options: dict[str, Any]) -> None:
        if options["post"] and not options["commit"]:
            raise Refused("usage", _("--post needs --commit."))
        actor = _user(options["user"])
        year = _year(options["fiscal_year"])
        try:
            outcome = check_workbook(
                actor=actor,
                kind=options["kind"],
                source=Path(options["file"]),
                filename=outcome.file,
                fiscal_year=year,
                post=options["post"],
                scope=options["scope"],
                same_voucher=options["same_voucher"],
                budget=OF_A_TASK,
            )
            if options["commit"] and not outcome.errors:
                outcome = commit(actor=actor, outcome=outcome, post=options["post"])
        except PermissionDenied as error:
            message = str(error) or _("%(user)s may not load this kind of workbook.") % {
                "user": actor.username
            }
            raise Refused("not_allowed", message) from error
        except Conflict as error:
            raise Refused(error.code, str(error.message)) from error
        self._finish(outcome)

    def _finish(self, outcome: Outcome) -> None:
        self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
        if not outcome.errors:
            return
        whole = next((e for e in outcome.errors if e.sheet is None and e.row is None), None)
        sentence = (
            whole.message
            if whole
            else _("%(wrong)d errors; nothing was saved.") % {"wrong": len(outcome.errors)}
        )
        self.stderr.write(sentence)
        sys.exit(1)


class Refused(CommandError):
    """One sentence for a person, and a code for a program."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _user(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refused(
            "unknown_user", _("There is no active user named %(name)s.") % {"name": username}
        )
    return user


def _year(code: str | None) -> FiscalYear | None:
    if code is None:
        return None
    year = FiscalYear.objects.filter(code=code).first()
    if year is None:
        raise Refused(
            "unknown_fiscal_year", _("There is no fiscal year %(code)s.") % {"code": code}
        )
    return year
