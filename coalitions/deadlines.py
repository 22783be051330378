"""What on the home page has a date behind it: agreements that expire, money that ends, applications due, a library that grows old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from phast.access.funnel import EVERY_ROW
from phast.access.table import Action
from phast.offers import HomeCard
from phast.together import Answers, Counts, Questions, asking

from .enums import AgreementStatus, ApplicationStatus
from .expiry import days_away
from .home import shortened
from .library import stale
from .models import Agreement, FundingApplication, FundingSource, LibraryItem
from .models.agreement import WARNED_BEFORE
from .releases import Span

if TYPE_CHECKING:
    from phast.access.actor import Actor

LATE = dt.timedelta(days=30)  # a signed agreement that expired longer ago is no news
SOON, URGENT = dt.timedelta(days=30), dt.timedelta(days=7)


def _asks(actor: Actor) -> Questions:
    if not actor.can(Action.ENGAGEMENT_EDIT):
        return {}
    today = actor.coalition.today()
    signed = Agreement.objects.visible_to(actor, Action.ENGAGEMENT_EDIT).filter(status=AgreementStatus.SIGNED)
    open_ones = FundingApplication.objects.visible_to(actor, Action.ENGAGEMENT_EDIT).filter(
        status__in=(ApplicationStatus.PLANNED, ApplicationStatus.WRITING)
    )
    sources = FundingSource.objects.visible_to(actor, Action.ENGAGEMENT_EDIT)
    old = stale(LibraryItem.objects.visible_to(actor, Action.LIBRARY_SEE), today)
    return {
        "agreements": signed.filter(expires_on__range=(today - LATE, today + dt.timedelta(days=max(WARNED_BEFORE)))),
        "applications": open_ones.filter(deadline__range=(today, today + SOON)),
        "sources": sources.filter(to_on__range=(today, Span.quarter_of(today).to_on)),
        "library": Counts(old, {"stale": EVERY_ROW}),
    }


@asking(_asks)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """For who keeps the registers."""
    if not known:
        return []
    return [
        *_agreements(actor, known["agreements"]),
        *_applications(actor, known["applications"]),
        *_funding(actor, known["sources"]),
        *_library(actor, known["library"]["stale"]),
    ]


def _agreements(actor: Actor, near: list[Agreement]) -> Iterator[HomeCard]:
    today = actor.coalition.today()
    found = [(one, one.expires_on) for one in near if one.expires_on]
    if not found:
        return
    first, expires_on = found[0]
    away, urgent = days_away(expires_on, today), expires_on <= today + URGENT
    order, past = 12 if urgent else 45, sum(one.has_expired(today) for one, _ in found)
    if len(found) == 1:
        text = f"{first} {'expired' if past else 'expires'} {away}"
        url, note = _url(actor, "agreement_detail", first.pk), "Renew it, or say that it has ended."
        yield HomeCard(order, text, url, "See it", note=note, urgent=urgent)
        return
    when = "expired or will within 90 days" if past else "expire within 90 days"
    note = f"First: {first}, {'expired ' if past else ''}{away}"
    yield HomeCard(
        order, f"{len(found)} agreements {when}", _url(actor, "agreement_list"), "See them", note=note, urgent=urgent
    )


def _applications(actor: Actor, near: list[FundingApplication]) -> Iterator[HomeCard]:
    today = actor.coalition.today()
    for one in near:
        deadline = one.deadline or today
        urgent, text = deadline <= today + URGENT, f"{one} is due {days_away(deadline, today)}"
        url = _url(actor, "funding_application_detail", one.pk)
        yield HomeCard(14 if urgent else 42, text, url, "See the application", urgent=urgent)


def _funding(actor: Actor, found: list[FundingSource]) -> Iterator[HomeCard]:
    today = actor.coalition.today()
    if len(found) == 1:
        text = f"{found[0]} ends {days_away(found[0].to_on or today, today)}"
        yield HomeCard(46, text, _url(actor, "funding_source_detail", found[0].pk), "See what it pays for")
    elif found:
        text, note = f"{len(found)} sources of funding end this quarter", shortened([str(one) for one in found])
        yield HomeCard(46, text, f"{_url(actor, 'funding_source_list')}?ends=quarter", "See them", note=note)


def _library(actor: Actor, number: int) -> Iterator[HomeCard]:
    if number:
        text = f"{'item' if number == 1 else 'items'} of the library nobody has looked at for a year"
        url = f"{_url(actor, 'library_item_list')}?age=stale"
        yield HomeCard(70, text, url, "Look at them", number=str(number))


def _url(actor: Actor, name: str, *args: int) -> str:
    return reverse(f"coalitions:{name}", args=[actor.coalition.slug, *args])
