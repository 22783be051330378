"""`run` as a whole: it comes up, mends what crashes, survives its database, and leaves nothing behind (THREATS 58, 61)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from phast.embedded.data import Data
from phast.embedded.postgres import Postgres, free_port

ROOT = Path(__file__).resolve().parents[2]
LEASED = "CREATE TABLE leased (id int, state text, worker text, claim uuid, lease_until timestamptz)"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


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
        assert within(90, lambda: self.status() == 200 or self.process.poll() is not None), "no answer"
        assert self.process.poll() is None, self.process.communicate()[0]

    def status(self, path: str = "/readyz") -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

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

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """Returns what it printed."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        output = self.process.communicate(timeout=60)[0]
        self.process = None
        return output


def within(seconds: float, condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o711)  # as root, PostgreSQL's own user must be able to pass
    portal = Portal(tmp_path / "the data")
    yield portal
    if portal.process:
        portal.stop(signal.SIGKILL)


def test_run_from_first_start_to_last_process(portal: Portal) -> None:
    portal.start("--no-demo")
    assert within(30, lambda: portal.processes("celery", "-Q", "quick") and portal.processes("celery", "beat"))

    # A worker that crashes is started again.
    (crashed,) = portal.processes("celery", "-Q", "long")
    os.kill(crashed, signal.SIGKILL)
    assert within(30, lambda: portal.processes("celery", "-Q", "long") not in ([], [crashed]))

    # The database crashes: a plain 503 at worst, and all is well within 30 s without a restart of the portal.
    url = Postgres(portal.data.postgres, portal.data.database_log).running_url()
    (server,) = portal.processes("bin/postgres", "-D")
    os.kill(server, signal.SIGKILL)
    assert portal.status("/accounts/login/") in (200, 503)
    assert within(30, lambda: portal.status() == 200)
    assert portal.status("/accounts/login/") == 200

    with psycopg.connect(url, autocommit=True) as database:
        database.execute(LEASED)
    printed = portal.stop(signal.SIGINT)
    assert f"http://localhost:{portal.port}" in printed
    assert "example.org" not in printed  # --no-demo has no sample sign-ins
    assert portal.processes() == []

    # The second start has nothing to prepare and keeps what there was; a worker that outruns its lease is ended and replaced.
    portal.start()
    assert within(30, lambda: portal.processes("celery", "-Q", "quick"))
    (hung,) = portal.processes("celery", "-Q", "quick")
    url = Postgres(portal.data.postgres, portal.data.database_log).running_url()
    with psycopg.connect(url, autocommit=True) as database:
        row = (f"{socket.gethostname()}:{hung}",)
        database.execute("INSERT INTO leased VALUES (1, 'running', %s, gen_random_uuid(), now() - interval '1 s')", row)
        assert within(30, lambda: portal.processes("celery", "-Q", "quick") not in ([], [hung]))
    printed = portal.stop()
    assert "Preparing" not in printed
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
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "already running" in done.stderr
