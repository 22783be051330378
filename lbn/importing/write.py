"""The second run of the job: all rows the person agreed to, or none, in one transaction.

The rows are read again from the same file and written with COPY: once through the file, a few thousand rows in memory. Triggers
ask whether the periods are open and keep the rollups (`lbn.models.triggers`). COPY passes pghistory's context by, which does not
matter: only updates and deletes of counts have a history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from coalitions.models import Partner
from coalitions.selectors import actor_for
from lbn.actions.counts import begin_counting
from lbn.actions.standing import on_behalf, record_for
from lbn.enums import Channel
from phast.audit import record
from phast.jobs.lease import write as write_job
from phast.jobs.models import JobFailed
from phast.sheets.refused import FileRefused
from phast.sheets.source import Row

from .around import surroundings
from .check import check_file, forget_file
from .likeness import OwnSpan, entries, likeness_of, likenesses
from .reading import Reading
from .rows import Fields, RowReader
from .slots import Slots
from .source import IMPORT_LOCK, data_rows, opened
from .words import FLAG, IMPORT

if TYPE_CHECKING:
    from lbn.models import CountImport
    from phast.access.actor import Actor

CHUNK = 5_000  # rows in memory at once

RECENT = dt.timedelta(days=31)
NULL = "\\N"
COLUMNS = (
    "coalition_id, partner_id, from_on, to_on, place, zip_code, kits, setting, recipient, kit_type_id, declined, none_available,"
    " reversals, source_id, client_key, fingerprint, created_at, created_by_id, on_behalf, channel"
)


class Stale(Exception):
    """Entries that look like rows of the file came while the person decided: they have to be asked again."""


def write_counts(count_import: CountImport) -> None:
    """Writes the rows. Raises JobFailed when nothing could be written, with the reason; the preview is then there again."""
    stages = count_import.Stage
    try:
        if count_import.stage == stages.IMPORTING:
            _write(count_import)
    except Stale:
        write_job(count_import, {"stage": stages.CHECKING})
        check_file(count_import, again=True)
    except FileRefused as refusal:
        _record_failure(count_import)
        raise JobFailed(f"Nothing was imported. {refusal}") from None
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "period_is_open":
            raise
        _record_failure(count_import)
        check_file(count_import)
        raise JobFailed(
            "Nothing was imported: a reporting period was closed meanwhile. Its rows are listed here."
        ) from None
    if count_import.stage == stages.IMPORTED:  # now, or by a worker that died after its commit
        forget_file(count_import)


def _record_failure(count_import: CountImport) -> None:
    """By itself: the transaction that was refused is gone, and its record with it."""
    with transaction.atomic():
        write_job(count_import, {"stage": count_import.Stage.CHECKED})
        actor = _actor(count_import)
        if actor and count_import.partner:
            record_for("import.failed", partner=count_import.partner, by=actor, target=count_import)
        elif actor:
            record("import.failed", by=actor, target=count_import)


def _actor(count_import: CountImport) -> Actor | None:
    """Who agreed, with the rights they have now."""
    if count_import.imported_by is None:
        return None
    return actor_for(user=count_import.imported_by, slug=count_import.coalition.slug)


def _write(count_import: CountImport) -> None:
    actor = _actor(count_import)
    if actor is None:
        raise FileRefused("You are no longer a member of this coalition.")
    reading = Reading.from_json(count_import.reading)
    with opened(count_import, reading.sheet) as table, transaction.atomic():
        with connection.cursor() as cursor:
            # Not a lock on the row: the progress is written to it from another connection.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORT_LOCK, count_import.pk])
        count_import.refresh_from_db(fields=["stage"])
        if count_import.stage != count_import.Stage.IMPORTING:
            return
        around = surroundings(count_import, actor, since_1904=table.since_1904)
        if _counts_now(count_import):
            _begin_counting(count_import)
        rows = data_rows(table, reading, count_import.progress_to)
        sums = _copy(count_import, rows, RowReader(reading, around), _Wanted(count_import, around.limits), actor)
        _finish(count_import, sums, actor)


def _begin_counting(count_import: CountImport) -> None:
    """Before the first row, in order: who logs a count locks its agency, then the sums; two who did it the other way round would wait
    for each other. Agencies that count already are not locked."""
    names = count_import.findings["agencies"]
    own = Partner.objects.of(count_import.coalition).filter(name__in=names, counts_since=None)
    for partner in own.select_for_update(no_key=True, of=("self",)).select_related("coalition").order_by("pk"):
        begin_counting(partner)


def _copy(
    count_import: CountImport, rows: Iterator[Row], reader: RowReader, wanted: _Wanted, actor: Actor
) -> dict[int, list[int]]:
    """Writes the wanted rows; answers rows and kits by agency."""
    sums: dict[int, list[int]] = {}
    behalf = {partner: "t" if on_behalf(actor, Partner(pk=partner)) else "f" for partner in wanted.partners}
    end = f"{timezone.now().isoformat()}\t{count_import.imported_by_id}"
    coalition, source = count_import.coalition_id, count_import.pk
    days, nothing, channel = DayTexts(), _besides([None, None, None]), str(Channel.FILE)

    def lines() -> Iterator[str]:
        for number, cells, mark in rows:
            for fields, flags, _, _, _, column in reader.read(number, cells, mark):
                if fields is None or not wanted.has(fields, flags):
                    continue
                partner, first, last, place, code, kits, setting, recipient, kit_type, *besides = fields
                total = sums.setdefault(partner, [0, 0])
                total[0] += 1
                total[1] += kits
                said = nothing if besides == [None, None, None] else _besides(besides)
                # Every value is one of ours: digits, days, or a word of a closed list. Nothing needs escaping.
                yield (
                    f"{coalition}\t{partner}\t{days[first]}\t{days[last]}\t{place}\t{code}\t{kits}\t{setting}\t{recipient}\t"
                    f"{kit_type or NULL}\t{said}\t{source}\t{key_of_row(source, number, column)}\t\t{end}\t{behalf[partner]}"
                    f"\t{channel}\n"
                )

    # Django wraps the errors of statements, not those of a COPY.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY lbn_count ({COLUMNS}) FROM STDIN") as copy,
    ):
        for chunk in batched(lines(), CHUNK):
            copy.write("".join(chunk))
    return sums


class DayTexts(dict[dt.date, str]):
    """A day as text, made once."""

    def __missing__(self, day: dt.date) -> str:
        text = self[day] = day.isoformat()
        return text


def _besides(numbers: list[int | None]) -> str:
    """Three cells of COPY."""
    return "\t".join(NULL if number is None else str(number) for number in numbers)


def key_of_row(import_id: int, number: int, column: int = 0) -> str:
    """The client key of a row, or of a cell of a wide one: always the same, so that a job that ran twice can write it once."""
    # A UUID of version 8, whose bits are ours: neighbours in the file are neighbours in the index, which is written faster.
    return f"{import_id:012x}8{column:03x}8{number:015x}"


def _finish(count_import: CountImport, sums: dict[int, list[int]], actor: Actor) -> None:
    """What belongs to the rows, in their transaction. Raises LeaseLost when another worker has taken over: then nothing is kept."""
    for partner in Partner.objects.of(count_import.coalition).filter(pk__in=sums):
        rows, kits = sums[partner.pk]
        record_for("counts.imported", partner=partner, by=actor, target=count_import, rows=rows, kits=kits)
    findings = count_import.findings | {
        "imported": {"rows": sum(rows for rows, _ in sums.values()), "kits": sum(kits for _, kits in sums.values())}
    }
    fields = {"stage": count_import.Stage.IMPORTED, "imported_at": timezone.now(), "findings": findings}
    write_job(count_import, fields)


def _counts_now(count_import: CountImport) -> bool:
    """History alone does not make an agency one that is expected to report."""
    last = count_import.findings["to_on"]
    return dt.date.fromisoformat(last) >= count_import.coalition.today() - RECENT


class _Wanted:
    """Which rows the person agreed to."""

    def __init__(self, count_import: CountImport, partners: Collection[int]) -> None:
        self.partners = partners
        answers, findings = count_import.answers, count_import.findings
        self._allowed = sum(bit for name, bit in FLAG.items() if answers.get(name) == IMPORT)
        self._keep_one = answers.get("alike_file") != IMPORT
        self._overlapping: set[OwnSpan] = set()
        if answers.get("overlap") != IMPORT:
            self._overlapping = {
                (partner, dt.date.fromisoformat(first), dt.date.fromisoformat(last))
                for partner, first, last in findings["overlaps"]
            }
        self._there, self._fresh = Slots(), Slots()
        if findings["to_on"]:
            first, last = dt.date.fromisoformat(findings["from_on"]), dt.date.fromisoformat(findings["to_on"])
            present = entries(partners, first, last)
            for like, _ in likenesses(present.filter(created_at__gt=findings["checked_at"])):
                self._fresh.add(like)
            if "alike_there" in findings["questions"] and answers.get("alike_there") != IMPORT:
                for like, _ in likenesses(present):
                    self._there.add(like)
        self._compares = bool(self._fresh or self._there or (self._keep_one and "alike_file" in findings["questions"]))
        self._written = Slots(findings["rows"] if self._compares else 0)

    def has(self, fields: Fields, flags: int) -> bool:
        """Whether the row is written. Raises Stale."""
        if flags & ~self._allowed or fields[:3] in self._overlapping:
            return False
        if self._compares:
            like = likeness_of(fields)
            if like in self._there or (self._keep_one and like in self._written):
                return False
            if like in self._fresh:
                raise Stale
            self._written.add(like)
        return True


def batched(lines: Iterator[str], size: int) -> Iterator[list[str]]:
    """Lists of `size` lines; the last may be shorter."""
    while chunk := list(islice(lines, size)):
        yield chunk
