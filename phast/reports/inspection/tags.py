"""What the tags of a PDF say: its elements in the order in which they are read, with their words and places."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf

from .geometry import Box
from .painted import Page, painted

HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


@dataclass(frozen=True)
class Piece:
    """What the tags know by one number: a line of text, or a picture."""

    page: Page
    mcid: int

    @cached_property
    def text(self) -> str:
        return self.page.texts.get(self.mcid, "")

    @cached_property
    def box(self) -> Box | None:
        """None when nothing is to be seen."""
        boxes = self.page.places.get(self.mcid)
        return Box.of_all(boxes) if boxes else None


@dataclass
class Element:
    """A tag. `alternative`: the words that stand for a picture; `key`: what cells name a header by; `headers`: the keys that a cell
    names; `inside`: what it holds, in the order in which it is read."""

    kind: str
    alternative: str = ""
    key: str = ""
    headers: frozenset[str] = frozenset()
    inside: list[Element | Piece] = field(default_factory=list)

    def elements(self) -> Iterator[Element]:
        """Itself, and every element in it."""
        yield self
        for one in self.inside:
            if isinstance(one, Element):
                yield from one.elements()

    def of_kind(self, *kinds: str) -> list[Element]:
        return [one for one in self.elements() if one.kind in kinds]

    def pieces(self) -> Iterator[Piece]:
        for one in self.inside:
            if isinstance(one, Element):
                yield from one.pieces()
            else:
                yield one

    @cached_property
    def text(self) -> str:
        return " ".join(" ".join(piece.text for piece in self.pieces()).split())

    @cached_property
    def page(self) -> Page | None:
        """Where it begins; None when it holds nothing."""
        return next((piece.page for piece in self.pieces()), None)


@dataclass(frozen=True)
class Bookmark:
    title: str
    depth: int  # 0 for the outermost
    page: int  # 0 when it leads nowhere


@dataclass(frozen=True)
class Document:
    """A PDF as it is seen and as it is read."""

    pages: Sequence[Page]
    root: Element
    bookmarks: Sequence[Bookmark]
    title: str
    language: str
    shows_title: bool

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        return list(self.root.pieces())

    @cached_property
    def headings(self) -> Sequence[Element]:
        return self.root.of_kind(*HEADINGS)


def opened(content: bytes) -> Document:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = [painted(page, number) for number, page in enumerate(pdf.pages, 1)]
        numbers = {page.obj.objgen: page for page in pdf.pages}
        by_page = {key: pages[at] for at, key in enumerate(numbers)}
        viewer: Any = pdf.Root.get("/ViewerPreferences", {})
        root = Element("Document")
        _fill(root, pdf.Root.get("/StructTreeRoot", pikepdf.Dictionary()), None, by_page)
        return Document(
            pages,
            root,
            list(_bookmarks(pdf, by_page)),
            str(pdf.docinfo.get("/Title", "")).strip(),
            str(pdf.Root.get("/Lang", "")),
            bool(viewer.get("/DisplayDocTitle", False)),
        )


def _fill(element: Element, tag: Any, page: Page | None, pages: dict[Any, Page]) -> None:
    """Reads what a tag holds. `page`: what numbers in it are about, unless they say so."""
    page = pages.get(tag.Pg.objgen, page) if "/Pg" in tag else page
    held = tag.get("/K", [])
    for one in held if isinstance(held, pikepdf.Array) else [held]:
        if not isinstance(one, pikepdf.Dictionary):
            if page is not None:
                element.inside.append(Piece(page, int(one)))
        elif "/S" in one:
            inner = _element(one)
            element.inside.append(inner)
            _fill(inner, one, page, pages)
        elif "/MCID" in one:
            its = pages[one.Pg.objgen] if "/Pg" in one else page
            if its is not None:
                element.inside.append(Piece(its, int(one.MCID)))


def _element(tag: Any) -> Element:
    given = tag.get("/A", pikepdf.Array())
    attributes = given if isinstance(given, pikepdf.Array) else [given]
    headers = frozenset(str(header) for one in attributes for header in one.get("/Headers", []))
    return Element(str(tag.S).lstrip("/"), str(tag.get("/Alt", "")).strip(), str(tag.get("/ID", "")), headers)


def _bookmarks(pdf: pikepdf.Pdf, pages: dict[Any, Page]) -> Iterator[Bookmark]:
    def walk(items: Any, depth: int) -> Iterator[Bookmark]:
        for item in items:
            place = item.destination
            if place is None and item.action is not None:
                place = item.action.get("/D")
            page = pages.get(place[0].objgen) if isinstance(place, pikepdf.Array) else None
            yield Bookmark(str(item.title), depth, page.number if page else 0)
            yield from walk(item.children, depth + 1)

    with pdf.open_outline() as outline:
        yield from list(walk(outline.root, 0))
