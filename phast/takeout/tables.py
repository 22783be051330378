"""Rows as CSV, one after the other, whatever their number."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from phast.access.funnel import Tenant
from phast.exports import FORMULA
from phast.tenancy import belonging, history_models, pairings, tenant_models, tenant_of

from .describe import PEOPLE, Column, columns_of, table_name

AT_ONCE = 2000  # rows fetched at a time
TELL_AFTER = 20_000  # rows


@dataclass(frozen=True)
class Entry:
    """A file inside the zip, for its manifest. `rows` is None for what is no table."""

    name: str
    sha256: str
    size: int
    rows: int | None = None


@dataclass
class References:
    """Keys of rows that exported rows refer to and that belong to no coalition: reference data and accounts."""

    keys: dict[type[Any], set[Any]] = field(default_factory=dict)

    @classmethod
    def among(cls, models_: Iterable[type[Any]]) -> References:
        """None so far, of every such table that these refer to: one that nothing refers to yet is in the export, empty."""
        outside = (_outside(column) for model in models_ for column in columns_of(model))
        return cls({model: set() for model in outside if model is not None})

    def note(self, model: type[Any], key: Any) -> None:
        if key is not None:
            self.keys.setdefault(model, set()).add(key)


def tables(*, with_history: bool) -> list[type[Any]]:
    """Every table with rows of a coalition's own: its models, the pairings between them, and their history."""
    found = [*tenant_models(), *(through for through, _ in pairings())]
    if with_history:
        found += history_models()
    return sorted(found, key=table_name)


class Writer:
    """Writes a file into the zip and keeps count of it."""

    def __init__(self, archive: zipfile.ZipFile, name: str, at: dt.datetime) -> None:
        self.name, self.size, self._hash = name, 0, hashlib.sha256()
        about = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
        about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o640 << 16
        self._file = archive.open(about, "w", force_zip64=True)

    def write(self, content: bytes) -> None:
        self.size += len(content)
        self._hash.update(content)
        self._file.write(content)

    def close(self, rows: int | None = None) -> Entry:
        self._file.close()
        return Entry(self.name, self._hash.hexdigest(), self.size, rows)


def write_table(
    out: Writer, header: Iterable[str], rows: Iterable[Iterable[Any]], tell: Callable[[int], None] | None = None
) -> Entry:
    """A CSV file with a byte order mark, which makes Excel read it as UTF-8. `tell` hears how many rows are written since."""
    buffer = io.StringIO()
    sheet = csv.writer(buffer)
    sheet.writerow(header)
    out.write(b"\xef\xbb\xbf")
    written = told = 0
    for row in rows:
        sheet.writerow([cell(value) for value in row])
        written += 1
        if written - told >= TELL_AFTER:
            out.write(_taken(buffer))
            if tell:
                tell(written - told)
            told = written
    out.write(_taken(buffer))
    if tell:
        tell(written - told)
    return out.close(written)


def _taken(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode("utf-8", errors="replace")
    buffer.seek(0)
    buffer.truncate()
    return content


def cell(value: Any) -> Any:
    """A value as it stands in a file. A text that a spreadsheet would take for a formula, and one that begins with an apostrophe,
    gets an apostrophe in front; taking one away gives back what was there."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith((*FORMULA, "'")) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
    return "" if value is None else value


def rows_of(
    model: type[Any], coalition: Any, references: References, paths: dict[tuple[type[Any], Any], str]
) -> Iterator[list[Any]]:
    """The coalition's rows of a table, cell by cell. `paths`: where a row's file stands inside the zip."""
    columns = columns_of(model)
    hidden = tenant_of(model).hides_people if issubclass(tenant_of(model), Tenant) else False
    lookups = [column.value for column in columns] + ([hidden] if isinstance(hidden, str) else [])
    noted = [(n, outside) for n, column in enumerate(columns) if (outside := _outside(column)) is not None]
    people = {n for n, model_ in noted if model_ is get_user_model()}
    rows = belonging(model, coalition).order_by("pk").values_list(*lookups, "pk")
    for found in rows.iterator(chunk_size=AT_ONCE):
        row = list(found)
        hide = hidden is True or (isinstance(hidden, str) and row[-2])
        for n, outside in noted:
            if hide and n in people:
                row[n] = None
            references.note(outside, row[n])
        for n, column in enumerate(columns):
            if column.words is not None:
                row[n] = column.words.get(row[n], row[n])
            elif isinstance(column.field, models.FileField):
                row[n] = paths.get((model, row[-1]), "")
        yield row[: len(columns)]


def _outside(column: Column) -> type[Any] | None:
    """The table of reference data, or of accounts, that a column refers to."""
    if column.refers_to == f"{PEOPLE}.id":
        return get_user_model()
    if column.field is None or not column.field.is_relation:
        return None
    model: Any = column.field.related_model
    return None if issubclass(model, Tenant) else model


def referred_rows(model: type[Any], references: References) -> Iterator[list[Any]]:
    """Rows of reference data that others referred to."""
    columns = columns_of(model)
    keys = sorted(references.keys[model], key=str)
    for start in range(0, len(keys), AT_ONCE):
        rows = model._base_manager.filter(pk__in=keys[start : start + AT_ONCE]).order_by("pk")
        for found in rows.values_list(*(column.value for column in columns)):
            row = list(found)
            for n, column in enumerate(columns):
                if column.words is not None:
                    row[n] = column.words.get(row[n], row[n])
                elif (outside := _outside(column)) is not None:
                    references.note(outside, row[n])
            yield row
