"""Draws a long report with several processes at once, and binds what they give."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from queue import SimpleQueue

from django.conf import settings

from .binding import Printed, bound
from .parts import EVEN, Part
from .press import receive, send
from .typeset import AsksOutside, Drawn

log = logging.getLogger(__name__)


class PartLost(Exception):
    """A process ended before its part was drawn, or could not draw it. It may go well another time."""


def drawn(parts: Sequence[Part], tell: Callable[[float], None]) -> Drawn:
    """The report whose parts these are; `tell` hears which share of them is there. Raises AsksOutside, PartLost, and what `tell` raises.

    Processes, not `multiprocessing`: a worker may have no children of that kind. The threads only wait for them.
    """
    many = min(EVEN, os.cpu_count() or 1, len(parts))
    idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()

    def draw(place: int) -> Printed:
        press = idle.get()
        try:
            return _printed(press, place, parts[place])
        finally:
            idle.put(press)

    with _presses(many) as presses, ThreadPoolExecutor(many) as waiting:
        for press in presses:
            idle.put(press)
        under_way = [waiting.submit(draw, place) for place in range(len(parts))]
        try:
            for done, one in enumerate(as_completed(under_way), 1):
                one.result()
                tell(done / len(parts))
        except BaseException:
            waiting.shutdown(wait=False, cancel_futures=True)
            for press in presses:
                press.kill()
            raise
    return bound([one.result() for one in under_way])


@contextmanager
def _presses(many: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "phast.reports.press"]
    presses = [
        subprocess.Popen(command, cwd=settings.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(many)
    ]
    try:
        yield presses
    finally:
        for press in presses:
            press.kill()  # it holds nothing that has to be saved
            press.communicate()


def _printed(press: subprocess.Popen[bytes], place: int, part: Part) -> Printed:
    try:
        send(press.stdin, {"place": place, "begins": part.begins}, part.markup.encode())
        answer = receive(press.stdout)
    except BrokenPipeError:
        answer = None
    if answer is None:
        raise PartLost("A process that drew a part ended.")
    about, content = answer
    if "refused" in about:
        raise AsksOutside(about["refused"])
    if "failed" in about:
        log.error("Part %s could not be drawn: %s\n%s", place, about["failed"], about["trace"])
        raise PartLost(about["failed"])
    return Printed(content, about["pages"], about["bookmarks"], about["anchors"])
