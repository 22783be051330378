"""A process that draws one part of a long report, started by `presses`.

It is a fork of the worker, which has WeasyPrint, our fonts and our styles in memory already: it begins at once, and all it used is free
again when it ends. It loads nothing but our own assets, keeps no file, lets go of the worker's database and broker before it begins, and
ends with the worker, whatever it is doing.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

import pydyf
from weasyprint import Document

from .parts import BEGINS, ELSEWHERE, Part
from .typeset import VARIANT, AsksOutside, laid_out

KEYS = 100_000  # how far the parts are apart in the numbers that lead from a page to its tags
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def work(place: int, part: Part, said: int, worker: int) -> NoReturn:
    """All that the process does: it draws, and writes to the file descriptor `said` what `answer_in` reads."""
    try:
        _stay_with(worker)
        os.closerange(3, said)
        os.closerange(said + 1, os.sysconf("SC_OPEN_MAX"))
        about, content, _ = _answer(place, part)
        with open(said, "wb") as stream:
            stream.write(json.dumps({**about, "size": len(content)}).encode() + b"\n" + content)
    finally:
        os._exit(0)  # nothing that the worker would do at its own end


def answer_in(said: bytes) -> tuple[dict[str, Any], bytes] | None:
    """What a process wrote, or None when it ended before it had said all."""
    line, _, content = said.partition(b"\n")
    if not content and not said.endswith(b"\n"):
        return None
    about = json.loads(line)
    return (about, content) if len(content) == about["size"] else None


def _stay_with(worker: int) -> None:
    """Linux ends this process when the worker ends. A signal to both leaves the worker time to finish its job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != worker:  # it ended before the line above
        os._exit(1)


def _answer(place: int, part: Part) -> tuple[dict[str, Any], bytes, Document | None]:
    """The part as a PDF, or why there is none; and what it was made from, which would take its time to be taken to pieces.

    Where an error came from is told without its message: that can hold what people typed.
    """
    try:
        return laid_out(part.markup, lambda document: (*_painted(document, place, part.begins), document), "part.css")
    except AsksOutside as refused:
        return {"refused": str(refused)}, b"", None
    except Exception as error:
        return {"failed": type(error).__name__, "trace": "".join(traceback.format_tb(error.__traceback__))}, b"", None


def _painted(document: Document, place: int, begins: str) -> tuple[dict[str, Any], bytes]:
    """The part's own pages, and what leads to places on them: bookmarks and anchors, from the bottom left in points."""
    first = next(at for at, page in enumerate(document.pages) if begins in page.anchors) if begins else 0
    own = document.copy(document.pages[first:])
    bookmarks: list[list[Any]] = []
    anchors: dict[str, tuple[int, float, float]] = {}
    for number, page in enumerate(own.pages):
        for level, title, (x, y), _state in page.bookmarks:
            bookmarks.append([level, title, *_place(number, page, x, y)])
        for name, (x, y, *_) in page.anchors.items():
            if name != BEGINS:
                anchors.setdefault(name, _place(number, page, x, y))
    content = own.write_pdf(pdf_variant=VARIANT, finisher=lambda _, pdf: _made_unique(pdf, place))
    return {"pages": len(own.pages), "bookmarks": bookmarks, "anchors": anchors}, content


def _place(number: int, page: Any, x: float, y: float) -> tuple[int, float, float]:
    return number, round(x * 0.75, 2), round((page.height - y) * 0.75, 2)


def _made_unique(pdf: pydyf.PDF, place: int) -> None:
    """Gives header cells and keys of the tags names that no other part has, and makes links to other parts what they are in one file."""
    for item in pdf.objects:
        if not isinstance(item, pydyf.Dictionary):
            continue
        for key in ("StructParents", "StructParent"):
            if key in item:
                item[key] += place * KEYS
        if "Nums" in item:
            item["Nums"][::2] = [key + place * KEYS for key in item["Nums"][::2]]
        if "ID" in item:
            item["ID"] = pydyf.String(f"{place}-{item['ID'].string}")
        if "Headers" in item.get("A", {}):
            item["A"]["Headers"] = pydyf.Array(
                [pydyf.String(f"{place}-{header.string}") for header in item["A"]["Headers"]]
            )
        address = item.get("A", {}).get("URI")
        if address is not None and address.string.startswith(ELSEWHERE):
            del item["A"]
            item["Dest"] = item["Contents"] = pydyf.String(address.string.removeprefix(ELSEWHERE))
