"""Draws a long report with several processes at once, and binds what they give."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .binding import Printed, bound
from .parts import EVEN, Part
from .press import answer_in, work
from .typeset import AsksOutside, Drawn, look

log = logging.getLogger(__name__)
AT_ONCE = 1024 * 1024  # bytes


class PartLost(Exception):
    """A process ended before its part was drawn, or could not draw it. It may go well another time."""


def drawn(parts: Sequence[Part], tell: Callable[[float], None]) -> Drawn:
    """The report whose parts these are; `tell` hears which share of them is there. Raises AsksOutside, PartLost, and what `tell` raises.

    A process for each part, as many at a time as there are processors, at most EVEN.
    """
    look("part.css")  # read once, here, for all of them
    many = min(EVEN, os.cpu_count() or 1)
    waiting = list(enumerate(parts))[::-1]
    printed: dict[int, Printed] = {}
    with selectors.DefaultSelector() as at_work:
        try:
            while len(printed) < len(parts):
                while waiting and len(at_work.get_map()) < many:
                    press = _Press.start(*waiting.pop())
                    at_work.register(press.pipe, selectors.EVENT_READ, press)
                for key, _ in at_work.select():
                    press = key.data
                    if press.listen():
                        continue
                    at_work.unregister(press.pipe)
                    press.end()
                    printed[press.place] = press.printed()
                    tell(len(printed) / len(parts))
        finally:
            for key in list(at_work.get_map().values()):
                key.data.end()
    return bound([printed[place] for place in range(len(parts))])


@dataclass
class _Press:
    """A process that draws a part, and what it has said so far."""

    place: int
    pid: int
    pipe: int
    said: bytearray = field(default_factory=bytearray)

    @classmethod
    def start(cls, place: int, part: Part) -> _Press:
        """Forks: a worker may have no children of `multiprocessing`, and a new interpreter needs a second to get ready."""
        pipe, said = os.pipe()
        worker = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            os.close(pipe)
            os.close(said)
            raise
        if not pid:
            work(place, part, said, worker)
        os.close(said)
        return cls(place, pid, pipe)

    def listen(self) -> bool:
        """Takes what there is to read; False when the process has ended."""
        more = os.read(self.pipe, AT_ONCE)
        self.said += more
        return bool(more)

    def end(self) -> None:
        """Whatever it is doing: it holds nothing that has to be saved."""
        os.close(self.pipe)
        with contextlib.suppress(ChildProcessError):  # whoever ignores SIGCHLD has no children to wait for
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def printed(self) -> Printed:
        """The part. Raises AsksOutside, PartLost."""
        answer = answer_in(bytes(self.said))
        if answer is None:
            raise PartLost("A process that drew a part ended.")
        about, content = answer
        if "refused" in about:
            raise AsksOutside(about["refused"])
        if "failed" in about:
            log.error("Part %s could not be drawn: %s\n%s", self.place, about["failed"], about["trace"])
            raise PartLost(about["failed"])
        return Printed(content, about["pages"], about["bookmarks"], about["anchors"])
