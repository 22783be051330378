"""The plan as PDFs: whole, and on one page.

Observers get the approved versions, without the names of people; everybody else the plan as it is, or any version, with them.
"""

from .summary import SUMMARY_REPORT
from .whole import PLAN

__all__ = ["PLAN", "SUMMARY_REPORT"]
