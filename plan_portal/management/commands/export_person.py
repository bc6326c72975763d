"""What the portal holds of one person, as JSON: for somebody who cannot sign in any more."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from plan_portal.privacy.own_data import own_data


class Command(BaseCommand):
    help = "Prints what the portal holds of one person, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, **options: object) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"There is no user {options['username']}.")
        self.stdout.write(json.dumps(own_data(person), ensure_ascii=False, indent=2))
