"""Where something is done about an element of the practices: the pages that what to do next leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from lbn.enums import Evidence, InPlace

if TYPE_CHECKING:
    from coalitions.models import Partner
    from lbn.models import PracticeElement
    from lbn.selectors.evidence import Shown
    from lbn.selectors.practices import Outline, Standing


@dataclass(frozen=True)
class Way:
    """A page: its address and what the link to it says."""

    url: str
    label: str


@dataclass(frozen=True)
class Step:
    """An element that is not in place, and where to go for it. `in_place`: how far it is, if it is rated."""

    element: PracticeElement
    way: Way
    in_place: InPlace | None = None


# By what may show it: the page, whether it is the agency's own, and the words of the link.
_PAGES: Mapping[Evidence, tuple[str, bool, str]] = {
    Evidence.KIT_DESIGN: ("lbn:kit_list", True, "Open the kit builder"),
    Evidence.AT_RISK: ("lbn:at_risk", True, "Say who is at risk"),
    Evidence.COUNTS: ("lbn:period_list", False, "Report periods"),
    Evidence.SOP: ("lbn:sop_list", True, "Open the procedure"),
    Evidence.TRAINING: ("lbn:training_list", True, "Open training"),
    Evidence.REFERRALS: ("lbn:referral_list", True, "Open referrals"),
    Evidence.PARTNERS: ("coalitions:sector_list", False, "See the sectors"),
    Evidence.SHARED_WORK: ("lbn:training_list", True, "Open training"),
    Evidence.SEATS: ("coalitions:seat_list", False, "See the seats"),
    Evidence.RESOURCES: ("lbn:kit_list", True, "Check the resource card"),
    Evidence.FEEDBACK: ("lbn:feedback_new", False, "Add feedback"),
}
# Elements with a page of their own.
_OWN: Mapping[str, tuple[str, bool, str]] = {
    "people-before-data": ("lbn:count_log", False, "Log kits"),
    "compassionate-words": ("lbn:phrase_card", True, "Open the phrase card"),
}


def page_for(element: PracticeElement, partner: Partner) -> Way:
    """The page on which something is done about this element."""
    name, is_own, label = _OWN.get(element.pk) or _PAGES[Evidence(element.evidence)]
    slug = partner.coalition.slug
    try:
        return Way(reverse(name, args=[slug, partner.pk] if is_own else [slug]), label)
    except NoReverseMatch:
        return Way(reverse("lbn:practice_list", args=[slug, partner.pk]), label)


def next_steps(latest: Standing | None, known: Mapping[str, Shown], practices: Outline, partner: Partner) -> list[Step]:
    """What is not in place, the least far first; one step for each page, so that three steps are three different things.

    Before a first assessment, what the portal knows stands in for the ratings.
    """
    if latest:
        open_ones = [(one.element, one.in_place) for one in latest.not_in_place]
    else:
        every = [element for _, elements in practices for element in elements]
        open_ones = [(one, None) for one in every if known[one.pk].suggests == InPlace.NOT_YET]
    steps: dict[str, Step] = {}
    for element, in_place in open_ones:
        way = page_for(element, partner)
        steps.setdefault(way.url, Step(element, way, in_place))
    return list(steps.values())
