"""Entries of the registers: added, changed, removed. What they have in common is here, what is their own is in `coalitions.registers`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import transaction

from phast import audit, uploads
from phast.constraints import readable

if TYPE_CHECKING:
    from django.core.files import File

    from coalitions.models import LibraryItem
    from phast.access.actor import Actor


def add_entry(model: type[Any], *, values: Mapping[str, Any], file: File | None = None, by: Actor) -> Any:
    """A new entry of the coalition. Raises ValidationError when the database or the file's kind says no."""
    entry = model(coalition=by.coalition)
    if hasattr(entry, "created_by_id"):
        entry.created_by = by.user
    return _save(entry, values, file, False, by, f"{_noun(model)}.created")


def edit_entry(
    *,
    entry: Any,
    values: Mapping[str, Any],
    version: int | None,
    file: File | None = None,
    drop_file: bool = False,
    by: Actor,
) -> Any:
    """Changes what `values` names. `file` takes the place of the file there was; `drop_file` leaves none.

    Raises EditConflict when somebody saved it since `version`, ValidationError when the database or the file's kind says no.
    """
    return _save(entry, values, file, drop_file, by, f"{_noun(type(entry))}.changed", version)


@transaction.atomic
def remove_entry(*, entry: Any, by: Actor) -> None:
    """Deletes it with its file. Raises ValidationError when something still refers to it."""
    audit.record(f"{_noun(type(entry))}.removed", by=by, target=entry)
    stored = entry.file.name if hasattr(entry, "file") else ""
    with readable():
        entry.delete()
    _forget(stored)


def _save(
    entry: Any,
    values: Mapping[str, Any],
    file: File | None,
    drop_file: bool,
    by: Actor,
    verb: str,
    version: int | None = None,
) -> Any:
    """The file is written before the transaction, so that a full disk changes nothing, and deleted again when the row is refused."""
    stored = ""
    if file is not None:
        stored = uploads.keep(entry, file)
    try:
        with transaction.atomic():
            _write(entry, values, file, stored, drop_file, by, verb, version)
    except BaseException:
        if stored:
            default_storage.delete(stored)
        raise
    return entry


def _write(
    entry: Any,
    values: Mapping[str, Any],
    file: File | None,
    stored: str,
    drop_file: bool,
    by: Actor,
    verb: str,
    version: int | None,
) -> None:
    old = ""
    if entry.pk:
        entry.lock(version)
    if stored or drop_file:
        old = type(entry)._default_manager.values_list("file", flat=True).get(pk=entry.pk) if entry.pk else ""
        entry.file, entry.file_name = stored, uploads.short_name(file.name or "file") if file else ""
    many = {name: value for name, value in values.items() if entry._meta.get_field(name).many_to_many}
    for name, value in values.items():
        if name not in many:
            setattr(entry, name, value)
    with readable():
        entry.save()
    for name, value in many.items():
        getattr(entry, name).set(value)
    audit.record(verb, by=by, target=entry, fields=sorted(values))
    _forget(old)


def _forget(stored: str) -> None:
    if stored:
        transaction.on_commit(lambda: default_storage.delete(stored))


def _noun(model: type[Any]) -> str:
    return str(model._meta.model_name)


@transaction.atomic
def mark_reviewed(*, item: LibraryItem, by: Actor) -> None:
    """Says that the item of the library is still right as of today."""
    item.lock(None)
    item.reviewed_on = by.coalition.today()
    item.save()
    audit.record("libraryitem.reviewed", by=by, target=item)
