"""What the coalition itself says in its summaries: who is at the table, work with the sectors, meetings, agreements, money."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.db.models.functions import Lower

from coalitions.engagement import rated
from coalitions.enums import (
    AgreementStatus,
    ApplicationStatus,
    EngagementStatus,
    MeetingStatus,
    PartnerStatus,
)
from coalitions.expiry import expiring
from coalitions.models import (
    Agreement,
    Attendance,
    CriticalElement,
    Decision,
    Engagement,
    FundingApplication,
    FundingSource,
    ListeningSession,
    Meeting,
    MeetingAction,
    Partner,
    Position,
    ReadinessRating,
    Seat,
    Sector,
    SectorCoverage,
)
from phast.access.table import Action, Scope
from phast.reports.summary import Audience, Big, Section, Table
from phast.ui.templatetags.ui import local_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from coalitions.models import Coalition
    from coalitions.releases import Span

ROWS = 10  # of a list, before "and 4 more"


def many(number: int, one: str, more: str = "") -> str:
    """ "1 partner", "1,204 partners"."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def listed(names: list[str]) -> str:
    """ "Parents, Pharmacies and Prescribers"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def partners(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """Active partners by sector, and where nobody is yet. A seat's sector is filled, without a word on by what."""
    scope = audience.sees(Action.ROSTER_SEE)
    if scope == Scope.NONE:
        return []
    found = Partner.objects.of(coalition).filter(merged_into=None)
    active = found.filter(status=PartnerStatus.ACTIVE).order_by(Lower("name"))
    by_sector: dict[str, list[str]] = defaultdict(list)
    for sector, name in active.filter(sectors__isnull=False).values_list("sectors", "name"):
        by_sector[sector].append(name)
    seats = set(Seat.objects.of(coalition).filter(left_on=None).values_list("sector", flat=True))
    sectors = list(Sector.objects.all())
    filled = [one for one in sectors if one.pk in by_sector or one.pk in seats]
    gaps = [one.name for one in sectors if one not in filled]
    vacant = list(Position.objects.of(coalition).filter(contact=None).values_list("title", flat=True))
    number = active.count()
    says = [f"Nobody is at the table yet for {listed(gaps)}." if gaps else "Every sector is at the table."]
    if vacant:
        says.append(f"Vacant positions: {listed(vacant)}.")
    if scope == Scope.COALITION:
        says += _joined(found, span) + _coverage(coalition, span, len(filled))
    rows = [[one.name, ", ".join(by_sector[one.pk]) or "Filled"] for one in filled]
    return [
        Section(
            order=10,
            title="Partners and gaps",
            figures=[
                Big(f"{len(filled)}", "sectors at the table", of=f"{len(sectors)}"),
                Big(f"{number:,}", "partner" if number == 1 else "partners"),
            ],
            says=says,
            tables=[Table("Active partners by sector", ["Sector", "Partners"], rows, words=2)] if rows else [],
        )
    ]


def _joined(found: QuerySet[Partner], span: Span) -> list[str]:
    new = list(
        found.filter(status=PartnerStatus.ACTIVE, joined_on__range=(span.from_on, span.to_on)).values_list(
            "name", flat=True
        )
    )
    invited = list(found.filter(status=PartnerStatus.INVITED).values_list("name", flat=True))
    return [
        *([f"New since {span.from_on:%B}: {listed(new)}."] if new else []),
        *([f"Invited: {listed(invited)}."] if invited else []),
    ]


def _coverage(coalition: Coalition, span: Span, now: int) -> list[str]:
    """How many sectors there were when the time began, where that was written down."""
    then = SectorCoverage.objects.of(coalition).filter(on__lte=span.from_on).order_by("-on").first()
    if then is None or len(then.filled) == now:
        return []
    were = many(len(then.filled), "sector was", "sectors were")
    return [f"At the start of {then.on:%B %Y}, {were} at the table."]


