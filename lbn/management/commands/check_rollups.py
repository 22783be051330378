"""Compares the sums kept by the database with the counts they are sums of."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coalitions.models import Coalition
from lbn.rollups import compare, mend


class Command(BaseCommand):
    """`manage.py check_rollups [slug] [--mend]`; ends with an error when sums differ and were not mended."""

    help = "Checks that the kept sums of kits equal the counts, for one coalition or all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="The coalition; without it, every one.")
        parser.add_argument("--mend", action="store_true", help="Make the sums that differ anew.")

    def handle(self, *args: Any, **options: Any) -> None:
        coalitions = Coalition.objects.order_by("slug")
        if options["slug"]:
            coalitions = coalitions.filter(slug=options["slug"])
            if not coalitions:
                raise CommandError(f"There is no coalition “{options['slug']}”.")
        wrong = 0
        for coalition in coalitions:
            differences = compare(coalition)
            for each in differences:
                self.stdout.write(
                    f"{coalition.slug}: {each.table} {each.key}, {each.span}: {each.held}, should be {each.right}"
                )
            if differences and options["mend"]:
                mend(coalition)
                self.stdout.write(f"{coalition.slug}: {len(differences)} sums mended")
            else:
                wrong += len(differences)
                self.stdout.write(
                    f"{coalition.slug}: {len(differences)} sums differ" if differences else f"{coalition.slug}: right"
                )
        if wrong:
            raise CommandError(f"{wrong} sums differ. Run again with --mend.")
