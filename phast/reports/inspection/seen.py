"""Can everything be seen: dark enough, on the page, and not in the way of something else?"""

from __future__ import annotations

from collections.abc import Iterator

from .finding import Finding, short
from .geometry import Colour
from .painted import Page, Run
from .tags import Document

ENOUGH, ENOUGH_LARGE = 4.5, 3.0  # contrast, WCAG 2.2 1.4.3
LARGE, LARGE_BOLD = 18.0, 14.0  # points
NEAR = 0.01  # below what is enough and yet enough: colours are rounded
EDGE = 0.5  # points past the edge of the page that nobody sees
TOUCH = 0.3  # of the lower of two lines' height that the other may cover


def seeing(document: Document) -> Iterator[Finding]:
    for page in document.pages:
        for run in page.runs:
            yield from _contrast(page, run)
            yield from _room(page, run)
        yield from _overlaps(page)


def contrast(one: Colour, other: Colour) -> float:
    """Of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(page: Page, run: Run) -> Iterator[Finding]:
    is_large = run.size >= (LARGE_BOLD if run.is_bold else LARGE) - NEAR
    enough = ENOUGH_LARGE if is_large else ENOUGH
    for behind in run.behind:
        if behind is None:
            yield Finding("contrast", page.number, f"{short(run.text)} stands on a picture.")
        elif (found := contrast(run.colour, behind)) < enough - NEAR:
            colours = f"{_hex(run.colour)} on {_hex(behind)}"
            yield Finding(
                "contrast", page.number, f"{short(run.text)} has a contrast of {found:.1f} ({colours}), not {enough}."
            )


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _room(page: Page, run: Run) -> Iterator[Finding]:
    box = run.box
    if min(box.left, box.top) < -EDGE or box.right > page.width + EDGE or box.bottom > page.height + EDGE:
        yield Finding("room", page.number, f"{short(run.text)} runs off the page.")
    elif run.is_cut:
        yield Finding("room", page.number, f"{short(run.text)} is cut off.")


def _overlaps(page: Page) -> Iterator[Finding]:
    """Text over text. The same text in the same place is one that was painted twice."""
    near: list[Run] = []
    for run in sorted(page.runs, key=lambda one: one.box.top):
        near = [one for one in near if one.box.bottom > run.box.top]
        for one in near:
            high = min(one.box.bottom, run.box.bottom) - max(one.box.top, run.box.top)
            wide = min(one.box.right, run.box.right) - max(one.box.left, run.box.left)
            low = min(one.box.bottom - one.box.top, run.box.bottom - run.box.top)
            if high > TOUCH * low and wide > 1 and one.text != run.text:
                yield Finding("overlap", page.number, f"{short(one.text)} and {short(run.text)} overlap.")
        near.append(run)
