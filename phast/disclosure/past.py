"""What the hidden figures of an earlier release were, or may most simply have been."""

from __future__ import annotations

from collections.abc import Mapping

from .hidden import HIDDEN, NotYetSafe
from .solver import least_change
from .tables import Earlier, Figure, figures_of, sums_of


def past_values(old: Earlier, now: Mapping[Figure, int]) -> dict[Figure, int]:
    """A value for every figure of an earlier release. Raises `NotYetSafe` when its tables fit no counts.

    When its exact tables were kept, those: then what is promised holds against every attacker who knows which figures changed and
    which did not. Otherwise the ones nearest to today's counts that fit what was published: the simplest explanation
    anybody can give, which is that as little as possible was corrected. Somebody who knows, from elsewhere, exactly which
    hidden figures were corrected may then find a narrower range than promised.
    """
    shown = old.published.figures()
    if old.was is not None:
        values = figures_of(old.was)
        if any(values.get(figure, 0) != kits for figure, kits in shown.items() if kits is not HIDDEN):
            raise ValueError("These are not the exact tables of the earlier release.")
        return {figure: values[figure] for figure in shown}
    hidden = sorted(figure for figure, kits in shown.items() if kits is HIDDEN)
    place = {figure: n for n, figure in enumerate(hidden)}
    rows, known = [], []
    for parent, children in sums_of(old.published.shapes()):
        if (parent,) == children:
            continue
        members = [(place[child], 1) for child in children if child in place]
        rest = -sum(shown[child] or 0 for child in children if child not in place)
        if parent in place:
            members.append((place[parent], -1))
        else:
            rest += shown[parent] or 0
        if members:
            rows.append(members)
            known.append(rest)
    found = least_change([max(1, now.get(figure, 1)) for figure in hidden], rows, known)
    if found is None:
        raise NotYetSafe("An earlier release does not add up. Publish a span that it does not touch.")
    return {**{f: kits for f, kits in shown.items() if kits is not HIDDEN}, **dict(zip(hidden, found, strict=True))}
