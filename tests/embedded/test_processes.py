"""Children are watched, started again, and gone when the supervisor is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phast.embedded.processes import GIVE_UP_AFTER, Child, Failed, Supervisor

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = [sys.executable, "-c", "import subprocess; subprocess.run(['sleep', '600'])"]  # with a child of its own


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor()
    yield supervisor
    supervisor.stop()


def within(seconds: float, condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def session(leader: int) -> list[int]:
    """Every living process of the session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(entry.name)) == leader and "State:\tZ" not in (entry / "status").read_text():
                found.append(int(entry.name))
        except (ProcessLookupError, FileNotFoundError):
            continue
    return found


def sleeper(tmp_path: Path) -> Child:
    return Child("sleeper", SLEEPER, dict(os.environ), tmp_path / "log")


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_stopping_ends_a_child_and_all_it_started(supervisor: Supervisor, tmp_path: Path) -> None:
    child = sleeper(tmp_path)
    supervisor.start(child)
    pid = pid_of(child)
    assert within(60, lambda: len(session(pid)) == 2)
    supervisor.stop()
    assert session(pid) == []


def test_crashed_child_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    child = sleeper(tmp_path)
    supervisor.start(child)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    assert within(60, lambda: supervisor.revive() or (child.running and pid_of(child) != first))


def test_process_of_ours_is_ended_and_no_other(supervisor: Supervisor, tmp_path: Path) -> None:
    child = sleeper(tmp_path)
    supervisor.start(child)
    pid = pid_of(child)
    assert within(60, lambda: len(session(pid)) == 2)
    (grandchild,) = [one for one in session(pid) if one != pid]
    assert not supervisor.end(os.getpid())
    assert supervisor.end(grandchild)
    assert session(pid) == []


def test_child_that_will_not_stay_up_shows_the_end_of_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    child = Child(
        "web server", [sys.executable, "-c", "raise SystemExit('no such setting')"], dict(os.environ), tmp_path / "log"
    )
    child.crashes = GIVE_UP_AFTER - 1
    supervisor.start(child)
    assert within(60, lambda: not child.running)
    with pytest.raises(Failed, match=r"no such setting[\s\S]+The web server stopped"):
        supervisor.revive()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_killed_supervisor_leaves_no_child(tmp_path: Path) -> None:
    program = f"""
import os, time
from pathlib import Path
from phast.embedded.processes import Child, Supervisor
child = Child("sleeper", ["sleep", "600"], dict(os.environ), Path({str(tmp_path / "log")!r}))
Supervisor().start(child)
print(child.process.pid, flush=True)
time.sleep(600)
"""
    supervisor = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    with supervisor.stdout as output:
        child = int(output.readline())
    assert session(child) == [child]
    supervisor.kill()
    supervisor.wait()
    assert within(60, lambda: session(child) == [])
