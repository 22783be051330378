"""Our own check of PDFs finds nothing in a good one, and in each bad one what is bad about it."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Name

from phast.reports.inspection import Finding, independent, inspected
from phast.reports.typeset import typeset


def picture(inside: str) -> str:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40'>{inside}</svg>"
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def bar(colour: str) -> str:
    return picture(
        f"<rect width='90' height='40' fill='{colour}'/><text x='4' y='24' font-size='12' fill='#ffffff'>1,234</text>"
    )


PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
HEAD = "<thead><tr><th>Agency</th><th>Kits</th></tr></thead>"
ONCE = HEAD.replace("<thead>", "<thead style='display: table-row-group'>")
OUTSIDE = picture("<text x='70' y='20' font-size='12'>Outside</text>")
LINES = "<br>".join(f"Line {n}" for n in range(1, 100))


def rows(many: int, second: str = "12") -> str:
    return "".join(f"<tr><th>Agency {n}</th><td>{second}</td></tr>" for n in range(many))


GOOD = f"""
<h2>Kits by agency</h2>
<p>Counted by those who left them.</p>
<table>{HEAD}{rows(60)}</table>
<h2>Two halves</h2>
<div class="halves"><div><h3>Left</h3><p>One.</p><p>Two.</p></div><div><h3>Right</h3><p>Three.</p></div></div>
<figure><img alt="A bar of 1,234 kits" src="{bar("#3e4ded")}"><figcaption>Kits.</figcaption></figure>
<p style="background: #faf3d1; padding: 2mm">On a ground. <b>Bold</b> and <a href="#end">a link</a>.</p>
<ul><li>First<ul><li>Nested</li></ul></li><li>Second</li></ul>
<h2 id="end">The end</h2><table><caption>A table with a caption</caption>{HEAD}{rows(2)}</table>"""


def drawn(body: str, *, title: str = "<title>A report</title>", lang: str = "en", heading: str = "A report") -> bytes:
    head = f"<header class='masthead'><p class='masthead__name'>Ours</p><h1>{heading}</h1></header>"
    return typeset(
        f"<!DOCTYPE html><html lang={lang!r}><head>{title}</head><body>{head}<main>{body}</main></body></html>"
    ).content


def changed(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        file = io.BytesIO()
        pdf.save(file)
    return file.getvalue()


def said(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding)) for finding in findings]


def test_a_good_document_has_no_finding() -> None:
    content = drawn(GOOD)
    assert said(inspected(content)) == []
    passed, findings = independent(content)
    assert passed > 100
    assert not findings


BAD = {
    "columns read from right to left": (
        "<p style='margin: 0 0 -5.1mm 90mm'>One</p><p>Two</p>",
        "order",
        "Page 1: “One” is read before “Two”, but stands after it.",
    ),
    "a sentence moved up": (
        "<p>One</p><p>Two</p><p style='position: relative; top: -40mm'>Three</p>",
        "order",
        "“Two” is read before “Three”",
    ),
    "grey on white": (
        "<p style='color: #999'>Pale</p>",
        "contrast",
        "“Pale” has a contrast of 2.8 (#999999 on #ffffff)",
    ),
    "large and bold, and yet too pale": (
        "<p style='color: #aaa; font: 700 20pt sans-serif'>Pale</p>",
        "contrast",
        "contrast of 2.3 (#aaaaaa on #ffffff), not 3.0.",
    ),
    "dark on dark": ("<p style='background: #333'>Dark</p>", "contrast", "(#1b1b1b on #333333)"),
    "pale by transparency": ("<p style='color: #0000004d'>Pale</p>", "contrast", "(#b2b2b2 on #ffffff)"),
    "white on a pale bar": (
        f'<img alt="Bar" src="{bar("#ffbe2e")}">',
        "contrast",
        "“1,234” has a contrast of 1.7",
    ),
    "on a picture": (f"<p style='background: url({PIXEL})'>Words</p>", "contrast", "“Words” stands on a picture."),
    "a heading without a bookmark": (
        "<h2 style='bookmark-level: none'>Lost</h2><p>Text</p>",
        "bookmarks",
        "There are 2 headings and 1 bookmarks.",
    ),
    "a bookmark with other words": (
        "<h2 style='bookmark-label: \"Else\"'>Lost</h2><p>Text</p>",
        "bookmarks",
        "Page 1: The heading “Lost” has the bookmark “Else”.",
    ),
    "a bookmark nested wrongly": (
        "<h2 style='bookmark-level: 1'>Lost</h2><p>Text</p>",
        "bookmarks",
        "The bookmark “Lost” is nested in another than its heading is.",
    ),
    "a figure without words": (f"<img src='{PIXEL}'>", "captions", "A figure has no words that stand for it."),
    "a caption of nothing": (
        "<figure><figcaption>Alone</figcaption></figure>",
        "captions",
        "The caption “Alone” belongs to no table or figure.",
    ),
    "a figure with two captions": (
        f"<figure><img alt='A' src='{PIXEL}'><figcaption>One</figcaption><figcaption>Two</figcaption></figure>",
        "captions",
        "“One” is not the only one.",
    ),
    "a table without a title": (
        f"<ul><li>Entry</li></ul><table>{HEAD}{rows(2)}</table>",
        "captions",
        "The table that begins with “Agency Kits Agency 0 12 Agency 1 12” has no title.",
    ),
    "a cell without a header": (
        "<h2>Cells</h2><table><tr><td>Bare</td></tr></table>",
        "headers",
        "The cell “Bare” names no header.",
    ),
    "a heading at the end of a page": (
        "<h2 style='break-after: page'>Alone</h2><p>Text</p>",
        "breaks",
        "Page 1: “Alone” is the last thing on the page.",
    ),
    "a heading at the end of a column": (
        "<div class='columns'><p>Text</p><h3 style='break-after: column'>Alone</h3><p>Text</p></div>",
        "breaks",
        "“Alone” is the last thing in its column.",
    ),
    "a row in two parts": (
        f"<h2>Rows</h2><table style='page-break-inside: auto'>{HEAD}{rows(1, LINES)}</table>",
        "breaks",
        "is split over two pages.",
    ),
    "a table that goes on without its head": (
        f"<h2>Rows</h2><table>{ONCE}{rows(80)}</table>",
        "breaks",
        "Page 2: A table goes on without its head.",
    ),
    "a head without a row": (
        f"<h2>Rows</h2><table>{HEAD}</table><p>Text</p>",
        "breaks",
        "The head of the table “Agency Kits” stands without a row below it.",
    ),
    "text past the edge": (
        "<p style='white-space: nowrap'>" + "A long line that is not broken. " * 9 + "</p>",
        "room",
        "runs off the page.",
    ),
    "text that is cut": (
        "<p style='height: 2mm; overflow: hidden'>One<br>Two</p>",
        "room",
        "“Two” is cut off.",
    ),
    "text cut by the edge of a drawing": (
        f'<img alt="Cut" src="{OUTSIDE}">',
        "room",
        "“Outside” is cut off.",
    ),
    "text over text": (
        "<p>First words</p><p style='margin-top: -6mm'>Other words</p>",
        "overlap",
        "“First words” and “Other words” overlap.",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_each_rule_finds_what_is_bad(what: str) -> None:
    body, rule, sentence = BAD[what]
    found = said(inspected(drawn(body)))
    assert any(rule == one and sentence in words for one, words in found), found


def test_a_document_says_what_it_is_in_which_language() -> None:
    found = said(inspected(drawn("<p>Text</p>", title="", lang="")))
    assert ("title", "The document has no title.") in found
    assert ("title", "The document does not say which language it is in.") in found


def test_a_document_has_a_heading_of_the_first_level() -> None:
    def lowered(pdf: pikepdf.Pdf) -> None:
        for tag in pdf.objects:
            if isinstance(tag, pikepdf.Dictionary) and tag.get("/S") == Name.H1:
                tag.S = Name.H2

    found = said(inspected(changed(drawn("<p>Text</p>"), lowered)))
    assert found == [("title", "The document has no heading of the first level.")]


def test_what_is_marked_is_read_once_and_the_rest_is_an_artifact() -> None:
    def read_twice(pdf: pikepdf.Pdf) -> None:
        top = pdf.Root.StructTreeRoot.K[0]
        top.K.append(top.K[0])

    def unmarked(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0].obj
        page.Contents = pdf.make_stream(
            page.Contents.read_bytes().replace(b"/Artifact\nBMC", b"/Span <</Lang (en)>>\nBDC")
        )

    def both(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0].obj
        page.Contents = pdf.make_stream(b"/Artifact BMC\n" + page.Contents.read_bytes() + b"\nEMC")

    content = drawn("<p>Text</p>")
    assert ("tags", "Page 1: “Text” is read 2 times.") not in said(inspected(content))
    assert any("is read 2 times." in words for _, words in said(inspected(changed(content, read_twice))))
    assert ("tags", "Page 1: “Page 1 of 1” is neither read nor marked as not to be read.") in said(
        inspected(changed(content, unmarked))
    )
    assert ("tags", "Page 1: “Text” is both read and left out.") in said(inspected(changed(content, both)))


def test_pages_are_read_in_their_order() -> None:
    def turned(pdf: pikepdf.Pdf) -> None:
        top = pdf.Root.StructTreeRoot.K[0]
        top.K = Array(list(top.K)[::-1])

    content = drawn("<p>One</p><p style='break-before: page'>Two</p>")
    found = said(inspected(changed(content, turned)))
    assert ("order", "Page 1: “One” is read after what stands on page 2.") in found


def test_a_bookmark_leads_to_the_page_of_its_heading() -> None:
    def astray(pdf: pikepdf.Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root[0].children[0].destination = Array([pdf.pages[0].obj, Name.Fit])

    content = drawn("<p>Text</p><h2 style='break-before: page'>Later</h2><p>Text</p>")
    assert said(inspected(content)) == []
    found = said(inspected(changed(content, astray)))
    assert found == [("bookmarks", "Page 2: The bookmark “Later” does not lead to its heading’s page.")]


def test_a_header_that_is_not_there_is_found() -> None:
    content = drawn(f"<h2>Cells</h2><table>{HEAD}{rows(1)}</table>")

    def lost(pdf: pikepdf.Pdf) -> None:
        for tag in pdf.objects:
            if isinstance(tag, pikepdf.Dictionary) and tag.get("/S") == Name.TH and "/ID" in tag:
                del tag.ID

    assert ("headers", "Page 1: The cell “12” names a header that is not there.") in said(
        inspected(changed(content, lost))
    )
