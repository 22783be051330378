"""Cells of a roster that cannot be taken as they are: sectors called otherwise, sectors that speak of a person, a year for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from coalitions.models import Seat
from coalitions.names import near, words_of
from phast.ui.templatetags.ui import local_date

from . import values
from .found import LEAVE_OUT, Question, key_of

OF_ORGANIZATION = "organization"


class DayQuestion(Question):
    """A year or a month where a day belongs."""

    @property
    def day(self) -> dt.date | None:
        """The day that was said; None while it is open, or left out."""
        return dt.date.fromisoformat(self.answer) if self.answer not in ("", LEAVE_OUT) else None


class CellQuestions:
    """What has to be asked about cells. `sectors`: the names by key; `said`: the answers by key of the question."""

    def __init__(self, sectors: Mapping[str, str], said: Mapping[str, str]) -> None:
        self.names, self.said = sectors, said
        self.sectors: dict[str, Question] = {}
        self.seats: dict[tuple[str, str], Question] = {}
        self.days: dict[str, DayQuestion] = {}
        self._by_words = {words_of(name): key for key, name in sectors.items()}

    @property
    def questions(self) -> list[Question]:
        return [*self.sectors.values(), *self.seats.values(), *self.days.values()]

    def sectors_in(self, row: int, cell: str, *, organization: str, there: Collection[str], who: str) -> set[str]:
        """The keys of the sectors a cell brings its organization. `there`: those it has already; `who`: whom the row names.

        Beside somebody's name, a sector that people are in for what they live through may be said of the person: it is asked about.
        """
        found = set()
        for name in values.sectors_in(cell, self._by_words) if cell else []:
            key = self._by_words.get(words_of(name)) or self._which(row, name)
            if key and not (
                who and key in Seat.SECTORS and key not in there and not self._is_its(row, key, organization, who)
            ):
                found.add(key)
        return found

    def tells_a_life(self, text: str) -> bool:
        """True for the name of a sector that, beside somebody's name, says what they live through."""
        return self._by_words.get(words_of(text)) in Seat.SECTORS

    def day_asked(self, row: int, text: str) -> DayQuestion | None:
        """The question about a year or a month; None for what is neither."""
        first = values.first_day(text)
        if first is None:
            return None
        question = self.days.get(text)
        if question is None:
            choices = [(first.isoformat(), f"Since {local_date(first)}"), (LEAVE_OUT, "Leave the day out")]
            question = self.days[text] = DayQuestion(key_of("joined", text), f"Joined {text}", [], choices)
            question.answer_from(self.said)
        question.rows.append(row)
        return question

    def _which(self, row: int, name: str) -> str:
        """The sector that is meant by another name; empty while that is open, or left out."""
        words = words_of(name)
        question = self.sectors.get(words)
        if question is None:
            likely = near(words, {key: words_of(known) for key, known in self.names.items()})
            likely += [key for key, known in self.names.items() if f" {words} " in f" {words_of(known)} "]
            ordered = [*dict.fromkeys(likely), *(key for key in self.names if key not in likely)]
            choices = [(key, self.names[key]) for key in ordered]
            choices.insert(len(set(likely)), (LEAVE_OUT, "Leave out"))
            question = self.sectors[words] = Question(key_of("sector", words), name[:60], [], choices)
            question.answer_from(self.said)
        question.rows.append(row)
        return "" if question.answer == LEAVE_OUT else question.answer

    def _is_its(self, row: int, key: str, organization: str, who: str) -> bool:
        """True once the person said that the sector is the organization's, not somebody's."""
        question = self.seats.get((key, organization.casefold()))
        if question is None:
            choices = [
                (OF_ORGANIZATION, "What the organization does"),
                (LEAVE_OUT, "About the person: leave it out"),
            ]
            said = f"{self.names[key]}, at {organization}, beside {who}"
            question = Question(key_of("seat", key, organization), said, [], choices)
            self.seats[(key, organization.casefold())] = question
            question.answer_from(self.said)
        question.rows.append(row)
        return question.answer == OF_ORGANIZATION
