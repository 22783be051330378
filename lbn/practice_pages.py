"""Where something is done about an element of the practices: the pages that what to do next leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from lbn.enums import Evidence, InPlace
from phast.access.table import Action

if TYPE_CHECKING:
    from coalitions.models import Partner
    from lbn.models import PracticeElement
    from lbn.selectors.evidence import Shown
    from lbn.selectors.practices import Outline, Standing
    from phast.access.actor import Actor


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


@dataclass(frozen=True)
class _Page:
    """`of_agency`: there is one for each agency. `action`: the right it takes."""

    name: str
    label: str
    action: Action = Action.PROGRAM_SEE
    of_agency: bool = True

    def way(self, partner: Partner) -> Way:
        key = [partner.pk] if self.of_agency else []
        return Way(reverse(self.name, args=[partner.coalition.slug, *key]), self.label)


_PAGES: Mapping[Evidence, _Page] = {
    Evidence.KIT_DESIGN: _Page("lbn:kit_list", "Open the kit builder"),
    Evidence.AT_RISK: _Page("lbn:program_at_risk", "Choose the groups", Action.PRACTICE_EDIT),
    Evidence.COUNTS: _Page("lbn:period_list", "Report periods", Action.COUNTS_SEE, of_agency=False),
    Evidence.SOP: _Page("lbn:sop_list", "Open the procedure"),
    Evidence.TRAINING: _Page("lbn:training_list", "Open training"),
    Evidence.REFERRALS: _Page("lbn:referral_list", "Open referrals"),
    Evidence.PARTNERS: _Page("coalitions:sector_list", "See the sectors", Action.ROSTER_SEE, of_agency=False),
    Evidence.SHARED_WORK: _Page("lbn:training_list", "Open training"),
    Evidence.SEATS: _Page("coalitions:seat_list", "See the seats", Action.SETTINGS_MANAGE, of_agency=False),
    Evidence.RESOURCES: _Page("lbn:kit_list", "Check the resource card"),
    Evidence.FEEDBACK: _Page("lbn:feedback_new", "Add feedback", Action.FEEDBACK_WRITE, of_agency=False),
}
# Elements with a page of their own.
_OWN: Mapping[str, _Page] = {
    "people-before-data": _Page("lbn:count_log", "Log kits", Action.COUNTS_WRITE, of_agency=False),
    "compassionate-words": _Page("lbn:phrase_card", "Open the phrase card", of_agency=False),
}
# For who may not open the page itself.
_ASK = _Page("lbn:program_help", "Ask for support")


def page_for(element: PracticeElement, partner: Partner, actor: Actor) -> Way:
    """The page on which this actor does something about the element; where they may not, the one on which they ask for support."""
    page = _OWN.get(element.pk) or _PAGES[Evidence(element.evidence)]
    return (page if actor.can(page.action) else _ASK).way(partner)


def next_steps(
    latest: Standing | None, known: Mapping[str, Shown], practices: Outline, partner: Partner, actor: Actor
) -> list[Step]:
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
        way = page_for(element, partner, actor)
        steps.setdefault(way.url, Step(element, way, in_place))
    return list(steps.values())
