"""Binds the parts of a report into one PDF/UA-1: pages, tags, bookmarks, links, and the number on each page."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from .typeset import Drawn, laid_out

LETTERS = "Page 0123456789 of"  # as `numbers.css` has them
# How WeasyPrint writes them: where they begin, and after the size of the font one glyph after the other.
TEXT = re.compile(rb"(.*\n1 0 0 -1 )([\d.]+)( [\d.]+ Tm\n/\S+ )(\S+) Tf\n\[(.+?)\] TJ(.*)", re.DOTALL)


@dataclass(frozen=True)
class Printed:
    """A part as a PDF of its own, and what leads to places on its pages.

    `bookmarks`: level, title, page of the part, and where on it; `anchors`: the same place by name. Header cells and keys of the tags
    have names that no other part uses.
    """

    content: bytes
    pages: int
    bookmarks: Sequence[Sequence[Any]]
    anchors: Mapping[str, Sequence[Any]]


def bound(parts: Sequence[Printed]) -> Drawn:
    """One PDF of all parts, in their order. Title, language and metadata are the first one's: they are the same in each."""
    with pikepdf.open(io.BytesIO(parts[0].content)) as whole:
        for part in parts[1:]:  # one after the other, so that no more than one is in memory twice
            _add(whole, pikepdf.open(io.BytesIO(part.content)))
        _number(whole)
        _lead(whole, parts)
        _share_fonts(whole)
        file = io.BytesIO()
        whole.save(
            file, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True
        )
        return Drawn(file.getvalue(), len(whole.pages))


def _add(whole: pikepdf.Pdf, source: pikepdf.Pdf) -> None:
    """A part's pages and its tags after those that are there."""
    tree = whole.Root.StructTreeRoot
    for page in source.pages:
        whole.pages.append(page)
    more = whole.copy_foreign(source.Root.StructTreeRoot)
    for tag in more.K[0].K:
        tag.P = tree.K[0]
        tree.K[0].K.append(tag)
    tree.ParentTree.Nums.extend(more.ParentTree.Nums)


def _number(whole: pikepdf.Pdf) -> None:
    """“Page 3 of 20”, which no part could know, where and how the style sheet says. Screen readers skip it, as any running foot."""
    with pikepdf.open(io.BytesIO(_letters())) as source:
        sheet = source.pages[0].mediabox
        drawn = whole.copy_foreign(source.pages[0].as_form_xobject())
    found = TEXT.fullmatch(drawn.read_bytes())
    if found is None:
        raise RuntimeError("WeasyPrint writes text in another way than this knows.")
    before, begin, turn, size, shown, after = found.groups()
    codes = dict(zip(LETTERS, re.findall(rb"<(\w+)>", shown), strict=True))
    widths = _widths(next(iter(drawn.Resources.Font.values())).DescendantFonts[0].W)
    closer = sum(map(int, re.findall(rb">(-?\d+)", shown)))

    def wide(text: str) -> float:
        return sum(widths[int(codes[letter], 16)] for letter in text)

    end = float(begin) + (wide(LETTERS) - closer) * float(size) / 1000
    first, last = whole.make_stream(b"q\n"), b"\nQ /Artifact BMC q %s Do Q EMC\n"
    for at, page in enumerate(whole.pages, 1):
        if page.mediabox != sheet:
            continue  # a sheet of another size has no number
        text = f"Page {at} of {len(whole.pages)}"
        start = b"%.3f" % (end - wide(text) * float(size) / 1000)
        letters = b"<%s>" % b"".join(codes[letter] for letter in text)
        number = whole.make_stream(b"".join((before, start, turn, size, b" Tf\n", letters, b" Tj", after)))
        number.update({key: drawn[key] for key in ("/Type", "/Subtype", "/BBox", "/Resources")})
        name = page.add_resource(number, Name.XObject, Name(f"/Number{at}"))
        page.obj.Contents = Array([first, page.obj.Contents, whole.make_stream(last % str(name).encode())])


@cache
def _letters() -> bytes:
    """A page that holds nothing but the running foot with each letter of it."""
    blank = "<html lang=en><title>Numbers</title><body>"
    return laid_out(blank, lambda document: bytes(document.write_pdf()), "numbers.css")


def _widths(listed: Any) -> dict[int, float]:
    """A font's widths by glyph, from “first [width width …]” again and again (ISO 32000-1, 9.7.4.3), in thousandths of its size."""
    return {
        int(first) + at: float(width)
        for first, row in zip(listed[::2], listed[1::2], strict=True)
        for at, width in enumerate(row)
    }


def _lead(whole: pikepdf.Pdf, parts: Sequence[Printed]) -> None:
    """Bookmarks as the headings stand in each other, and the places that links lead to."""
    anchors: dict[str, Array] = {}
    root: list[OutlineItem] = []
    above: list[tuple[int, list[OutlineItem]]] = []
    before = 0
    for part in parts:
        for level, title, *place in part.bookmarks:
            item = OutlineItem(title, _spot(whole, before, *place))
            while above and above[-1][0] >= level:
                above.pop()
            (above[-1][1] if above else root).append(item)
            above.append((level, item.children))
        for name, spot in part.anchors.items():
            anchors.setdefault(name, _spot(whole, before, *spot))
        before += part.pages
    if "/Outlines" in whole.Root:
        del whole.Root.Outlines
    with whole.open_outline() as outline:
        outline.root.extend(root)
    named = [item for name in sorted(anchors, key=str.encode) for item in (String(name), anchors[name])]
    whole.Root.Names = Dictionary(Dests=Dictionary(Names=Array(named)))


def _spot(whole: pikepdf.Pdf, before: int, number: int, x: float, y: float) -> Array:
    return Array([whole.pages[before + number].obj, Name.XYZ, x, y, 0])


def _share_fonts(whole: pikepdf.Pdf) -> None:
    """Font files that are the same in several parts are kept once."""
    seen: dict[bytes, Any] = {}
    for resources in {page.Resources.objgen: page.Resources for page in whole.pages}.values():
        for font in resources.get("/Font", {}).values():
            about = font.DescendantFonts[0].FontDescriptor
            for key in ("/FontFile2", "/FontFile3"):
                if key in about:
                    digest = hashlib.sha256(about[key].read_raw_bytes()).digest()
                    about[key] = seen.setdefault(digest, about[key])
