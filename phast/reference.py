"""Reference data: CSV files beside the code, loaded by natural key, so that loading twice changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a file."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def load_rows(
    model: type[models.Model], key: list[str], records: Iterable[Mapping[str, Any]], fields: list[str]
) -> int:
    """Makes the table say what the records say, and answers how many there are. `key`: what a row is known by; `fields`: what else it
    holds. A row that is not among them goes, unless something refers to it."""
    found = [model(**{name: record[name] for name in [*key, *fields]}) for record in records]
    model._default_manager.bulk_create(found, update_conflicts=True, unique_fields=key, update_fields=fields)
    _remove_others(model, key, found)
    return len(found)


def _remove_others(model: type[models.Model], key: list[str], kept: list[Any]) -> None:
    keys = {tuple(str(getattr(row, name)) for name in key) for row in kept}
    for row in model._default_manager.all():
        if tuple(str(getattr(row, name)) for name in key) in keys:
            continue
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue  # a coalition holds on to it
