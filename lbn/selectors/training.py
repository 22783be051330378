"""What the portal knows of training: sessions, what they covered, and how many are trained. Counts only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count as CountOf
from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Lower

from coalitions.enums import PartnerStatus
from coalitions.models import Partner
from lbn.enums import SessionKind
from lbn.models import Count, PersonnelCount, SessionPart, TrainingElement, TrainingSession
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor

# Of an agency the outer query is about.
_COUNTS = Count.objects.filter(coalition=OuterRef("coalition"), partner=OuterRef("pk"), voided_at=None)
_PERSONNEL = PersonnelCount.objects.filter(partner=OuterRef("pk"))
_PARTS = SessionPart.objects.filter(partner=OuterRef("pk"), took_part__gt=0)
NOBODY_TRAINED = ~Exists(_PERSONNEL.filter(trained__gt=0)) & ~Exists(_PARTS.filter(trained__gt=0))
# Before its first count, an agency nobody of which is known to be trained is told so.
UNTRAINED_FIRST_COUNT = ~Exists(_COUNTS) & NOBODY_TRAINED


@dataclass(frozen=True)
class Held:
    """A session as a page lists it, with the agencies that took part.

    `numbers`: how many took part and were trained, of the agency the page is about, or else of all that the person reads about; None
    while they are still to come. `part`: where that agency's numbers stand. `is_ours`: the person may change the session.
    """

    session: TrainingSession
    agencies: list[Partner]
    numbers: tuple[int, int] | None
    part: SessionPart | None
    is_ours: bool


@dataclass(frozen=True)
class Totals:
    """The latest numbers of all agencies together, and how many agencies have none trained."""

    agencies: int
    taking_part: int
    trained: int
    due: int
    untrained: int


def warns_untrained(partner: Partner) -> bool:
    """True before an agency's first count when nobody of it is known to be trained. It is told, and may count all the same."""
    return Partner.objects.filter(UNTRAINED_FIRST_COUNT, pk=partner.pk).exists()


def begins_with(partner: Partner) -> SessionPart | None:
    """What the agency's first numbers may begin with: its part in the latest session that trained somebody. None once it has numbers."""
    if PersonnelCount.objects.filter(partner=partner).exists():
        return None
    parts = SessionPart.objects.filter(partner=partner, trained__gt=0).select_related("session")
    return parts.order_by("-session__held_on", "-pk").first()


# ------------------------------------------------------------------ the coalition
def agencies_in_training(actor: Actor) -> QuerySet[Partner]:
    """The active agencies the actor reads about, each with its latest numbers (`personnel`, None without any), the day of its last
    session (`last_session`), and whether nobody is trained (`untrained`)."""
    latest = _PERSONNEL.order_by("-as_of").values(
        told=JSONObject(taking_part="taking_part", trained="trained", due="due", as_of="as_of")
    )[:1]
    last = _PARTS.order_by().values("partner").annotate(day=Max("session__held_on")).values("day")
    return _agencies(actor).annotate(personnel=Subquery(latest), last_session=Subquery(last), untrained=NOBODY_TRAINED)


def totals(actor: Actor) -> Totals:
    """The sums over the active agencies, in three queries."""
    agencies = _agencies(actor).order_by()
    latest = PersonnelCount.objects.filter(partner__in=agencies).order_by("partner_id", "-as_of").distinct("partner_id")
    numbers = latest.values_list("taking_part", "trained", "due")
    taking_part, trained, due = (sum(column) for column in zip((0, 0, 0), *numbers, strict=True))
    return Totals(agencies.count(), taking_part, trained, due, agencies.filter(NOBODY_TRAINED).count())


def _agencies(actor: Actor) -> QuerySet[Partner]:
    seen = Partner.objects.visible_to(actor, Action.PROGRAM_SEE).exclude(agency_type="")
    return seen.exclude(status=PartnerStatus.INACTIVE)


def sessions_of(actor: Actor, partner: Partner | None = None) -> QuerySet[TrainingSession]:
    """The sessions the actor reads, the latest first; with `partner`, those it held or took part in."""
    parts = SessionPart.objects.select_related("partner").order_by(Lower("partner__name"))
    seen = TrainingSession.objects.visible_to(actor, Action.PROGRAM_SEE).select_related("partner")
    seen = seen.prefetch_related("elements", Prefetch("parts", parts))
    if partner is None:
        return seen
    took_part = SessionPart.objects.filter(partner=partner).values("session")
    return seen.filter(Q(partner=partner) | Q(pk__in=took_part))


def held(sessions: Sequence[TrainingSession], actor: Actor, partner: Partner | None = None) -> list[Held]:
    """Sessions as they are listed, in two more queries however many they are."""
    keys = [session.pk for session in sessions]
    changes = _keys(TrainingSession.objects.visible_to(actor, Action.SUPPLY_EDIT).filter(pk__in=keys))
    readable = _keys(SessionPart.objects.visible_to(actor, Action.PROGRAM_SEE).filter(session__in=keys))
    return [_held(session, readable, session.pk in changes, partner) for session in sessions]


def _keys(rows: QuerySet[Any]) -> set[int]:
    return set(rows.order_by().values_list("pk", flat=True))


def _held(session: TrainingSession, readable: set[int], is_ours: bool, partner: Partner | None) -> Held:
    parts = list(session.parts.all())
    told = [part for part in parts if part.pk in readable and partner in (None, part.partner)]
    took_part, trained = sum(part.took_part for part in told), sum(part.trained for part in told)
    numbers = (took_part, trained) if took_part else None
    return Held(session, [part.partner for part in parts], numbers, told[0] if partner and told else None, is_ours)


def by_kind(sessions: QuerySet[TrainingSession]) -> list[tuple[str, str, int]]:
    """Key, name and number of sessions of each kind, in the order of the list; kinds without a session too."""
    numbers = dict(sessions.order_by().values_list("kind").annotate(CountOf("pk", distinct=True)))
    return [(kind.value, str(kind.label), numbers.get(kind, 0)) for kind in SessionKind]


# ------------------------------------------------------------------ an agency
def covered_by(partner: Partner) -> list[TrainingElement]:
    """The eight elements, each with the day it was `last_covered` by a session in which people of the agency took part, or None."""
    through: Any = TrainingSession.elements.through
    last = (
        through.objects.filter(
            trainingelement=OuterRef("pk"),
            trainingsession__parts__partner=partner,
            trainingsession__parts__took_part__gt=0,
        )
        .order_by("-trainingsession__held_on")
        .values("trainingsession__held_on")[:1]
    )
    return list(TrainingElement.objects.annotate(last_covered=Subquery(last)))


def last_session_day(partner: Partner) -> dt.date | None:
    """When people of the agency last took part in a session."""
    return SessionPart.objects.filter(partner=partner, took_part__gt=0).aggregate(day=Max("session__held_on"))["day"]
