"""`bootstrap.py` as a person meets it on a machine where something is missing or taken."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout with nothing installed, in a folder with a space that everybody can read."""
    with tempfile.TemporaryDirectory(prefix="a portal ", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o777)
        for file in ("bootstrap.py", "uv.lock"):
            shutil.copy(ROOT / file, folder / file)
        yield folder


def run(checkout: Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """As an ordinary user, also when the tests run as root."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    return subprocess.run(
        [shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable, "bootstrap.py", *words],
        cwd=checkout,
        env={**os.environ, "PATH": path or os.environ["PATH"]},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_occupied_port_is_said_before_anything_is_installed(checkout: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run(checkout, "run", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is already in use" in done.stderr
    assert f"python3 bootstrap.py run --port {port + 1}" in done.stderr
    assert not (checkout / ".venv").exists()


def test_missing_system_packages_give_the_one_line_to_run(checkout: Path) -> None:
    tools = checkout / "bin"  # a machine with a package manager, and without a browser or Redis
    tools.mkdir()
    (tools / "apt-get").symlink_to("/bin/false")
    done = run(checkout, "test", path=str(tools))
    assert done.returncode == 3
    (line,) = [line.strip() for line in done.stdout.splitlines() if "apt-get" in line]
    assert line.startswith("sudo apt-get update && sudo apt-get install -y --no-install-recommends ")
    assert {"chromium-headless-shell", "redis-tools", "poppler-utils"} <= set(line.split())
    assert not (checkout / ".venv").exists()


def test_missing_system_packages_are_named_where_there_is_no_apt(checkout: Path) -> None:
    tools = checkout / "bin"
    tools.mkdir()
    done = run(checkout, "test", path=str(tools))
    assert done.returncode == 3
    assert "chromium" in done.stdout
    assert "apt-get" not in done.stdout


def test_unknown_option_of_run_is_refused(checkout: Path) -> None:
    done = run(checkout, "run", "--prot", "8001")
    assert done.returncode == 2
    assert "--prot" in done.stderr


def test_what_the_machine_tells_pip_is_told_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("UV_INDEX", "https://mine.example.org/simple")
    told = bootstrap.as_uv_settings(
        "global.index-url='https://packages.example.org/simple'\n"
        "global.extra-index-url='https://other.example.org/simple'\n"
        ":env:.cert='/etc/ssl/ours.pem'\n"
        "global.timeout='60'\n"
    )
    assert told["UV_DEFAULT_INDEX"] == "https://packages.example.org/simple"
    assert told["SSL_CERT_FILE"] == "/etc/ssl/ours.pem"
    assert "UV_INDEX" not in told  # the person told uv something else
