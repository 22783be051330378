"""A Redis server of our own, for the tests: real, on a free port, nothing kept."""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path

from .postgres import free_port
from .processes import Child, Failed, tail


class Redis:
    """One server with its files below `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def program(self) -> Path:
        """`redis-server`. Debian's redis-tools has the same program under another name and, unlike its server package, starts no
        service; called by the right name it is the server."""
        found = shutil.which("redis-server")
        if found:
            return Path(found)
        same = shutil.which("redis-check-rdb")
        if same is None:
            raise Failed("Redis is missing. Install Debian's package redis-tools.")
        link = self.home / "bin" / "redis-server"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(same)
        return link

    def child(self) -> Child:
        command = [
            str(self.program()),
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--save",
            "",
            "--dir",
            str(self.home),
        ]
        return Child(name="broker", command=command, environment=dict(os.environ), log=self.home / "redis.log")

    def wait(self, child: Child, seconds: float = 10) -> None:
        """Returns when the server answers. Raises Failed with the end of its log when it does not."""
        deadline = time.monotonic() + seconds
        while child.running and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.03)
            else:
                return
        raise Failed(f"{tail(child.log)}\nRedis did not start; the end of {child.log} is above.")
