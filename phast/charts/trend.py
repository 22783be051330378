"""A line over quarters, broken where a total is not shown."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .series import LETTER, WIDTH, Text, label_axis, missing_box, plot

HEIGHT = 170


def trend(
    *,
    title: str,
    description: str,
    labels: Sequence[str],
    values: Sequence[int | None],
    missing: str = "hidden",
    prefix: str = "trend",
) -> SafeString:
    """A point for each label, joined to the next where both are shown; a missing one is a hatched box on the axis.

    Raises ValueError when there is not one value for each label. See the package for None and `prefix`.
    """
    if len(values) != len(labels):
        raise ValueError("There is one value for each label.")
    area = plot(max((value or 0 for value in values), default=0), top=26.0, height=HEIGHT)
    upper, lower = label_axis(labels, area)
    centres = area.centres(len(labels))
    part = (area.right - area.left) / max(len(labels), 1)
    points, boxes, words, numbers, lines = [], [], [], [], []
    line: list[str] = []
    for label, value, x in zip(labels, values, centres, strict=True):
        if value is None:
            if len(line) > 1:
                lines.append(" ".join(line))
            line = []
            boxes.append(missing_box(x - 14, area.bottom, 28, f"{label}: {missing}"))
            if len(missing) * 12 * LETTER < part:
                words.append(Text(f"{x:.1f}", f"{area.bottom - 18:.1f}", missing))
            continue
        y = area.y(value)
        line.append(f"{x:.1f},{y:.1f}")
        points.append(Text(f"{x:.1f}", f"{y:.1f}", f"{label}: {value:,}"))
        if len(f"{value:,}") * 12 * LETTER < part:
            numbers.append(Text(f"{x:.1f}", f"{y - 11:.1f}", f"{value:,}"))
    if len(line) > 1:
        lines.append(" ".join(line))
    return render_to_string(
        "charts/trend.svg",
        {
            "prefix": prefix,
            "title": title,
            "description": description,
            "width": WIDTH,
            "height": f"{area.bottom + (40 if lower else 26):.0f}",
            "left": f"{area.left:.1f}",
            "right": f"{area.right:.1f}",
            "ticks": area.ticks(),
            "upper": upper,
            "lower": lower,
            "lines": lines,
            "points": points,
            "boxes": boxes,
            "words": words,
            "numbers": numbers,
            "empty": None
            if labels
            else Text(
                f"{(area.left + area.right) / 2:.1f}", f"{(area.top + area.bottom) / 2:.1f}", "Nothing to show yet"
            ),
        },
    )
