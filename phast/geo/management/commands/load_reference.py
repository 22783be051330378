"""`manage.py load_reference`: every app's reference data, in the order the apps offered it. Running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from phast import offers


class Command(BaseCommand):
    help = (
        "Load or update the reference data: ZIP codes, counties and what else the apps bring. Safe to run at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for load in offers.reference_loaders.values():
            self.stdout.write(load())
