"""Fills the county and ZIP tables from `data/`, by natural key, as fast as the database takes it."""

import csv
import gzip
import hashlib
from pathlib import Path

from django.db import connection, transaction

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
    return f"{zips:,} ZIP codes and {counties:,} counties"


def _copy(file: Path, table: str, columns: list[str]) -> int:
    """COPY into a table of the transaction, then one upsert; returns the number of rows in the file. The first column is the
    key; an empty county is none."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))[1:]
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
            place_of_county = columns.index("county_id") if "county_id" in columns else None
            for row in rows:
                if place_of_county is not None and not row[place_of_county]:
                    row[place_of_county] = None
                copy.write_row(row)
        updates = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming ON CONFLICT ({columns[0]}) DO UPDATE SET {updates}"
        )
        cursor.execute("DROP TABLE incoming")
    return len(rows)
