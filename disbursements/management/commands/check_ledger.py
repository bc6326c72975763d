import json
import sys

from django.core.management.base import BaseCommand, CommandParser

from disbursements.proof import prove

MOST = 20  # sentences of a check


class Command(BaseCommand):
    help = "Prove the ledger of this database: trail, sums, totals, reversals, plans, guards …"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        found = prove()
        broken = sum(map(len, found.values()))
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not broken, "broken": found}, ensure_ascii=False))
        else:
            self._say(found)
        if broken:
            sys.exit(1)

    def _say(self, found: dict[str, list[str]]) -> None:
        for name, sentences in found.items():
            self.stdout.write(f"{name}: {'ok' if not sentences else 'BROKEN'}")
            for sentence in sentences[:MOST]:
                self.stdout.write(f"  {sentence}")
            if len(sentences) > MOST:
                self.stdout.write(f"  and {len(sentences) - MOST} more (--json has them all)")
