"""What deflection says in the coalition's summaries: how far programs are (to everybody, of those that are shared), their quarters as
published or exact, and the directory of local help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from coalitions.releases import tables_of
from coalitions.reports import published
from deflection.models import Program, QuarterCounts, Resource
from deflection.release_tables import NAMES, ROWS
from deflection.selectors import standings_of
from phast.access.table import Action, Scope
from phast.reports.summary import Audience, Big, Section, Table

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from coalitions.releases import Span

PROGRAMS = 12


def summary(coalition: Coalition, span: Span, audience: Audience) -> list[Section]:
    """One section, or none."""
    scope = audience.sees(Action.DEFLECTION_SEE)
    if scope == Scope.NONE:
        return []
    programs = Program.objects.of(coalition).filter(Q(ended_on=None) | Q(ended_on__gte=span.from_on))
    if scope == Scope.RELEASED:
        programs = programs.filter(Program.released())
    rows = list(programs.select_related("lead")[: PROGRAMS + 1])
    figures: list[Big] = []
    tables: list[Table] = []
    says: list[str] = []
    if rows:
        standings = standings_of(rows[:PROGRAMS], today=coalition.today())
        tables.append(
            Table(
                "Programs and their checklists",
                ["Program", "Lead partner", "Activities done", "of"],
                [
                    [one.name, one.lead.name, standings[one.pk].progress.done, standings[one.pk].progress.of]
                    for one in rows[:PROGRAMS]
                ],
                words=2,
            )
        )
        running = sum(one.starts_on is not None and one.starts_on <= span.to_on for one in rows)
        figures.append(Big(f"{running}" if running else f"{len(rows)}", _called(running, len(rows))))
    more, notes = _quarters(coalition, span, audience)
    tables += more
    if audience.sees(Action.RESOURCES_SEE) == Scope.COALITION:
        says += _directory(coalition)
    if not (tables or says):
        return []
    return [Section(50, "Deflection and local help", figures=figures, says=says, tables=tables, notes=notes)]


def _called(running: int, programs: int) -> str:
    if running:
        return "deflection program running" if running == 1 else "deflection programs running"
    return "deflection program in preparation" if programs == 1 else "deflection programs in preparation"


def _quarters(coalition: Coalition, span: Span, audience: Audience) -> tuple[list[Table], list[str]]:
    """What programs counted: the sums for who sees every count, to everybody else what a release of this time holds of it."""
    if audience.sees(Action.COUNTS_SEE) == Scope.COALITION:
        return _exact(coalition, span), []
    release = published.release_of(coalition, span) if audience.sees(Action.RELEASES_SEE) != Scope.NONE else None
    if release is None:
        return [], []
    mine = [table for table in tables_of(release) if table.kind.key in ROWS and table.rows]
    return [published.as_told(table)[0] for table in mine], published.notes(release) if mine else []


def _exact(coalition: Coalition, span: Span) -> list[Table]:
    """The sums of all programs. A figure that no program recorded is not there: it is not zero."""
    counted = list(QuarterCounts.objects.of(coalition).filter(from_on__range=(span.from_on, span.to_on)))
    wanted = [
        ("Encounters", "encounters"),
        ("Referrals", "referrals"),
        *((f"First contact after {NAMES[key]}", name) for key, name in ROWS["deflection_contact"].items()),
        ("Engaged at 30 days", "engaged_at_30_days"),
    ]
    rows = []
    for label, name in wanted:
        known = [figure for one in counted if (figure := getattr(one, name)) is not None]
        if known:
            rows.append([label, sum(known)])
    return [Table(f"What programs counted, {span}, exact", ["What", "Count"], rows)] if rows else []


def _directory(coalition: Coalition) -> list[str]:
    """How much of the directory can be relied on."""
    listed = Resource.objects.of(coalition).listed().count()
    if not listed:
        return []
    verified = Resource.objects.of(coalition).verified(coalition.today()).count()
    return [f"The directory of local help has {listed:,} entries; {verified:,} were verified in the last 90 days."]
