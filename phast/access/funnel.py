"""The one funnel: every read of tenant rows starts with `.visible_to(actor, action)`.

A tenant model names its path to the coalition and, where it has one, to the partner. What "assigned" and "released" mean
for it, it says in two class methods. A model that leaves them out shows nothing to the scopes it cannot answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from django.db import models
from django.db.models import Q

from .table import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .actor import Actor
    from .table import Action


# An empty Q is no condition, not "every row": "x or nothing" would be x alone. These two say what they mean.
EVERY_ROW = Q(pk__isnull=False)
NO_ROW = Q(pk__in=[])


class TenantQuerySet(models.QuerySet):
    """A query set that knows who is asking."""

    @property
    def _tenant(self) -> type[Tenant]:
        return cast("type[Tenant]", self.model)

    def of(self, coalition: models.Model) -> Self:
        """Rows of one coalition, for code that acts for the portal itself (tasks, commands), not for a person."""
        return self.filter(**{self._tenant.coalition_path: coalition.pk})

    def visible_to(self, actor: Actor, action: Action) -> Self:
        """The rows of the actor's coalition that the policy lets them use for `action`; none when it gives no right."""
        reach = NO_ROW
        for grant in actor.grants(action):
            if grant.scope == Scope.COALITION or (grant.scope == Scope.PARTNER and self._tenant.shared_by_partners):
                return self.of(actor.coalition)
            if grant.scope == Scope.PARTNER:
                reach |= self._tenant.of_partners([cast("int", grant.partner_id), *grant.merged_ids], action)
            elif grant.scope == Scope.ASSIGNED:
                reach |= self._tenant.assigned_to(actor)
            elif grant.scope == Scope.RELEASED:
                reach |= self._tenant.released()
        return self.of(actor.coalition).filter(reach)


class Tenant(models.Model):
    """A row that belongs to a coalition. Subclasses set `coalition_path`, and `partner_path` where a partner owns the row.

    `shared_by_partners`: no partner owns it and all use it (a reporting period), so a right over one partner's part reaches it.

    What follows tells redaction and the export of a whole coalition what a field holds; a field nobody speaks of holds words people
    typed. `codes`: fields with words of the program's own, such as a verb. `typed_keys`: JSON fields whose keys people typed, too.
    `hides_people`: who did it is told to nobody outside the agency; or the name of the field that says whether. `drawn_from`: None
    for files people added; for files the portal makes, the field with all the words they hold, or "everything". `kept_back`: fields that
    leave the portal in no file.
    """

    coalition_path = "coalition"
    partner_path: str | None = None
    shared_by_partners = False
    codes: ClassVar[frozenset[str]] = frozenset()
    typed_keys: ClassVar[frozenset[str]] = frozenset()
    hides_people: ClassVar[bool | str] = False
    drawn_from: ClassVar[str | None] = None
    kept_back: ClassVar[frozenset[str]] = frozenset()

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def of_partners(cls, keys: Sequence[int], action: Action) -> Q:
        """Which rows a right over a partner's part reaches. `keys`: the partner, then those that were merged into it.

        A row that two partners share, or that the coalition lends to all, says so in a method of its own. Answer without joins to many.
        """
        path = cls.partner_path
        if path is None:
            return NO_ROW
        if path == "pk":  # the partner itself: those merged into it are no partners any more
            return Q(pk=keys[0])
        return Q(**{f"{path}__in": keys}) if len(keys) > 1 else Q(**{path: keys[0]})

    @classmethod
    def assigned_to(cls, actor: Actor) -> Q:
        """Which rows are assigned to the person or to their partner. Answer with a subquery, not a join: rows stay single."""
        return NO_ROW

    @classmethod
    def released(cls) -> Q:
        """Which rows are released or published."""
        return NO_ROW

    @classmethod
    def without_file(cls, by: Any) -> dict[str, Any]:
        """What else becomes of a row whose file `by`, an account, had deleted because of a text in it: fields to set."""
        return {}

    def seal(self) -> str | None:
        """What `sha256` has to be for the row as it stands; None when the hash is of something else, such as a file."""
        return None
