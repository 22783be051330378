"""The words beside suppressed tables."""

from .tables import Linked


def explain(made: Linked) -> str:
    """What is hidden and why, for the line beside the tables. It never says which rule hid which figure, or how many."""
    if not made.hidden:
        return f"Nothing is hidden: no count from 1 to {made.threshold - 1} occurs."
    return (
        f"Hidden: counts below {made.threshold}, and enough other counts and totals that a hidden one cannot be worked "
        "out, also not from the other tables or from earlier ones. Zeros are shown."
    )
