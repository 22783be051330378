"""Fills the county and ZIP tables from `data/`, by natural key, as fast as the database takes it."""

import csv
import gzip
import hashlib
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql

from .models import County, Loaded, Zip

DATA = Path(__file__).parent / "data"
NAME = "ZIP codes and counties"


def load() -> str:
    """Loads or updates the reference data and says what it did. When the files are the ones loaded last, nothing is written.

    A row that is no longer in the files stays: a coalition may refer to it.
    """
    files = [DATA / "counties.csv.gz", DATA / "zips.csv.gz"]
    sha256 = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    if Loaded.objects.filter(name=NAME, sha256=sha256).exists():
        return f"{Zip.objects.count():,} ZIP codes and {County.objects.count():,} counties: unchanged"
    with transaction.atomic():
        counties = _copy(files[0], County._meta.db_table, ["fips", "name", "state"])
        zips = _copy(files[1], Zip._meta.db_table, ["code", "place", "state", "county_id", "latitude", "longitude"])
        Loaded.objects.update_or_create(name=NAME, defaults={"sha256": sha256})
        with connection.cursor() as cursor:  # until it has looked, the planner takes 41,637 ZIPs for none
            cursor.execute(
                sql.SQL("ANALYZE {}, {}").format(*(sql.Identifier(model._meta.db_table) for model in (County, Zip)))
            )
    return f"{zips:,} ZIP codes and {counties:,} counties"


def _copy(file: Path, table: str, columns: list[str]) -> int:
    """COPY into a table of the transaction, then one upsert; returns the number of rows in the file. The first column is the
    key; an empty county is none."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))[1:]
    key, *others = [sql.Identifier(column) for column in columns]
    parts = {
        "table": sql.Identifier(table),
        "columns": sql.SQL(", ").join([key, *others]),
        "key": key,
        "updates": sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(column) for column in others),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP").format(**parts))
        with cursor.copy(sql.SQL("COPY incoming ({columns}) FROM STDIN").format(**parts)) as copy:
            for row in rows:
                copy.write_row(
                    [
                        value or None if column == "county_id" else value
                        for column, value in zip(columns, row, strict=True)
                    ]
                )
        cursor.execute(
            sql.SQL(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming ON CONFLICT ({key}) DO UPDATE SET {updates}"
            ).format(**parts)
        )
        cursor.execute("DROP TABLE incoming")
    return len(rows)
