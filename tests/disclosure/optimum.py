"""The fewest figures that can be hidden, found in one program that holds the choice and every attack on it; for small tables."""

from __future__ import annotations

import highspy


def fewest_hidden(values, sums, threshold):
    """How many figures a safe choice hides at least. `values` by figure, `sums` as (whole, parts).

    For every figure there are two ways to move the numbers, up and down, within what is hidden; where the figure is hidden, the
    two must be the threshold apart.
    """
    solver = highspy.Highs()
    for option, value in {"output_flag": False, "threads": 1, "time_limit": 20.0}.items():
        solver.setOptionValue(option, value)
    names = [name for name, kits in values.items() if kits]
    hidden = {name: solver.addBinary() for name in names}
    for name in names:
        if values[name] < threshold:
            solver.addConstr(hidden[name] == 1)
    for attacked in names:
        ways = []
        for _ in range(2):
            move = {name: solver.addVariable(lb=-threshold, ub=threshold) for name in names}
            for name in names:
                solver.addConstr(move[name] <= threshold * hidden[name])
                solver.addConstr(move[name] >= -min(values[name] - 1, threshold) * hidden[name])
            for whole, parts in sums:
                row = [move[part] for part in parts if values[part]]
                if row and values[whole] and parts != (whole,):
                    solver.addConstr(sum(row[1:], row[0]) - move[whole] == 0)
            ways.append(move[attacked])
        solver.addConstr(ways[0] - ways[1] >= threshold * hidden[attacked])
    terms = list(hidden.values())
    if not terms:
        return 0
    solver.minimize(sum(terms[1:], 1.0 * terms[0]))
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return round(solver.getObjectiveValue())
