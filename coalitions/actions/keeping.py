"""Leaving with everything, and taking something out of everything: what a coordinator does; `phast` does the work."""

from __future__ import annotations

from phast.redaction.actions import redact
from phast.takeout.actions import FileGone, delete_takeout, open_takeout, request_takeout

__all__ = ["FileGone", "delete_takeout", "open_takeout", "redact", "request_takeout"]
