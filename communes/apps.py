from django.apps import AppConfig


class CommunesConfig(AppConfig):
    name = "communes"

    def ready(self) -> None:
        from communes.lookups import names_of_places
        from core.services import remarks

        if names_of_places not in remarks.place_names:
            remarks.place_names.append(names_of_places)
