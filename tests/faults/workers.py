"""Real brokers and real workers, for a test to kill."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from phast.celery import app
from phast.embedded.processes import Child
from phast.embedded.redis import Redis

ROOT = Path(__file__).resolve().parents[2]


def wait_until(true: Callable[[], Any], seconds: float = 180) -> None:
    """Returns when it is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


class Broker:
    """A broker of the test's own: where it is, and what a worker's environment says of it."""

    def __init__(self, url: str, environment: dict[str, str], options: dict[str, Any]) -> None:
        self.url, self.environment, self.options = url, environment, options
        self.child: Child | None = None

    @contextmanager
    def used_here(self) -> Iterator[None]:
        """This process, which stands for a web server, sends its messages there."""
        before = {
            name: getattr(app.conf, name) for name in ("broker_url", "broker_write_url", "broker_transport_options")
        }
        app.conf.update(broker_url=self.url, broker_write_url=self.url, broker_transport_options=self.options)
        app._after_fork()  # forgets open connections, as a new process would
        try:
            yield
        finally:
            app.conf.update(before)
            app._after_fork()


def redis_at(url: str) -> Broker:
    options = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 0.5, "visibility_timeout": 3600}
    if "redis" in settings.CELERY_BROKER_URL:
        options = settings.CELERY_BROKER_TRANSPORT_OPTIONS  # what the portal itself uses
    return Broker(url, {"REDIS_URL": url}, options)


@contextmanager
def redis(home: Path) -> Iterator[Broker]:
    """A Redis server, stopped afterwards."""
    server = Redis(home)
    broker = redis_at(server.url)
    broker.child = server.child()
    broker.child.start()
    try:
        wait_until(lambda: answers(server.port))
        yield broker
    finally:
        broker.child.process.send_signal(signal.SIGCONT)
        broker.child.stop()


def answers(port: int) -> bool:
    import socket

    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def files(home: Path) -> Iterator[Broker]:
    """The queue of files that a portal without Redis uses."""
    messages, control = home / "messages", home / "control"
    messages.mkdir()
    control.mkdir()
    options = {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
        "polling_interval": 0.1,
    }
    yield Broker("filesystem://", {"REDIS_URL": "", "QUEUE_DIR": str(home)}, options)


def worker(broker: Broker, home: Path, *, lease: float = 120, name: str = "quick") -> Child:
    """A worker of the quick queue; see `ready`."""
    return celery(broker, home, name, ["worker", "-Q", "quick", "-n", f"{name}@test", "--pool", "solo"], lease)


def beat(broker: Broker, home: Path) -> Child:
    """What sends the sweep, here every second."""
    return celery(broker, home, "beat", ["beat", "--schedule", str(home / "schedule"), "--pidfile="])


def celery(broker: Broker, home: Path, name: str, words: list[str], lease: float = 120) -> Child:
    database = connection.settings_dict
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
        "DJANGO_SETTINGS_MODULE": "phast.settings.test",
        "FILES_ROOT": str(settings.FILES_ROOT),
        "JOB_LEASE": str(lease),
        "JOB_SWEEP": "1",
        **broker.environment,
    }
    command = [sys.executable, "-m", "celery", "--app", "tests.faults.portal", *words, "--loglevel", "INFO"]
    return Child(name, command, environment, home / f"{name}.log", folder=ROOT)


@contextmanager
def running(*children: Child) -> Iterator[None]:
    """Starts them side by side, returns when all are ready, stops them afterwards."""
    try:
        for child in children:
            child.start()
        for child in children:
            if child.name != "beat":
                ready(child)
        yield
    finally:
        for child in children:
            if child.running:
                child.process.send_signal(signal.SIGCONT)
            child.stop()


@contextmanager
def at_work(home: Path) -> Iterator[None]:
    """Behind the pages that this process serves: a worker, and what finds the jobs whose message was lost, as on a slow machine."""
    with redis(home) as broker, broker.used_here(), running(worker(broker, home), beat(broker, home)):
        yield


def ready(child: Child) -> None:
    """Returns when the worker takes jobs."""
    words = f"{child.name}@test ready."
    wait_until(lambda: words in child.log.read_text() or not child.running)
    assert child.running, child.log.read_text()


def start_again(child: Child) -> None:
    """A new process for a worker that ended."""
    child.log.unlink()
    child.start()
    ready(child)


def kill(child: Child) -> None:
    """As the kernel does when memory runs out: nothing is told, nothing is cleaned up."""
    assert child.process is not None
    child.process.kill()
    child.process.wait()