def engagement(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """How far the work with the sectors is, how ready the coalition rates itself, whom it listened to."""
    if audience.sees(Action.ENGAGEMENT_SEE) != Scope.COALITION:
        return []
    rows = list(Engagement.objects.of(coalition).values_list("status", "touched_on"))
    by_status = Counter(status for status, _ in rows)
    touched = sum(on is not None and span.from_on <= on <= span.to_on for _, on in rows)
    says = []
    if rows:
        stages = (EngagementStatus.ESTABLISHED, EngagementStatus.IN_PROGRESS, EngagementStatus.CONTACTED)
        words = [f"{by_status[stage]} {str(stage.label).lower()}" for stage in stages if by_status[stage]]
        says.append(f"Opportunities and actions the coalition works on: {listed(words) or 'none begun'}.")
        says.append(
            f"{many(touched, 'was', 'were')} worked on in {span}." if touched else f"None was worked on in {span}."
        )
    heard = ListeningSession.objects.of(coalition).filter(held_on__range=(span.from_on, span.to_on))
    people = list(heard.values_list("people", flat=True))
    if people:
        says.append(f"{many(len(people), 'listening session')} with {many(sum(people), 'person', 'people')}.")
    ratings = ReadinessRating.objects.of(coalition).filter(on__lte=span.to_on)
    known = [one for one in rated(list(CriticalElement.objects.all()), list(ratings))[1] if one.latest]
    table = Table(
        "How ready the coalition is, as it rates itself",
        ["Critical element", "Rating", "Compared"],
        [[one.element.title, one.latest.get_rating_display(), one.trend] for one in known if one.latest],
        words=3,
    )
    if not says and not known:
        return []
    return [Section(20, "Work with the sectors", says=says, tables=[table] if known else [])]


def meetings(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """The meetings of the time, how many partners came, and what was decided."""
    if audience.sees(Action.ENGAGEMENT_SEE) != Scope.COALITION:
        return []
    zone = ZoneInfo(coalition.time_zone)
    first = dt.datetime.combine(span.from_on, dt.time(), zone)
    after = dt.datetime.combine(span.to_on + dt.timedelta(days=1), dt.time(), zone)
    held = Meeting.objects.of(coalition).filter(status=MeetingStatus.HELD, starts_at__gte=first, starts_at__lt=after)
    rows = list(held.order_by("starts_at"))
    if not rows:
        return [Section(60, "Meetings", says=[f"No meeting was held in {span}."])]
    came = _who_came(held)
    decisions = list(
        Decision.objects.of(coalition).filter(meeting__in=held).order_by("at").values_list("text", flat=True)
    )
    agreed = (
        MeetingAction.objects.of(coalition)
        .filter(meeting__in=held)
        .aggregate(all=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False)))
    )
    table = Table(
        "Meetings held",
        ["Meeting", "Day", "Partners there"],
        [[one.title, local_date(one.starts_at.astimezone(zone).date()), came[one.pk]] for one in rows[-ROWS:]],
        words=2,
    )
    says = [f"{many(agreed['all'], 'action')} agreed, {agreed['done']} done."] if agreed["all"] else []
    if decisions:
        says.append(
            "Decided: "
            + " · ".join(decisions[:ROWS])
            + (f" · and {len(decisions) - ROWS} more" if len(decisions) > ROWS else "")
        )
    figure = Big(f"{len(rows)}", "meeting held" if len(rows) == 1 else "meetings held")
    return [Section(60, "Meetings", figures=[figure], says=says, tables=[table])]


def _who_came(held: QuerySet[Meeting]) -> dict[int, int]:
    """How many partners were at each meeting, by its key."""
    here: dict[int, set[int]] = defaultdict(set)
    present = Attendance.objects.filter(meeting__in=held, present=True)
    for meeting, partner, of_contact in present.values_list("meeting", "partner", "contact__partner"):
        if partner or of_contact:
            here[meeting].add(partner or of_contact)
    return {meeting.pk: len(here[meeting.pk]) for meeting in held}


def agreements(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """How many are in effect, and which expire soon."""
    if audience.sees(Action.ENGAGEMENT_SEE) != Scope.COALITION:
        return []
    today = coalition.today()
    signed = Agreement.objects.of(coalition).filter(status=AgreementStatus.SIGNED)
    in_effect = sum(one.is_in_effect(today) for one in signed)
    if not in_effect:
        return []
    soon = expiring(coalition)
    says = [
        f"{many(in_effect, 'agreement is', 'agreements are')} in effect."
        + ("" if soon else " None expires within 90 days.")
    ]
    rows = [[one.title, one.get_kind_display(), local_date(on)] for one, on in soon[:ROWS]]
    table = Table("Expire within 90 days", ["Agreement", "Kind", "Expires"], rows, words=3)
    return [Section(70, "Agreements", says=says, tables=[table] if rows else [])]


def funding(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """What pays for the work in the time, when it ends, and what was applied for."""
    if audience.sees(Action.ENGAGEMENT_SEE) != Scope.COALITION:
        return []
    then = (Q(from_on=None) | Q(from_on__lte=span.to_on)) & (Q(to_on=None) | Q(to_on__gte=span.from_on))
    sources = list(FundingSource.objects.of(coalition).filter(then).order_by(F("to_on").asc(nulls_last=True), "name"))
    open_ones = (ApplicationStatus.PLANNED, ApplicationStatus.WRITING, ApplicationStatus.SENT)
    asked = list(FundingApplication.objects.of(coalition).filter(status__in=open_ones))
    if not sources and not asked:
        return []
    known = [one.amount for one in sources if one.amount is not None]
    tables = []
    if sources:
        rows = [
            [one.name, one.get_kind_display(), one.dollars or "Not said", local_date(one.to_on) or "Not said"]
            for one in sources[:ROWS]
        ]
        tables.append(Table("Sources", ["Source", "Kind", "Amount", "Until"], rows, words=4))
    if asked:
        rows = [
            [one.title, one.get_status_display(), one.dollars or "Not said", local_date(one.deadline) or "Not said"]
            for one in asked[:ROWS]
        ]
        tables.append(Table("Applications", ["Application", "Status", "Amount", "Deadline"], rows, words=4))
    figures = [Big(f"${sum(known):,.0f}", "in funding", note="over all its years")] if known else []
    return [Section(80, "Funding", figures=figures, tables=tables)]


SOURCES = (partners, engagement, meetings, agreements, funding)
