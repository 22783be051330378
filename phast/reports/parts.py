"""Where a long report is divided, so that several processes can draw it.

The time and the memory that drawing takes grow with the pages that one process has in hand, and Python draws with one processor at a
time. A part begins on a new page, at a section, or between two blocks of a section that is too long. Where is worked out from the
document alone: the same data gives the same file on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml import html as lxml_html

# What a report may weigh that is drawn in one piece, and then a part. A page weighs 150 to 300, and drawing it takes some 3 MB.
SHORT = 2000
MOST = 5000
EVEN = 2  # two processes draw, so that both are done at the same time
BEGINS = "part-begins"
ELSEWHERE = "https://parts.invalid/#"  # a link to another part, until the parts are bound: what is missing would be no link at all
DIVISIBLE = {"body", "main", "section", "article", "div"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


@dataclass(frozen=True)
class Part:
    """A document that holds some of a report's blocks, and the anchor where those begin.

    Every part but the first has the masthead in front of that, on a page that is not kept: it names the report, so that the running
    head and foot are right. `begins` is "" for the first.
    """

    markup: str
    begins: str


def split(markup: str) -> list[Part]:
    """The parts of a document; a short one is its only part, as it is."""
    document = lxml_html.document_fromstring(markup)
    body = document.find("body")
    masthead = body.find("header")
    runs = [run for run in _runs(body) if run[0] is not masthead]
    shares = _shares([sum(map(_weight, run)) for run in runs])
    if masthead is None or len(shares) == 1:
        return [Part(markup, "")]
    homes: dict[str, int] = {}
    for place, share in enumerate(shares):
        for block in (block for at in share for block in runs[at]):
            block.set("data-part", str(place))
            for named in [*block.xpath("descendant-or-self::*[@id]"), *block.xpath("ancestor::*[@id]")]:
                homes.setdefault(named.get("id"), place)
    return [_part(deepcopy(document), place, homes) for place in range(len(shares))]


def _runs(element: Any) -> Iterator[list[Any]]:
    """The blocks of an element; a heading is together with what follows it, since no part begins between them."""
    run: list[Any] = []
    for child in element.iterchildren(etree.Element):
        if _is_divisible(child):
            for inner in _runs(child):
                yield [*run, *inner]
                run = []
            continue
        run.append(child)
        if child.tag not in HEADINGS:
            yield run
            run = []
    if run:
        yield run


def _is_divisible(element: Any) -> bool:
    """May a part begin inside? What fits into a part stays whole."""
    if element.tag not in DIVISIBLE or not len(element):
        return False
    words = [element.text, *(child.tail for child in element)]
    return (element.tag == "main" or _weight(element) > MOST) and not any((text or "").strip() for text in words)


def _weight(element: Any) -> float:
    """How much work an element is: its boxes, and its words."""
    boxes = sum(1 for _ in element.iter(etree.Element))
    return boxes + len("".join(element.itertext())) / 20


def _shares(weights: Sequence[float]) -> list[range]:
    """Which runs make up each part: one part, or an even number of nearly the same weight."""
    whole = sum(weights)
    if whole <= SHORT:
        return [range(len(weights))]
    many = EVEN * -int(-whole // (EVEN * MOST))
    shares: list[range] = []
    first, before = 0, 0.0
    for at, weight in enumerate(weights):
        if at > first and before + weight / 2 > whole * (len(shares) + 1) / many:
            shares.append(range(first, at))
            first = at
        before += weight
    return [*shares, range(first, len(weights))]


def _part(document: Any, place: int, homes: dict[str, int]) -> Part:
    """One part of a copy of the document, whose blocks say in `data-part` which part they belong to."""
    for block in document.xpath("//*[@data-part][@data-part != $place]", place=place):
        _remove(block)
    for named in document.xpath("//*[@id]"):
        if homes.get(named.get("id"), place) != place:
            del named.attrib["id"]  # a section that began in an earlier part
    for link in document.xpath("//a[starts-with(@href, '#')]"):
        target = link.get("href")[1:]
        if homes.get(target, place) != place:
            link.set("href", ELSEWHERE + target)
    begins = ""
    if place:
        first = document.find("body").find("header").getnext()
        begins = first.get("id") or BEGINS
        first.set("id", begins)
        first.set("data-begins", "page")
        while len(first):  # nothing has room above it at the top of a page
            first = first[0]
            first.set("data-begins", "")
    return Part("<!DOCTYPE html>\n" + lxml_html.tostring(document, encoding="unicode"), begins)


def _remove(block: Any) -> None:
    """Takes a block away, and the sections that hold nothing else."""
    parent = block.getparent()
    parent.remove(block)
    if parent.tag != "body" and not len(parent):
        _remove(parent)
