"""What people do with a file of counts: upload it, say how it is read, agree to what would happen, give it up, or take it out again."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO, cast

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from coalitions.models import Partner
from lbn.actions.standing import record_for
from lbn.models import ColumnMapping, CountImport
from lbn.refusals import NotPossible
from phast.audit import record
from phast.jobs.lease import restart
from phast.jobs.models import JobState
from phast.sheets.refused import FileRefused
from phast.sheets.source import fingerprint
from phast.ui.templatetags.ui import local_date, number

from .check import forget_file
from .reading import Reading
from .refused import AlreadyImported
from .undo import refuse_closed
from .upload import look_over_all
from .words import ASKED, IMPORT, KEEP_ONE, LEAVE_OUT

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from phast.access.actor import Actor

Stage = CountImport.Stage
NAME_LENGTH = 100
ABANDONED = dt.timedelta(days=30)


def start_import(*, file: UploadedFile, partner: Partner | None, by: Actor) -> CountImport:
    """Keeps the file under a random name and answers the import. `partner`: the agency, where it is known already.

    Raises FileRefused: the file is no spreadsheet, is dangerous, is about persons, or is imported already. Then nothing is kept.
    """
    label = PurePath(file.name or "file").name[-NAME_LENGTH:]
    content = cast("BinaryIO", file.file)
    try:
        look_over_all(content, label)
    except FileRefused:
        _record("import.refused", None, partner, by)
        raise
    sha256 = fingerprint(content)
    if partner is not None:
        refuse_known(sha256, partner, by)
    content.seek(0)
    with transaction.atomic():
        count_import = CountImport.objects.create(
            coalition=by.coalition,
            partner=partner,
            state=JobState.DONE,  # nothing to work on before the person has said how to read it
            file=File(content, name="upload"),
            file_label=label,
            sha256=sha256,
            created_by=by.user,
        )
        record_import("import.uploaded", count_import, by)
    return count_import


@transaction.atomic
def set_reading(*, count_import: CountImport, reading: Reading, partner: Partner | None, by: Actor) -> None:
    """Says how the file is read and has it checked. Raises NotPossible when it is being worked on or over, AlreadyImported."""
    count_import = _lock(count_import)
    refuse_known(count_import.sha256, partner, by)
    restart(
        count_import,
        reading=reading.as_json(),
        partner=partner,
        created_by=by.user,
        stage=Stage.CHECKING,
        findings={},
        answers={},
    )
    record_import("import.read", count_import, by)


@transaction.atomic
def agree(*, count_import: CountImport, answers: dict[str, str], by: Actor) -> None:
    """Has the good rows imported, and those asked about as the answers say. Every question of the check needs one.

    Raises NotPossible (an answer is missing, the file is being worked on or over), AlreadyImported.
    """
    count_import = _lock(count_import)
    if count_import.stage != Stage.CHECKED:
        raise NotPossible("The file has to be checked first.")
    questions = count_import.findings["questions"]
    if any(answers.get(name) not in choices_of(name) for name in questions):
        raise NotPossible("Please answer every question first.")
    if not count_import.findings["accepted"] and not any(answers[name] == IMPORT for name in questions):
        raise NotPossible("No row is left to import.")
    refuse_known(count_import.sha256, count_import.partner, by)
    try:
        with transaction.atomic():
            restart(
                count_import,
                answers={name: answers[name] for name in questions},
                stage=Stage.IMPORTING,
                imported_by=by.user,
            )
            _remember(count_import)
    except IntegrityError:  # the same file, agreed to twice at once
        raise AlreadyImported("This file is being imported already.") from None
    record_import("import.agreed", count_import, by)


def _remember(count_import: CountImport) -> None:
    """Only now, and not when the columns were said: a file about persons is refused by its rows, and nothing of it stays."""
    if count_import.reading.get("signature"):
        ColumnMapping.objects.update_or_create(
            coalition=count_import.coalition,
            partner=count_import.partner,
            headers=count_import.reading["signature"],
            defaults={"reading": count_import.reading},
        )


@transaction.atomic
def undo_import(*, count_import: CountImport, by: Actor) -> None:
    """Has everything the import brought in taken out of every sum, corrections of it included. The file may be imported again.

    Raises NotPossible when it is not imported, or when some of its counts are in a closed period.
    """
    count_import = _own_row(count_import)
    again = count_import.stage == Stage.UNDOING and count_import.state == JobState.FAILED
    if count_import.stage != Stage.IMPORTED and not again:
        raise NotPossible("This import has moved on meanwhile: see below where it is.")
    refuse_closed(count_import)
    restart(count_import, stage=Stage.UNDOING, undone_by=by.user)
    record_import("import.undoing", count_import, by)


@transaction.atomic
def cancel_import(*, count_import: CountImport, by: Actor) -> None:
    """Gives the file up: it is deleted, nothing is imported. Raises NotPossible when it is being worked on or over."""
    count_import = _lock(count_import)
    count_import.stage, count_import.findings = Stage.CANCELLED, {}
    count_import.save(update_fields=["stage", "findings"])
    record_import("import.cancelled", count_import, by)
    transaction.on_commit(lambda: forget_file(count_import))


def forget_abandoned() -> int:
    """Gives up the uploads that nobody has finished for a month: a file that waits for nobody is not kept. Answers how many."""
    old = CountImport.objects.filter(
        created_at__lt=timezone.now() - ABANDONED,
        stage__in=[Stage.UPLOADED, Stage.CHECKED],
        state__in=[JobState.DONE, JobState.FAILED],
    )
    keys = list(old.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            found = old.select_for_update(of=("self",)).filter(pk=key).first()
            if found is None:  # somebody came back this moment
                continue
            found.stage, found.findings = Stage.CANCELLED, {}
            found.save(update_fields=["stage", "findings"])
            record("import.abandoned", coalition=found.coalition, target=found, partner=found.partner)
        forget_file(found)
    return len(keys)


def choices_of(question: str) -> tuple[str, ...]:
    """What a person may answer."""
    if question not in ASKED:
        return ()
    return (IMPORT, KEEP_ONE) if question == "alike_file" else (IMPORT, LEAVE_OUT)


def refuse_known(sha256: str, partner: Partner | None, by: Actor) -> None:
    """Raises AlreadyImported when this content is in, for the agency or for a file of several."""
    known = CountImport.objects.of(by.coalition).filter(
        sha256=sha256, stage__in=[Stage.IMPORTED, Stage.IMPORTING, Stage.UNDOING]
    )
    if partner is not None:
        known = known.filter(partner=partner) | known.filter(partner=None)
    before = known.order_by("imported_at").first()
    if before is None:
        return
    if before.stage == Stage.IMPORTING:
        raise AlreadyImported("This file is being imported already. Nothing was added.")
    if before.stage == Stage.UNDOING:
        raise AlreadyImported("An import of this file is being undone. Try again when that is over.")
    rows = before.findings.get("imported", {}).get("rows", 0)
    raise AlreadyImported(
        f"This file was already imported on {local_date(before.imported_at)}, with {number(rows)} rows. Nothing was added."
    )


def _own_row(count_import: CountImport) -> CountImport:
    locked = CountImport.objects.select_for_update(of=("self",)).select_related("coalition", "partner")
    return locked.get(pk=count_import.pk)


def _lock(count_import: CountImport) -> CountImport:
    found = _own_row(count_import)
    if not found.waits_for_person:
        raise NotPossible("This import has moved on meanwhile: see below where it is.")
    return found


def record_import(verb: str, count_import: CountImport, by: Actor) -> None:
    """One audit event of the import. Who counted is named inside their agency alone, so who imports is too."""
    _record(verb, count_import, count_import.partner, by)


def _record(verb: str, count_import: CountImport | None, partner: Partner | None, by: Actor) -> None:
    if partner is None:
        record(verb, by=by, target=count_import)
    else:
        record_for(verb, partner=partner, by=by, target=count_import)
