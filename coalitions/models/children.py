"""What the people of a parent coalition see of its children: the second, narrower opening of the funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from phast.access.funnel import NO_ROW, TenantQuerySet
from phast.access.table import Action, Scope

if TYPE_CHECKING:
    from phast.access.actor import Actor

# All that opens for a parent (DESIGN, "Who may do what").
OPEN_TO_A_PARENT = frozenset({Action.RELEASES_SEE, Action.REQUESTS_HANDLE})


class ParentQuerySet(TenantQuerySet):
    """For the two kinds of rows that a parent's people see. No other model has it, so no other row can be reached this way."""

    def of_children(self, actor: Actor, action: Action) -> Self:
        """The rows of the children of the actor's coalition that the policy lets them use for `action`, where it opens at all.

        A right over the whole coalition reaches all of them; one over what is released reaches that. One over a partner's part reaches
        none: no partner of the parent stands in a child. Never mixed with the coalition's own rows.
        """
        children = self.filter(coalition__parent=actor.coalition.pk)
        scopes = {grant.scope for grant in actor.grants(action)} if action in OPEN_TO_A_PARENT else set()
        if Scope.COALITION in scopes:
            return children
        return children.filter(self._tenant.released() if Scope.RELEASED in scopes else NO_ROW)
