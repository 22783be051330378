"""`run`: the whole portal on one machine. Database, web server, two workers, beat; one data folder; nothing left behind."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from .data import ROOT, Data, data_folder, environment
from .overdue import OverdueWorkers
from .postgres import Postgres
from .probe import problem_at
from .processes import Child, Failed, Supervisor, dying_with_us, tail

CODE = ("phast", "coalitions", "plans", "lbn", "deflection", "static", "uv.lock")
DEMO_PEOPLE = ("coordinator", "lead", "reporter", "partner", "observer")


def run(*, port: int, data: Path | None, fresh: bool, demo: bool) -> int:
    """Starts everything, prints the address, and watches until it is told to stop. Raises Failed, Stopped."""
    kept = data_folder(data)
    lock = kept.lock()
    supervisor = Supervisor()
    try:
        if fresh:
            empty(kept)
        kept.make()
        # A folder that was first used without the sample coalition stays without: its people are real.
        demo = demo and kept.state().get("demo", True)
        url = os.environ.get("DATABASE_URL") or own_database(kept, supervisor)
        settings = environment(kept, database_url=url, port=port, demo=demo)
        prepare(kept, settings, demo=demo)
        server = web(kept, settings, port)
        supervisor.start(server)
        wait_until_it_answers(server, port)
        print(welcome(kept, settings, port), flush=True)
        supervisor.start(*workers(kept, settings))  # after the address, which is there sooner for it
        watch(supervisor, OverdueWorkers(url))
    finally:
        supervisor.stop()
        lock.close()


def manage(words: list[str], *, data: Path | None) -> int:
    """Runs one of Django's commands on the portal of the data folder, running or not; returns the command's exit code."""
    kept = data_folder(data)
    supervisor = Supervisor()
    running = kept.in_use()
    lock = None if running else kept.lock()
    try:
        kept.make()
        url = os.environ.get("DATABASE_URL")
        if not url:
            url = (
                Postgres(kept.postgres, kept.database_log).running_url() if running else own_database(kept, supervisor)
            )
        settings = environment(kept, database_url=url, port=8000, demo=False)
        code = django(words, settings)
        if code == 0 and words[:1] == ["restore"]:
            kept.remember({"demo": False})  # what was put back is somebody's, and may be of an older version
        return code
    finally:
        supervisor.stop()
        if lock:
            lock.close()


def empty(kept: Data) -> None:
    if "DATABASE_URL" in os.environ:
        raise Failed(
            "--fresh deletes only the portal's own database.\n"
            "Take DATABASE_URL out of the environment, or empty that database yourself."
        )
    kept.clear()


def own_database(kept: Data, supervisor: Supervisor) -> str:
    """Starts our PostgreSQL and returns its address."""
    postgres = Postgres(kept.postgres, kept.database_log)
    database = postgres.child()
    supervisor.start(database)
    postgres.wait(database)
    return postgres.url


def prepare(kept: Data, settings: dict[str, str], *, demo: bool) -> None:
    """Brings database and static files up to this code, unless that was done; loads the demo the first time."""
    done = kept.state()
    now = {**done, "code": fingerprint(), "database": os.environ.get("DATABASE_URL", "our own")}
    now.setdefault("demo", demo)
    if now == done:
        return
    load_demo = demo and "demo" not in done
    print("Preparing the database" + (" and the sample coalition" if load_demo else ""), flush=True)
    log = kept.logs / "prepare.log"
    with log.open("wb") as output:
        code = django(
            ["prepare", "--static", *(["--demo"] if load_demo else [])], settings, stdout=output, stderr=output
        )
    if code != 0:
        raise Failed(f"{tail(log)}\nThe database could not be prepared; the end of {log} is above.")
    kept.remember(now)


def django(words: list[str], settings: dict[str, str], **output: Any) -> int:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env=settings, preexec_fn=dying_with_us(signal.SIGKILL), **output
    ).returncode


def fingerprint() -> str:
    """Changes when code, migrations, reference data or static files do. Sizes and dates only: reading them all takes longer."""
    digest = hashlib.sha256()
    for part in CODE:
        top = ROOT / part
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if "__pycache__" not in path.parts and path.is_file():
                status = path.stat()
                digest.update(f"{path.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def web(kept: Data, settings: dict[str, str], port: int) -> Child:
    address = ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    processes = ["--workers", "2", "--preload", "--timeout", "120", "--graceful-timeout", "5"]
    command = [sys.executable, "-m", "gunicorn", "phast.wsgi", *address, *processes, "--log-level", "warning"]
    server = Child("web server", command, settings, kept.logs / "web.log", folder=ROOT)
    server.orphan_signal = signal.SIGTERM  # killed, it would leave its own workers behind for a minute
    return server


def workers(kept: Data, settings: dict[str, str]) -> list[Child]:
    """A worker for each queue, so that no report waits behind an import; and beat, which runs the sweep."""
    celery = [sys.executable, "-m", "celery", "--app", "phast"]
    pool = ["--pool", "prefork", "--concurrency", "1"] if settings.get("REDIS_URL") else ["--pool", "solo"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    children = []
    for queue in ("quick", "long"):
        command = [*celery, "worker", "-Q", queue, "-n", f"{queue}@%h", *pool, *alone]
        children.append(Child(f"{queue} worker", command, settings, kept.logs / f"{queue}.log", folder=ROOT))
    command = [*celery, "beat", "--schedule", str(kept.beat_schedule), "--pidfile=", "--loglevel", "WARNING"]
    children.append(Child("beat", command, settings, kept.logs / "beat.log", folder=ROOT))
    return children


def wait_until_it_answers(server: Child, port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    problem = ""
    while server.running and time.monotonic() < deadline:
        problem = problem_at(port)
        if not problem:
            return
        time.sleep(0.05)
    raise Failed(f"{tail(server.log)}\n{problem}\nThe web server did not start; the end of {server.log} is above.")


def watch(supervisor: Supervisor, overdue: OverdueWorkers) -> NoReturn:
    """Goes on until a signal raises Stopped."""
    while True:
        time.sleep(0.5)
        supervisor.revive()
        for pid in overdue.pids():
            supervisor.end(pid)


def welcome(kept: Data, settings: dict[str, str], port: int) -> str:
    lines = ["", f"The portal is ready: http://localhost:{port}", ""]
    if settings["DEMO"] == "1":
        lines += ["Sign in to the sample coalition as one of"]
        lines += [f"    {person}@example.org" for person in DEMO_PEOPLE]
        lines += [f"with the password {settings['DEMO_PASSWORD']}"]
    else:
        lines += ["Make the first account with: python3 bootstrap.py manage createsuperuser"]
    return "\n".join([*lines, "", f"Data, logs and the mail it would send are in {kept.folder}. Ctrl-C stops it."])
