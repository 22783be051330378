"""What running a program puts on the home page, and on the pages about an agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from lbn.selectors.path import STEPS, agencies_on_the_path, steps_done
from phast.access.table import Action
from phast.offers import HomeCard, PartnerPage
from phast.together import Answers, Questions, asking

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor

TITLES = {
    "profile": "look over your agency’s profile",
    "at-risk": "say who is at risk",
    "sop": "make your procedure",
    "training": "train your people",
    "kits": "put kits on the shelf",
    "first-count": "count your first kit",
}
FIRST, LATER = 0, 55  # before "Left kits behind?" for who never did; after what is due for who counts already


def _asks(actor: Actor) -> Questions:
    own = actor.partner_ids(Action.PROGRAM_SEE)
    return {"begun": agencies_on_the_path(actor).filter(pk__in=own).exclude(next_step="")[:3]} if own else {}


@asking(_asks)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """For an agency whose program is not complete: the step to take next."""
    found = []
    for agency in known.get("begun", ()):
        number = list(STEPS).index(agency.next_step) + 1
        counts = agency.done_first_count
        whose = f" of {agency}" if len(known["begun"]) > 1 else ""
        text = f"{'Complete' if counts else 'Start'} your program{whose}: step {number} of {len(STEPS)}"
        url = reverse("lbn:program_detail", args=[actor.coalition.slug, agency.pk])
        note = f"Next: {TITLES[agency.next_step]}."
        found.append(HomeCard(LATER if counts else FIRST, text, url, "Go on", note=note))
    return found


def pages(actor: Actor, partner: Partner) -> list[PartnerPage]:
    """The agency's program, with how far it is."""
    if not (actor.can(Action.PROGRAM_SEE) and partner.agency_type):
        return []
    agency = agencies_on_the_path(actor).filter(pk=partner.pk).first()
    if agency is None:
        return []
    done = sum(steps_done(agency))
    note = f"{done} of {len(STEPS)} steps done"
    return [PartnerPage("Program", reverse("lbn:program_detail", args=[actor.coalition.slug, agency.pk]), note)]
