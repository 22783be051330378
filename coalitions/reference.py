"""Loads the sectors, their examples and engagement opportunities, and the usual positions from `data/`, by natural key."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError

from .models import (
    CriticalElement,
    Dataset,
    Opportunity,
    PositionKind,
    Sector,
    SectorExample,
    Takeaway,
    TakeawayAction,
)

DATA = Path(__file__).parent / "data"


def load() -> str:
    """Makes the tables say what the files say; running it again changes nothing.

    A row that is gone from the files goes from the table too, unless a coalition uses it.
    """
    with transaction.atomic():
        sectors = _load(Sector, ["key"], rows("sectors.csv"), ["order", "name", "source"])
        examples = _load(SectorExample, ["sector_id", "order"], _of_sector("sector_examples.csv"), ["text"])
        opportunities = _load(
            Opportunity, ["key"], _of_sector("opportunities.csv"), ["sector_id", "order", "group", "title", "text"]
        )
        positions = _load(PositionKind, ["key"], rows("positions.csv"), ["order", "kind", "title", "description"])
        takeaways = _load(Takeaway, ["key"], rows("takeaways.csv"), ["number", "title", "source"])
        actions = [row | {"takeaway_id": row["takeaway"]} for row in rows("takeaway_actions.csv")]
        actions_loaded = _load(TakeawayAction, ["key"], actions, ["takeaway_id", "order", "title", "text"])
        elements = _load(CriticalElement, ["key"], rows("critical_elements.csv"), ["order", "title", "text", "source"])
        datasets = _load(Dataset, ["key"], rows("datasets.csv"), ["order", "name", "source"])
    return (
        f"{sectors} sectors, {examples} examples, {opportunities} engagement opportunities, {positions} positions, "
        f"{takeaways} takeaways with {actions_loaded} actions, {elements} critical elements, {datasets} datasets"
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file below `coalitions/data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _of_sector(name: str) -> list[dict[str, str]]:
    return [row | {"sector_id": row["sector"]} for row in rows(name)]


def _load(model: type[models.Model], key: list[str], records: Iterable[dict[str, str]], fields: list[str]) -> int:
    """Upserts the records and removes what is not among them. Returns how many there are."""
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
