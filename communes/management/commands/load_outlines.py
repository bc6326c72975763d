from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from communes.models import OutlineFile
from communes.outlines import services
from communes.outlines.geojson_file import LARGEST
from communes.outlines.matching import called
from communes.outlines.sentences import say
from core.services.errors import Conflict
from core.values.dates import DateError, parse_date


class Command(BaseCommand):
    help = "Read communes' outlines from a GeoJSON file and use them; says what did not match."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--user", required=True, help="user name of who loads it")
        parser.add_argument("--day", help="a day on which its units existed, e.g. 30/06/2025")
        parser.add_argument("--check", action="store_true", help="say what matched; use nothing")

    def handle(
        self, *, user: str, file: str, day: str | None, check: bool, **options: object
    ) -> None:
        actor = User.objects.filter(username=user, is_active=True).first()
        if actor is None:
            raise CommandError(_("There is no active user named %(name)s.") % {"name": user})
        try:
            row = self._read(actor, Path(file), day)
            if not check:
                services.use(actor=actor, row=row)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (Conflict, PermissionDenied, OSError, DateError) as error:
            raise CommandError(str(getattr(error, "message", error))) from error

    def _read(self, actor: User, file: Path, given: str | None) -> OutlineFile:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        day = parse_date(given)
        row = services.read_file(actor=actor, content=content, name=file.name, day=day)
        for outline in row.outlines.select_related("commune"):
            self.stdout.write(f"+ {called(outline.commune)}")
        for kept in row.said:
            self.stdout.write(f"– {say(kept)}")
        return row
