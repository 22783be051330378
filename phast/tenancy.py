"""What belongs to a coalition: every table that holds something of it, found by walking the models, so that none is forgotten.

A tenant model's rows, the rows that django-pghistory kept of them (also of rows that are deleted since), and the tables between two
models that refer to each other many to many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

from phast.access.funnel import Tenant

# Fields with something that opens a door or names a machine. They leave the portal in no export, and nobody typed them.
SECRET = re.compile(r"(^|_)(nonce|token|secret|password|claim|worker)(_|$)")
# Fields with hashes.
HASHES = frozenset({"sha256", "fingerprint"})


def tenant_models() -> list[type[Any]]:
    """Every table of tenant rows, app by app."""
    found = [model for model in apps.get_models() if issubclass(model, Tenant) and not model._meta.proxy]
    return sorted(found, key=lambda model: model._meta.label_lower)


def history_models() -> list[type[Any]]:
    """The tables that hold what tenant rows were before."""
    return [model for model in apps.get_models() if _tracked(model) is not None]


def pairings() -> list[tuple[type[Any], Any]]:
    """The tables between tenant rows and what they refer to many to many, each with the tenant model it belongs to."""
    return [
        (field.remote_field.through, model)
        for model in tenant_models()
        for field in model._meta.local_many_to_many
        if field.remote_field.through._meta.auto_created
    ]


def tenant_of(model: type[Any]) -> type[Any]:
    """The tenant model whose rows the model holds: itself, or the one it keeps the history of."""
    return _tracked(model) or model


def is_history(model: type[Any]) -> bool:
    return _tracked(model) is not None


def belonging(model: type[Any], coalition: Any) -> QuerySet:
    """The rows of a tenant model, of its history, or of a pairing, that belong to the coalition."""
    if issubclass(model, Tenant):
        return model._base_manager.filter(**{model.coalition_path: coalition.pk})
    if is_history(model):
        return model._base_manager.filter(_within(model, tenant_of(model).coalition_path, coalition))
    owner, field = next((owner, _side(through, owner)) for through, owner in pairings() if through is model)
    return model._base_manager.filter(**{f"{field}__in": belonging(owner, coalition).order_by().values("pk")})


def ever_keys(model: type[Any], coalition: Any) -> list[QuerySet]:
    """The keys of rows that are there, and of rows that were: history outlives what it is about."""
    keys = [belonging(model, coalition).order_by().values("pk")]
    for history in history_models():
        if tenant_of(history) is model:
            keys.append(belonging(history, coalition).order_by().values("pgh_obj_id"))
    return keys


def _within(model: type[Any], path: str, coalition: Any) -> Q:
    """A history row says itself what its row referred to; each step of the path is looked up in what is there and what was."""
    first, _, rest = path.partition("__")
    if first == "pk":
        return Q(pgh_obj_id=coalition.pk)
    if not rest:
        return Q(**{f"{first}_id": coalition.pk})
    parent = model._meta.get_field(first).related_model
    reach = Q()
    for keys in ever_keys(parent, coalition):
        reach |= Q(**{f"{first}_id__in": keys})
    return reach


def _side(through: type[Any], owner: type[Any]) -> str:
    """The reference of a pairing that leads to its owner; of two (steps that wait for steps) the first."""
    return next(field.name for field in through._meta.fields if field.is_relation and field.related_model is owner)


def _tracked(model: type[Any]) -> type[Any] | None:
    tracked = getattr(model, "pgh_tracked_model", None)
    return tracked if tracked is not None and issubclass(tracked, Tenant) else None


def words_in(model: type[Any]) -> list[models.Field]:
    """The fields of a table that can hold what somebody typed. A field is one unless it is a choice, a key, a hash or a code."""
    about = tenant_of(model)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not isinstance(field, models.SlugField)
        and not (field.primary_key or field.choices or field.name.startswith("pgh_"))
        and field.name not in about.codes
        and field.name not in HASHES
        and not SECRET.search(field.name)
    ]


def file_fields(*, made: bool) -> Iterator[tuple[type[Any], Any]]:
    """The file fields of tenant tables: of files the portal makes, or of those people added."""
    for model in tenant_models():
        for file in model._meta.concrete_fields:
            if isinstance(file, models.FileField) and (model.drawn_from is not None) is made:
                yield model, file


def name_field(model: type[Any], file: Any) -> str | None:
    """The field that keeps what the file was called."""
    names = {field.name for field in model._meta.concrete_fields}
    return next((name for name in (f"{file.name}_name", f"{file.name}_label", "name") if name in names), None)
