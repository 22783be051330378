"""A process that draws parts of a long report: `python -m phast.reports.press`, started and fed by `presses`.

It reads parts from its standard input and writes each as a PDF to its standard output, loads nothing but our own assets, and never
opens the database. It keeps no file, and ends with the process that started it, whatever it is doing.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import traceback
from queue import SimpleQueue
from typing import Any, BinaryIO

import pydyf
from weasyprint import Document

from .parts import BEGINS, ELSEWHERE
from .running import as_artifacts
from .typeset import VARIANT, AsksOutside, laid_out

KEYS = 100_000  # how far the parts are apart in the numbers that lead from a page to its tags


def main() -> None:
    gc.disable()
    asked: SimpleQueue[tuple[dict[str, Any], str]] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, asked), daemon=True).start()
    while True:
        about, markup = asked.get()
        send(sys.stdout.buffer, *_answer(about, markup))
        gc.collect()


def send(stream: BinaryIO, about: dict[str, Any], content: bytes) -> None:
    """Writes a line that says what follows, and then that."""
    stream.write(json.dumps({**about, "size": len(content)}).encode() + b"\n" + content)
    stream.flush()


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """What `send` wrote, or None when the other side ended."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    about = json.loads(line)
    content = stream.read(about["size"])
    return (about, content) if len(content) == about["size"] else None


def _listen(stream: BinaryIO, asked: SimpleQueue[tuple[dict[str, Any], str]]) -> None:
    while (received := receive(stream)) is not None:
        about, content = received
        asked.put((about, content.decode()))
    os._exit(0)  # nobody waits for what is being drawn


def _answer(about: dict[str, Any], markup: str) -> tuple[dict[str, Any], bytes]:
    """The part as a PDF, or why there is none. Where an error came from is told without its message: that can hold what people typed."""
    try:
        return laid_out(markup, lambda document: _painted(document, about["place"], about["begins"]), "part.css")
    except AsksOutside as refused:
        return {"refused": str(refused)}, b""
    except Exception as error:
        return {"failed": type(error).__name__, "trace": "".join(traceback.format_tb(error.__traceback__))}, b""


def _painted(document: Document, place: int, begins: str) -> tuple[dict[str, Any], bytes]:
    """The part's own pages, and what leads to places on them: bookmarks and anchors, from the bottom left in points."""
    first = next(at for at, page in enumerate(document.pages) if begins in page.anchors) if begins else 0
    own = document.copy(document.pages[first:])
    bookmarks, anchors = [], {}
    for number, page in enumerate(own.pages):
        for level, title, (x, y), _state in page.bookmarks:
            bookmarks.append([level, title, *_place(number, page, x, y)])
        for name, (x, y, *_) in page.anchors.items():
            if name != BEGINS:
                anchors.setdefault(name, _place(number, page, x, y))

    def finish(document: Document, pdf: pydyf.PDF) -> None:
        as_artifacts(document, pdf)
        _made_unique(pdf, place)

    content = own.write_pdf(pdf_variant=VARIANT, finisher=finish)
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


if __name__ == "__main__":
    main()
