"""What every spreadsheet on its way in has in common: its name, what was said about it, and giving it up."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from phast.audit import record

from .refused import FileRefused
from .waiting import NAME_LENGTH, WaitingSheet

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from phast.access.actor import Actor

Sheet = TypeVar("Sheet", bound=WaitingSheet)


def name_of(file: UploadedFile) -> str:
    """What the file is called here. Raises FileRefused when it cannot be kept."""
    name = PurePath(file.name or "file").name[-NAME_LENGTH:]
    if "\x00" in name:
        raise FileRefused("The name of this file holds signs that cannot be kept. Give it another name and try again.")
    return name


def known_from_earlier(kind: type[Sheet], by: Actor) -> dict[str, str]:
    """What was said to be the same in the coalition's earlier imports of this kind; what was said last counts."""
    known: dict[str, str] = {}
    earlier = kind.objects.of(by.coalition).filter(finished_at__isnull=False).exclude(answers={})
    for answers in earlier.order_by("pk").values_list("answers", flat=True):
        known |= answers.get("same", {})
    return known


@transaction.atomic
def answer(*, sheet: Sheet, answers: dict[str, Any], by: Actor) -> Sheet:
    """Keeps what the person said so far. Raises ValidationError when the import is over."""
    found = type(sheet).waiting(sheet.pk)
    found.answers = {**found.answers, **answers}
    found.save(update_fields=["answers"])
    record(f"{found.VERB}.answered", by=by, target=found)
    return found


@transaction.atomic
def give_up(*, sheet: WaitingSheet, by: Actor) -> None:
    """Brings nothing in and keeps nothing of the spreadsheet. Raises ValidationError when the import is over."""
    found = type(sheet).waiting(sheet.pk)
    found.finish()
    record(f"{found.VERB}.given_up", by=by, target=found)
