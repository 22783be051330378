"""`run` as a whole: it comes up, mends what crashes, survives its database, and leaves nothing behind (THREATS 58, 61)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from phast.embedded.data import Data
from phast.embedded.postgres import Postgres, free_port

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


SLOW = 240  # seconds; on an idle machine each wait is over in five, but tests share theirs


class Portal:
    """One `run` with a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = Data(folder)
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> None:
        """Returns when it answers."""
        drop = (
            "DATABASE_URL",
            "REDIS_URL",
            "DJANGO_SETTINGS_MODULE",
            "FILES_ROOT",
            "QUEUE_DIR",
            "SITE_URL",
            "TEST_DATABASE",
        )
        command = [
            sys.executable,
            "-m",
            "phast.embedded",
            "run",
            "--data",
            str(self.data.folder),
            "--port",
            str(self.port),
            *options,
        ]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={key: value for key, value in os.environ.items() if key not in drop},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert within(SLOW, lambda: self.status() == 200 or self.process.poll() is not None), "no answer"
        assert self.process.poll() is None, self.process.communicate()[0]

    def status(self, path: str = "/readyz") -> int:
        """0 when nobody answers."""
        return self._get(path)[0]

    def body(self, path: str) -> str:
        return self._get(path)[1]

    def _get(self, path: str) -> tuple[int, str]:
        # Somebody signed in: their session is in the database.
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": "sessionid=somebody"}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def database_url(self) -> str:
        return Postgres(self.data.postgres, self.data.database_log).running_url()

    def processes(self, *words: str) -> list[int]:
        """Processes of this portal, recognised by its folder or port, whose command has these words."""
        marks = (str(self.data.folder), f"127.0.0.1:{self.port}")
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if any(mark in command + environment for mark in marks) and all(word in command for word in words):
                found.append(int(entry.name))
        return found

    def database_server(self) -> int:
        """The process id that the database server wrote down; 0 while there is none."""
        written = self.data.postgres / "cluster" / "postmaster.pid"
        return int(written.read_text().partition("\n")[0] or 0) if written.exists() else 0

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """Returns what it printed."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        output = self.process.communicate(timeout=180)[0]
        self.process = None
        return output


def within(seconds: float, condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@contextmanager
def new_portal() -> Iterator[Portal]:
    with tempfile.TemporaryDirectory(prefix="phast-run-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root, PostgreSQL's own user must be able to pass
        portal = Portal(folder / "the data")
        yield portal
        if portal.process:
            portal.stop(signal.SIGKILL)
            assert within(SLOW, lambda: portal.processes() == [])  # also a killed supervisor leaves nobody behind


@pytest.fixture
def portal() -> Iterator[Portal]:
    with new_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def running() -> Iterator[Portal]:
    """One that answers, for the tests that leave it so."""
    with new_portal() as portal:
        portal.start("--no-demo")
        yield portal


def test_other_people_on_the_machine_can_read_nothing(running: Portal) -> None:
    parts = [path for path in running.data.folder.iterdir() if path.is_dir() and path.name != "static"]
    closed = [path / "cluster" if path.name == "postgres" else path for path in parts]
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in closed} == {path.name: "0o0" for path in closed}
    assert (running.data.postgres / "password").stat().st_mode & 0o077 == 0


def test_crashed_worker_is_started_again(running: Portal) -> None:
    assert within(SLOW, lambda: running.processes("celery", "-Q", "long"))
    crashed = running.processes("celery", "-Q", "long")
    for pid in crashed:
        os.kill(pid, signal.SIGKILL)
    assert within(SLOW, lambda: set(running.processes("celery", "-Q", "long")) - set(crashed))


def test_crashed_database_is_back_without_a_restart_of_the_portal(running: Portal) -> None:
    assert running.status("/accounts/login/") == 200
    assert within(SLOW, lambda: running.processes("celery", "beat"))  # it watches once everything is started
    server = running.database_server()
    os.kill(server, signal.SIGKILL)
    assert running.status("/accounts/login/") in (200, 503)  # a plain page at worst
    assert within(SLOW, lambda: running.database_server() not in (0, server))
    assert within(SLOW, lambda: running.status("/readyz") == running.status("/accounts/login/") == 200)


def test_no_connection_left_gives_a_plain_page_and_recovers(running: Portal) -> None:
    held: list[psycopg.Connection] = []
    try:
        with psycopg.connect(running.database_url(), autocommit=True) as mine:
            assert within(SLOW, lambda: hold_all(running, held) and end_the_portals_own(mine, held) == 0)
            started = time.monotonic()
            assert running.status("/readyz") == 503
            assert time.monotonic() - started < 30  # no hang
            assert "busy or restarting" in running.body("/")
    finally:
        for connection in held:
            connection.close()
    assert within(SLOW, lambda: running.status("/readyz") == 200)


def hold_all(portal: Portal, held: list[psycopg.Connection]) -> bool:
    """Takes connections until there is none left."""
    while True:
        try:
            held.append(psycopg.connect(portal.database_url(), autocommit=True))
        except psycopg.OperationalError:
            return True


def end_the_portals_own(mine: psycopg.Connection, held: list[psycopg.Connection]) -> int:
    """Ends every other connection; returns how many there were, whose places are free again now."""
    ours = [mine.info.backend_pid, *(connection.info.backend_pid for connection in held)]
    query = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> ALL(%s)"
    )
    return int(mine.execute(query, [ours]).fetchone()[0])


def test_second_start_keeps_the_data_and_nothing_is_left_behind(portal: Portal) -> None:
    portal.start("--no-demo")
    with psycopg.connect(portal.database_url(), autocommit=True) as database:
        database.execute("CREATE TABLE leased (id int, state text, worker text, claim uuid, lease_until timestamptz)")
    assert within(SLOW, lambda: portal.processes("celery", "beat"))
    printed = portal.stop(signal.SIGINT)
    assert f"http://localhost:{portal.port}" in printed
    assert "example.org" not in printed  # --no-demo has no sample sign-ins
    assert portal.processes() == []

    portal.start()  # a folder that began without the sample coalition stays without
    assert within(SLOW, lambda: portal.processes("celery", "-Q", "quick"))
    (hung,) = portal.processes("celery", "-Q", "quick")
    with psycopg.connect(portal.database_url(), autocommit=True) as database:
        row = (f"{socket.gethostname()}:{hung}",)
        query = "INSERT INTO leased VALUES (1, 'running', %s, gen_random_uuid(), now() - interval '1 s')"
        database.execute(query, row)
    # A worker that outruns its lease is ended and replaced.
    assert within(SLOW, lambda: portal.processes("celery", "-Q", "quick") not in ([], [hung]))
    printed = portal.stop(signal.SIGTERM)
    assert "Preparing" not in printed  # there was nothing to do
    assert "example.org" not in printed
    assert portal.processes() == []


def test_second_portal_on_the_same_data_is_refused(portal: Portal) -> None:
    portal.data.folder.mkdir()
    with portal.data.lock():
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "phast.embedded",
                "run",
                "--data",
                str(portal.data.folder),
                "--port",
                str(portal.port),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert done.returncode == 1
    assert "already running" in done.stderr
