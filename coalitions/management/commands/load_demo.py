"""`manage.py load_demo`: the fictional coalition, its people and, from the other apps, their plans and counts."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from coalitions import demo, demo_history
from phast import offers


class Command(BaseCommand):
    help = "Create the demo coalition where it is missing. Running it again adds nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="Remove the demo coalition first, with all that is in it."
        )

    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is no demonstration: nothing was loaded. Set DEMO=1 to load the fictional coalition."
            )
        if not settings.DEMO_PASSWORD:
            raise CommandError("Set DEMO_PASSWORD: the password of the demo sign-ins.")
        try:
            with transaction.atomic():
                if reset:
                    demo.remove()
                coalition, actors = demo.load(settings.DEMO_PASSWORD)
                for load in offers.demo_loaders:
                    load(coalition, actors)
                demo_history.finish(coalition, actors["coordinator@example.org"])
        except demo.NotTheDemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{coalition}: {', '.join(email for email, actor in actors.items() if actor.user.has_usable_password())}"
        )
