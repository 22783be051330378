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
    kept: dict[type[models.Model], list[Any]] = {}
    for model, name, key in (
        (DeflectionModel, "models.csv", ["key"]),
        (Activity, "activities.csv", ["key"]),
        (Topic, "topics.csv", ["key"]),
        (ModelItem, "model_items.csv", ["model_id", "number"]),
        (ActivityOffer, "activity_offers.csv", ["narrower_id"]),
        (ResourceCategory, "resource_categories.csv", ["key"]),
        (Audience, "audiences.csv", ["key"]),
        (Pathway, "pathways.csv", ["key"]),
        (ModelPathway, "model_pathways.csv", ["model_id", "pathway_id"]),
    ):
        kept[model] = _load(model, name, key)
    _pair(ModelItem.topics.through, kept[ModelItem], "model_items.csv", "topics")
    _pair(ActivityOffer.richer.through, kept[ActivityOffer], "activity_offers.csv", "richer")
    for model in reversed(kept):
        _remove_others(model, kept[model])
    complete_programs()
    return (
        f"{len(kept[DeflectionModel])} deflection models with {len(kept[ModelItem])} lines, {len(kept[Activity])} activities, "
        f"{len(kept[Topic])} topics, {len(kept[ResourceCategory])} kinds of local help, {len(kept[Pathway])} pathways"
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file below `deflection/data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load(model: type[models.Model], name: str, key: list[str]) -> list[Any]:
    """Upserts a file whose columns are the model's fields, but for those that name several rows."""
    plain = {field.name: field for field in model._meta.concrete_fields}
    records = [
        {
            plain[column].attname: value or (None if plain[column].null else "")
            for column, value in row.items()
            if column in plain
        }
        for row in rows(name)
    ]
    fields = [column for column in records[0] if column not in key]
    found = [model(**record) for record in records]
    return model._default_manager.bulk_create(found, update_conflicts=True, unique_fields=key, update_fields=fields)


def _pair(through: type[Any], owners: list[Any], name: str, column: str) -> None:
    """Relates each row of a file to those that its column names, and to no others."""
    _, owner, other = (field.attname for field in through._meta.concrete_fields)
    wanted = {(row.pk, key) for row, said in zip(owners, rows(name), strict=True) for key in said[column].split()}
    there = {(pair[0], pair[1]): pair[2] for pair in through._default_manager.values_list(owner, other, "pk")}
    through._default_manager.filter(pk__in=[there[pair] for pair in there.keys() - wanted]).delete()
    new = sorted(wanted - there.keys())
    through._default_manager.bulk_create([through(**{owner: pair[0], other: pair[1]}) for pair in new])


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
