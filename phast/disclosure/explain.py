"""The words beside a suppressed table."""

from .suppression import HIDDEN, Suppressed


def explain(suppressed: Suppressed) -> str:
    """What is hidden and why, for the line beside the table. It never says which rule hid which cell, or how many."""
    if not suppressed.hidden:
        return f"Nothing is hidden: no count from 1 to {suppressed.threshold - 1} occurs."
    rule = (
        f"Hidden: counts below {suppressed.threshold}, and enough other counts that a hidden one cannot be worked out. "
        "Zeros are shown."
    )
    return f"{rule} The total is hidden for the same reason." if suppressed.total is HIDDEN else rule
