"""The supply page: the shelves of one agency or of all, in numbers and site by site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models import Count as Number
from django.db.models.functions import Coalesce, RowNumber

from coalitions.enums import PartnerStatus
from coalitions.models import Coalition, Partner
from lbn.enums import Movement, TransferState
from lbn.models import Site, StockBalance, StockMovement, StockTake, Transfer
from phast.access.table import Action

from .supply import SOON, USE_OVER, below_par, can_receive, on_shelves

if TYPE_CHECKING:
    from phast.access.actor import Actor

BELOW, CLOSED = "below", "closed"
SHOWN = 8  # lots of a site that stand in a list of sites; the site's own page has all


@dataclass(frozen=True)
class Standing:
    """Kits on the shelves (`kits`), those of them that expire `soon` or have `expired`, and `coming` from other sites; how many sites
    are `below` their level, and how many offers are `waiting`. `days`: for how many days what can be used lasts at the pace of the
    last 90; None when none were left behind."""

    kits: int
    soon: int
    expired: int
    coming: int
    below: int
    waiting: int
    days: int | None


@dataclass(frozen=True)
class Offer:
    """Kits offered to another site, and whether this person may answer for the receiving side or for the sending one."""

    transfer: Transfer
    may_accept: bool
    may_withdraw: bool


def keepers(actor: Actor, action: Action, *, to_open: bool = False) -> list[Partner]:
    """Partners whose shelves the actor may use for `action`, by name: a person's own; for who sees all, agencies and whoever keeps
    kits, or `to_open` a site, everybody."""
    seen = Partner.objects.visible_to(actor, action).exclude(status=PartnerStatus.INACTIVE)
    if actor.everywhere(action) and not to_open:
        seen = seen.filter(~Q(agency_type="") | Exists(Site.objects.filter(partner=OuterRef("pk"))))
    return list(seen)


def of_agency(rows: QuerySet[Any], agency: Partner | None, path: str = "partner") -> QuerySet[Any]:
    """The rows of the agency and of those that were merged into it; all for None."""
    return rows.filter(Q(**{path: agency}) | Q(**{f"{path}__merged_into": agency})) if agency else rows


def standing(actor: Actor, agency: Partner | None = None) -> Standing:
    """The shelves in numbers. One query."""
    today = actor.coalition.today()
    shelves = of_agency(on_shelves(actor), agency, "site__partner")
    left = of_agency(StockMovement.objects.visible_to(actor, Action.PROGRAM_SEE), agency, "site__partner").filter(
        kind__in=[Movement.LEFT, Movement.RETURNED], happened_on__gt=today - USE_OVER
    )
    coming = of_agency(_offered(actor), agency, "to_site__partner")
    found = (
        Coalition.objects.filter(pk=actor.coalition.pk)
        .annotate(
            on_shelf=_sum(shelves),
            expiring=_sum(shelves.filter(lot__expires_on__range=(today, today + SOON))),
            past=_sum(shelves.filter(lot__expires_on__lt=today)),
            left=_sum(left),
            coming=_sum(coming),
            below=_number(of_agency(below_par(actor), agency)),
            waiting=_number(_offers(actor, agency)),
        )
        .values_list("on_shelf", "expiring", "past", "coming", "below", "waiting", "left")
        .get()
    )
    used = -found[-1]
    days = (found[0] - found[2]) * USE_OVER.days // used if used > 0 else None
    return Standing(*found[:-1], days=days)


def offers(actor: Actor, agency: Partner | None = None) -> QuerySet[Transfer]:
    """Offers that wait for an answer, the longest waiting first."""
    related = ("lot", "from_site__partner", "to_site__partner")
    return _offers(actor, agency).select_related(*related).order_by("pk")


def answerable(actor: Actor, transfers: Sequence[Transfer]) -> list[Offer]:
    """The offers with what this person may answer."""
    if actor.everywhere(Action.SUPPLY_EDIT):
        return [Offer(transfer, True, True) for transfer in transfers]
    ours = {key for grant in actor.grants(Action.SUPPLY_EDIT) for key in (grant.partner_id, *grant.merged_ids)}
    return [
        Offer(transfer, transfer.to_site.partner_id in ours, transfer.from_site.partner_id in ours)
        for transfer in transfers
    ]


def described(actor: Actor) -> QuerySet[Site]:
    """Every site, open or closed. `kits`, `lots` and `past` (expired kits) of what is on the shelf; `first`: when the first that can be
    used expire; `taken_on`: the day of the last stock-take."""
    today = actor.coalition.today()
    here = StockBalance.objects.filter(site=OuterRef("pk"), kits__gt=0)
    usable = here.filter(lot__expires_on__gte=today)
    takes = StockTake.objects.filter(site=OuterRef("pk")).order_by("-taken_on")
    return (
        Site.objects.visible_to(actor, Action.PROGRAM_SEE)
        .select_related("partner")
        .annotate(
            kits=_sum(here),
            past=_sum(here.filter(lot__expires_on__lt=today)),
            lots=_number(here),
            first=Subquery(_one(usable, Min("lot__expires_on"))),
            taken_on=Subquery(takes.values("taken_on")[:1]),
        )
    )


def sites(actor: Actor, agency: Partner | None = None, only: str = "") -> QuerySet[Site]:
    """Sites as `described`, by agency and name: the open ones, `only` those "below" their level, or the "closed" ones."""
    rows = of_agency(described(actor), agency).filter(is_active=only != CLOSED)
    rows = rows.filter(par__gt=F("kits") - F("past")) if only == BELOW else rows
    return rows.order_by("partner__name", "partner", "name", "pk")


def with_lots(actor: Actor, shown: Sequence[Site]) -> list[Site]:
    """The sites, each with the first to expire of its `balances_shown`, and how many `more` there are. One query."""
    turn = Window(RowNumber(), partition_by=["site"], order_by=["lot__expires_on", "lot"])
    first = on_shelves(actor).filter(site__in=[site.pk for site in shown]).annotate(turn=turn).filter(turn__lte=SHOWN)
    lots: dict[int, list[StockBalance]] = {}
    for balance in first:
        lots.setdefault(balance.site_id, []).append(balance)
    found: list[Any] = list(shown)
    for site in found:
        site.balances_shown = lots.get(site.pk, [])
        site.more = site.lots - len(site.balances_shown)
        site.is_low = site.par is not None and site.kits - site.past < site.par
    return found


def to_count(actor: Actor, site: Site) -> QuerySet[StockBalance]:
    """The lots of a stock-take: what is on the shelf, what expires first first, then lots that are used up as far as anybody knows."""
    gone = ExpressionWrapper(Q(kits=0), output_field=BooleanField())
    return (
        StockBalance.objects.visible_to(actor, Action.SUPPLY_EDIT)
        .filter(Q(kits__gt=0) | Q(lot__expires_on__gte=actor.coalition.today()), site=site)
        .select_related("lot")
        .annotate(gone=gone)
        .order_by("gone", "lot__expires_on", "lot")
    )


def destinations(actor: Actor, balance: StockBalance) -> list[tuple[str, list[tuple[int, str]]]]:
    """Open sites that kits of this shelf may go to, by agency: the agency's own first."""
    groups: dict[int, tuple[str, list[tuple[int, str]]]] = {}
    own = balance.site.partner
    for site in can_receive(actor).exclude(pk=balance.site_id).order_by("partner__name", "partner", "name"):
        groups.setdefault(site.partner_id, (site.partner.name, []))[1].append((site.pk, site.name))
    mine = groups.pop(own.pk, None)
    return [*([(f"{own.name}, moved at once", mine[1])] if mine else []), *groups.values()]


def _offered(actor: Actor) -> QuerySet[Transfer]:
    return Transfer.objects.visible_to(actor, Action.PROGRAM_SEE).filter(state=TransferState.OFFERED)


def _offers(actor: Actor, agency: Partner | None) -> QuerySet[Transfer]:
    if agency is None:
        return _offered(actor)
    sides = Q()
    for path in ("from_site__partner", "to_site__partner"):
        sides |= Q(**{path: agency}) | Q(**{f"{path}__merged_into": agency})
    return _offered(actor).filter(sides)


def _one(rows: QuerySet[Any], what: Any) -> QuerySet[Any]:
    """The rows as one, for a subquery that answers `what` of all of them."""
    return rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them").annotate(answer=what).values("answer")


def _sum(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(_one(rows, Sum("kits"))), 0)


def _number(rows: QuerySet[Any]) -> Coalesce:
    return Coalesce(Subquery(_one(rows, Number(F("pk"), distinct=True))), 0)
