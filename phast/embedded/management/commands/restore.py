"""Puts a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from phast.embedded.archive import restore


class Command(BaseCommand):
    help = "Puts an archive made by `backup` into an empty portal and proves every row count and file. Stop the portal before."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="an archive made by `backup`; - reads standard input")
        parser.add_argument("--force", action="store_true", help="replace everything this portal has")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        manifest = restore(None if str(file) == "-" else file.absolute(), force=force)
        self.stdout.write(
            f"Restored the portal of {manifest['made_at']}: {sum(manifest['tables'].values())} rows in {len(manifest['tables'])} tables "
            f"and {len(manifest['files'])} files, all as they were backed up."
        )
