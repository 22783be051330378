"""Loads the sectors, their examples and engagement opportunities, and the usual positions from `data/`, by natural key."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from phast.reference import load_rows, rows_of

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
        sectors = load_rows(Sector, ["key"], rows("sectors.csv"), ["order", "name", "source"])
        examples = load_rows(SectorExample, ["sector_id", "order"], _of_sector("sector_examples.csv"), ["text"])
        opportunities = load_rows(
            Opportunity, ["key"], _of_sector("opportunities.csv"), ["sector_id", "order", "group", "title", "text"]
        )
        positions = load_rows(PositionKind, ["key"], rows("positions.csv"), ["order", "kind", "title", "description"])
        takeaways = load_rows(Takeaway, ["key"], rows("takeaways.csv"), ["number", "title", "source"])
        actions = [row | {"takeaway_id": row["takeaway"]} for row in rows("takeaway_actions.csv")]
        actions_loaded = load_rows(TakeawayAction, ["key"], actions, ["takeaway_id", "order", "title", "text"])
        elements = load_rows(
            CriticalElement, ["key"], rows("critical_elements.csv"), ["order", "title", "text", "source"]
        )
        datasets = load_rows(Dataset, ["key"], rows("datasets.csv"), ["order", "name", "source"])
    return (
        f"{sectors} sectors, {examples} examples, {opportunities} engagement opportunities, {positions} positions, "
        f"{takeaways} takeaways with {actions_loaded} actions, {elements} critical elements, {datasets} datasets"
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file below `coalitions/data/`."""
    return rows_of(DATA / name)


def _of_sector(name: str) -> list[dict[str, str]]:
    return [row | {"sector_id": row["sector"]} for row in rows(name)]
