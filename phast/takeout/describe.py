"""What the tables and columns of an export hold, in words: worked out from the models themselves."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from phast.tenancy import SECRET, is_history, tenant_of

TYPES: tuple[tuple[type, str], ...] = (
    (models.BooleanField, "true or false"),
    (models.DateTimeField, "date and time (ISO 8601, UTC)"),
    (models.DateField, "date (ISO 8601)"),
    (models.JSONField, "JSON"),
    (models.DecimalField, "decimal number"),
    (models.IntegerField, "whole number"),
    (models.FloatField, "number"),
    (models.UUIDField, "UUID"),
    (models.FileField, "path of a file inside this zip; empty when there is none"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)
PEOPLE = "people"


@dataclass(frozen=True)
class Column:
    """A column of a table. `value` is the lookup that reads it, `words` the words for each value of a choice."""

    name: str
    type: str
    meaning: str
    refers_to: str
    value: str
    words: dict[Any, str] | None = None
    field: models.Field | None = None


def table_name(model: type[Any]) -> str:
    """What a table is called in the export: as in the database. Accounts are `people`."""
    return PEOPLE if model is get_user_model() else model._meta.db_table


def is_left_out(model: Any, field: models.Field) -> bool:
    """Secrets, what only the machines need that do the work, and what a model keeps back, in its history too."""
    kept_back = getattr(tenant_of(model), "kept_back", frozenset())
    return bool(SECRET.search(field.name)) or field.name in {"lease_until", "pgh_context"} or field.name in kept_back


def columns_of(model: Any) -> tuple[Column, ...]:
    """The columns of a table, in the order of the model. A choice gets a second one, with its words."""
    found = []
    for field in model._meta.concrete_fields:
        if is_left_out(model, field):
            continue
        meaning, refers = meaning_of(model, field), ""
        if field.is_relation:
            refers = f"{table_name(field.related_model)}.{field.target_field.attname}"
        found.append(Column(field.attname, _type(field), meaning, refers, field.attname, field=field))
        if field.choices:
            words = {value: str(label) for value, label in field.flatchoices}
            found.append(
                Column(f"{field.attname}_words", "text", f"{field.attname} in words", "", field.attname, words=words)
            )
    if is_history(model) and any(field.name == "pgh_context" for field in model._meta.concrete_fields):
        found.append(
            Column(
                "changed_by_id",
                "whole number",
                "Who made the change; empty: the portal itself",
                f"{PEOPLE}.id",
                "pgh_context__metadata__user",
            )
        )
    return tuple(found)


def meaning_of(model: type[Any], field: models.Field) -> str:
    """What a field holds: what its form says, what the model's description says, else its name in words."""
    if field.name.startswith("pgh_"):
        return {
            "pgh_id": "Key of this entry",
            "pgh_created_at": "When it was changed",
            "pgh_label": "What happened: insert, update or delete",
            "pgh_obj": "The row it is about; it may be deleted since",
        }.get(field.name, field.name)
    about = tenant_of(model)
    known = {each.name: each for each in about._meta.concrete_fields}.get(field.name, field)
    name = str(known.verbose_name)
    parts = [name[:1].upper() + name[1:], str(known.help_text), _said(about, field.name)]
    return ". ".join(part[:1].upper() + part[1:].rstrip(".") for part in parts if part)


def about(model: type[Any]) -> str:
    """A sentence or two on a table: the first paragraph of the model's description."""
    if is_history(model):
        return f"What rows of {table_name(tenant_of(model))} were, after each change."
    text = inspect.getdoc(model) or ""
    if not text or text.startswith(f"{model.__name__}("):  # Django's own, a list of fields
        return str(model._meta.verbose_name_plural).capitalize()
    return " ".join(text.split("\n\n")[0].replace("`", "").split())


def _said(model: type[Any], name: str) -> str:
    """What a description says of a field: the sentence that begins with its name, in the model or in one it builds on."""
    for each in model.__mro__:
        text = " ".join((each.__dict__.get("__doc__") or "").split())
        if issubclass(each, models.Model) and (
            found := re.search(rf"(?:^|[.;] |, )`{name}`(?:: | is | says | )(.+?)(?=[.;](?: |$)|, `|$)", text)
        ):
            return found.group(1).replace("`", "")
    return ""


def _type(field: models.Field) -> str:
    of = getattr(field, "target_field", field)  # a key is of the type of what it refers to
    return next((said for kind, said in TYPES if isinstance(of, kind)), of.get_internal_type())
