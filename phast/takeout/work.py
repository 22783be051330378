"""What the worker does with an export: reads everything as it was at one moment, and streams it into a zip on disk."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.module_loading import import_string

from phast.access.table import Action
from phast.jobs.lease import LeaseLost
from phast.jobs.models import JobFailed
from phast.snapshot import one_moment
from phast.tenancy import belonging, file_fields, name_field
from phast.uploads import short_name

from .describe import PEOPLE, about, columns_of, table_name
from .models import Takeout
from .readme import readme
from .tables import Entry, References, Writer, referred_rows, rows_of, tables, write_table

FOLDER = "takeouts"
TELL_EVERY = 1.0  # seconds
AT_ONCE = 1024 * 1024  # bytes of a file read at a time


def make(takeout: Takeout) -> None:
    """Writes the zip and keeps it. Raises JobFailed with a sentence, LeaseLost when another worker does it."""
    actor = import_string(settings.ACTOR_SOURCE)(user=takeout.requested_by, slug=takeout.coalition.slug)
    if actor is None or not takeout.requested_by.is_active or not actor.everywhere(Action.SETTINGS_MANAGE):
        raise JobFailed("The person who asked for this may no longer have it.")
    # The key and the run: the second is random, and the first finds what a run that stopped has left behind.
    name = f"{FOLDER}/{takeout.pk}-{takeout.claim.hex}.zip"  # type: ignore[union-attr]  # a running job has a claim
    path = Path(default_storage.path(name))
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(takeout)
        with one_moment():
            at = timezone.now()
            entries = write(
                part,
                takeout.coalition,
                with_history=takeout.with_history,
                by=takeout.requested_by,
                at=at,
                tell=_now_and_then(takeout.progress_to),
            )
        part.replace(path)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        rows = sum(entry.rows or 0 for entry in entries if entry.name.startswith("tables/"))
        takeout.write(file=name, sha256=sha256, size=path.stat().st_size, rows=rows, data_as_of=at)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise JobFailed(
            "The portal could not save the file, mostly because the disk is full. "
            "Please tell whoever runs the portal, and ask again afterwards."
        ) from error
    except LeaseLost:
        part.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise


def _now_and_then(tell: Callable[[int, str], None]) -> Callable[[int, str], None]:
    """Each telling takes a connection of its own: once a second is enough for who waits, and for the lease."""
    last = 0.0

    def told(percent: int, message: str) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY:
            tell(percent, message)
            last = time.monotonic()

    return told


def _remove(takeout: Takeout) -> None:
    """Deletes what earlier runs of the same export left behind."""
    for file in Path(default_storage.path(FOLDER)).glob(f"{takeout.pk}-*"):
        file.unlink(missing_ok=True)


def write(
    path: Path,
    coalition: Any,
    *,
    with_history: bool,
    by: Any,
    at: dt.datetime,
    tell: Callable[[int, str], None] = lambda percent, message: None,
) -> list[Entry]:
    """The zip at `path`; answers what is in it, without the manifest."""
    tell(1, "Counting")
    models_ = tables(with_history=with_history)
    total = max(1, sum(belonging(model, coalition).count() for model in models_))
    done = 0
    references = References.among(models_)
    entries: list[Entry] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        stamp = at.astimezone(dt.UTC)
        paths, missing = _files(archive, stamp, coalition, entries, tell)
        for model in models_:
            called = str(model._meta.verbose_name_plural)

            def progress(rows: int, called: str = called) -> None:
                nonlocal done
                done += rows
                tell(20 + 75 * done // max(total, done), f"Writing {called}")

            header = [column.name for column in columns_of(model)]
            out = Writer(archive, f"tables/{table_name(model)}.csv", stamp)
            entries.append(write_table(out, header, rows_of(model, coalition, references, paths), progress))
        outside = _referred(references)
        for model in outside:
            out = Writer(archive, f"tables/{table_name(model)}.csv", stamp)
            header = [column.name for column in columns_of(model)]
            entries.append(write_table(out, header, referred_rows(model, references)))
        out = Writer(archive, f"tables/{PEOPLE}.csv", stamp)
        entries.append(write_table(out, ["id", "name", "email", "is_member"], _people(coalition, references)))
        entries.append(_columns(archive, stamp, [*models_, *outside]))
        tell(97, "Describing it")
        text = readme(coalition, by=by, at=at, with_history=with_history, entries=entries, missing=missing)
        out = Writer(archive, "README.txt", stamp)
        out.write(text.encode())
        entries.append(out.close())
        out = Writer(archive, "manifest.csv", stamp)
        rows = [[entry.name, "" if entry.rows is None else entry.rows, entry.size, entry.sha256] for entry in entries]
        write_table(out, ["file", "rows", "bytes", "sha256"], rows)
    return entries


# ------------------------------------------------------------------ files people added
def _files(
    archive: zipfile.ZipFile, at: dt.datetime, coalition: Any, entries: list[Entry], tell: Callable[[int, str], None]
) -> tuple[dict[tuple[type[Any], Any], str], int]:
    """Puts them into the zip; answers where each stands, and how many are gone from the disk."""
    paths: dict[tuple[type[Any], Any], str] = {}
    missing = 0
    for model, field in file_fields(made=False):
        called = name_field(model, field)
        rows = belonging(model, coalition).exclude(**{field.name: ""}).order_by("pk")
        for key, stored, *name in rows.values_list("pk", field.name, *([called] if called else [])):
            tell(10, "Collecting files")
            wanted = f"files/{table_name(model)}/{key}-{_safe(name[0] if name else field.name + Path(stored).suffix)}"
            try:
                with field.storage.open(stored) as file:
                    out = Writer(archive, wanted, at)
                    while piece := file.read(AT_ONCE):
                        out.write(piece)
                    entries.append(out.close())
            except FileNotFoundError:
                missing += 1
            else:
                paths[model, key] = wanted
    return paths, missing


def _safe(name: str) -> str:
    """A name every file system takes."""
    return re.sub(r'[<>:"/\\|?*]', "_", short_name(name)).strip(". ") or "file"


# ------------------------------------------------------------------ what is referred to
def _referred(references: References) -> list[type[Any]]:
    """The reference data that rows refer to, and what that refers to in turn."""
    seen: set[tuple[type[Any], int]] = set()
    while True:
        found = [model for model in references.keys if model is not get_user_model()]
        state = {(model, len(references.keys[model])) for model in found}
        if state == seen:
            return sorted(found, key=table_name)
        seen = state
        for model in found:
            for _ in referred_rows(model, references):
                pass


def _people(coalition: Any, references: References) -> list[list[Any]]:
    """Members with their e-mail; of others who are named, the name alone."""
    membership = apps.get_model(settings.MEMBERSHIP_MODEL)
    members = set(belonging(membership, coalition).order_by().values_list("user_id", flat=True))
    keys = members | references.keys.get(get_user_model(), set())
    accounts = get_user_model()._default_manager.filter(pk__in=keys).order_by("pk")
    return [
        [account.pk, account.name, account.email if account.pk in members else "", account.pk in members]
        for account in accounts
    ]


# ------------------------------------------------------------------ descriptions
def _columns(archive: zipfile.ZipFile, at: dt.datetime, described: list[type[Any]]) -> Entry:
    rows: list[list[str]] = []
    for model in sorted(described, key=table_name):
        rows.append([table_name(model), "", "", about(model), ""])
        rows += [
            [table_name(model), column.name, column.type, column.meaning, column.refers_to]
            for column in columns_of(model)
        ]
    rows += [
        [PEOPLE, "", "", "Accounts that are members, or that other tables name.", ""],
        [PEOPLE, "id", "whole number", "Key", ""],
        [PEOPLE, "name", "text", "As colleagues know this person", ""],
        [PEOPLE, "email", "text", "E-mail address; of members only", ""],
        [PEOPLE, "is_member", "true or false", "Is in the coalition now", ""],
    ]
    return write_table(Writer(archive, "columns.csv", at), ["table", "column", "type", "meaning", "refers to"], rows)
