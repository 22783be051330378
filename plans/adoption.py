"""Who has adopted what: the grid, how it went over time, and the barriers it suggests. For the coordinator and the agencies' leads."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from coalitions.enums import PartnerStatus
from coalitions.models import Contact, Partner
from phast.access.table import Action
from plans.enums import Adoption
from plans.models import Barrier, Intervention, Plan, Stance

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

MONTHS = 12
IN_THE_WAY = (Adoption.OPPOSED, Adoption.CONSIDERING)


@dataclass(frozen=True)
class Tally:
    """Of how many partners each is true; a partner that was not asked is counted as that, never as opposed."""

    adopted: int = 0
    considering: int = 0
    opposed: int = 0
    not_asked: int = 0

    @classmethod
    def of(cls, stances: Iterable[Stance | None]) -> Tally:
        said = [stance.adoption if stance else "not_asked" for stance in stances]
        return cls(**{name: said.count(name) for name in ("adopted", "considering", "opposed", "not_asked")})

    @property
    def asked(self) -> int:
        return self.adopted + self.considering + self.opposed

    @property
    def partners(self) -> int:
        return self.asked + self.not_asked


@dataclass(frozen=True)
class Cell:
    """Where a partner stands on an intervention today; None when it was not asked."""

    intervention: Intervention
    partner: Partner
    stance: Stance | None
    can_edit: bool

    @property
    def key(self) -> str:
        return f"stance-{self.intervention.pk}-{self.partner.pk}"


@dataclass(frozen=True)
class Row:
    """A partner's cells, one for each intervention."""

    partner: Partner
    cells: list[Cell]

    @property
    def gaps(self) -> tuple[int, int]:
        """How many it has not adopted, and of how many it was not asked."""
        tally = Tally.of(cell.stance for cell in self.cells)
        return tally.partners - tally.adopted, tally.not_asked


@dataclass(frozen=True)
class Grid:
    """Partners × interventions, the largest gaps first. `tallies`: of all these partners, also where `rows` are narrowed by a text."""

    interventions: list[Intervention]
    rows: list[Row]
    tallies: dict[int, Tally]


def grid(plan: Plan, actor: Actor, *, agencies: bool = False, text: str = "") -> Grid:
    """Three queries. `agencies` leaves the other partners out; `text` narrows the rows to partners' names."""
    interventions = list(interventions_of(plan, actor))
    partners = list(partners_asked(actor, agencies=agencies))
    latest = {
        (stance.intervention_id, stance.partner_id): stance
        for stance in _latest(Stance.objects.visible_to(actor, Action.ADOPTION_SEE).filter(intervention__plan=plan))
    }
    everywhere, own = actor.everywhere(Action.ADOPTION_EDIT), actor.partner_ids(Action.ADOPTION_EDIT)
    rows = [
        Row(
            partner,
            [
                Cell(each, partner, latest.get((each.pk, partner.pk)), everywhere or partner.pk in own)
                for each in interventions
            ],
        )
        for partner in partners
    ]
    tallies = {each.pk: Tally.of(row.cells[at].stance for row in rows) for at, each in enumerate(interventions)}
    shown = [row for row in rows if text.casefold() in row.partner.name.casefold()]
    shown.sort(key=lambda row: (*(-gap for gap in row.gaps), row.partner.name.casefold()))
    return Grid(interventions, shown, tallies)


def interventions_of(plan: Plan, actor: Actor) -> QuerySet[Intervention]:
    return Intervention.objects.visible_to(actor, Action.ADOPTION_SEE).present().filter(plan=plan)


def partners_asked(actor: Actor, *, agencies: bool = False) -> QuerySet[Partner]:
    """The partners there are now, of whom it matters whether they have adopted something."""
    found = Partner.objects.visible_to(actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)
    return found.exclude(agency_type="") if agencies else found


def history_of(intervention: Intervention, partner: Partner, actor: Actor) -> list[Stance]:
    """Where the partner stood, the latest first."""
    found = Stance.objects.visible_to(actor, Action.ADOPTION_SEE).filter(intervention=intervention, partner=partner)
    return list(found.select_related("by"))


