"""What the coalition's own pages put on the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from phast import offers
from phast.access.actor import Actor
from phast.access.table import Action
from phast.jobs.models import JobState
from phast.offers import Figure, HomeCard
from phast.together import Answers, Counts, Questions, asking

from .models import Partner, Position, Release
from .releases import Span
from .rules import invitations_handled
from .selectors import sectors_with_here


def _cards_ask(actor: Actor) -> Questions:
    coalition = actor.coalition
    questions: dict[str, QuerySet | Counts] = {}
    if actor.can(Action.PEOPLE_MANAGE):
        now = timezone.now()
        held_up = Q(expires_at__gt=now, state=JobState.WAITING, attempts__gt=0)
        open_ones = invitations_handled(actor).filter(accepted_at=None, withdrawn_at=None)
        questions["invitations"] = Counts(open_ones, {"unsent": held_up, "lost": Q(expires_at__lte=now)})
    if actor.everywhere(Action.SETTINGS_MANAGE):
        last = Span.quarter_of(coalition.today()).quarter_before
        published = Q(from_on=last.from_on, to_on=last.to_on)
        questions["releases"] = Counts(Release.objects.of(coalition), {"last": published})
        questions["agencies"] = Counts(Partner.objects.of(coalition), {"counted": Q(counts_since__lte=last.to_on)})
        questions["vacant"] = Position.objects.visible_to(actor, Action.ROSTER_SEE).filter(contact=None)
    return questions


@asking(_cards_ask)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """Invitations that wait for mail or ran out, a quarter to publish, positions nobody holds: for those who can do something
    about them."""
    slug = actor.coalition.slug
    found = []
    if number := known.get("invitations"):
        url = reverse("coalitions:invitation_list", args=[slug])
        if number["unsent"]:
            text = (
                "An invitation is not sent yet"
                if number["unsent"] == 1
                else f"{number['unsent']} invitations are not sent yet"
            )
            note = "Mail is down. They are kept and go out when it is back."
            found.append(HomeCard(15, text, url, "See invitations", note=note, urgent=True))
        if number["lost"]:
            text = "An invitation ran out" if number["lost"] == 1 else f"{number['lost']} invitations ran out"
            found.append(HomeCard(40, f"{text} unused", url, "Send again or withdraw"))
    if actor.everywhere(Action.SETTINGS_MANAGE):
        if not actor.coalition.counties.exists():
            text, url = "Say which counties the coalition covers", reverse("coalitions:county_list", args=[slug])
            found.append(HomeCard(5, text, url, "Choose counties", note="Maps and ZIP code checks start from them."))
        found += [*_quarter_over(actor, known), *_vacant(actor, known["vacant"])]
    return found


def _quarter_over(actor: Actor, known: Answers) -> Iterator[HomeCard]:
    """The quarter that ended last, until it is published, when an agency counted in it. Older ones may stay unpublished for good."""
    slug, last = actor.coalition.slug, Span.quarter_of(actor.coalition.today()).quarter_before
    is_open = last.to_on >= actor.coalition.program_start and not known["releases"]["last"]
    if is_open and known["agencies"]["counted"]:
        url = reverse("coalitions:release_list", args=[slug])
        note = "Members and observers read it once you do. Small counts are hidden."
        yield HomeCard(25, f"{last} can be published", url, "Look at it", note=note)


def _vacant(actor: Actor, vacant: list[Position]) -> Iterator[HomeCard]:
    """Positions that nobody holds, first of all those that plans count on."""
    if not vacant:
        return
    counted_on = {key for source in offers.positions_counted_on for key in source(actor)}
    missed = [position.title for position in vacant if position.pk in counted_on]
    text = f"{vacant[0].title} is vacant" if len(vacant) == 1 else f"{len(vacant)} positions are vacant"
    note = "" if len(vacant) == 1 else shortened([position.title for position in vacant])
    if missed:
        note = f"Plans count on: {shortened(missed)}" if len(vacant) > 1 else "Plans count on it"
    url = reverse("coalitions:position_list", args=[actor.coalition.slug])
    yield HomeCard(40 if missed else 60, text, url, "Fill positions", note=note)


def _figures_ask(actor: Actor) -> Questions:
    return {"releases": Release.objects.visible_to(actor, Action.RELEASES_SEE)[:1], "sectors": sectors_with_here(actor)}


@asking(_figures_ask)
def figures(actor: Actor, known: Answers) -> list[Figure]:
    """The total of the latest release, and how many of the sectors are at the table."""
    slug, found = actor.coalition.slug, []
    release = next(iter(known["releases"]), None)
    if release is not None and release.table["total"] is not None:
        url = reverse("coalitions:release_detail", args=[slug, release.pk])
        found.append(
            Figure(10, f"{release.table['total']:,}", "kits left behind", note=f"{release.span}, as published", url=url)
        )
    sectors = known["sectors"]
    missing = [sector.name for sector in sectors if not sector.here]
    url = reverse("coalitions:sector_list", args=[slug])
    note = f"Missing: {shortened(missing)}" if missing else "Every sector is here"
    here = str(len(sectors) - len(missing))
    found.append(Figure(90, here, "sectors at the table", of=str(len(sectors)), note=note, url=url))
    return found


def shortened(names: list[str]) -> str:
    """The first names of a list and how many more there are: "Parents, Pharmacies and 3 more"."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{', '.join(names[:2])} and {len(names) - 2} more"
