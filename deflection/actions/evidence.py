"""What shows that an activity is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction

from deflection.enums import EvidenceKind
from deflection.models import Evidence, ProgramActivity
from phast import offers, uploads
from phast.audit import record
from phast.constraints import readable
from phast.personal import refuse_personal

if TYPE_CHECKING:
    from django.core.files import File

    from coalitions.models import Agreement
    from deflection.models import TrainingCount
    from phast.access.actor import Actor

MOST = 50
THERE = "This is among the evidence already."


@transaction.atomic
def add_evidence(
    *,
    activity: ProgramActivity,
    url: str = "",
    agreement: Agreement | None = None,
    training: TrainingCount | None = None,
    sop: str = "",
    label: str = "",
    by: Actor,
) -> Evidence:
    """Exactly one of a link, an agreement, a training of the same program, or the key of an SOP the actor may see.

    Raises ValidationError when it is none or several, when it stands there already, when there is no such SOP, and when there is no room.
    """
    refuse_personal(label)
    given = {"link": url, "agreement": agreement, "training": training, "sop": sop}
    kinds = [kind for kind, value in given.items() if value]
    if len(kinds) != 1:
        raise ValidationError("Give one thing: a link, a file, or something the portal knows.")
    if training is not None and training.program_id != activity.program_id:
        raise ValidationError("This training is of another program.")
    if Evidence.objects.filter(
        program_activity=activity, url=url, agreement=agreement, training=training, sop=sop
    ).exists():
        raise ValidationError(THERE)
    if sop:
        label = label or _title_of_sop(sop, by)
    row = Evidence(kind=kinds[0], url=url, agreement=agreement, training=training, sop=sop, label=label)
    return _keep(row, activity, by=by)


def add_evidence_file(*, activity: ProgramActivity, file: File, label: str = "", by: Actor) -> Evidence:
    """Keeps a file. Raises ValidationError for a kind or size that is not taken, and when there is no room."""
    refuse_personal(label)
    row = Evidence(kind=EvidenceKind.FILE, file_name=uploads.short_name(file.name or "file"), label=label)
    row.file = uploads.keep(row, file)
    try:
        return _keep(row, activity, by=by)
    except BaseException:
        default_storage.delete(row.file.name)  # nothing points to it
        raise


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: Actor) -> None:
    """Deletes it, with its file."""
    stored = evidence.file.name or ""
    record("evidence.removed", by=by, target=evidence, kind=evidence.kind)
    evidence.delete()
    if stored:
        transaction.on_commit(lambda: default_storage.delete(stored))


@transaction.atomic
def _keep(row: Evidence, activity: ProgramActivity, *, by: Actor) -> Evidence:
    held = ProgramActivity.objects.select_for_update(no_key=True, of=("self",)).get(pk=activity.pk)
    if Evidence.objects.filter(program_activity=held).count() >= MOST:
        raise ValidationError(f"An activity keeps at most {MOST} pieces of evidence. Remove one first.")
    row.program_activity, row.added_by = held, by.user
    with readable():
        row.save()
    record("evidence.added", by=by, target=row, kind=row.kind, activity=activity.pk)
    return row


def _title_of_sop(sop: str, by: Actor) -> str:
    for source in offers.sops:
        if title := next((one.title for one in source(by) if one.key == sop), ""):
            return title
    raise ValidationError("There is no such SOP. Choose one from the list.")
