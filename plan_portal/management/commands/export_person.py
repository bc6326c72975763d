"""What the portal holds of one person, as JSON: for somebody who cannot sign in any more."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from plan_portal.management.commands.erase_person import user_named
from plan_portal.privacy.own_data import own_data


class Command(BaseCommand):
    help = "Prints what the portal holds of one person, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: object) -> None:
        said = own_data(user_named(username))
        self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
