"""Bars: kits by agency or by ZIP code, one below the other."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .columns import ONE
from .series import LETTER, WIDTH, Box, Text, missing_box

ROW = 30
BAR = 18
LONGEST = 34  # letters of a name; a longer one ends in …


def bars(
    *,
    title: str,
    description: str,
    rows: Sequence[tuple[str, int | None]],
    missing: str = "hidden",
    prefix: str = "bars",
) -> SafeString:
    """A bar for each (name, value) in the order given, the value written at its end. See the package for None and `prefix`."""
    names = [name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…" for name, _ in rows]
    left = 14 + max((len(name) for name in names), default=0) * 13 * LETTER
    most = max((value or 0 for _, value in rows), default=0) or 1
    longest_number = max((len(missing if value is None else f"{value:,}") for _, value in rows), default=1)
    length = WIDTH - left - longest_number * 13 * LETTER - 16
    boxes, labels, numbers = [], [], []
    for number, ((full_name, value), name) in enumerate(zip(rows, names, strict=True)):
        top = 6 + number * ROW
        baseline = f"{top + BAR / 2 + 4.6:.1f}"
        labels.append(Text(f"{left - 10:.1f}", baseline, name))
        if value is None:
            end = left + 24.0
            boxes.append(missing_box(left, top + BAR, 24.0, f"{full_name}: {missing}", height=BAR))
            says = missing
        else:
            end = left + length * value / most
            boxes.append(Box(f"{left:.1f}", f"{top}", f"{end - left:.1f}", f"{BAR}", ONE, f"{full_name}: {value:,}"))
            says = f"{value:,}"
        numbers.append(Text(f"{end + 7:.1f}", baseline, says))
    return render_to_string(
        "charts/bars.svg",
        {
            "prefix": prefix,
            "title": title,
            "description": description,
            "width": WIDTH,
            "height": 12 + ROW * max(len(rows), 1),
            "left": f"{left:.1f}",
            "boxes": boxes,
            "labels": labels,
            "numbers": numbers,
            "empty": None if rows else Text("2", "24", "Nothing to show yet"),
        },
    )
