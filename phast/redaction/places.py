"""Where a text stands in a coalition."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from phast.tenancy import (
    belonging,
    file_fields,
    history_models,
    is_history,
    name_field,
    tenant_models,
    tenant_of,
    words_in,
)

from . import contents, people
from .found import Found, Places
from .matching import Needle, Preview, texts_of
from .models import Redaction

AT_ONCE = 500  # rows fetched at a time
FILE_SECONDS = 20.0  # for all files; a page waits for it


def find(coalition: Any, needle: Needle) -> Found:
    """Looks everywhere."""
    groups: list[Places] = []
    for model in [*tenant_models(), *history_models()]:
        groups += in_table(model, coalition, needle)
    added, unread = in_files(coalition, needle)
    groups += added
    groups += in_made_files(coalition, needle, groups)
    groups += people.in_accounts(coalition, needle)
    groups += people.in_admin_log(coalition, needle)
    groups += people.in_refused_addresses(coalition, needle)
    groups += people.in_sessions(coalition, needle)
    return Found([group for group in groups if group.count], unread, people.stays(coalition, needle))


# ------------------------------------------------------------------ tables
def rows_with(
    model: type[Any], coalition: Any, needle: Needle, names: list[str], *, lock: bool = False
) -> Iterator[dict]:
    """Rows of a table whose fields `names` may hold it, as dictionaries with "pk". Locked until the transaction ends, if asked."""
    fields = [field for field in words_in(model) if field.name in names]
    if not fields:
        return
    rows = belonging(model, coalition)
    quick = [
        needle.sql(model._meta.db_table, str(field.column), is_json=isinstance(field, models.JSONField))
        for field in fields
    ]
    if all(quick):
        rows = rows.filter(reduce(or_, (Q(_holds(condition)) for condition in quick if condition)))
    if lock:
        rows = rows.select_for_update(of=("self",))
    yield from rows.order_by("pk").values("pk", *names).iterator(chunk_size=AT_ONCE)


def _holds(condition: tuple[str, list[str]]) -> RawSQL:
    return RawSQL(condition[0], condition[1], output_field=models.BooleanField())  # noqa: S611 - names of our own tables; what was typed is a parameter


def in_table(model: type[Any], coalition: Any, needle: Needle) -> list[Places]:
    """The fields of one table, each with where it stands."""
    about = tenant_of(model)
    fields = words_in(model)
    groups = {field.name: Places(key_of(model, field.name), label_of(model, field)) for field in fields}
    for row in rows_with(model, coalition, needle, list(groups)):
        for name, group in groups.items():
            texts = texts_of(row[name], needle, keys=name in about.typed_keys)
            if texts:
                group.add(row["pk"], needle.preview(texts[0]))
    return list(groups.values())


def key_of(model: type[Any], field_name: str) -> str:
    return f"{model._meta.label_lower}.{field_name}"


def label_of(model: type[Any], field: Any) -> str:
    """A field as people know it: "Partners, earlier: address of the organization"."""
    table = str(tenant_of(model)._meta.verbose_name_plural)
    when = ", earlier" if is_history(model) else ""
    return f"{table[:1].upper()}{table[1:]}{when}: {field.verbose_name}"


# ------------------------------------------------------------------ files
def in_files(coalition: Any, needle: Needle) -> tuple[list[Places], list[str]]:
    """Files people added that hold it, and the names of those that could not be read, or not in time."""
    groups, unread = [], []
    until = time.monotonic() + FILE_SECONDS
    for model, file in file_fields(made=False):
        group = Places(f"{key_of(model, file.name)}:added", f"{label_of(model, file)}", "The file is deleted.")
        called = name_field(model, file)
        rows = belonging(model, coalition).exclude(**{file.name: ""}).order_by("pk")
        for row in rows.values_list("pk", file.name, *([called] if called else [])):
            key, stored, name = row[0], row[1], row[2] if called else f"the {file.verbose_name}"
            if time.monotonic() > until:
                unread.append(name)
                continue
            try:
                preview = _in_file(file.storage, stored, needle)
            except contents.CannotRead:
                unread.append(name)
            except FileNotFoundError:
                continue
            else:
                if preview is not None:
                    group.add(key, preview)
        groups.append(group)
    return groups, unread


def _in_file(storage: Any, name: str, needle: Needle) -> Preview | None:
    with storage.open(name) as file:
        for text in contents.texts_in(file):
            if (preview := needle.preview(text)) is not None:
                return preview
    return None


def in_made_files(coalition: Any, needle: Needle, groups: list[Places]) -> list[Places]:
    """Files the portal made of rows that hold it. They are not opened: what they say stands in their row, in the coalition's name, or,
    for the export of everything, anywhere."""
    in_name = needle.stands_in(str(coalition))
    made = []
    for model, file in file_fields(made=True):
        rows = belonging(model, coalition).exclude(**{file.name: ""})
        if model.drawn_from == "everything":
            does = "Not searched: they hold everything. They are deleted; ask for a new one."
            kind = "unsearched"
        else:
            kind = "made"
            does = "The file is deleted; it can be made again."
            if not in_name:
                own = {key_of(model, field.name) for field in words_in(model)}
                rows = rows.filter(pk__in={key for group in groups if group.key in own for key in group.keys})
        group = Places(f"{key_of(model, file.name)}:{kind}", label_of(model, file), does)
        for key in rows.order_by("pk").values_list("pk", flat=True):
            group.add(key)
        made.append(group)
    return made


# ------------------------------------------------------------------ afterwards
def resealed(redactions: Sequence[Redaction], coalition: Any) -> list[list[dict[str, str]]]:
    """For each redaction the frozen rows that carry another hash since: what they are called, the hash before and after."""
    keys: dict[str, set[Any]] = {}
    for entry in (entry for redaction in redactions for entry in redaction.sealed):
        keys.setdefault(entry["table"], set()).add(entry["id"])
    rows = {
        (table, row.pk): str(row)
        for table, wanted in keys.items()
        for row in belonging(apps.get_model(table), coalition).filter(pk__in=wanted).select_related()
    }
    return [
        [
            {"name": rows.get((entry["table"], entry["id"]), ""), "before": entry["before"], "after": entry["after"]}
            for entry in redaction.sealed
        ]
        for redaction in redactions
    ]
