"""Putting a county's coalition under a state's: asked for by the one, accepted by the other, ended by either.

Each side's audit log tells its own side: who of the other coalition did it is not said.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from coalitions.models import Coalition
from coalitions.parents import would_circle
from phast import audit
from phast.access.actor import Actor


@transaction.atomic
def ask_parent(*, slug: str, by: Actor) -> None:
    """Asks the coalition at that address to be the parent. Says nothing about whether there is one: its coordinators find the request, or
    nobody does. An empty `slug` takes the request back."""
    coalition = Coalition.objects.get(pk=by.coalition.pk)
    coalition.lock(None)
    if slug and coalition.parent_id:
        raise ValidationError("This coalition has a parent. End that first.")
    if slug == coalition.slug:
        raise ValidationError("This is your own coalition’s address. Enter the parent’s.")
    coalition.parent_asked = slug
    coalition.save()
    audit.record("parent.asked" if slug else "parent.request_taken_back", by=by, target=coalition)


@transaction.atomic
def accept_child(*, child: Coalition, by: Actor) -> None:
    """Takes a coalition that asked for it as a child. Raises ValidationError when it asks no longer, or stands above already."""
    child, parent = _both_locked(child, by.coalition)
    if child.parent_id or child.parent_asked != parent.slug:
        raise ValidationError("This coalition no longer asks for it.")
    if would_circle(child, parent):
        raise ValidationError(f"{child} stands above your coalition already, so it cannot stand below it.")
    _put(child, parent)
    audit.record("parent.child_accepted", by=by, target=child)
    audit.record("parent.accepted", coalition=child, target=parent)


@transaction.atomic
def decline_child(*, child: Coalition, by: Actor) -> None:
    """Turns the request down. The child's people see that nobody is asked any more."""
    child, parent = _both_locked(child, by.coalition)
    if child.parent_asked != parent.slug:
        return
    child.parent_asked = ""
    child.save()
    audit.record("parent.child_declined", by=by, target=child)
    audit.record("parent.declined", coalition=child, target=parent)


@transaction.atomic
def end_child(*, child: Coalition, by: Actor) -> None:
    """Lets a child go: from now on the parent's people see nothing of it."""
    child, parent = _both_locked(child, by.coalition)
    if child.parent_id != parent.pk:
        raise ValidationError("This coalition is no longer under yours.")
    _put(child, None)
    audit.record("parent.child_ended", by=by, target=child)
    audit.record("parent.ended", coalition=child, target=parent)


@transaction.atomic
def leave_parent(*, by: Actor) -> None:
    """Leaves the parent: from now on its people see nothing of this coalition."""
    if by.coalition.parent is None:
        raise ValidationError("This coalition has no parent.")
    child, parent = _both_locked(by.coalition, by.coalition.parent)
    if child.parent_id is None:
        return
    _put(child, None)
    audit.record("parent.left", by=by, target=parent)
    audit.record("parent.child_left", coalition=parent, target=child)


@transaction.atomic
def set_parent(*, child: Coalition, parent: Coalition | None) -> None:
    """Says it for both sides, at the command line. Raises ValidationError when the parent stands below the child."""
    child, over = _both_locked(child, parent or child)
    if parent is not None and would_circle(child, over):
        raise ValidationError(f"{child} is or stands above {over}.")
    _put(child, over if parent is not None else None)
    for coalition in filter(None, (child, parent)):
        audit.record("parent.set", coalition=coalition, target=child)


def _put(child: Coalition, parent: Coalition | None) -> None:
    child.parent, child.parent_asked = parent, ""
    child.save()


def _both_locked(child: Coalition, parent: Coalition) -> tuple[Coalition, Coalition]:
    """Both rows, locked in the order of their keys, so that two who do the same at once wait for each other."""
    found = {}
    for pk in sorted({child.pk, parent.pk}):
        found[pk] = Coalition.objects.get(pk=pk)
        found[pk].lock(None)
    return found[child.pk], found[parent.pk]
