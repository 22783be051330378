"""Why an action on counts or periods was not carried out. Each carries what a page needs to say it and to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lbn.models import Count, Period, TrainingSession
    from lbn.rules import Problem


class Unacceptable(Exception):
    """The entry breaks a rule. `problems` are errors, each with its field and a sentence."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems


class NeedsConfirming(Exception):
    """The entry is possible but odd. Call again with the `token` of each question in `confirmed`."""

    def __init__(self, questions: list[Problem]) -> None:
        super().__init__(" ".join(question.sentence for question in questions))
        self.questions = questions


class KeyReused(Exception):
    """The client key has saved something else already: `existing`."""

    def __init__(self, existing: Count) -> None:
        super().__init__(
            f"Already saved: {existing}. What was changed since is not saved. To add it as well, save it as another count."
        )
        self.existing = existing


class PeriodClosed(Exception):
    """The reporting period of the entry is closed: nothing in it changes until the coordinator reopens it."""

    def __init__(self, period: Period | None) -> None:
        name = str(period) if period else "This reporting period"
        super().__init__(f"{name} is closed, so its counts cannot change. Ask the coordinator to reopen it.")
        self.period = period


class NotPossible(Exception):
    """The state of things does not allow it. The message says why and what to do."""


class LooksAlike(Exception):
    """The same host has a session like this one on that day: `existing`. Perhaps it is a second one, perhaps the same sent twice."""

    def __init__(self, existing: TrainingSession) -> None:
        super().__init__(f"A session like this is here already: {existing}.")
        self.existing = existing
