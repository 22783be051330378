"""What the people of a parent coalition see of its children: the second, narrower opening of the funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast

from phast.access.funnel import NO_ROW, TenantQuerySet
from phast.access.table import Scope

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.access.table import Action


class ParentQuerySet(TenantQuerySet):
    """For the two kinds of rows that a parent's people see, each under one action, the model's `opens_to_parent`. No other model has it, so
    no other row can be reached this way."""

    def of_children(self, actor: Actor, action: Action) -> Self:
        """The rows of the children of the actor's coalition that the policy lets them use for `action`, if it is the one that opens.

        A right over the whole coalition reaches all of them; one over what is released reaches that. One over a partner's part reaches
        none: no partner of the parent stands in a child. Never mixed with the coalition's own rows.
        """
        children = self.filter(coalition__parent=actor.coalition.pk)
        opens = action == cast("Any", self.model).opens_to_parent
        scopes = {grant.scope for grant in actor.grants(action)} if opens else set()
        if Scope.COALITION in scopes:
            return children
        return children.filter(self._tenant.released() if Scope.RELEASED in scopes else NO_ROW)
