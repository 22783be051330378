"""Which part of a sheet's dates is the month, where only the person knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phast.sheets.days import may_be_two, order_of
from phast.ui.templatetags.ui import local_date

from . import values
from .found import Question, key_of


def order_question(cells: Sequence[tuple[int, str]], said: Mapping[str, str]) -> list[Question]:
    """What comes first in the dates, where that has to be asked: a list of one, or none. `cells`: each with its row."""
    held = [cell for _, cell in cells]
    asked = [(row, cell.strip()) for row, cell in cells if may_be_two(cell)]
    if not asked or order_of(held) not in ("ask", "mixed"):
        return []
    example = asked[0][1]
    choices = [
        (order, f"{part}: {local_date(values.day(example, order=order, since_1904=False))}")
        for order, part in (("mdy", "The month"), ("dmy", "The day"))
    ]
    found = Question(key_of("order", *held), example, [row for row, _ in asked], choices)
    found.answer_from(said)
    return [found]
