"""Does the document tell where one is: title, bookmarks, captions, and headings that stay with what they are about?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .finding import Finding, short
from .tags import HEADINGS, Document, Element, Piece

BLOCKS = (*HEADINGS, "P", "Table", "L", "Figure", "Caption", "BlockQuote")
HEADED = ("THead", "TBody", "TFoot")


def telling(document: Document) -> Iterator[Finding]:
    yield from _named(document)
    yield from _bookmarks(document)
    yield from _figures(document)
    yield from _tables(document)
    yield from _breaks(document)


def _named(document: Document) -> Iterator[Finding]:
    if not document.title:
        yield Finding("title", 0, "The document has no title.")
    if not document.shows_title:
        yield Finding("title", 0, "The window shows the name of the file and not the title.")
    if not document.language:
        yield Finding("title", 0, "The document does not say which language it is in.")
    if not any(heading.kind == "H1" for heading in document.headings):
        yield Finding("title", 0, "The document has no heading of the first level.")


# ------------------------------------------------------------------ bookmarks
def _bookmarks(document: Document) -> Iterator[Finding]:
    """One for each heading: the same words in the same order, as deep, on the same page."""
    marks, headings = list(document.bookmarks), list(document.headings)
    if len(marks) != len(headings):
        yield Finding("bookmarks", 0, f"There are {len(headings)} headings and {len(marks)} bookmarks.")
    for heading, depth, mark in zip(headings, _depths(headings), marks, strict=False):
        page = heading.page.number if heading.page else 0
        if _squeezed(mark.title) != _squeezed(heading.text):
            yield Finding("bookmarks", page, f"The heading {short(heading.text)} has the bookmark {short(mark.title)}.")
            return  # all that follow would be off by one
        if mark.depth != depth:
            yield Finding(
                "bookmarks", page, f"The bookmark {short(mark.title)} is nested in another than its heading is."
            )
        if mark.page != page:
            yield Finding("bookmarks", page, f"The bookmark {short(mark.title)} does not lead to its heading’s page.")


def _depths(headings: Sequence[Element]) -> list[int]:
    """How deep each heading stands in those before it."""
    above: list[str] = []
    found = []
    for heading in headings:
        while above and above[-1] >= heading.kind:
            above.pop()
        found.append(len(above))
        above.append(heading.kind)
    return found


def _squeezed(text: str) -> str:
    return "".join(text.split())


# ------------------------------------------------------------------ captions
def _figures(document: Document) -> Iterator[Finding]:
    """Words for each figure; a caption beside the one thing it is about, or in it."""
    for element in document.root.elements():
        page = element.page.number if element.page else 0
        if element.kind == "Figure" and not element.alternative:
            yield Finding("captions", page, "A figure has no words that stand for it.")
        captions = [one for one in element.inside if isinstance(one, Element) and one.kind == "Caption"]
        others = [one for one in element.inside if not (isinstance(one, Element) and one.kind == "Caption")]
        for caption in captions:
            is_tied = element.kind in ("Table", "Figure") or any(
                isinstance(one, Element) and one.of_kind("Figure", "Table") for one in others
            )
            if not is_tied:
                yield Finding("captions", page, f"The caption {short(caption.text)} belongs to no table or figure.")
            elif len(captions) > 1:
                yield Finding("captions", page, f"The caption {short(caption.text)} is not the only one.")


def _tables(document: Document) -> Iterator[Finding]:
    """A title for each table, headers for each cell, and no row in two parts."""
    yield from _headers(document)
    blocks = [one for one in document.root.elements() if one.kind in BLOCKS and (one.text or one.kind == "Figure")]
    nested = {id(inner) for block in blocks for inner in block.elements() if inner is not block}
    outer = [block for block in blocks if id(block) not in nested]
    for before, block in pairwise([None, *outer]):
        if block is None or block.kind != "Table":
            continue
        page = block.page.number if block.page else 0
        if before is not None and before.kind == "Table" and _goes_on(before, block):
            yield from _continued(before, block, page)
        elif not _caption(block) and not _is_headed(outer, block):
            yield Finding("captions", page, f"The table that begins with {short(block.text)} has no title.")
        if not _body(block):
            yield Finding("breaks", page, f"The head of the table {short(block.text)} stands without a row below it.")


def _headers(document: Document) -> Iterator[Finding]:
    """Each cell names the header cells that it belongs to."""
    known = {head.key for head in document.root.of_kind("TH") if head.key}
    for cell in document.root.of_kind("TD"):
        page = cell.page.number if cell.page else 0
        named = cell.headers
        if not named:
            yield Finding("headers", page, f"The cell {short(cell.text)} names no header.")
        elif not named <= known:
            yield Finding("headers", page, f"The cell {short(cell.text)} names a header that is not there.")


def _caption(table: Element) -> Element | None:
    return next((one for one in table.inside if isinstance(one, Element) and one.kind == "Caption"), None)


def _is_headed(blocks: Sequence[Element], table: Element) -> bool:
    """Does a heading stand before the table, with sentences between them at most, or a picture without text, as a logo?"""
    at = next(at for at, block in enumerate(blocks) if block is table)
    between = [block for block in blocks[:at] if block.kind not in ("P", "BlockQuote", "Figure") or _is_drawing(block)]
    before = between[-1] if between else None
    return before is not None and before.kind in HEADINGS


def _is_drawing(block: Element) -> bool:
    return block.kind == "Figure" and bool(block.text)


def _goes_on(before: Element, table: Element) -> bool:
    """Is a table the rest of the one before it: nothing between them but the end of a page or of a column?"""
    last = list(before.pieces())[-1].page.number
    is_next = table.page is not None and table.page.number == last + 1
    return _caption(table) is None and (is_next or _heads(before) == _heads(table))


def _heads(table: Element) -> list[str]:
    return [row.text for row in _rows(table, head=True)]


def _rows(table: Element, *, head: bool) -> list[Element]:
    """Of its head or of its body; a table that is not divided is all body."""
    parts = table.of_kind(*HEADED)
    if not parts:
        return [] if head else table.of_kind("TR")
    return [row for part in parts if (part.kind == "THead") == head for row in part.of_kind("TR")]


def _body(table: Element) -> list[Element]:
    return _rows(table, head=False)


def _continued(before: Element, table: Element, page: int) -> Iterator[Finding]:
    if _heads(before) != _heads(table):
        yield Finding("breaks", page, "A table goes on without its head.")
    rows = _body(table)
    if rows and not _cells(rows[0])[0].text and any(cell.text for cell in _cells(rows[0])):
        yield Finding("breaks", page, f"The row that goes on with {short(rows[0].text)} is split over two pages.")


def _cells(row: Element) -> list[Element]:
    return row.of_kind("TH", "TD")


# ------------------------------------------------------------------ where pages end
def _breaks(document: Document) -> Iterator[Finding]:
    """No heading is the last thing on a page or in a column."""
    pieces = [piece for piece in document.pieces if piece.box is not None]
    of_heading = {id(piece) for heading in document.headings for piece in heading.pieces()}
    after: list[Piece | None] = [*pieces[1:], None]
    for piece, following in zip(pieces, after, strict=True):
        if id(piece) not in of_heading:
            continue
        if following is None or following.page is not piece.page:
            yield Finding("breaks", piece.page.number, f"{short(piece.text)} is the last thing on the page.")
        elif following.box is not None and piece.box is not None and following.box.bottom < piece.box.top:
            yield Finding("breaks", piece.page.number, f"{short(piece.text)} is the last thing in its column.")
