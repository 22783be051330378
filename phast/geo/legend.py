"""The strip below the map that says what the circles mean; it names only what is on the map."""

from collections.abc import Iterable
from dataclasses import dataclass

from .marks import KITS, Counted, Group, hatch

LINE = 24  # pixels from one line of the legend to the next
LETTER = 6.9  # pixels a letter takes at 12 px, generously


@dataclass(frozen=True, slots=True)
class Entry:
    """A text and the sample circle before it, if any, in pixels."""

    text: str
    x: str
    y: str
    weight: str = "400"
    cx: str = ""
    cy: str = ""
    r: str = ""
    fill: str = ""
    line: str = ""
    hatch: str = ""


def legend(groups: Iterable[Group], *, top: float, width: float, counted: Counted = KITS) -> tuple[list[Entry], int]:
    """The entries, set in lines below `top`, and the height they take."""
    groups = list(groups)
    heading = counted.heading if groups else f"No {counted.many} to show on this map"
    entries = [Entry(heading, x="2", y=f"{top + LINE:.1f}", weight="700")]
    x, y = len(heading) * LETTER * 1.06 + 20, top + LINE
    for group in groups:
        needs = 20 + len(group.label) * LETTER
        if x + needs > width:
            x, y = 2.0, y + LINE
        cx, cy = x + 7, y - 4
        entries.append(
            Entry(
                group.label,
                x=f"{x + 19:.1f}",
                y=f"{y:.1f}",
                cx=f"{cx:.1f}",
                cy=f"{cy:.1f}",
                r=f"{group.r_in_legend:.1f}",
                fill=group.fill,
                line=group.line,
                hatch="" if group.ink or group.label == "none" else hatch(cx, cy, group.r_in_legend),
            )
        )
        x += needs + 14
    return entries, int(y - top) + 12
