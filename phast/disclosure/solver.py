"""What is asked of HiGHS, and how: one thread, no time limit, so that the same tables always give the same answer."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Row = Sequence[tuple[int, float]]
NEAR = 1e-6
EXACTLY = 120  # whole numbers found to the last digit; more of them to within 2 %


class Program:
    """A linear program whose objective and bounds change from one question to the next; each starts where the last one ended."""

    def __init__(
        self, low: Floats, high: Floats, rows: Sequence[Row], row_low: ArrayLike, row_high: ArrayLike,
        *, cost: ArrayLike | None = None, whole: bool = False,
    ) -> None:  # fmt: skip
        model = highspy.HighsLp()
        size = len(low)
        model.num_col_, model.num_row_ = size, len(rows)
        model.col_cost_ = np.zeros(size) if cost is None else np.array(cost, dtype=float)
        model.col_lower_, model.col_upper_ = np.array(low, dtype=float), np.array(high, dtype=float)
        model.row_lower_, model.row_upper_ = np.array(row_low, dtype=float), np.array(row_high, dtype=float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(row) for row in rows)])
        model.a_matrix_.index_ = np.array([place for row in rows for place, _ in row], dtype=np.int32)
        model.a_matrix_.value_ = np.array([factor for row in rows for _, factor in row], dtype=float)
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * size
        self.size = size
        self.places = np.arange(size, dtype=np.int32)
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.setOptionValue("parallel", "off")
        if whole:
            self.solver.setOptionValue("mip_rel_gap", 1e-6 if size <= EXACTLY else 0.02)
            self.solver.setOptionValue("mip_max_nodes", 500)
        else:
            self.solver.setOptionValue("presolve", "off")  # a warm start needs the model as it is
            self.solver.setOptionValue(
                "simplex_strategy", 4
            )  # primal: the last point stays allowed when the question changes
        self.solver.passModel(model)

    def bounds(self, low: Floats, high: Floats) -> None:
        """Other limits for every variable."""
        self.solver.changeColsBounds(self.size, self.places, low, high)

    def largest(self, objective: Floats) -> bool:
        """Find the point where this is largest; read it with `point`."""
        self.solver.changeColsCost(self.size, self.places, -objective)
        return self.run()

    def run(self) -> bool:
        """Solve; False when there is no point at all."""
        self.solver.run()
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            self.solver.clearSolver()  # it lost its way from the last question to this one
            self.solver.run()
        return bool(self.solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)

    @property
    def point(self) -> Floats:
        """The point found."""
        return np.array(self.solver.getSolution().col_value)

    @property
    def prices(self) -> Floats:
        """The dual value of each row, for `largest`."""
        return -np.array(self.solver.getSolution().row_dual)

    @property
    def bound(self) -> float:
        """Below what no cost can be, for a program in whole numbers."""
        return float(self.solver.getInfo().mip_dual_bound)


def least_change(start: Sequence[int], rows: Sequence[Row], known: Sequence[int]) -> list[int] | None:
    """The whole numbers from 1 up that are nearest to `start` in all and solve the rows; None when there are none."""
    size = len(start)
    if not size:
        return []
    split = [
        [(place + more, factor * sign) for place, factor in row for more, sign in ((0, 1), (size, -1))] for row in rows
    ]
    rest = [value - sum(factor * start[place] for place, factor in row) for row, value in zip(rows, known, strict=True)]
    high = np.concatenate([np.full(size, np.inf), np.array(start, dtype=float) - 1])
    program = Program(np.zeros(2 * size), high, split, rest, rest, cost=np.ones(2 * size), whole=True)
    if not program.run():
        return None
    change = np.rint(program.point)
    return [int(before + up - down) for before, up, down in zip(start, change[:size], change[size:], strict=True)]
