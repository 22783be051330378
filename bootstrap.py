#!/usr/bin/env python3
"""From a bare machine to a running portal, or to a tested one, with Python's standard library alone.

    python3 bootstrap.py run  [--port N] [--data DIR] [--fresh] [--no-demo]
    python3 bootstrap.py test [pytest arguments]
    python3 bootstrap.py drill [pytest arguments]         the long tests at full size
    python3 bootstrap.py bench [name]                     the speed claims, measured side by side
    python3 bootstrap.py manage [--data DIR] COMMAND      for example: manage backup before-the-move.tar.gz

This file only prepares the machine: the system's libraries, `.venv`, the packages of `uv.lock`. Then it becomes
`python -m phast.embedded`, which starts, watches and stops everything (read on there).

Exit codes: 0 all is well; 1 something failed and was said; 2 wrong arguments; 3 system packages are missing and the
one line that installs them was printed.
"""

from __future__ import annotations

import argparse
import ast
import ctypes
import errno
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "installer" / "bin" / "uv"  # beside site-packages: an exact install of the lock leaves it alone
UV_VERSION = "0.13.8"
INSTALLED = VENV / "installed-from"


def main() -> None:
    if sys.version_info < (3, 11):
        fail(f"The portal needs Python 3.11 or newer; this is {sys.version.split()[0]}. Debian 12 has it as python3.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `kill` also ends an installer we wait for
    options = arguments()
    if options.command == "run":
        check_port(options.port)
    home_is_read_only = not os.access(Path.home(), os.W_OK)
    if home_is_read_only:
        write_elsewhere("cache", "data", "state")
    for_tests = options.command in ("test", "drill", "bench")
    check_system(for_tests=for_tests)
    install_packages(with_dev=for_tests)
    if home_is_read_only:
        write_elsewhere("config")  # only now: the installers have read the person's own settings
    os.chdir(HERE)
    os.execv(PYTHON, [str(PYTHON), "-m", "phast.embedded", *sys.argv[1:]])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 bootstrap.py", description="Run or test the PHAST portal.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start the portal and print its address")
    run.add_argument("--port", type=int, default=8000, help="where to serve, default 8000")
    run.add_argument("--data", metavar="DIR", help="where everything is kept, default var/ in this folder")
    run.add_argument("--fresh", action="store_true", help="delete the kept data first")
    run.add_argument("--no-demo", action="store_true", help="without the sample coalition and its sign-ins")
    commands.add_parser(
        "test", help="run every check and test; with arguments (tests/plans -k copy), only pytest with these"
    )
    commands.add_parser("drill", help="run the long tests at full size: minutes to hours; with arguments as for test")
    commands.add_parser(
        "bench",
        help="print the speed claims as ratios; with a name (coalition, import, overview, plan, reports …), only that one",
    )
    commands.add_parser(
        "manage", add_help=False, help="one of Django's commands, on what `run` keeps: backup, restore, …"
    )
    options, more = parser.parse_known_args()
    if more and options.command == "run":
        parser.error("unknown: " + " ".join(more))
    return options


def check_port(port: int) -> None:
    for family, _, _, _, address in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except PermissionError:
                fail(f"This account may not serve on port {port}. Choose one above 1023: --port 8000")
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    fail(
                        f"Port {port} is already in use, by another program or by a portal that is still running.\n"
                        f"Stop that one, or choose another port: python3 bootstrap.py run --port {port + 1}"
                    )


# ------------------------------------------------------------------ the system's libraries


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_font() -> bool:
    folders = ["/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts"]
    return any(next(Path(folder).expanduser().rglob("*.[to]tf"), None) for folder in folders)


def missing_packages(for_tests: bool) -> list[str]:
    """Debian's names of what is needed and not there."""
    mac = sys.platform == "darwin"
    needs = {
        "python3-venv": importlib.util.find_spec("ensurepip") is not None,
        "libpango-1.0-0": has_library("libpango-1.0.0.dylib" if mac else "libpango-1.0.so.0"),
        "libpangoft2-1.0-0": has_library("libpangoft2-1.0.0.dylib" if mac else "libpangoft2-1.0.so.0"),
        "libharfbuzz-subset0": has_library("libharfbuzz-subset.0.dylib" if mac else "libharfbuzz-subset.so.0"),
        "fonts-dejavu-core": has_font(),  # what draws a letter that our own fonts lack
    }
    if for_tests:
        # Chromium without its windows: half the work. A whole Chromium that is there already does, too.
        browsers = ("chromium-headless-shell", "chromium")
        needs["chromium-headless-shell"] = any(shutil.which(program) for program in browsers)
        # `redis-tools` carries the server's program too (see phast/embedded/redis.py), and starts no service.
        needs["redis-tools"] = bool(shutil.which("redis-server") or shutil.which("redis-check-rdb"))
        needs["poppler-utils"] = shutil.which("pdftotext") is not None
    return [package for package, there in needs.items() if not there]


def check_system(for_tests: bool) -> None:
    missing = missing_packages(for_tests)
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not shutil.which("apt-get"):
        print("The portal needs these system packages (Debian's names); please install them and start again:")
        print("    " + " ".join(missing))
        sys.exit(3)
    if os.geteuid() != 0:
        print("Some system packages are missing. Please run this one line, then start again:")
        print("    sudo apt-get update && sudo " + " ".join(install))
        sys.exit(3)
    print("Installing system packages: " + " ".join(missing), flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    for command in (["apt-get", "update"], install):
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode != 0:
            tail = done.stdout.decode(errors="replace").strip().splitlines()[-15:]
            fail("\n".join(tail) + f"\n`{' '.join(command)}` failed; its last lines are above.")
    still_missing = missing_packages(for_tests)
    if still_missing:
        fail("These system packages were installed but do not work: " + " ".join(still_missing))


# ------------------------------------------------------------------ Python's packages, exactly as locked


def write_elsewhere(*kinds: str) -> None:
    """Package installers, fonts and the browser all want to write below $HOME; here they write into the data folder."""
    for kind in kinds:
        folder = HERE / "var" / "home" / kind
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault(f"XDG_{kind.upper()}_HOME", str(folder))


def install_packages(with_dev: bool) -> None:
    """Make `.venv` hold exactly what `uv.lock` says. Packages for tests, once there, stay there."""
    with_dev = with_dev or any(VENV.glob("lib/python*/site-packages/pytest"))
    lock = (HERE / "uv.lock").read_bytes()
    wanted = (
        f"{hashlib.sha256(lock).hexdigest()} python {sys.version.split()[0]} {'with' if with_dev else 'without'} tests"
    )
    if PYTHON.exists() and INSTALLED.exists() and INSTALLED.read_text() == wanted:
        return
    print("Installing Python packages into .venv", flush=True)
    if not PYTHON.exists():
        call([sys.executable, "-m", "venv", "--clear", VENV])
    call([PYTHON, "-m", "ensurepip"])  # an exact install takes pip away again
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    if not UV.exists() or UV_VERSION not in call([UV, "--version"]):
        call([*pip, "install", "--upgrade", "--target", VENV / "installer", f"uv=={UV_VERSION}"])
    settings = {**os.environ, **as_uv_settings(call([*pip, "config", "list"]))}
    groups = [] if with_dev else ["--no-dev"]
    # Exporting first, because an install straight from the lock ignores the index this machine is set up with.
    requirements = VENV / "requirements.txt"
    call([UV, "export", "--quiet", "--frozen", *groups, "--output-file", requirements], settings)
    call([UV, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, requirements], settings)
    INSTALLED.write_text(wanted)


def as_uv_settings(pip_config: str) -> dict[str, str]:
    """What this machine tells pip, said to uv, unless uv was told something of its own. Hashes come from the lock."""
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
        "trusted-host": "UV_INSECURE_HOST",
        "proxy": "ALL_PROXY",
    }
    told: dict[str, str] = {
        "UV_SYSTEM_CERTS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    for line in pip_config.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name:
            separator = "," if name == "UV_FIND_LINKS" else " "
            told[name] = separator.join(str(ast.literal_eval(value)).split())
    return {name: value for name, value in told.items() if name not in os.environ}


def call(command: list[object], environment: dict[str, str] | None = None) -> str:
    """Run it quietly and return what it printed; when it fails, show its last lines and stop."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=HERE, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        fail("\n".join(output.strip().splitlines()[-15:]) + f"\n`{' '.join(words)}` failed; its last lines are above.")
    return output


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
