"""Columns: kits by month, plain or stacked."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .series import LETTER, WIDTH, Box, Plot, Series, Text, label_axis, missing_box, plot

HEIGHT = 210
# USWDS indigo cool 60v for one series; for a stack 80v, 40v, gold 20v, a pale 10v and gray 60: five greys when printed in black.
ONE = "#3e4ded"
STACK = ("#1b2b85", "#628ef4", "#ffbe2e", "#dfe6ff", "#565c65")


def columns(
    *,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    note: str = "",
    missing: str = "hidden",
    prefix: str = "columns",
) -> SafeString:
    """A column for each label; several series are stacked, the first at the bottom, with their sum above.

    `labels` like "Jan 2026" get the year in a row of its own. `note` is a line below, for what has no column ("212 kits are
    counted for a whole year and stand in no month"). `missing` is the word for values of None. `prefix` begins the ids: give
    each drawing on a page its own. Raises ValueError for more than five series or a series of another length than `labels`.
    """
    if len(series) > len(STACK):
        raise ValueError("A stack has at most five series: join the smallest into one.")
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError("Each series has one value for each label.")
    stacks = list(zip(*(one.values for one in series), strict=True)) or [()] * len(labels)
    sums = [sum(value or 0 for value in stack) for stack in stacks]
    gaps = [any(value is None for value in stack) for stack in stacks]
    stacked = len(series) > 1
    legend, legend_height = _legend(series if stacked else [], missing if any(gaps) else "")
    area = plot(max(sums, default=0), top=legend_height + 24, height=HEIGHT)
    upper, lower = label_axis(labels, area)
    empty = not any(sums) and not any(gaps)
    boxes, numbers = _columns(labels, series, stacks, gaps, area, missing)
    bottom = area.bottom + (40 if lower else 26)
    return render_to_string(
        "charts/columns.svg",
        {
            "prefix": prefix,
            "title": title,
            "description": description,
            "width": WIDTH,
            "height": f"{bottom + (22 if note else 0):.0f}",
            "left": f"{area.left:.1f}",
            "right": f"{area.right:.1f}",
            "ticks": area.ticks(),
            "upper": upper,
            "lower": lower,
            "boxes": boxes,
            "numbers": numbers,
            "legend": legend,
            "empty": Text(f"{(area.left + area.right) / 2:.1f}", f"{(area.top + area.bottom) / 2:.1f}", "No kits")
            if empty
            else None,
            "note": Text("2", f"{bottom + 12:.1f}", note) if note else None,
        },
    )


def _columns(
    labels: Sequence[str],
    series: Sequence[Series],
    stacks: Sequence[Sequence[int | None]],
    gaps: Sequence[bool],
    area: Plot,
    missing: str,
) -> tuple[list[Box], list[Text]]:
    part = (area.right - area.left) / max(len(labels), 1)
    width = min(part * 0.68, 56.0)
    boxes: list[Box] = []
    numbers: list[Text] = []
    for label, stack, gap, centre in zip(labels, stacks, gaps, area.centres(len(labels)), strict=True):
        reached = 0
        for place, (one, value) in enumerate(zip(series, stack, strict=True)):
            if not value:
                continue
            top, bottom = area.y(reached + value), area.y(reached)
            reached += value
            name = f"{label}, {one.name}" if len(series) > 1 else label
            fill = STACK[place] if len(series) > 1 else ONE
            boxes.append(
                Box(
                    f"{centre - width / 2:.1f}",
                    f"{top:.1f}",
                    f"{width:.1f}",
                    f"{bottom - top:.1f}",
                    fill,
                    f"{name}: {value:,}",
                )
            )
        if gap:
            boxes.append(missing_box(centre - width / 2, area.y(reached), width, f"{label}: {missing}"))
        elif area.most and len(f"{reached:,}") * 12 * LETTER < part:
            numbers.append(Text(f"{centre:.1f}", f"{area.y(reached) - 6:.1f}", f"{reached:,}"))
    return boxes, numbers


def _legend(series: Sequence[Series], missing: str) -> tuple[list[tuple[Box, Text]], float]:
    """A sample and a name for each series and for missing values, in lines; and the height they take."""
    entries: list[tuple[Box, Text]] = []
    x, y = 2.0, 14.0
    samples = [(one.name, STACK[place]) for place, one in enumerate(series)]
    for name, fill in [*samples, *([(missing, "")] if missing else [])]:
        needs = 20 + len(name) * 12 * LETTER
        if x + needs > WIDTH and x > 2:
            x, y = 2.0, y + 22
        plain = Box(f"{x:.1f}", f"{y - 11:.1f}", "13", "13", fill)
        sample = plain if fill else missing_box(x, y + 2, 13, "", height=13)
        entries.append((sample, Text(f"{x + 20:.1f}", f"{y:.1f}", name)))
        x += needs + 18
    return entries, y if entries else 0.0
