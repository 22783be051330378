"""What deflection says in the coalition's summaries: which programs ran and how far they are (to everybody, of those that are shared),
their quarters as published or exact, and the directory of local help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from coalitions import releases
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
    today = coalition.today()
    number = programs.count()
    figures: list[Big] = []
    tables: list[Table] = []
    says: list[str] = []
    says_now: list[str] = []
    if number:
        rows = list(programs.select_related("lead")[:PROGRAMS])
        standings = standings_of(rows, today=today)
        tables.append(
            Table(
                "Programs and their checklists",
                ["Program", "Lead partner", "Activities", "Done"],
                [
                    [one.name, one.lead.name, standings[one.pk].progress.of, standings[one.pk].progress.done]
                    for one in rows
                ],
                words=2,
                now=True,
            )
        )
        ran = programs.filter(starts_on__lte=span.to_on).count()
        if ran:
            figures.append(Big(f"{ran:,}", f"deflection {_programs(ran)} ran", note=f"in {span}"))
        else:
            says.append(f"None of the programs below ran in {span}.")
        if coming := programs.exclude(starts_on__lte=today).count():
            says_now.append(f"{coming:,} {_programs(coming)} in preparation.")
        if number > PROGRAMS:
            says_now.append(f"The table has {PROGRAMS} of {number} programs.")
    more, notes = _quarters(coalition, span, audience)
    tables += more
    if audience.sees(Action.RESOURCES_SEE) == Scope.COALITION:
        says_now += _directory(coalition)
    if not (tables or says_now):
        return []
    return [Section(50, "Deflection and local help", figures, says, says_now, tables=tables, notes=notes)]


def _programs(number: int) -> str:
    return "program" if number == 1 else "programs"


def _quarters(coalition: Coalition, span: Span, audience: Audience) -> tuple[list[Table], list[str]]:
    """What programs counted: the sums for who sees every count, to everybody else what a release of this time holds of it."""
    if audience.sees(Action.COUNTS_SEE) == Scope.COALITION:
        return _exact(coalition, span), []
    release = published.release_of(coalition, span) if audience.sees(Action.RELEASES_SEE) != Scope.NONE else None
    if release is None:
        return [], []
    mine = [table for table in releases.tables_of(release) if table.kind.key in ROWS and table.rows]
    return _told(mine, span), published.notes(release) if mine else []


def _told(mine: list[releases.Table], span: Span) -> list[Table]:
    """What a release says, as one table where all of it has the same columns."""
    if any(table.columns != mine[0].columns for table in mine):
        return [published.as_told(table, span)[0] for table in mine]
    rows = [[_said(table, row.label), *row.figures, row.total] for table in mine for row in table.rows]
    return (
        [Table("What programs counted", ["What", *mine[0].columns, "Total" if mine[0].columns else "Count"], rows)]
        if mine
        else []
    )


def _said(table: releases.Table, label: str) -> str:
    """ "Encounters", "First contact after 1 day or less"."""
    if len(ROWS[table.kind.key]) > 1:
        return f"{table.kind.head} {label}"
    return table.kind.title.partition(": ")[2].capitalize()


def _exact(coalition: Coalition, span: Span) -> list[Table]:
    """The sums of all programs. What no program recorded is "not reported", which is not zero."""
    counted = list(QuarterCounts.objects.of(coalition).filter(from_on__range=(span.from_on, span.to_on)))
    wanted = [
        ("Encounters", "encounters"),
        ("Referrals", "referrals"),
        *((f"First contact after {NAMES[key]}", name) for key, name in ROWS["deflection_contact"].items()),
        ("Engaged at 30 days", "engaged_at_30_days"),
    ]
    rows: list[list[str | int | None]] = []
    for label, name in wanted:
        known = [figure for one in counted if (figure := getattr(one, name)) is not None]
        rows.append([label, sum(known) if known else None])
    if all(figure is None for _, figure in rows):
        return []
    return [Table("What programs counted", ["What", "Count"], rows, missing=releases.NOT_REPORTED)]


def _directory(coalition: Coalition) -> list[str]:
    """How much of the directory can be relied on."""
    listed = Resource.objects.of(coalition).listed().count()
    if not listed:
        return []
    verified = Resource.objects.of(coalition).verified(coalition.today()).count()
    return [f"The directory of local help has {listed:,} entries; {verified:,} were verified in the last 90 days."]
