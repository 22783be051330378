"""The words beside suppressed tables."""

from .suppression import HIDDEN, Suppressed
from .tables import Linked


def explain(made: Suppressed | Linked) -> str:
    """What is hidden and why, for the line beside the table. It never says which rule hid which figure, or how many."""
    if not made.hidden:
        return f"Nothing is hidden: no count from 1 to {made.threshold - 1} occurs."
    if isinstance(made, Linked):
        return (
            f"Hidden: counts below {made.threshold}, and enough other counts and totals that a hidden one cannot be worked "
            "out, also not from the other tables or from earlier ones. Zeros are shown."
        )
    rule = (
        f"Hidden: counts below {made.threshold}, and enough other counts that a hidden one cannot be worked out. "
        "Zeros are shown."
    )
    return f"{rule} The total is hidden for the same reason." if made.total is HIDDEN else rule
