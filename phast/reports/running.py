"""Running heads and feet, which screen readers skip. WeasyPrint marks them as text like any other, and lets no tag lead to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint import Document


def as_artifacts(document: Document, pdf: pydyf.PDF) -> None:
    """Marks what no tag leads to as an artifact. A `finisher` of WeasyPrint: called when everything is there and nothing is written."""
    tree = _object(pdf, pdf.catalog["StructTreeRoot"])
    top = _object(pdf, tree["K"][0])
    read = set(top["K"])
    unread: dict[bytes, set[int]] = defaultdict(set)
    for tag in pdf.objects:
        if isinstance(tag, pydyf.Dictionary) and tag.get("P") == top.reference and tag.reference not in read:
            for page, mark in _marks(pdf, tag):
                unread[page].add(mark)
    leading = _object(pdf, tree["ParentTree"])["Nums"]
    for at, page in enumerate(pdf.page_references):
        if page not in unread:
            continue
        _mark(_object(pdf, _object(pdf, page)["Contents"]), unread[page])
        for mark in unread[page]:
            leading[2 * at + 1][mark] = "null"


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _marks(pdf: pydyf.PDF, tag: Any) -> Iterator[tuple[bytes, int]]:
    """The page and the number of everything a tag holds; afterwards it holds nothing and belongs to nothing."""
    for held in tag["K"]:
        if isinstance(held, int):
            yield tag["Pg"], held
        else:
            yield from _marks(pdf, _object(pdf, held))
    tag.clear()


def _mark(stream: Any, marks: set[int]) -> None:
    items = stream.stream
    for at, item in enumerate(items):
        if type(item) is pydyf.Dictionary and item.get("MCID") in marks:
            items[at - 1 : at + 2] = "/Artifact", "BMC", ""
