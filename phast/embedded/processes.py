"""Child processes that are watched, started again when they crash, and gone when the supervisor is gone."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
FORGIVEN_AFTER = 60.0  # seconds a child must live for its earlier crashes to be forgotten
GIVE_UP_AFTER = 6  # crashes in a row
LAST_LINES = 15


class Stopped(Exception):
    """Ctrl-C or `kill`: everything is to be stopped."""


class Failed(Exception):
    """Something cannot go on. The message is for the person at the terminal."""


def stop_on_signals() -> None:
    """Ctrl-C, `kill` and a closed terminal all raise `Stopped` in the main thread, once."""

    def stop(*_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def tail(log: Path) -> str:
    """The last lines of a log."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").strip().splitlines()[-LAST_LINES:])


def end_session(process: subprocess.Popen[Any]) -> None:
    """Ends, at once, what is left of the session that was started for this process; returns when nobody is."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for _ in range(100):
            os.killpg(process.pid, 0)
            time.sleep(0.01)
    except (ProcessLookupError, PermissionError):
        process.wait()  # nobody is left (macOS answers with the second)


def dying_with_us(orphan_signal: int) -> Callable[[], None] | None:
    """For `preexec_fn`: Linux ends the child when this process ends, however that happened. Elsewhere only an orderly stop does."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    us = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, orphan_signal)
        if os.getppid() != us:  # we died between the fork and the line above
            os._exit(1)

    return ask


@dataclass
class Child:
    """One process in a session of its own, so that Ctrl-C reaches only the supervisor, which then stops it in order.

    `stop_signal` asks it to end, and within `patience` seconds; then it is killed with all it started. `orphan_signal` is what Linux
    sends it when the supervisor itself was killed. `user` is (user id, group id) to run as.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGKILL
    patience: float = 10.0
    user: tuple[int, int] | None = None
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    crashes: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    start_again_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        uid, gid = self.user or (None, None)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=uid,
                group=gid,
                extra_groups=[] if self.user else None,
                preexec_fn=dying_with_us(self.orphan_signal),
            )
        self.started_at = time.monotonic()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def owns(self, pid: int) -> bool:
        """True for the child itself and for what it started."""
        try:
            return self.process is not None and self.running and os.getsid(pid) == self.process.pid
        except ProcessLookupError:
            return False

    def ask_to_stop(self) -> None:
        if self.running:
            assert self.process is not None
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Returns when the child and all that it started are gone."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            self.kill()  # what it started and left behind

    def kill(self) -> None:
        """Ends it and all it started, at once."""
        assert self.process is not None
        end_session(self.process)

    def revive(self) -> None:
        """Starts a crashed child again, later and later; raises Failed when it will not stay up."""
        if self.running or self.process is None:
            return
        now = time.monotonic()
        if not self.start_again_at:
            self.crashes = 1 if now - self.started_at > FORGIVEN_AFTER else self.crashes + 1
            if self.crashes >= GIVE_UP_AFTER:
                raise Failed(
                    f"{tail(self.log)}\nThe {self.name} stopped {self.crashes} times in a row; the end of {self.log} is above."
                )
            self.start_again_at = now + min(2.0 ** (self.crashes - 1) - 1, 15.0)
        if now >= self.start_again_at:
            self.start_again_at = 0.0
            self.start()


class Supervisor:
    """Starts children in order, watches them, stops them in reverse order."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def start(self, *children: Child) -> None:
        for child in children:
            self.children.append(child)
            child.start()

    def revive(self) -> None:
        for child in self.children:
            child.revive()

    def end(self, pid: int) -> bool:
        """Ends one of our processes, to be started again; False when it is not ours."""
        for child in self.children:
            if child.owns(pid):
                child.kill()
                return True
        return False

    def stop(self) -> None:
        """The database goes last and alone; the others are asked at the same time, so that waiting is not added up."""
        first, others = self.children[:1], self.children[1:]
        for child in others:
            child.ask_to_stop()
        for child in [*reversed(others), *first]:
            child.stop()
        self.children.clear()
