"""A site's ledger as people read it: what came to its shelves and left them, and who said so."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Sum

from coalitions.models import Membership
from lbn.enums import Movement, StockReason, TransferState
from lbn.models import StockMovement
from phast.access.table import Action, Role

from .chain import THE_COORDINATOR

if TYPE_CHECKING:
    from lbn.models import Site
    from phast.access.actor import Actor

# Closing a site settles its shelves as a stock-take does.
CLOSED_OR_COUNTED = "The site was closed, or a stock-take was done, since then"


@dataclass(frozen=True)
class Entry:
    """An entry with what is told of it: the other site or who gave the kits (`about`), who entered it as this reader may know it, and
    how many kits were on the site's shelves `after` it (None in a list that leaves some out)."""

    row: StockMovement
    about: str
    who: str
    after: int | None


@dataclass(frozen=True)
class SiteLedger:
    """The entries a person asked for: of one site, of a kind, of a month."""

    actor: Actor
    site: Site
    kind: str = ""
    month: dt.date | None = None

    def rows(self) -> QuerySet[StockMovement]:
        """The entries, newest first."""
        related = ("lot", "created_by", "funding", "transfer__from_site__partner", "transfer__to_site__partner")
        rows = self._all().select_related(*related).order_by("-pk")
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.month:
            last = self.month.replace(day=calendar.monthrange(self.month.year, self.month.month)[1])
            rows = rows.filter(happened_on__range=(self.month, last))
        return rows

    def entries(self, rows: Iterable[StockMovement]) -> list[Entry]:
        """Rows that follow each other in the list, with what is told of them."""
        rows = list(rows)
        if not rows:
            return []
        after: int | None = None
        if not self.kind and not self.month:
            after = self._all().filter(pk__lte=rows[0].pk).aggregate(kits=Sum("kits"))["kits"] or 0
        found = []
        for row in rows:
            found.append(Entry(row, self.about(row), self.who(row), after))
            after = None if after is None else after - row.kits
        return found

    def about(self, row: StockMovement) -> str:
        """The other side of a transfer, who gave the kits and what paid for them, or why."""
        if row.transfer:
            other = row.transfer.from_site if row.kind == Movement.ARRIVED else row.transfer.to_site
            place = other.name if other.partner_id == self.site.partner_id else f"{other.name}, {other.partner}"
            return f"{'from' if row.kind == Movement.ARRIVED else 'to'} {place}"
        if row.reason == StockReason.SETTLED:
            return CLOSED_OR_COUNTED
        if row.reason:
            return row.get_reason_display()
        giver, payer = f"from {row.came_from}" if row.came_from else "", str(row.funding or "")
        return ", ".join(filter(None, [giver, payer]))

    def who(self, row: StockMovement) -> str:
        """Who made the entry: the person to their own agency, the agency to everybody else."""
        if row.kind == Movement.CAME_BACK and row.transfer and row.transfer.state == TransferState.DECLINED:
            return str(row.transfer.to_site.partner)
        if row.created_by_id in self._coordinators:
            return THE_COORDINATOR
        return str(row.created_by) if self._inside else str(self.site.partner)

    def _all(self) -> QuerySet[StockMovement]:
        return StockMovement.objects.visible_to(self.actor, Action.PROGRAM_SEE).filter(site=self.site)

    @cached_property
    def _inside(self) -> bool:
        grants = self.actor.grants(Action.PROGRAM_SEE)
        return any(self.site.partner_id in (grant.partner_id, *grant.merged_ids) for grant in grants)

    @cached_property
    def _coordinators(self) -> frozenset[int]:
        """Coordinators who are not of the agency, too."""
        all_of = Membership.objects.filter(coalition=self.actor.coalition.pk)
        own = all_of.filter(partner=self.site.partner_id).values("user")
        coordinators = all_of.filter(role=Role.COORDINATOR).exclude(user__in=own)
        return frozenset(coordinators.values_list("user", flat=True))
