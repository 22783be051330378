"""Publishing the same span a second time, after a correction, without the difference giving anything away.

A new table is compatible with an earlier one of the same span when

1. what the earlier one hides, cell or total, the new one hides too;
2. a cell that both show differs by nothing or by at least the threshold;
3. where both show a total and hide anything, they hide the same cells, and neither the total nor the sum of the hidden
   cells differs by 1 … threshold − 1.

Why that is enough. By 1, nothing hidden before is answered later. Where the new total is hidden, the new table says nothing
about its hidden cells beyond what the old one said, and no small change is seen, by 2. Where both totals are shown, the
hidden cells H are the same k in both, with sums S and S'. The most an attacker can suppose is that all of them but one are
as before: then that one changed by S' − S, which is nothing or at least the threshold, and every hidden value, old or new,
keeps a range of min(S, S') − k, which is at least the threshold because each table is safe by itself.
A cell shown in one table and hidden in the other protects nobody (it is likely the same in both): hence "the same cells".
A cell that one table does not list is a zero in it.
"""

from collections.abc import Mapping, Sequence

from .suppression import HIDDEN, NotYetSafe, Suppressed, is_safe, table


def problems_with_earlier(new: Suppressed, earlier: Suppressed) -> list[str]:
    """Why `new` must not be published beside `earlier`, a table of the same span; empty when it may. Names no hidden value.

    The threshold is the new table's.
    """
    threshold = new.threshold
    names = [*earlier.cells, *(name for name in new.cells if name not in earlier.cells)]
    problems = [
        f"{name} is hidden in the earlier table and shown in the new one."
        for name in names
        if earlier.cells.get(name, 0) is HIDDEN and new.cells.get(name, 0) is not HIDDEN
    ]
    problems += [
        f"{name} differs from the earlier table by less than {threshold}."
        for name in names
        if _changed_a_little(earlier.cells.get(name, 0), new.cells.get(name, 0), threshold)
    ]
    if not (new.hidden or earlier.hidden):
        return problems  # the total is the sum of cells that anybody can see
    if new.total is not HIDDEN:
        if earlier.total is HIDDEN:
            problems.append("The total is hidden in the earlier table and shown in the new one.")
        elif new.hidden != earlier.hidden:
            problems.append("The two tables show a total but do not hide the same cells.")
        elif _changed_a_little(earlier.hidden_sum, new.hidden_sum, threshold):
            problems.append(f"What is hidden differs from the earlier table by less than {threshold} in all.")
        elif _changed_a_little(earlier.total, new.total, threshold):
            problems.append(f"The total differs from the earlier table by less than {threshold}.")
    return problems


def suppress_again(
    cells: Mapping[str, int],
    small: frozenset[str],
    *,
    threshold: int,
    publish_total: bool,
    earlier: Sequence[Suppressed],
) -> Suppressed:
    """The part of `suppress` for a span that has published tables: hide the small cells, those hidden before and those that
    changed by less than the threshold; keep the total if that is safe beside every earlier table, else hide it."""
    hidden = set(small)
    for old in earlier:
        hidden |= old.hidden
        hidden |= {
            name
            for name in {**cells, **old.cells}
            if _changed_a_little(old.cells.get(name, 0), cells.get(name, 0), threshold)
        }
    gone = sorted(name for name in hidden if not cells.get(name, 0))
    if gone:
        subject = "1 figure" if len(gone) == 1 else f"{len(gone)} figures"
        raise NotYetSafe(
            f"This table cannot be published beside the earlier one: {subject} would have to be hidden but are now zero, "
            f"and a zero cannot be hidden. Keep the earlier table, or publish a longer span."
        )
    together = [cells[name] for name in hidden]
    if publish_total and is_safe(together, threshold):
        new = table(cells, frozenset(hidden), threshold=threshold, total=True)
        if not any(problems_with_earlier(new, old) for old in earlier):
            return new
    return table(cells, frozenset(hidden), threshold=threshold, total=False)


def _changed_a_little(before: int | None, after: int | None, threshold: int) -> bool:
    return before is not HIDDEN and after is not HIDDEN and 0 < abs(after - before) < threshold
