"""`make_report KIND --fiscal-year 2023 --format docx --output FILE --user USERNAME`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import User
from core.services.errors import Conflict
from reports.documents.make import make, read_request


class Command(BaseCommand):
    help = (
        "Write a document: annual, quarterly, minutes, conclusions (docx, pdf) or workbook (xlsx)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help="annual, quarterly, minutes, conclusions or workbook")
        parser.add_argument("--fiscal-year", required=True)
        parser.add_argument("--format", required=True, help="docx, pdf or xlsx")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--user", required=True, help="whose scope and rights")
        parser.add_argument("--quarter", help="1 to 4; of a quarterly report")
        parser.add_argument("--as-of", help="rows dated up to this day, YYYY-MM-DD")
        parser.add_argument("--meeting", help="number of the meeting; else the annual review")
        parser.add_argument(
            "--outside", action="store_true", help="to be sent out: small head counts are hidden"
        )

    def handle(self, *args: object, **options: Any) -> None:
        actor = User.objects.filter(username=options["user"], is_active=True).first()
        if actor is None:
            raise CommandError(_("There is no user '%(name)s'.") % {"name": options["user"]})
        try:
            made = make(read_request(options), actor)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except Conflict as error:
            raise CommandError(str(error.message)) from None
        except PermissionDenied:
            text = _("The role of '%(name)s' may not make this document.")
            raise CommandError(text % {"name": options["user"]}) from None
        try:
            options["output"].write_bytes(made.content)
        except OSError as error:
            text = _("%(file)s cannot be written: %(reason)s.")
            names = {"file": options["output"], "reason": error.strerror}
            raise CommandError(text % names) from None
        self.stdout.write(f"{options['output']}: {len(made.content)} bytes")
