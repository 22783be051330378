"""A state over counties: which coalitions stand under one, and which have asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from phast.access.table import Action

from .models import Coalition, Release

if TYPE_CHECKING:
    from phast.access.actor import Actor


def children_of(actor: Actor) -> QuerySet[Coalition]:
    """The children of the actor's coalition, by name. Of these rows a page shows the name, and nothing else.

    The funnel answers for the actor's own coalition alone; that these are children of it is what makes their names theirs to see.
    """
    return (
        Coalition.objects.filter(parent=actor.coalition.pk).only("name", "slug", "parent", "time_zone").order_by("name")
    )


def waiting_for(actor: Actor) -> QuerySet[Coalition]:
    """Coalitions that ask the actor's to be their parent, by name."""
    asked = Coalition.objects.filter(parent_asked=actor.coalition.slug, parent=None)
    return asked.exclude(pk=actor.coalition.pk).only("name", "slug").order_by("name")


def children_with_releases(actor: Actor) -> list[tuple[Coalition, list[Release]]]:
    """Each child with the releases of it that the actor may read, newest first. Two queries."""
    found: dict[int, list[Release]] = {}
    for release in Release.objects.of_children(actor, Action.RELEASES_SEE).order_by("-from_on"):
        found.setdefault(release.coalition_id, []).append(release)
    return [(child, found.get(child.pk, [])) for child in children_of(actor)]


def would_circle(child: Coalition, parent: Coalition) -> bool:
    """True when the parent stands under the child already, or is it."""
    above: Coalition | None = parent
    while above is not None:
        if above.pk == child.pk:
            return True
        above = above.parent
    return False
