from django.core.management.base import BaseCommand, CommandError

from accounts.sign_in.second_factor import encrypt_anew


class Command(BaseCommand):
    help = "Encrypt second factors under the new SECRET_KEY, the earlier in SECRET_KEY_FALLBACKS."

    def handle(self, *args: object, **options: object) -> None:
        count, closed = encrypt_anew()
        if closed:
            raise CommandError(
                f"{closed} of {count} second factors open with no key that is set: add the key "
                "they were made under to SECRET_KEY_FALLBACKS, and run this again."
            )
        self.stdout.write(str(count))
