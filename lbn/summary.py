"""What leave-behind naloxone says in the coalition's summaries: kits as they are published, or exact to who sees every count; and stories
that agencies told and the coordinator approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from coalitions import releases
from coalitions.reports import published
from lbn.enums import FeedbackKind, Setting
from lbn.models import SessionPart
from lbn.release_tables import KINDS
from lbn.selectors import overview
from lbn.selectors.evaluation import approved_feedback, improvements
from lbn.selectors.periods import not_in
from lbn.selectors.span import Span
from phast.access.table import Action, Scope
from phast.geo.zips import places_of
from phast.reports.summary import Audience, Big, Chart, Section, Table

if TYPE_CHECKING:
    from coalitions.models import Coalition

ROWS = published.ROWS
STORIES = 6
NOT_RECORDED = "Not recorded"
NOT_REPORTED = "not reported"
NOTE = (
    "Leave-behind naloxone is voluntary. Figures are counts of kits; nothing about any person is stored, and they serve no enforcement "
    "or investigation."
)


def kits(coalition: Coalition, span: releases.Span, audience: Audience) -> list[Section]:
    """One section, or none."""
    if audience.sees(Action.COUNTS_SEE) == Scope.COALITION:
        return _exact(coalition, span)
    return _published(coalition, span) if audience.sees(Action.RELEASES_SEE) != Scope.NONE else []


def _published(coalition: Coalition, span: releases.Span) -> list[Section]:
    """From the release of this time, and the totals of the quarters published before; nothing from counts."""
    release, points = published.release_of(coalition, span), published.trend(coalition, span)
    if release is None and not points:
        return []
    tables: list[Table] = []
    figures: list[Big] = []
    says, notes = list[str](), [NOTE]
    if points:
        tables.append(Table("Kits by published quarter", ["Quarter", "Kits"], points))
    if release is None:
        says.append(published.unpublished(coalition, span))
    else:
        total = release.table["total"]
        figures.append(Big("Hidden" if total is None else f"{total:,}", "kits left behind"))
        if total is None:
            says.append(f"The total of {release.span} is hidden, because small counts could be worked out from it.")
        mine = {kind.key for kind in KINDS if kind.measure == "kits"}
        for table in releases.tables_of(release):
            if table.kind.key in mine and table.rows:
                told, whole = published.as_told(table, span)
                tables.append(told)
                notes += [] if whole else [f"{table.kind.title}: release {release.number} has them all."]
        notes += published.notes(release)
    chart = published.trend_chart(points)
    return [Section(40, "Naloxone kits left behind", figures, says, chart=chart, tables=tables, notes=notes)]


def _exact(coalition: Coalition, span: releases.Span) -> list[Section]:
    """The counts themselves, with the twelve months that end with the time."""
    seen = overview.exact(coalition, Span(span.from_on, span.to_on))
    year = overview.exact(coalition, Span.year_to(span.to_on))
    if not seen.any and not year.any:
        return []
    places = places_of(seen.zips)
    most = sorted(seen.zips.items(), key=lambda one: -one[1])[:ROWS]
    names = {str(value): str(label) for value, label in Setting.choices}
    tables = [
        Table(
            "ZIP codes with the most kits",
            ["ZIP code", "Kits"],
            [[f"{code} {places.get(code, '')}".strip(), kits] for code, kits in most],
        ),
        Table("Kits by agency", ["Agency", "Kits"], list(seen.by_agency.items())),
        Table(
            "Kits by setting",
            ["Setting", "Kits"],
            [[names.get(key, NOT_RECORDED), kits] for key, kits in seen.settings.items()],
        ),
    ]
    chart = None
    if not year.months_unknown:
        months = [(f"{first:%b %Y}", kits) for first, kits in year.kits_by_month.items()]
        tables.insert(0, Table("Kits by month", ["Month", "Kits"], months, missing=NOT_REPORTED))
        chart = Chart(
            "Kits by month",
            "A column for each of the twelve months. The table after it has the same figures.",
            [label for label, _ in months],
            [kits for _, kits in months],
            missing=NOT_REPORTED,
        )
    return [
        Section(
            order=40,
            title="Naloxone kits left behind",
            figures=[Big(f"{seen.total:,}", "kits left behind", note="exact")],
            says=[*_sentences(seen, span), *_trained(coalition, span)],
            says_now=[missing] if (missing := not_in(coalition, Span(span.from_on, span.to_on))) else [],
            chart=chart,
            tables=[table for table in tables if table.rows],
            notes=[NOTE, "Kit counts are exact, as agencies reported them up to the moment of this report."],
        )
    ]


def _sentences(seen: overview.Overview, span: releases.Span) -> list[str]:
    kits = "1 kit was" if seen.total == 1 else f"{seen.total:,} kits were"
    said = [f"{kits} left behind in {span}: {seen.change}."] if seen.change else []
    besides = [
        (seen.all.reversals, "reversals reported"),
        (seen.all.declined, "times offered and declined"),
        (seen.all.none_available, "times no kit was available"),
    ]
    said += [f"{number:,} {words}." for number, words in besides if number]
    if nowhere := seen.total - sum(seen.zips.values()):
        said.append(f"{nowhere:,} of the kits have no ZIP code.")
    if seen.across:
        said.append(
            f"{seen.across:,} more were counted for a span that reaches beyond this time: they are in no figure here."
        )
    return said


def _trained(coalition: Coalition, span: releases.Span) -> list[str]:
    """The training sessions of the time, of all agencies; how many they trained, or who took part where nobody was said to be trained."""
    parts = SessionPart.objects.of(coalition).filter(
        session__held_on__range=(span.from_on, span.to_on), took_part__gt=0
    )
    held = parts.aggregate(sessions=Count("session", distinct=True), trained=Sum("trained"), people=Sum("took_part"))
    if not held["sessions"]:
        return []
    sessions = "training session" if held["sessions"] == 1 else "training sessions"
    number = held["trained"] or held["people"]
    people = f"{number:,} {'person' if number == 1 else 'people'}{' trained' if held['trained'] else ''}"
    return [f"{held['sessions']:,} {sessions} with {people}."]


def stories(coalition: Coalition, span: releases.Span, audience: Audience) -> list[Section]:
    """What agencies told and may be used in reports, without their names, and what became better. Not in what everybody reads: an
    agency told it to the coalition. What an agency made better nobody approved for others: it is for the coordinator."""
    if audience.is_released:
        return []
    told = approved_feedback(coalition, span.from_on, span.to_on).filter(kind=FeedbackKind.SUCCESS)
    quotes = list(told.order_by("-month", "-pk").values_list("text", flat=True)[:STORIES])
    done = improvements(coalition, span.from_on, span.to_on)
    if audience.sees(Action.COUNTS_SEE) != Scope.COALITION:
        done = done.filter(partner=None)
    better = [[f"{one.made_on:%B %Y}", one.text] for one in done[:STORIES]]
    if not quotes and not better:
        return []
    tables = [Table("What became better", ["Since", "What is better now"], better, words=2)] if better else []
    return [Section(90, "Stories", tables=tables, quotes=quotes)]
