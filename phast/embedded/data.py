"""The data folder of a portal that runs by itself: where things are, and the settings that follow from it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from .postgres import can_reach, system_user
from .processes import Failed

ROOT = Path(__file__).resolve().parents[2]
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look like another


class Data:
    """Everything that is kept between runs, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = folder / "postgres"
        self.files = folder / "files"
        self.queue = folder / "queue"
        self.static = folder / "static"
        self.mail = folder / "mail"
        self.logs = folder / "log"
        self.secrets = folder / "secrets"
        self.database_log = self.logs / "database.log"
        self.beat_schedule = folder / "beat-schedule"
        self._state = folder / "prepared.json"
        self._lock = folder / "lock"

    def make(self) -> None:
        for part in (self.files, self.mail, self.logs, self.queue):
            part.mkdir(mode=0o700, exist_ok=True)  # nothing here is for other people on the same machine
        for name in ("messages", "control"):
            (self.queue / name).mkdir(exist_ok=True)

    def clear(self) -> None:
        """Deletes what a portal kept, by name: a folder that also holds other things keeps those."""
        for part in (self.postgres, self.files, self.queue, self.static, self.mail, self.logs, self.secrets):
            shutil.rmtree(part, ignore_errors=True)
        for path in [self._state, *self.folder.glob(f"{self.beat_schedule.name}*")]:
            path.unlink(missing_ok=True)

    def state(self) -> dict[str, Any]:
        """What was prepared last: `code` (a fingerprint), `database`, and `demo`: True when loaded, False when it never will be."""
        return json.loads(self._state.read_text()) if self._state.exists() else {}

    def remember(self, state: dict[str, Any]) -> None:
        self._state.touch(mode=0o600)  # a database's address can hold its password
        self._state.write_text(json.dumps(state))

    def lock(self) -> IO[str]:
        """Held as long as the portal runs: two servers on one folder would ruin it. Raises Failed when another one holds it."""
        lock = self._lock.open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise Failed(
                f"A portal is already running with the data in {self.folder}.\n"
                "Stop it first, or give this one a folder of its own: python3 bootstrap.py run --data DIR --port N"
            ) from None
        return lock

    def in_use(self) -> bool:
        """True while a portal runs on this folder."""
        try:
            self.lock().close()
        except Failed:
            return True
        return False

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """A secret that is made once and kept, readable by its owner alone."""
        path = self.secrets / name
        if not path.exists():
            self.secrets.mkdir(mode=0o700, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(make())
        return path.read_text()


def data_folder(chosen: Path | None) -> Data:
    """The chosen folder, else `var/` in the checkout; as root, one that PostgreSQL's own user can enter."""
    folder = (chosen or ROOT / "var").absolute()
    _make(folder)
    if not can_reach(system_user(), folder):
        if chosen:
            raise Failed(
                f"PostgreSQL cannot run as root, and its own user cannot enter {folder}.\n"
                "Choose a folder outside closed ones such as /root: --data /var/lib/phast-portal/data"
            )
        folder = Path("/var/lib/phast-portal") / hashlib.sha256(bytes(ROOT)).hexdigest()[:8]  # one for each checkout
        _make(folder)
    return Data(folder)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"{folder} is read-only")
    except OSError as error:
        raise Failed(
            f"The data folder cannot be used: {error}\nChoose another: python3 bootstrap.py run --data DIR"
        ) from None


def demo_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def environment(kept: Data, *, database_url: str, port: int, demo: bool) -> dict[str, str]:
    """What the children see. What the person set in the environment goes before what we would choose."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "phast.settings.dev",
        "DATABASE_URL": database_url,
        "SECRET_KEY": kept.secret("secret-key", lambda: secrets.token_urlsafe(50)),
        "SITE_URL": f"http://localhost:{port}",
        "FILES_ROOT": str(kept.files),
        "QUEUE_DIR": str(kept.queue),
        "STATIC_ROOT": str(kept.static),
        "EMAIL_URL": f"filemail:///{quote(str(kept.mail))}",
        "DEMO": "1" if demo else "0",
    }
    if demo:
        ours["DEMO_PASSWORD"] = kept.secret("demo-password", demo_password)
    return {**ours, **os.environ, "PYTHONUNBUFFERED": "1"}
