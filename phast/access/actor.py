"""An actor: a person in one coalition, with every membership they have there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .table import SECOND_FACTOR, TABLE, Action, Role, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phast.accounts.models import User


@dataclass(frozen=True)
class Grant:
    """One membership's answer to one action: how far, and for which partner (None where the membership has none).

    `merged_ids`: partners that turned out to be this one. What stays theirs on paper, such as counts, is this one's to see.
    """

    scope: Scope
    partner_id: int | None
    merged_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A membership as the policy needs it: the role, the partner it is held for, and the partners merged into that one."""

    role: Role
    partner_id: int | None = None
    partner_name: str = ""
    merged_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Actor:
    """`user` in `coalition`. A person may hold several memberships there; their rights add up.

    `contact_ids` are the coalition contacts that are this person, so that what is assigned to a contact is assigned to them.
    """

    user: User
    coalition: Any  # coalitions.Coalition; phast names the tenant only in foreign keys
    standings: Sequence[Standing]
    contact_ids: frozenset[int] = frozenset()

    def grants(self, action: Action) -> list[Grant]:
        """Every grant the person's memberships give for the action, without the empty ones."""
        pairs = ((TABLE[action][standing.role], standing) for standing in self.standings)
        return [
            Grant(scope, standing.partner_id, standing.merged_ids)
            for scope, standing in pairs
            if scope != Scope.NONE and not (scope == Scope.PARTNER and standing.partner_id is None)
        ]

    def can(self, action: Action) -> bool:
        """True when at least one membership gives the action some reach. Which rows it reaches is the funnel's answer."""
        return bool(self.grants(action))

    def everywhere(self, action: Action) -> bool:
        """True when the action reaches the whole coalition."""
        return any(grant.scope == Scope.COALITION for grant in self.grants(action))

    def partner_ids(self, action: Action) -> frozenset[int]:
        """The partners for which a membership gives the action partner scope."""
        return frozenset(
            g.partner_id for g in self.grants(action) if g.scope == Scope.PARTNER and g.partner_id is not None
        )

    @cached_property
    def own_partner_ids(self) -> frozenset[int]:
        """Every partner this person belongs to in the coalition."""
        return frozenset(s.partner_id for s in self.standings if s.partner_id is not None)

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(standing.role for standing in self.standings)

    @property
    def needs_second_factor(self) -> bool:
        """True when one of the person's roles may not be used with a password alone."""
        return bool(self.roles & SECOND_FACTOR)
