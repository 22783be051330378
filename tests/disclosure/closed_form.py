"""What must be hidden in a single row of counts and its total, worked out by hand: a second opinion on the solver's answer."""

from collections.abc import Mapping


def least_hidden(cells: Mapping[str, int], threshold: int) -> int | None:
    """How many cells are hidden at least while the total is shown; None when no choice of cells is safe beside it.

    With the total shown, anybody knows S, the sum of the k hidden cells. Each is at least 1, so each can be anything from 1 to
    S - (k - 1): the width of that range is S - k, the same for all. So they are safe when k = 0, or k >= 2 and S - k >= threshold.
    """
    small = [kits for kits in cells.values() if 0 < kits < threshold]
    others = sorted((kits for kits in cells.values() if kits >= threshold), reverse=True)
    for more in range(len(others) + 1):
        hidden = [*small, *others[:more]]
        if not hidden or (len(hidden) > 1 and sum(hidden) - len(hidden) >= threshold):
            return len(hidden)
    return None
