"""Brings a database up to this version of the code."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandParser, call_command


class Command(BaseCommand):
    help = "Migrates, makes the cache table, loads reference data. Safe to repeat; run it once for every new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--static", action="store_true", help="also collect static files")
        parser.add_argument("--demo", action="store_true", help="also load the sample coalition")

    def handle(self, *args: Any, static: bool, demo: bool, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable")
        call_command("load_reference")
        if static:
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo:
            call_command("load_demo")
