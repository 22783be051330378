"""Loads the five models, what they ask for, and what goes with them, from `data/`, by natural key."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError

from phast.access.funnel import Tenant

from .actions import complete_programs
from .models import (
    Activity,
    ActivityOffer,
    Audience,
    DeflectionModel,
    ModelItem,
    ModelPathway,
    Pathway,
    ResourceCategory,
    Topic,
)

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load() -> str:
    """Makes the tables say what the files say; running it again changes nothing.

    A row that is gone from the files goes from the table too, unless a program or an entry of the directory uses it.
    """
    found = _load(DeflectionModel, "models.csv", "key")
    activities = [row | {"parent_id": row["parent"] or None} for row in rows("activities.csv")]
    # An activity stands before its parts.
    kept = [_upsert(Activity, row, ["key"], ["order", "section", "parent_id", "title", "text"]) for row in activities]
    topics = [row | {"activity_id": row["activity"]} for row in rows("topics.csv")]
    topics_kept = [_upsert(Topic, row, ["key"], ["activity_id", "order", "title"]) for row in topics]
    items = _load_items()
    _load_offers()
    categories = _load(ResourceCategory, "resource_categories.csv", "key")
    _load(Audience, "audiences.csv", "key")
    pathways = _load(Pathway, "pathways.csv", "key")
    crosswalk = [row | {"model_id": row["model"], "pathway_id": row["pathway"]} for row in rows("model_pathways.csv")]
    _remove_others(ModelPathway, [_upsert(ModelPathway, row, ["model_id", "pathway_id"], ["fit"]) for row in crosswalk])
    _remove_others(Topic, topics_kept)
    _remove_others(Activity, kept)
    complete_programs()
    return (
        f"{found} deflection models with {items} lines, {len(kept)} activities, {len(topics_kept)} topics, "
        f"{categories} kinds of local help, {pathways} pathways"
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file below `deflection/data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load(model: type[models.Model], name: str, key: str) -> int:
    """A file whose columns are the model's fields."""
    records = rows(name)
    _remove_others(model, [_upsert(model, row, [key], [field for field in row if field != key]) for row in records])
    return len(records)


def _load_items() -> int:
    kept = []
    for row in rows("model_items.csv"):
        row |= {"model_id": row["model"], "activity_id": row["activity"]}
        item = _upsert(ModelItem, row, ["model_id", "number"], ["order", "parent", "activity_id", "place"])
        item.topics.set(row["topics"].split())
        kept.append(item)
    _remove_others(ModelItem, kept)
    return len(kept)


def _load_offers() -> None:
    kept = []
    for row in rows("activity_offers.csv"):
        offer = _upsert(ActivityOffer, row | {"narrower_id": row["narrower"]}, ["narrower_id"], ["text"])
        offer.richer.set(row["richer"].split())
        kept.append(offer)
    _remove_others(ActivityOffer, kept)


def _upsert(model: type[Any], row: dict[str, Any], key: list[str], fields: list[str]) -> Any:
    found, _ = model._default_manager.update_or_create(
        **{name: row[name] for name in key}, defaults={name: row[name] for name in fields}
    )
    return found


def _remove_others(model: type[Any], kept: list[Any]) -> None:
    for row in model._default_manager.exclude(pk__in=[one.pk for one in kept]):
        if _is_chosen(row):
            continue
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue  # a program holds on to it


def _is_chosen(row: Any) -> bool:
    """Whether a program or an entry refers to it many to many, which would not keep it from being deleted."""
    relations = [one for one in row._meta.get_fields(include_hidden=True) if one.many_to_many and one.auto_created]
    return any(
        one.through._base_manager.filter(**{one.field.m2m_reverse_field_name(): row.pk}).exists()
        for one in relations
        if issubclass(one.related_model, Tenant)
    )
