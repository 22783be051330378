"""`test`: every check and every test, on a real PostgreSQL and a real Redis that are started and stopped here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .data import ROOT
from .postgres import Postgres
from .processes import Failed, Supervisor, dying_with_us, end_session
from .redis import Redis

CHECKED = ("phast", "coalitions", "plans", "lbn", "deflection", "tests", "bootstrap.py", "manage.py")
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "phast.settings.base",
    "SECRET_KEY": "long and random enough for the check: 9Zx4Tq7Lw2Vb8Nc3Md6Ks1Jh5Gf0Ra",
    "ALLOWED_HOSTS": "portal.example.org",
    "SITE_URL": "https://portal.example.org",
    "EMAIL_URL": "smtp://mail.example.org:25",
}


def checks() -> list[tuple[str, list[str], dict[str, str]]]:
    """What is looked at without running the portal: name, command, extra environment."""
    python = sys.executable
    tools = Path(python).parent
    return [
        ("ruff check", [python, "-m", "ruff", "check", *CHECKED], {}),
        ("ruff format", [python, "-m", "ruff", "format", "--check", *CHECKED], {}),
        ("layers", [str(tools / "lint-imports"), "--no-cache"], {}),
        ("types", [python, "-m", "mypy"], {}),
        ("templates", [python, "-m", "djlint", "templates", "--lint", "--quiet"], {}),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("deployment", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ]


def run(for_pytest: list[str]) -> int:
    """Returns 0 when every check and test passed. With arguments, only pytest runs, with these."""
    started = time.monotonic()
    supervisor = Supervisor()
    with tempfile.TemporaryDirectory(prefix="phast-test-") as name:
        home = Path(name)
        home.chmod(0o711)  # PostgreSQL's own user must be able to pass
        try:
            environment = services(home, supervisor)
            migrating = begin_to_migrate(environment)
            failed = [] if for_pytest else failed_checks(environment)
            lines: list[str] = []
            if _finish(migrating, lines.append) != 0:
                print("".join(lines))
                raise Failed("The migrations do not run on an empty database; what they said is above.")
            workers = str(min(max(os.cpu_count() or 2, 2), 4))
            # A file's tests share what it made for all of them. The order is that of tests/conftest.py: the longest first.
            whole = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
            code, summary = run_pytest(for_pytest or whole, environment)
        finally:
            supervisor.stop()
    print(f"\nTook {time.monotonic() - started:.0f} s." + (f" FAILED CHECKS: {', '.join(failed)}" if failed else ""))
    print(summary)
    return code or int(bool(failed))


def drill(for_pytest: list[str]) -> int:
    """The long tests, at full size: those that ask for `drill_size`."""
    os.environ["DRILL"] = "1"
    return run(["-m", "drill", *for_pytest])


def bench(names: list[str]) -> int:
    """The `bench_…` commands, one after the other, each in a database of its own."""
    found = sorted(path.stem for path in ROOT.glob("*/management/commands/bench_*.py"))
    chosen = [name for name in found if not names or name.removeprefix("bench_") in names]
    supervisor = Supervisor()
    with tempfile.TemporaryDirectory(prefix="phast-bench-") as name:
        home = Path(name)
        home.chmod(0o711)  # PostgreSQL's own user must be able to pass
        try:
            environment = {**services(home, supervisor), "DJANGO_SETTINGS_MODULE": "phast.settings.dev"}
            command = [sys.executable, "manage.py"]
            return max(
                (_run([*command, one], environment, lambda line: print(line, end="", flush=True)) for one in chosen),
                default=1,
            )
        finally:
            supervisor.stop()


def services(home: Path, supervisor: Supervisor) -> dict[str, str]:
    """Starts PostgreSQL and Redis; returns the environment that leads to them."""
    postgres = Postgres(home / "postgres", home / "postgres.log", durable=False)
    redis = Redis(home)
    database, broker = postgres.child(), redis.child()
    supervisor.start(database, broker)
    postgres.wait(database)
    redis.wait(broker)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "phast.settings.test",
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis.url,
        "TEST_DATABASE": "test_phast",
        "TEST_TEMPLATE": "phast_template",
        "TMPDIR": str(home),
        "PATH": f"{redis.program().parent}{os.pathsep}{os.environ['PATH']}",  # fault tests start a Redis of their own
        "PYTHONUNBUFFERED": "1",
    }


def begin_to_migrate(environment: dict[str, str]) -> subprocess.Popen[str]:
    """Runs all migrations in a database that each test process then copies; meanwhile the checks can run."""
    import psycopg  # here, because `run` starts sooner without it

    name, server = environment["TEST_TEMPLATE"], environment["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    target = {"DATABASE_URL": f"{server.rpartition('/')[0]}/{name}"}
    return _start([sys.executable, "manage.py", "migrate", "-v0"], {**environment, **target})


def failed_checks(environment: dict[str, str]) -> list[str]:
    """Runs every check, shows what the failed ones said, and returns their names."""
    failed = []
    for name, command, extra in checks():
        started = time.monotonic()
        lines: list[str] = []
        passed = _run(command, {**environment, **extra}, lines.append) == 0
        print(f"{name:<14} {'ok' if passed else 'FAILED'}  {time.monotonic() - started:.1f} s", flush=True)
        if not passed:
            failed.append(name)
            print("".join(f"    {line}" for line in lines), flush=True)
    return failed


def run_pytest(arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Shows pytest's output as it comes; returns its exit code and its last line, the summary."""
    last = ""

    def show(line: str) -> None:
        nonlocal last
        last = line.strip() or last
        print(line, end="", flush=True)

    return _run([sys.executable, "-m", "pytest", *arguments], environment, show), last


def _run(command: list[str], environment: dict[str, str], each_line: Callable[[str], object]) -> int:
    return _finish(_start(command, environment), each_line)


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=dying_with_us(signal.SIGKILL),
    )


def _finish(process: subprocess.Popen[str], each_line: Callable[[str], object]) -> int:
    """Hands each line on as it comes; returns the exit code. Whatever happens, nothing of the process is left."""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            each_line(line)
        return process.wait()
    finally:
        end_session(process)
