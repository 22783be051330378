"""What supply puts on the home page: kits that were offered, lots that expire, sites to fill up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from lbn.enums import TransferState
from lbn.models import Site, StockBalance, Transfer
from lbn.selectors.supply import below_par, expiring
from phast.access.funnel import EVERY_ROW
from phast.access.table import Action
from phast.offers import HomeCard
from phast.together import Answers, Counts, Questions, asking

if TYPE_CHECKING:
    from phast.access.actor import Actor


def _asks(actor: Actor) -> Questions:
    if not actor.can(Action.SUPPLY_EDIT):
        return {}
    lots = expiring(actor).select_related("lot", "site")
    offered = Transfer.objects.visible_to(actor, Action.SUPPLY_EDIT).filter(state=TransferState.OFFERED)
    to_answer = offered.filter(to_site__in=Site.objects.visible_to(actor, Action.SUPPLY_EDIT))
    low = below_par(actor).select_related(None)
    return {
        "lots": Counts(lots, {"lots": EVERY_ROW}),
        "first_lot": lots[:1],
        "offers": Counts(to_answer, {"offers": EVERY_ROW}),
        "first_offer": to_answer.select_related("from_site", "to_site").order_by("pk")[:1],
        "low": Counts(low, {"sites": EVERY_ROW}),
        "first_low": low.order_by("name")[:1],
    }


@asking(_asks)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """To an agency what concerns its shelves, to the coordinator what concerns all of them."""
    if not known:
        return []
    return [
        *_offers(actor, known["offers"]["offers"], known["first_offer"]),
        *_expiring(actor, known["lots"]["lots"], known["first_lot"]),
        *_low(actor, known["low"]["sites"], known["first_low"]),
    ]


def _offers(actor: Actor, number: int, first: list[Transfer]) -> Iterator[HomeCard]:
    if not first:
        return
    if actor.everywhere(Action.SUPPLY_EDIT):
        text = (
            "An offer of kits waits for an answer" if number == 1 else f"{number:,} offers of kits wait for an answer"
        )
        yield HomeCard(55, text, f"{_supply(actor)}?show=offers", "See it" if number == 1 else "See them")
        return
    offer = first[0]
    kits = f"{offer.kits:,} kit{'' if offer.kits == 1 else 's'}"
    text = f"{kits} from {offer.from_site} are on the way to {offer.to_site}"
    note = "" if number == 1 else f"And {number - 1:,} more"
    yield HomeCard(15, text, _supply(actor), "Say whether they are here", note=note)


def _expiring(actor: Actor, number: int, first: list[StockBalance]) -> Iterator[HomeCard]:
    if not first:
        return
    balance = first[0]
    on = balance.lot.expires_on
    past = on < actor.coalition.today()
    day = f"{on:%b} {on.day}, {on.year}"
    note = f"First: {balance.lot.number} at {balance.site}, {'expired' if past else 'expires'} {day}"
    if past:
        text = (
            "A lot has expired or will in 90 days"
            if number == 1
            else f"{number:,} lots have expired or will in 90 days"
        )
    else:
        text = "A lot expires in 90 days" if number == 1 else f"{number:,} lots expire in 90 days"
    order = 18 if past else 44
    yield HomeCard(order, text, f"{_supply(actor)}?show=expiring", "See which", note=note, urgent=past)


def _low(actor: Actor, number: int, first: list[Site]) -> Iterator[HomeCard]:
    if not first:
        return
    site = first[0]
    text = f"{site} is to be filled up" if number == 1 else f"{number:,} sites are to be filled up"
    usable = site.usable  # type: ignore[attr-defined]  # annotated by `below_par`
    note = f"{site}: {usable:,} of {site.par:,} kits"
    yield HomeCard(46, text, f"{_supply(actor)}?show=below", "See what is there", note=note)


def _supply(actor: Actor) -> str:
    return reverse("lbn:supply", args=[actor.coalition.slug])
