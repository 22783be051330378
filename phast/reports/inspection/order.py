"""Is a page read in the order in which it is seen, all of it and nothing twice?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from .finding import Finding, short
from .geometry import Box
from .painted import Page
from .tags import Document, Piece

SLACK = 1.0  # points that neighbours may reach into each other


def reading(document: Document) -> Iterator[Finding]:
    """Pages one after the other, each in its own order."""
    last = 0
    for piece in document.pieces:
        if piece.page.number < last:
            yield Finding("order", piece.page.number, f"{short(piece.text)} is read after what stands on page {last}.")
        last = max(last, piece.page.number)
    for page in document.pages:
        own = [piece for piece in document.pieces if piece.page is page]
        yield from _once(page, own)
        seen = [(piece, piece.box) for piece in own if piece.box is not None]
        if (pair := _out_of_order(seen)) is not None:
            before, after = pair
            yield Finding(
                "order", page.number, f"{_named(before)} is read before {_named(after)}, but stands after it."
            )


def _once(page: Page, own: Sequence[Piece]) -> Iterator[Finding]:
    """What is marked is tagged once, what is an artifact never, and there is no third."""
    times = Counter(piece.mcid for piece in own)
    for mcid, many in times.items():
        if many > 1:
            yield Finding("tags", page.number, f"{short(page.texts.get(mcid, ''))} is read {many} times.")
    for run in page.runs:
        if run.is_artifact:
            if run.mcid is not None:
                yield Finding("tags", page.number, f"{short(run.text)} is both read and left out.")
        elif run.mcid is None or run.mcid not in times:
            yield Finding("tags", page.number, f"{short(run.text)} is neither read nor marked as not to be read.")


def _named(piece: Piece) -> str:
    return short(piece.text) if piece.text.strip() else "A picture"


def _out_of_order(pieces: Sequence[tuple[Piece, Box]]) -> tuple[Piece, Piece] | None:
    """Two pieces in the wrong order, or None. The order is right when the page can be cut, again and again, from side to side or from
    top to bottom, so that all that is read first is above or to the left. Then columns, tables and figures beside text are right."""
    waiting = [list(pieces)]
    while waiting:
        group = waiting.pop()
        if len(group) < 2:
            continue
        for first, last in (("top", "bottom"), ("left", "right")):
            parts = _cut(group, first, last)
            if len(parts) > 1:
                waiting.extend(parts)
                break
        else:
            return _culprits(group)
    return None


def _cut(group: Sequence[tuple[Piece, Box]], first: str, last: str) -> list[list[tuple[Piece, Box]]]:
    """The group cut wherever everything before ends before everything after begins."""
    ends = list(accumulate((getattr(box, last) for _, box in group), max))
    begins = list(accumulate((getattr(box, first) for _, box in reversed(group)), min))[::-1]
    cuts = [at for at in range(1, len(group)) if ends[at - 1] <= begins[at] + SLACK]
    return [list(group[a:b]) for a, b in pairwise([0, *cuts, len(group)])]


def _culprits(group: Sequence[tuple[Piece, Box]]) -> tuple[Piece, Piece]:
    """The first two neighbours of which the later is neither below nor to the right; or the ends of the group."""
    for (one, here), (two, there) in pairwise(group):
        is_above = there.bottom <= here.top + SLACK and there.left < here.right - SLACK
        is_left = there.right <= here.left + SLACK and there.top < here.bottom - SLACK
        if is_above or is_left:
            return one, two
    return group[0][0], group[-1][0]
