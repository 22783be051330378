"""What the database holds before a test, kept and put back in a moment.

Django empties every table after a test that commits, and makes its permissions anew, which takes a second; making the world of
`tests.world` takes another. Here rows are copied once into a schema of the test database, and copied back from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

# Every table with the columns that can be written: not the generated ones.
TABLES = """
SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
GROUP BY c.relname
"""


@dataclass(frozen=True)
class Kept:
    """The rows of all tables in the schema `name`, but for those that `beyond` keeps, and the files that belong to them."""

    name: str
    beyond: Kept | None = None
    columns: dict[str, str] = field(default_factory=dict)
    filled: list[str] = field(default_factory=list)  # the tables that have rows here
    files: dict[Path, bytes] = field(default_factory=dict)

    def take(self) -> None:
        """Keeps what there is now."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {self.name} CASCADE; CREATE SCHEMA {self.name}")
            cursor.execute(TABLES)
            self.columns.update(cursor.fetchall())
            for table in self.columns:
                known = self.beyond and f" EXCEPT ALL SELECT * FROM {self.beyond.name}.{table}"
                cursor.execute(f"CREATE TABLE {self.name}.{table} AS SELECT * FROM public.{table}{known or ''}")
                if cursor.rowcount:
                    self.filled.append(table)
        self.files.update({path: path.read_bytes() for path in stored()})

    def restore(self) -> None:
        """Makes the database hold this and nothing else."""
        self._run([f"DELETE FROM public.{table}" for table in self.columns] + self._copies())

    def add(self) -> None:
        """Adds this to what the database holds. Of files there are only these: a test that rolls back leaves its own behind."""
        self._run(self._copies())

    def _copies(self) -> list[str]:
        return [
            f"INSERT INTO public.{table} ({self.columns[table]}) SELECT {self.columns[table]} FROM {self.name}.{table}"
            for table in self.filled
        ]

    def _run(self, statements: list[str]) -> None:
        """Triggers and foreign keys are not asked: the rows were let in when they were made."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "; ".join(["SET LOCAL session_replication_role = replica", *statements])
                + "; SET LOCAL session_replication_role = origin"
            )
        for path in stored() - self.files.keys():
            path.unlink()
        for path, content in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def stored() -> set[Path]:
    """Every file people gave or the portal made."""
    return {path for path in settings.FILES_ROOT.rglob("*") if path.is_file()}
