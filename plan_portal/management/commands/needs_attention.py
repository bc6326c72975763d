"""`manage.py needs_attention`: what a person should look at, after an upgrade and at any time."""

import json

from django.core.management.base import BaseCommand, CommandParser

from plan_portal.attention import needs_attention


class Command(BaseCommand):
    help = "List what a person should look at: drafts, vouchers, places. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        found = needs_attention()
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for name, sentences in found.items():
            self.stdout.write(f"{name}: {len(sentences) or 'none'}")
            for sentence in sentences:
                self.stdout.write(f"  {sentence}")
