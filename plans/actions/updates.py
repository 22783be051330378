"""What became of a step: dated updates, comments, and the next occurrence of a step that comes again."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from plans.enums import StepStatus
from plans.models import Step, Update

from . import undo
from .change import changed
from .plan import locked
from .repeating import make_next
from .tree import GONE

if TYPE_CHECKING:
    from coalitions.models import Contact
    from phast.access.actor import Actor


@transaction.atomic
def update_step(
    *, step: Step, status: StepStatus | None, note: str = "", by: Actor, contact: Contact | None = None
) -> Update:
    """A dated update: what the status is now, and a note; with None as status a comment, which leaves the step as it is.

    `contact`: who answered an e-mail, where `by` has no user. Done and not done keep their pair of when and by whom; a step that comes
    again and is done for the first time makes its next occurrence. Raises ValidationError for a removed step and an empty comment.
    """
    if status is None and not note.strip():
        raise ValidationError("Write what you would like to say.")
    if status == StepStatus.DONE:
        locked(step.plan)  # before the step, as everybody who changes the order of steps does
    current = Step.objects.select_for_update(no_key=True).get(pk=step.pk)
    if current.removed_at is not None:
        raise ValidationError(GONE)
    now, was, following = timezone.now(), copy(current), None
    if status is not None:
        finishes = status == StepStatus.DONE and current.status != StepStatus.DONE
        if status != StepStatus.DONE:
            current.finished_at, current.finished_by = None, None
        elif finishes:
            current.finished_at, current.finished_by = now, by.user
        current.status = status
        current.save(update_fields=["status", "finished_at", "finished_by"])
        if finishes and current.repeats:
            following = make_next(step=current, by=by)
    update = Update.objects.create(
        step=current, status=status or "", note=note, at=now, by=by.user, by_contact=None if by.user else contact
    )
    changed(
        "step.commented" if status is None else "step.updated",
        plan=current.plan_id,
        target=current,
        by=by,
        undo=undo.all_of([undo.status(current, was), undo.removing(following) if following else None]),
        status=status or "",
        **({"contact": contact.pk} if contact else {}),
    )
    return update
