"""`python -m phast.embedded.probe`: exits with 0 when the portal on this machine is ready for people. For container health checks."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request


def problem_at(port: int, host: str = "localhost") -> str:
    """What `/readyz` on this port says is wrong; nothing when it is ready. `host` must be one of ALLOWED_HOSTS."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - an http address of our own
            return ""
    except urllib.error.HTTPError as error:
        return error.read(200).decode(errors="replace")
    except OSError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(problem_at(8000, os.environ["ALLOWED_HOSTS"].split(",")[0]))
