"""A gauge: how far along a scale something is, beside the marks it is held against."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .columns import ONE
from .series import LETTER, WIDTH, Box, Text

ROW, BAR, TOP = 46, 24, 40
ON_PHONE = 20  # the size of letters there, in units of the drawing


def gauge(
    *,
    title: str,
    description: str,
    rows: Sequence[tuple[str, float]],
    marks: Sequence[tuple[float, str]],
    prefix: str = "gauge",
) -> SafeString:
    """A bar on a track for each (name, value), the value written at its end as "11.3×", and a line at each (value, name) of `marks`.

    See the package for `prefix`. Raises ValueError without a mark.
    """
    if not marks:
        raise ValueError("A gauge needs something to be held against.")
    left = 14 + max((len(name) for name, _ in rows), default=0) * ON_PHONE * LETTER
    right = WIDTH - 8.0
    # Room for the longest number at the end of the longest bar.
    most = max([value for value, _ in marks] + [value for _, value in rows]) * 1.18

    def x(value: float) -> float:
        return left + (right - left) * value / most

    bottom = TOP + ROW * max(len(rows), 1)
    boxes, tracks, labels, numbers = [], [], [], []
    for number, (name, value) in enumerate(rows):
        top = TOP + 10 + number * ROW
        says = f"{value:,.1f}×"
        tracks.append(Box(f"{left:.1f}", f"{top}", f"{right - left:.1f}", f"{BAR}", "#eef0f3"))
        boxes.append(Box(f"{left:.1f}", f"{top}", f"{x(value) - left:.1f}", f"{BAR}", ONE, f"{name}: {says}"))
        labels.append(Text(f"{left - 10:.1f}", f"{top + BAR / 2 + 5:.1f}", name))
        numbers.append(Text(f"{x(value) + 7:.1f}", f"{top + BAR / 2 + 5:.1f}", says))
    return render_to_string(
        "charts/gauge.svg",
        {
            "prefix": prefix,
            "title": title,
            "description": description,
            "width": WIDTH,
            "height": bottom + 8,
            "bottom": bottom,
            "top": TOP - 6,
            "tracks": tracks,
            "boxes": boxes,
            "labels": labels,
            "numbers": numbers,
            "marks": [Text(f"{x(value):.1f}", f"{TOP - 14}", name) for value, name in marks],
            "empty": None,
        },
    )
