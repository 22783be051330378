"""The status of an activity with parts or topics follows from them: written down here, so that lists can ask the database for it.

Whoever changes something that others follow holds the program's row: two parts finished at once would otherwise not see one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from deflection.enums import ActivityStatus
from deflection.models import Program, ProgramActivity
from deflection.selectors import checklist_of

if TYPE_CHECKING:
    from deflection.checklist import Checklist
    from phast.access.actor import Actor

NO_PART_APPLIES = "None of its parts applies."


def locked(program: Program | int) -> Program:
    """The program's row, locked until the transaction ends."""
    key = program if isinstance(program, int) else program.pk
    return Program.objects.select_for_update(no_key=True, of=("self",)).get(pk=key)


def settle(program: Program, *, by: Actor) -> Checklist:
    """Writes down what follows from what was said. The caller holds the program's row. Answers the checklist as it stands."""
    found = checklist_of(program)
    for line in found:
        if line.status != line.row.status:
            write_status(line.row, line.status, NO_PART_APPLIES if line.follows_parts else "", by=by)
    return found


def write_status(row: ProgramActivity, status: ActivityStatus, reason: str = "", *, by: Actor) -> None:
    """Sets the status with what belongs to it, and saves these alone. Done twice stays done when it was."""
    if status != ActivityStatus.DONE:
        row.done_at = row.done_by = None
    elif row.done_at is None:
        row.done_at, row.done_by = timezone.now(), by.user
    row.status = status
    row.reason = reason if status == ActivityStatus.NOT_APPLICABLE else ""
    row.save(update_fields=["status", "reason", "done_at", "done_by"])
