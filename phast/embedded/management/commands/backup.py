"""Writes the whole portal into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from phast.embedded.archive import back_up


class Command(BaseCommand):
    help = "Writes database and files into one archive, with a manifest that proves them. The portal may be running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="a new file, for example portal-2026-07-01.tar.gz; - writes to standard output"
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        manifest = back_up(None if str(file) == "-" else file.absolute())
        self.stderr.write(  # standard output may be the archive
            f"{file}: {sum(manifest['tables'].values())} rows in {len(manifest['tables'])} tables, {len(manifest['files'])} files. "
            "It holds everything about everybody: keep it like the portal itself."
        )