# ------------------------------------------------------------------ over time
def adoption_series(
    interventions: Iterable[int], *, until: dt.date, months: int = MONTHS
) -> dict[int, list[tuple[dt.date, int, int]]]:
    """(day, how many partners had adopted it, how many had been asked) at the end of each month and on the day `until`, by the key of
    the intervention.

    Counts only, of the partners there are now, so that a member who follows a measure learns no partner's stance. One query.
    """
    found: dict[int, list[Stance]] = {key: [] for key in interventions}
    for stance in _told(Stance.objects.filter(intervention__in=found), until) if found else ():
        found[stance.intervention_id].append(stance)
    return {
        key: [(day, tally.adopted, tally.asked) for day, tally in _over_time(stances, until, months)]
        for key, stances in found.items()
    }


def tallies_over_time(
    intervention: Intervention, *, until: dt.date, months: int = MONTHS
) -> list[tuple[dt.date, Tally]]:
    """At each of the last month ends, and on the day `until`: where the partners that had been asked stood. Begins with the month in
    which the first was asked."""
    return _over_time(list(_told(Stance.objects.filter(intervention=intervention), until)), until, months)


def _told(stances: QuerySet[Stance], until: dt.date) -> QuerySet[Stance]:
    """What partners that are still here had said by then, in the order they said it."""
    return stances.filter(since__lte=until).exclude(partner__status=PartnerStatus.INACTIVE).order_by("since", "pk")


def _over_time(stances: Sequence[Stance], until: dt.date, months: int) -> list[tuple[dt.date, Tally]]:
    found = []
    for day in month_ends(until, months) if stances else ():
        at = {stance.partner_id: stance for stance in stances if stance.since <= day}  # the latest wins
        if at:
            found.append((day, Tally.of(at.values())))
    return found


def month_ends(until: dt.date, months: int) -> list[dt.date]:
    """The last days of the months before that of `until`, and `until` itself: `months` days in all."""
    ends = [until]
    while len(ends) < months:
        ends.append(ends[-1].replace(day=1) - dt.timedelta(days=1))
    return ends[::-1]


def is_month_end(day: dt.date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


# ------------------------------------------------------------------ barriers
@dataclass(frozen=True)
class Suggestion:
    """A reason that stands in the way and is no barrier yet. `names`: the partner or person it names; then somebody has to say
    it in other words, for members read barriers."""

    stance: Stance
    names: str

    @property
    def text(self) -> str:
        return self.stance.reason


def suggested_barriers(plan: Plan, actor: Actor) -> list[Suggestion]:
    """The reasons of partners who oppose or consider, each once, that are not among the plan's barriers. Five queries."""
    known = {_plain(barrier.text) for barrier in Barrier.objects.present().filter(plan=plan)}
    known |= {_plain(barrier.detail) for barrier in Barrier.objects.present().filter(plan=plan).exclude(detail="")}
    names = names_of(actor.coalition)
    stances = Stance.objects.visible_to(actor, Action.ADOPTION_SEE).filter(intervention__plan=plan)
    found: dict[str, Suggestion] = {}
    for stance in _latest(stances):
        key = _plain(stance.reason)
        if key and key not in known and stance.adoption in IN_THE_WAY and key not in found:
            found[key] = Suggestion(stance, named_in(stance.reason, names))
    return list(found.values())


def named_in(text: str, names: Iterable[str]) -> str:
    """The first of the names that the text holds as words; empty when it holds none."""
    words = _folded(text)
    # First the cheap question: a state has thousands of names. A name may end in a full stop or a parenthesis, where `\b` finds no end.
    likely = (name for name in names if _folded(name) in words)
    return next((name for name in likely if re.search(rf"(?<!\w){re.escape(_folded(name))}(?!\w)", words)), "")


def names_of(coalition: Coalition) -> list[str]:
    """Whom a reason may not name: the partners and the people there. Two queries."""
    partners = Partner.objects.of(coalition).values_list("name", flat=True)
    return [*partners, *Contact.objects.of(coalition).values_list("name", flat=True)]


def _plain(text: str) -> str:
    """So that the same reason twice is one."""
    return _folded(text).rstrip(".!")


def _folded(text: str) -> str:
    """Small letters and single blanks."""
    return " ".join(text.casefold().split())


def _latest(stances: QuerySet[Stance]) -> QuerySet[Stance]:
    """The one that counts of each partner and each intervention that is still in the plan."""
    present = stances.filter(intervention__removed_at=None).exclude(partner__status=PartnerStatus.INACTIVE)
    return present.order_by("intervention_id", "partner_id", "-since", "-pk").distinct("intervention_id", "partner_id")
