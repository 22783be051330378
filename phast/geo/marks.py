"""What stands on the map for each ZIP code: a circle of a size, a shade, and the number where it fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import hypot, pi, sqrt

from .circles import Circle
from .shades import BLUES, ORANGES, Shades

HIDDEN_FILL, HIDDEN_LINE = "#f0f0f0", "#71767a"
FINE = (
    11.3  # pixels of the smallest letters: six points on paper, where a map takes four fifths of a letter page's text
)
DIGIT = 0.62  # of the font size: what a digit takes


@dataclass(frozen=True, slots=True)
class ZipCell:
    """A ZIP code and its kits as anybody may see them; None is hidden."""

    zip: str
    kits: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What the circles count: its words, and the colours it is drawn in. `heading` stands before the legend."""

    one: str = "kit"
    many: str = "kits"
    heading: str = "Kits by ZIP code"
    colors: Sequence[tuple[str, str, str]] = BLUES


KITS = Counted()


def beside(one: str, many: str) -> Counted:
    """Something else than kits, in other colours."""
    return Counted(one, many, f"{many[0].upper()}{many[1:]} by ZIP code", ORANGES)


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text in a circle. Numbers for the template are texts, so that no language setting writes them with a comma."""

    y: str
    size: str
    weight: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A circle as the template draws it; `hatch` is a path across it, or nothing."""

    x: str
    y: str
    r: str
    title: str
    lines: list[Text]
    hatch: str


@dataclass(frozen=True, slots=True)
class Group:
    """The circles that look alike, and what the legend says of them."""

    label: str
    fill: str
    line: str
    ink: str
    r_in_legend: float
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Radii in pixels. A count's area is proportional to its kits, but never smaller than `least`; hidden is always `hidden`."""

    per_root: float
    least: float
    zero: float
    hidden: float

    @classmethod
    def fitting(cls, cells: Sequence[ZipCell], *, land: float, cover: float, largest: float) -> "Sizes":
        """Sizes so that the circles cover about this share of `land` (square pixels) and none has a radius over `largest`. They
        follow from what is shown and from the number of cells, never from a hidden figure."""
        shown = [cell.kits for cell in cells if cell.kits]
        per_root = min(sqrt(land * cover / (pi * sum(shown))), largest / sqrt(max(shown))) if shown else 0.0
        hidden = min(max(0.2 * sqrt(land / max(1, len(cells))), 3.2), 7.0)
        return cls(per_root, least=hidden * 0.75, zero=hidden * 0.5, hidden=hidden)

    def of(self, kits: int | None) -> float:
        """The radius for a figure."""
        if kits is None:
            return self.hidden
        return max(self.least, self.per_root * sqrt(kits)) if kits else self.zero


def grouped(cells: Iterable[tuple[ZipCell, str, Circle]], sizes: Sizes, counted: Counted = KITS) -> list[Group]:
    """The groups of these (cell, place, circle) in the order of the legend, without those that are empty."""
    cells = list(cells)
    shades = Shades([cell.kits for cell, _, _ in cells if cell.kits], counted.colors)
    zero = Group("none", "#ffffff", HIDDEN_LINE, "", sizes.zero)
    hidden = Group("hidden to protect privacy", HIDDEN_FILL, HIDDEN_LINE, "", sizes.hidden)
    groups = {shade: Group(shade.label, shade.fill, shade.line, shade.ink, 6.5) for shade in shades.steps}
    for cell, place, circle in cells:
        group = hidden if cell.kits is None else groups[shades.of(cell.kits)] if cell.kits else zero
        group.marks.append(_mark(cell, place, circle, counted))
    return [group for group in (*groups.values(), zero, hidden) if group.marks]


def hatch(x: float, y: float, r: float) -> str:
    """The path of rising lines across a circle: one in a small circle, three in a larger one."""
    lines = []
    for shift in (0.0,) if r < 5 else (-0.5, 0.0, 0.5):
        half = r * sqrt(1 - shift * shift) * sqrt(0.5)
        mid_x, mid_y = x + shift * r * sqrt(0.5), y + shift * r * sqrt(0.5)
        lines.append(f"M{mid_x - half:.1f} {mid_y + half:.1f}L{mid_x + half:.1f} {mid_y - half:.1f}")
    return "".join(lines)


def _mark(cell: ZipCell, place: str, circle: Circle, counted: Counted) -> Mark:
    says = "hidden" if cell.kits is None else f"{cell.kits:,} {counted.one if cell.kits == 1 else counted.many}"
    return Mark(
        x=f"{circle.x:.1f}",
        y=f"{circle.y:.1f}",
        r=f"{circle.r:.1f}",
        title=f"{cell.zip} {place}".strip() + f": {says}",
        lines=_lines(cell.zip, cell.kits, circle) if cell.kits else [],
        hatch=hatch(circle.x, circle.y, circle.r) if cell.kits is None else "",
    )


def _lines(code: str, kits: int, circle: Circle) -> list[Text]:
    """The number, and the ZIP code below it, as far as they fit."""
    number = f"{kits:,}"
    size = max(min(circle.r * 0.72, 15.0, 1.72 * circle.r / (0.6 * len(number))), FINE)
    room = circle.r - 0.5
    above, below = size * 0.12, size * 0.12 + FINE * 1.12  # from the middle to where the two lines stand
    if (
        hypot(DIGIT / 2 * len(code) * FINE, below) <= room
        and hypot(DIGIT / 2 * len(number) * size, size - above) <= room
    ):
        return [
            Text(f"{circle.y + above:.1f}", f"{size:.1f}", "700", number),
            Text(f"{circle.y + below:.1f}", f"{FINE:.1f}", "400", code),
        ]
    if hypot(DIGIT / 2 * len(number), 0.36) * size <= room:
        return [Text(f"{circle.y + size * 0.36:.1f}", f"{size:.1f}", "700", number)]
    return []
