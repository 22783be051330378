"""What a page of a PDF paints, in its order: every piece of text with its place and colour, and what lies behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pikepdf

from .fonts import Font
from .geometry import BLACK, SAME, WHITE, Box, Clip, Colour, Matrix, Path, Point, Shape, moved, over, shown, times

TALL, DEEP = 0.72, 0.2  # of the size of letters: above the line they stand on, and below
BLANK = 0.35  # of the size of letters: a gap as wide as a blank at most
WATERMARK, PALE = 40, 0.85  # points, and the least of red, green and blue: letters that are a ground for others
PIECES = 6  # straight lines that stand for a curve


@dataclass(frozen=True)
class Run:
    """Text that was painted at once. `size` in points; `mcid`: the number that the tags know it by; `behind`: every colour that it
    stands on, None where that is a picture; `is_cut`: some of it lies outside of what is shown."""

    text: str
    box: Box
    size: float
    is_bold: bool
    colour: Colour
    behind: tuple[Colour | None, ...]
    mcid: int | None
    is_artifact: bool
    is_cut: bool

    def joined(self, other: Run) -> Run | None:
        """Both as one, when the other goes on where this ends, as in drawings, whose letters are painted one by one."""
        gap = (other.box.left - self.box.right) / self.size if self.size else 1
        if not -0.1 < gap < BLANK or (self._look(), self.mcid) != (other._look(), other.mcid):
            return None
        return replace(
            self,
            text=self.text + (" " if gap > BLANK / 2 else "") + other.text,
            box=Box.of_all([self.box, other.box]),
            behind=tuple(dict.fromkeys([*self.behind, *other.behind])),
            is_cut=self.is_cut or other.is_cut,
        )

    def _look(self) -> tuple[object, ...]:
        return round(self.box.bottom, 1), round(self.size, 1), self.is_bold, self.colour, self.is_artifact


@dataclass(frozen=True)
class Page:
    """A page: its size in points, its text, and the place of what else the tags know, as pictures."""

    number: int
    width: float
    height: float
    runs: list[Run]
    shapes: list[Shape]
    places: Mapping[int, list[Box]]  # by MCID

    @cached_property
    def texts(self) -> Mapping[int, str]:
        """What is written, by MCID."""
        found: dict[int, str] = {}
        for run in self.runs:
            if run.mcid is not None:
                found[run.mcid] = found.get(run.mcid, "") + run.text
        return found


def painted(page: pikepdf.Page, number: int) -> Page:
    """Reads a page; `number` counts from 1."""
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    painter = _Painter((1, 0, 0, -1, -left, top))
    painter.read(page.obj, page.obj.get("/Resources", pikepdf.Dictionary()))
    return Page(number, right - left, top - bottom, painter.runs, painter.shapes, painter.places)


@dataclass
class _State:
    matrix: Matrix
    fill: Colour | None = BLACK
    stroke: Colour | None = BLACK
    fill_alpha: float = 1
    stroke_alpha: float = 1
    pattern: Any = None
    width: float = 1
    font: Font | None = None
    size: float = 0
    spacing: float = 0
    words: float = 0
    scale: float = 1
    leading: float = 0
    rise: float = 0
    mode: int = 0
    clips: tuple[Clip, ...] = ()


@dataclass
class _Painter:
    """Follows the operators of a page (ISO 32000-1, annex A)."""

    base: Matrix
    runs: list[Run] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    places: dict[int, list[Box]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = _State(self.base)
        self.path: Path = []
        self.next_clip: bool | None = None  # is it an even-odd one?
        self.marks: list[tuple[str, int | None]] = []
        self.fonts: dict[Any, Font] = {}
        self.text = self.line = SAME

    def read(self, stream: Any, resources: Any) -> None:
        before, self.resources = getattr(self, "resources", None), resources
        states: list[_State] = []
        for step in pikepdf.parse_content_stream(stream):
            name = str(step.operator)
            if name == "q":
                states.append(copy(self.state))
            elif name == "Q":
                self.state = states.pop() if states else self.state
            elif name in OPERATORS:
                OPERATORS[name](self, step.operands)
        self.resources = before

    # -------------------------------------------------------------- state
    def _matrix(self, operands: Any) -> None:
        self.state.matrix = times(_numbers(operands), self.state.matrix)

    def _settings(self, operands: Any) -> None:
        given = self.resources.ExtGState[str(operands[0])]
        self.state.fill_alpha = float(given.get("/ca", self.state.fill_alpha))
        self.state.stroke_alpha = float(given.get("/CA", self.state.stroke_alpha))

    def _fill_colour(self, operands: Any) -> None:
        self.state.pattern = None
        if operands and isinstance(operands[-1], pikepdf.Name):
            self.state.pattern = self.resources.Pattern[str(operands[-1])]
        self.state.fill = _colour(operands)

    def _stroke_colour(self, operands: Any) -> None:
        self.state.stroke = _colour(operands)

    def _begin(self, operands: Any) -> None:
        mcid = None
        if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
            mcid = int(operands[1].MCID)
            self.places.setdefault(mcid, [])
        self.marks.append((str(operands[0]), mcid))

    def _end(self, operands: Any) -> None:
        if self.marks:
            self.marks.pop()

    @property
    def mcid(self) -> int | None:
        return next((mcid for _, mcid in reversed(self.marks) if mcid is not None), None)

    @property
    def is_artifact(self) -> bool:
        return any(tag == "/Artifact" for tag, _ in self.marks)

    # -------------------------------------------------------------- areas
    def _move(self, operands: Any) -> None:
        self.path.append([moved(_numbers(operands), self.state.matrix)])

    def _line_to(self, operands: Any) -> None:
        if self.path:
            self.path[-1].append(moved(_numbers(operands), self.state.matrix))

    def _curve(self, first: int, operands: Any) -> None:
        """`first`: where its handles are among the operands; some kinds leave one out."""
        if not self.path:
            return
        given = _numbers(operands)
        points = [moved(given[at : at + 2], self.state.matrix) for at in range(0, len(given), 2)]
        begin, end = self.path[-1][-1], points[-1]
        one, two = (begin, points[0]) if first == 1 else (points[0], end if first == 2 else points[1])
        for piece in range(1, PIECES + 1):
            t = piece / PIECES
            shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            corners = (begin, one, two, end)
            self.path[-1].append(
                (
                    sum(share * x for share, (x, _) in zip(shares, corners, strict=True)),
                    sum(share * y for share, (_, y) in zip(shares, corners, strict=True)),
                )
            )

    def _rectangle(self, operands: Any) -> None:
        x, y, width, height = _numbers(operands)
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        self.path.append([moved(corner, self.state.matrix) for corner in corners])

    def _clip(self, is_even_odd: bool) -> None:
        self.next_clip = is_even_odd

    def _paint(self, *, fills: bool = False, is_even_odd: bool = False) -> None:
        path = [part for part in self.path if len(part) > 1]
        if fills and path:
            self._fill(path, is_even_odd)
        if self.next_clip is not None:
            self.state.clips = (*self.state.clips, Clip(path, self.next_clip))
        self.path, self.next_clip = [], None

    def _fill(self, path: Path, is_even_odd: bool) -> None:
        box = Box.around([point for part in path for point in part])
        self._place(box)
        if self.state.pattern is not None:
            self._fill_with(self.state.pattern, box, path)
        else:
            self._shape(box, path, self.state.fill, is_even_odd)

    def _fill_with(self, pattern: Any, box: Box, path: Path) -> None:
        """A pattern that is repeated is as good as a picture; one that is not is read."""
        matrix = times(_numbers(pattern.get("/Matrix", SAME)), self.base)
        wide, high = (abs(float(pattern.get(step, 0))) for step in ("/XStep", "/YStep"))
        is_once = (
            wide * math.hypot(*matrix[:2]) > box.right - box.left - 1
            and high * math.hypot(*matrix[2:4]) > box.bottom - box.top - 1
        )
        if not is_once:
            self._shape(box, path, None)
            return
        before, self.state = self.state, _State(matrix)
        self.read(pattern, pattern.Resources)
        self.state = before

    def _shape(self, box: Box, path: Path | None, colour: Colour | None, is_even_odd: bool = False) -> None:
        self.shapes.append(Shape(box, path, colour, self.state.fill_alpha, is_even_odd, self.state.clips))

    def _place(self, box: Box) -> None:
        for clip in self.state.clips:
            box = box.within(Box.around([point for part in clip.path for point in part])) if clip.path else box
        if self.mcid is not None and box.left <= box.right and box.top <= box.bottom:
            self.places.setdefault(self.mcid, []).append(box)

    def _do(self, operands: Any) -> None:
        given = self.resources.XObject[str(operands[0])]
        if str(given.get("/Subtype", "")) != "/Form":
            box = Box.around([moved(corner, self.state.matrix) for corner in ((0, 0), (1, 0), (1, 1), (0, 1))])
            self._place(box)
            self._shape(box, None, None)
            return
        before = copy(self.state)
        self.state.matrix = times(_numbers(given.get("/Matrix", SAME)), self.state.matrix)
        self.read(given, given.get("/Resources", self.resources))
        self.state = before

    def _shade(self, operands: Any) -> None:
        """A gradient over all that is not clipped."""
        inside = [point for clip in self.state.clips[-1:] for part in clip.path for point in part]
        if inside:
            self._shape(Box.around(inside), None, None)

    # -------------------------------------------------------------- text
    def _begin_text(self, operands: Any) -> None:
        self.text = self.line = SAME

    def _set_text(self, operands: Any) -> None:
        self.text = self.line = _numbers(operands)

    def _next_line(self, x: float, y: float) -> None:
        self.text = self.line = times((1, 0, 0, 1, x, y), self.line)

    def _move_lines(self, operands: Any) -> None:
        x, y = _numbers(operands)
        self.state.leading = -y
        self._next_line(x, y)

    def _set_font(self, operands: Any) -> None:
        font = self.resources.Font[str(operands[0])]
        key = font.objgen if font.is_indirect else str(operands[0])
        self.state.font = self.fonts.setdefault(key, Font(font))
        self.state.size = float(operands[1])

    def _show(self, parts: Sequence[Any]) -> None:
        state, font = self.state, self.state.font
        if font is None:
            return
        said, gone = [], 0.0
        for part in parts:
            if not isinstance(part, pikepdf.String):
                gone -= float(part) / 1000 * state.size * state.scale
                continue
            text, widths = font.read(bytes(part))
            said.append(text)
            gone += sum(
                (width / 1000 * state.size + state.spacing + (state.words if one == " " else 0)) * state.scale
                for width, one in zip(widths, text if len(text) == len(widths) else [""] * len(widths), strict=True)
            )
        matrix = times(self.text, state.matrix)
        self.text = times((1, 0, 0, 1, gone, 0), self.text)
        self._write("".join(said), gone, matrix, font)

    def _write(self, text: str, long: float, matrix: Matrix, font: Font) -> None:
        if not text.strip() or self.state.mode == 3:
            return
        low, high = self.state.rise - DEEP * self.state.size, self.state.rise + TALL * self.state.size
        box = Box.around([moved(corner, matrix) for corner in ((0, low), (long, low), (long, high), (0, high))])
        self._place(box)
        if self.state.mode == 1:  # the rim of letters, painted so that they stand out
            self.shapes.append(Shape(box, None, self.state.stroke, self.state.stroke_alpha, False, self.state.clips))
            return
        size = self.state.size * math.hypot(matrix[2], matrix[3])
        colour = over(self.state.fill or BLACK, self.state.fill_alpha, WHITE)
        if self.is_artifact and size >= WATERMARK and min(colour) > PALE:
            self._shape(box, None, colour)
            return
        middle = (low + high) / 2
        points = [moved((long * share, middle), matrix) for share in (0.03, 0.5, 0.97)]
        behind = tuple(dict.fromkeys(self._behind(point) for point in points))
        if self.state.fill_alpha < 1:
            colour = over(self.state.fill or BLACK, self.state.fill_alpha, behind[0] or WHITE)
        is_cut = not all(shown(point, self.state.clips) for point in points)
        run = Run(text, box, size, font.is_bold, colour, behind, self.mcid, self.is_artifact, is_cut)
        if self.runs and (joined := self.runs[-1].joined(run)):
            self.runs[-1] = joined
        else:
            self.runs.append(run)

    def _behind(self, point: Point) -> Colour | None:
        found: Colour | None = WHITE
        for shape in self.shapes:
            if shape.alpha and shape.covers(point):
                found = None if shape.colour is None else over(shape.colour, shape.alpha, found or WHITE)
        return found


def _numbers(operands: Any) -> Any:
    return tuple(float(one) for one in operands)


def _colour(operands: Any) -> Colour | None:
    """None for a pattern."""
    if operands and isinstance(operands[-1], pikepdf.Name):
        return None
    given = _numbers(operands)
    if len(given) == 1:
        return given[0], given[0], given[0]
    if len(given) == 4:
        cyan, magenta, yellow, black = given
        return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return given[0], given[1], given[2]


def _paints(**how: bool) -> Callable[[_Painter, Any], None]:
    return lambda painter, operands: painter._paint(**how)


OPERATORS: Mapping[str, Callable[[_Painter, Any], None]] = {
    "cm": _Painter._matrix,
    "gs": _Painter._settings,
    **dict.fromkeys(("g", "rg", "k", "sc", "scn"), _Painter._fill_colour),
    **dict.fromkeys(("G", "RG", "K", "SC", "SCN"), _Painter._stroke_colour),
    **dict.fromkeys(("BMC", "BDC"), _Painter._begin),
    "EMC": _Painter._end,
    "m": _Painter._move,
    "l": _Painter._line_to,
    "c": lambda painter, operands: painter._curve(0, operands),
    "v": lambda painter, operands: painter._curve(1, operands),
    "y": lambda painter, operands: painter._curve(2, operands),
    "re": _Painter._rectangle,
    "W": lambda painter, operands: painter._clip(False),
    "W*": lambda painter, operands: painter._clip(True),
    **dict.fromkeys(("f", "F", "B", "b"), _paints(fills=True)),
    **dict.fromkeys(("f*", "B*", "b*"), _paints(fills=True, is_even_odd=True)),
    **dict.fromkeys(("S", "s", "n"), _paints()),
    "Do": _Painter._do,
    "sh": _Painter._shade,
    "BT": _Painter._begin_text,
    "Tm": _Painter._set_text,
    "Td": lambda painter, operands: painter._next_line(*_numbers(operands)),
    "TD": _Painter._move_lines,
    "T*": lambda painter, operands: painter._next_line(0, -painter.state.leading),
    "Tf": _Painter._set_font,
    "Tj": lambda painter, operands: painter._show(operands),
    "TJ": lambda painter, operands: painter._show(operands[0]),
    "Tc": lambda painter, operands: setattr(painter.state, "spacing", float(operands[0])),
    "Tw": lambda painter, operands: setattr(painter.state, "words", float(operands[0])),
    "Tz": lambda painter, operands: setattr(painter.state, "scale", float(operands[0]) / 100),
    "TL": lambda painter, operands: setattr(painter.state, "leading", float(operands[0])),
    "Ts": lambda painter, operands: setattr(painter.state, "rise", float(operands[0])),
    "Tr": lambda painter, operands: setattr(painter.state, "mode", int(operands[0])),
}
