"""What people do with counts and reporting periods. Every action is keyword-only, atomic and audited."""

from .counts import correct_count, log_count, restore_count, void_count
from .evaluation import moderate_feedback
from .periods import close_period, ensure_periods, reopen_period, submit_period, withdraw_report
from .tokens import make_token, revoke_token

__all__ = [
    "close_period",
    "correct_count",
    "ensure_periods",
    "log_count",
    "make_token",
    "moderate_feedback",
    "reopen_period",
    "restore_count",
    "revoke_token",
    "submit_period",
    "void_count",
    "withdraw_report",
]
