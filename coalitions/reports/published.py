"""Tables of releases as a summary shows them. Nothing here is worked out from counts: hidden figures are hidden already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import get_text_list

from coalitions import releases
from coalitions.models import Release
from phast.disclosure import explain
from phast.reports.summary import Chart, Table

if TYPE_CHECKING:
    from coalitions.models import Coalition

QUARTERS = 8  # in the chart
ROWS = 12  # of a table


def release_of(coalition: Coalition, span: releases.Span) -> Release | None:
    """The release that counts for these days; None while they are not published."""
    found = Release.objects.of(coalition).filter(from_on=span.from_on, to_on=span.to_on)
    return found.order_by("-number").first()


def unpublished(coalition: Coalition, span: releases.Span) -> str:
    """What to say of days that have no release of their own: which quarters of them have one."""
    quarters = [part for part in span.parts(by_month=False) if part != span]
    within = Release.objects.of(coalition).filter(from_on__gte=span.from_on, to_on__lte=span.to_on)
    released = set(within.values_list("from_on", "to_on"))
    told = [part.short for part in quarters if (part.from_on, part.to_on) in released]
    if not told:
        return f"The counts of {span} are not published."
    are = "is" if len(told) == 1 else "are"
    return f"{len(told)} of {len(quarters)} quarters of {span} {are} published: {get_text_list(told, 'and')}. The year as a whole is not."


def trend(coalition: Coalition, span: releases.Span) -> list[tuple[str, int | None]]:
    """Quarter and published kits, up to the last quarter of the span, the oldest first."""
    return releases.trend(Release.objects.of(coalition).filter(to_on__lte=span.to_on))[-QUARTERS:]


def trend_chart(points: list[tuple[str, int | None]]) -> Chart | None:
    """The same as columns; None for fewer than two."""
    if len(points) < 2:
        return None
    shown = "Hidden totals are hatched. " if any(kits is None for _, kits in points) else ""
    return Chart(
        title="Kits by quarter",
        says=f"A column for each published quarter. {shown}The table after it has the same figures.",
        labels=[label for label, _ in points],
        values=[kits for _, kits in points],
    )


def as_told(table: releases.Table, span: releases.Span) -> tuple[Table, bool]:
    """The table, and whether that is all of it: of a long one, the rows with the highest published figures. Nothing follows from that
    for a hidden figure, which may be any: its row is left out with all that are hidden."""
    rows, whole = table.rows, len(table.rows) <= ROWS
    if not whole:
        known = [(-row.total, n) for n, row in enumerate(rows) if isinstance(row.total, int)]
        rows = [rows[n] for n in sorted(n for _, n in sorted(known)[:ROWS])]
    caption = table.kind.title if table.span == str(span) else f"{table.kind.title}, {table.span}"
    return (
        Table(
            caption=caption if whole else f"{caption}, the {len(rows)} highest figures that are published",
            heads=[table.kind.head, *table.columns, "Total" if table.columns else table.kind.unit],
            rows=[[f"{row.label} {row.note}".strip(), *row.figures, row.total] for row in rows],
            total=["Total", *table.totals, table.total] if whole and len(rows) > 1 else (),
        ),
        whole,
    )


def notes(release: Release) -> list[str]:
    """Where its figures come from, what is hidden in it, and what else it says of itself."""
    return [
        f"Counts are those of release {release.number}, frozen on {release.data_as_of:%B} {release.data_as_of.day}, "
        f"{release.data_as_of.year}. {explain(releases.linked(release))}",
        *release.table.get("notes", []),
        *(["Kits counted for a longer time are not included."] if release.table["left_out"] else []),
    ]
