"""Is a PDF one that everybody can read? For tests, and for the command `check_reports`.

Two checks that know nothing of each other. `independent` asks the rules of PDF/UA-1 that a machine can decide, of `page-validation`.
`inspected` asks what those rules do not: is it read in the order in which it is seen, is it dark enough, do bookmarks and captions
lead to what they are about, do headings and rows stay whole, is there room for everything?
"""

from __future__ import annotations

from collections.abc import Sequence

from .finding import Finding
from .order import reading
from .seen import seeing
from .tags import opened
from .told import telling

__all__ = ["CheckerMissing", "Finding", "independent", "inspected"]


class CheckerMissing(Exception):
    """The independent checker is not installed: it is for development, and no part of the portal."""


def inspected(content: bytes) -> list[Finding]:
    """What is wrong with a PDF, by what we ask beyond the rules."""
    document = opened(content)
    return [*telling(document), *reading(document), *seeing(document)]


def independent(content: bytes) -> tuple[int, Sequence[Finding]]:
    """How many rules of PDF/UA-1 a PDF passes, and what is wrong by the others. Raises CheckerMissing."""
    try:
        import page
    except ImportError:
        raise CheckerMissing(
            "The independent checker is not here: it is for development. Install it with “pip install page-validation”."
        ) from None
    report = page.validate_pdf_bytes(content, profile="ua1")
    findings = [Finding(failure.rule_id, 0, f"{failure.rule_id}: {failure.message}") for failure in report.failures]
    return report.rules.passed, findings
