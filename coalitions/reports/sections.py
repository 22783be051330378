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
    then: list[str] = []
    if scope == Scope.COALITION:
        invited = list(found.filter(status=PartnerStatus.INVITED).values_list("name", flat=True))
        says += [f"Invited: {listed(invited)}."] if invited else []
        then = _joined(active, span) + _coverage(coalition, span)
    rows = [[one.name, ", ".join(by_sector[one.pk]) or "Filled"] for one in filled]
    return [
        Section(
            order=10,
            title="Partners and gaps",
            figures=[
                Big(f"{len(filled)}", "sectors at the table", of=f"{len(sectors)}", now=True),
                Big(f"{number:,}", "partner" if number == 1 else "partners", now=True),
            ],
            says=then,
            says_now=says,
            tables=[Table("Active partners by sector", ["Sector", "Partners"], rows, words=2, now=True)]
            if rows
            else [],
        )
    ]


def _joined(active: QuerySet[Partner], span: Span) -> list[str]:
    new = list(active.filter(joined_on__range=(span.from_on, span.to_on)).values_list("name", flat=True))
    return [f"Joined in {span}: {listed(new)}."] if new else []


def _coverage(coalition: Coalition, span: Span) -> list[str]:
    """How many sectors there were when the time began and when it was over, where that was written down."""
    after = span.to_on + dt.timedelta(days=1)
    known = SectorCoverage.objects.of(coalition).filter(on__in=(span.from_on, after)).order_by("on")
    were = [f"{many(len(one.filled), 'sector')} on {local_date(one.on)}" for one in known]
    return [f"At the table: {listed(were)}."] if were else []


def engagement(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """How far the work with the sectors is, how ready the coalition rates itself, whom it listened to."""
    if audience.sees(Action.ENGAGEMENT_SEE) != Scope.COALITION:
        return []
    rows = list(Engagement.objects.of(coalition).values_list("status", "touched_on"))
    by_status = Counter(status for status, _ in rows)
    touched = [on for _, on in rows if on is not None and on >= span.from_on]
    last = sum(on <= span.to_on for on in touched)
    says: list[str] = []
    says_now: list[str] = []
    if rows:
        stages = (EngagementStatus.ESTABLISHED, EngagementStatus.IN_PROGRESS, EngagementStatus.CONTACTED)
        words = [f"{by_status[stage]} {str(stage.label).lower()}" for stage in stages if by_status[stage]]
        says_now.append(f"Opportunities and actions the coalition works on: {listed(words) or 'none begun'}.")
        if last:
            says_now.append(f"{many(last, 'was', 'were')} last worked on in {span}.")
        elif not touched:
            says_now.append(f"None was worked on in {span} or since.")
    heard = ListeningSession.objects.of(coalition).filter(held_on__range=(span.from_on, span.to_on))
    people = list(heard.values_list("people", flat=True))
    if people:
        says.append(f"{many(len(people), 'listening session')} with {many(sum(people), 'person', 'people')}.")
    ratings = ReadinessRating.objects.of(coalition).filter(on__lte=span.to_on)
    known = [one for one in rated(list(CriticalElement.objects.all()), list(ratings))[1] if one.latest]
    table = Table(
        f"How ready the coalition is, as it had rated itself by {local_date(span.to_on)}",
        ["Critical element", "Rating", "Compared"],
        [[one.element.title, one.latest.get_rating_display(), one.trend] for one in known if one.latest],
        words=3,
    )
    if not (says or says_now or known):
        return []
    return [Section(20, "Work with the sectors", says=says, says_now=says_now, tables=[table] if known else [])]


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
        .aggregate(all=Count("pk"), done=Count("pk", filter=Q(done_at__lt=after)))
    )
    table = Table(
        "Meetings held",
        ["Meeting", "Day", "Partners there"],
        [[one.title, local_date(one.starts_at.astimezone(zone).date()), came[one.pk]] for one in rows[-ROWS:]],
        words=2,
    )
    says = (
        [f"{many(agreed['all'], 'action')} agreed, {agreed['done']} of them done by {local_date(span.to_on)}."]
        if agreed["all"]
        else []
    )
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
    """Which were signed in the time; how many are in effect, and which expire soon."""
    if audience.sees(Action.ENGAGEMENT_SEE) != Scope.COALITION:
        return []
    today = coalition.today()
    signed = Agreement.objects.of(coalition).filter(status=AgreementStatus.SIGNED)
    in_effect = sum(one.is_in_effect(today) for one in signed)
    begun = Agreement.objects.of(coalition).filter(status__in=(AgreementStatus.SIGNED, AgreementStatus.ENDED))
    new = begun.filter(signed_on__range=(span.from_on, span.to_on)).order_by("signed_on")
    titles = list(new.values_list("title", flat=True))
    if not in_effect and not titles:
        return []
    soon = expiring(coalition)
    says = [f"{many(in_effect, 'agreement is', 'agreements are')} in effect."]
    says += [] if soon or not in_effect else ["None expires within 90 days."]
    rows = [[one.title, one.get_kind_display(), local_date(on)] for one, on in soon[:ROWS]]
    table = Table("Expire within 90 days", ["Agreement", "Kind", "Expires"], rows, words=3, now=True)
    then = [f"Signed in {span}: {listed(titles)}."] if titles else []
    return [Section(70, "Agreements", says=then, says_now=says, tables=[table] if rows else [])]


def funding(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """What pays for the work in the time, when it ends, and which applications are open."""
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
        heads = ["Application", "Status", "Amount", "Deadline"]
        tables.append(Table("Open applications", heads, rows, words=4, now=True))
    figures = [Big(f"${sum(known):,.0f}", "in funding", note="over all its years")] if known else []
    return [Section(80, "Funding", figures=figures, tables=tables)]


SOURCES = (partners, engagement, meetings, agreements, funding)
