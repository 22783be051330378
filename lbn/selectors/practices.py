"""How far agencies are with the eight practices: as they rated themselves, once and over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coalitions.enums import PartnerStatus
from coalitions.models import Partner
from lbn.enums import InPlace
from lbn.models import Assessment, Practice, PracticeElement, Rating
from phast.access.table import Action

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from phast.access.actor import Actor

Outline = list[tuple[Practice, list[PracticeElement]]]
OPTIONAL = frozenset({"kit-basic-care"})  # source 004, practice 1
OVER_TIME = 5  # assessments side by side; more would be narrower than their dates


@dataclass(frozen=True)
class Rated:
    """An element, and how far it is; None is not rated. `before`: what it was the time before."""

    element: PracticeElement
    rating: Rating | None = None
    before: InPlace | None = None

    @property
    def in_place(self) -> InPlace | None:
        return InPlace(self.rating.in_place) if self.rating else None

    @property
    def change(self) -> str:
        """Since the time before, in a word; nothing when either is not rated."""
        if self.in_place is None or self.before is None:
            return ""
        if self.in_place == self.before:
            return "As before"
        return f"{'Up' if self.in_place > self.before else 'Down'} from “{self.before.label}”"


@dataclass(frozen=True)
class Level:
    """A practice with its elements as one assessment has them."""

    practice: Practice
    elements: list[Rated]

    @property
    def of(self) -> int:
        return len(self.elements)

    @property
    def rated(self) -> int:
        return sum(one.rating is not None for one in self.elements)

    @property
    def in_place(self) -> int:
        return sum(one.in_place == InPlace.IN_PLACE for one in self.elements)

    @property
    def mark(self) -> InPlace | None:
        """The practice as a whole: in place when every element is, not yet when none is begun, else mostly from the middle on."""
        if not self.rated:
            return None
        reached = sum(one.in_place or 0 for one in self.elements)
        if reached == InPlace.IN_PLACE * self.of:
            return InPlace.IN_PLACE
        if not reached:
            return InPlace.NOT_YET
        return InPlace.MOSTLY if 2 * reached >= InPlace.IN_PLACE * self.of else InPlace.STARTED

    @property
    def words(self) -> str:
        return f"{self.in_place} of {self.of} in place" if self.rated else "Not rated"


@dataclass(frozen=True)
class Standing:
    """An assessment with every practice in it."""

    assessment: Assessment
    levels: list[Level]

    @property
    def of(self) -> int:
        return sum(level.of for level in self.levels)

    @property
    def rated(self) -> int:
        return sum(level.rated for level in self.levels)

    @property
    def in_place(self) -> int:
        return sum(level.in_place for level in self.levels)

    def how_many(self, state: InPlace) -> int:
        """Elements with this rating."""
        return sum(one.in_place == state for level in self.levels for one in level.elements)

    @property
    def not_in_place(self) -> list[Rated]:
        """What is rated and not in place, the least far first, then in the order of the practices; what is optional comes last."""
        found = [
            one
            for level in self.levels
            for one in level.elements
            if one.in_place is not None and one.in_place != InPlace.IN_PLACE
        ]
        return sorted(found, key=lambda one: (one.element.pk in OPTIONAL, one.in_place or 0))


@dataclass(frozen=True)
class AgencyRow:
    """An agency on the coordinator's page. `latest`: its latest finished assessment; `open`: one that is begun."""

    partner: Partner
    latest: Standing | None = None
    open: Assessment | None = None


@dataclass(frozen=True)
class History:
    """The assessments of an agency: those that are finished, the latest first, and the one that is begun."""

    finished: list[Standing] = field(default_factory=list)
    open: Standing | None = None

    @property
    def latest(self) -> Standing | None:
        return self.finished[0] if self.finished else None

    @property
    def in_time(self) -> list[Standing]:
        """The last few, the earliest first."""
        return self.finished[:OVER_TIME][::-1]

    @property
    def course(self) -> list[tuple[str, list[int]]]:
        """For the chart of it: the month of each of these, the day where a month has two, and how many elements are how far, from in
        place down."""
        days = [one.assessment.assessed_on for one in self.in_time]
        several = len({(day.year, day.month) for day in days}) < len(days)
        return [
            (
                f"{day:%b} {day.day} {day.year}" if several else f"{day:%b} {day.year}",
                [one.how_many(state) for state in reversed(InPlace)],
            )
            for day, one in zip(days, self.in_time, strict=True)
        ]

    @property
    def rows(self) -> list[tuple[Practice, list[Level]]]:
        """Each practice with how far it was, time by time."""
        return [
            (levels[0].practice, list(levels)) for levels in zip(*(one.levels for one in self.in_time), strict=True)
        ]


def outline() -> Outline:
    """The practices in their order, each with its elements. One query."""
    found: dict[int, tuple[Practice, list[PracticeElement]]] = {}
    for element in PracticeElement.objects.select_related("practice"):
        found.setdefault(element.practice.number, (element.practice, []))[1].append(element)
    return [found[number] for number in sorted(found)]


def standing(
    assessment: Assessment, ratings: Iterable[Rating], practices: Outline, before: Mapping[str, InPlace] | None = None
) -> Standing:
    """The assessment as these ratings have it."""
    given, earlier = {one.element_id: one for one in ratings}, before or {}
    levels = [
        Level(practice, [Rated(one, given.get(one.pk), earlier.get(one.pk)) for one in elements])
        for practice, elements in practices
    ]
    return Standing(assessment, levels)


def history_of(partner: Partner, practices: Outline) -> History:
    """Every assessment of an agency. Two queries."""
    found = Assessment.objects.filter(partner=partner).select_related("partner").prefetch_related("ratings")
    standings: list[Standing] = []
    begun: Standing | None = None
    before: dict[str, InPlace] = {}
    for one in found.order_by("assessed_on", "pk"):
        ratings = list(one.ratings.all())
        made = standing(one, ratings, practices, before)
        if one.finished_at is None:
            begun = made
        else:
            standings.append(made)
            before = {rating.element_id: InPlace(rating.in_place) for rating in ratings}
    return History(standings[::-1], begun)


def assessed_agencies(actor: Actor, text: str = "") -> QuerySet[Partner]:
    """The agencies whose practices the actor may read, by name. They are never put in an order of how far they are."""
    seen = Partner.objects.visible_to(actor, Action.PROGRAM_SEE)
    seen = seen.exclude(agency_type="").exclude(status=PartnerStatus.INACTIVE).filter(merged_into=None)
    return seen.filter(name__icontains=text) if text else seen


def agency_rows(actor: Actor, partners: Sequence[Partner]) -> list[AgencyRow]:
    """The same agencies, each with its latest assessment. Four queries."""
    seen = Assessment.objects.visible_to(actor, Action.PROGRAM_SEE).filter(partner__in=partners)
    newest = seen.filter(finished_at__isnull=False).order_by("partner_id", "-assessed_on", "-pk").distinct("partner_id")
    practices = outline()
    latest = {one.partner_id: standing(one, one.ratings.all(), practices) for one in newest.prefetch_related("ratings")}
    begun = {one.partner_id: one for one in seen.filter(finished_at=None)}
    return [AgencyRow(one, latest.get(one.pk), begun.get(one.pk)) for one in partners]
