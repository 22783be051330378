"""A spreadsheet and a person's answers, put together: the steps as they would come in, the questions, and what is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phast.sheets.cells import is_total
from phast.sheets.days import order_of
from plans.enums import StepStatus
from plans.models import Step

from . import days, headers, levels, words
from .found import LEAVE_OUT, NEW_PARTNER, NEW_POSITION, ImportStep, Owner, Question, key_of
from .owners import Named, Names, names_in, nobody

if TYPE_CHECKING:
    from plans.models import PlanImport

ROOM = {name: Step._meta.get_field(name).max_length or 0 for name in ("title", "resources", "funding", "due_said")}


class PlanReading:
    """`parties`: the parties the person can make responsible, by key. `deepest`: levels a plan has. Nothing here asks the database."""

    def __init__(self, plan_import: PlanImport, parties: Mapping[str, Any], *, today: dt.date, deepest: int) -> None:
        self.rows: Sequence[Sequence[str]] = plan_import.rows
        self.answers: dict[str, Any] = plan_import.answers
        self.names, self.today, self.deepest = Names(parties), today, deepest
        header = self.answers.get("header")
        self.header: int = headers.header_row(self.rows) if header is None else header
        columns = self.answers.get("columns")
        self.columns: dict[str, str] = headers.guess(self.rows, self.header) if columns is None else columns
        self.owners: dict[str, Question] = {}
        self.days: dict[str, Question] = {}
        self.statuses: dict[str, Question] = {}
        self.rhythms: dict[str, Question] = {}
        self.left_out: list[tuple[int, str]] = []
        self.steps: list[ImportStep] = self._read() if "title" in self.columns.values() else []

    # -------------------------------------------------------------- what the page asks
    @cached_property
    def labels(self) -> list[str]:
        """The columns' names, one for each column of the sheet."""
        width = max(map(len, self.rows), default=0)
        named = [label.strip() for label in self.rows[self.header - 1]] if 0 < self.header <= len(self.rows) else []
        return named + [""] * (width - len(named))

    def examples(self, column: int) -> list[str]:
        """The first values of a column."""
        found = (cells[column].strip() for cells in self.rows[self.header :] if column < len(cells))
        return list(dict.fromkeys(text[:40] for text in found if text))[:3]

    @cached_property
    def order(self) -> str:
        """Which part of 03/04/25 is the month: as answered, else as the dates tell, else the month, as in the United States."""
        told = self.answers.get("order") or self.order_told
        return told if told in ("mdy", "dmy") else "mdy"

    @cached_property
    def order_told(self) -> str:
        """What the dates themselves tell: see `phast.sheets.days.order_of`."""
        return order_of(self._column("due", "due_on"))

    @property
    def order_matters(self) -> bool:
        return self.order_told in ("ask", "mixed") and any(map(days.in_order, self._column("due", "due_on")))

    @cached_property
    def plan_names(self) -> list[str]:
        """The plans the file speaks of: it may hold several."""
        return list(dict.fromkeys(name.strip() for name in self._column("plan") if name.strip()))

    @property
    def plan_name(self) -> str:
        """The one to bring in; empty for all."""
        wanted = self.answers.get("plan_name", "")
        return wanted if wanted in self.plan_names else ""

    @property
    def open_owners(self) -> list[Question]:
        """Names nobody has decided about yet: without that nothing comes in."""
        return [question for question in self.owners.values() if not question.answer]

    @property
    def done(self) -> int:
        return sum(step.status == StepStatus.DONE for step in self.steps)

    # -------------------------------------------------------------- rows into steps
    def _column(self, *keys: str) -> Iterable[str]:
        wanted = [int(index) for index, key in self.columns.items() if key in keys]
        return [cells[n] for cells in self.rows[self.header :] for n in wanted if n < len(cells) and cells[n].strip()]

    def _read(self) -> list[ImportStep]:
        steps = self._titled()
        self._place(steps)
        for step in steps:
            self._fill(step)
        return steps

    def _titled(self) -> list[ImportStep]:
        """The rows that are steps, with their words. In a sheet with a column of sub-steps one row may be two."""
        steps: list[ImportStep] = []
        numbers = self.answers.get("broken", {})
        has_substeps = "substep" in self.columns.values()
        above: int | None = None
        for row, raw in enumerate(self.rows[self.header :], self.header + 1):
            cells = self._cells(raw)
            if not any(map(str.strip, raw)) or (self.plan_name and cells.get("plan", "").strip() != self.plan_name):
                continue
            if self.header and [c.strip() for c in raw] == [c.strip() for c in self.rows[self.header - 1]]:
                self.left_out.append((row, "The names of the columns once more."))
                continue
            if is_total(raw):
                self.left_out.append((row, "A total, no step."))
                continue
            title, sub = cells.get("title", ""), cells.get("substep", "") if has_substeps else ""
            if not title.strip() and not sub.strip():
                told = " · ".join(text.strip() for text in raw if text.strip())
                self.left_out.append((row, f"No step in this row: {told[:120]}"))
                continue
            before = len(steps)
            if title.strip() and not (sub.strip() and above is not None and steps[above].title == title.strip()):
                only_above = {"number": cells.get("number", "")} if sub.strip() else cells
                steps.append(ImportStep(row, title if not has_substeps else title.strip(), only_above))
                above = before if has_substeps else None
            if sub.strip():
                steps.append(ImportStep(row, sub.strip(), cells, parent=above))
                if above is None:
                    steps[-1].notes.append("A sub-step without a step above it: it stands at the top level.")
            steps[-1].notes += numbers.get(str(row), [])
        return steps

    def _cells(self, raw: Sequence[str]) -> dict[str, str]:
        """The row by what its columns hold. Details come in one text; of other keys the first that says something counts."""
        found: dict[str, str] = {}
        for index, key in self.columns.items():
            text = raw[int(index)] if int(index) < len(raw) else ""
            if key == "detail" and text.strip():
                label = self.labels[int(index)]
                line = (
                    text.strip()
                    if len(self._of("detail")) == 1
                    else f"{label}: {text.strip()}"
                    if label
                    else text.strip()
                )
                found[key] = "\n".join(filter(None, [found.get(key), line]))
            elif key != "responsible" and not found.get(key, "").strip():
                found[key] = text
        for index in self._of("responsible"):
            if int(index) < len(raw):
                found[f"responsible {index}"] = raw[int(index)]
        return found

    def _of(self, key: str) -> list[str]:
        return [index for index, name in self.columns.items() if name == key]

    def _place(self, steps: list[ImportStep]) -> None:
        """Parents, levels and numbers: by sub-step columns, the parent's name, levels, numbers, or how far titles are indented."""
        numbers = [step.cells.get("number", "") for step in steps]
        titles = [step.title for step in steps]
        number_label = next((self.labels[int(index)] for index in self._of("number")), "")
        if self._of("substep"):
            places = levels.Places([step.parent for step in steps])
        elif self._of("parent"):
            bare = [levels.bare(title) for title in titles]
            places = levels.by_name(bare, [step.cells.get("parent", "") for step in steps], numbers)
        elif headers.counts_levels(number_label):
            found = [int(text) if (text := number.strip()).isdecimal() else None for number in numbers]
            places = levels.by_level(found)
        elif any(map(str.strip, numbers)):
            places = levels.by_number(numbers)
        elif leading := levels.leading_numbers(titles):
            places = levels.by_number(leading)
            for step in steps:
                step.title = levels.without_number(step.title)
        else:
            places = levels.by_level(levels.indents(titles))
        places = levels.flattened(places, self.deepest)
        _number(steps, places)

    def _fill(self, step: ImportStep) -> None:
        cells = step.cells
        step.detail = cells.get("detail", "").strip()
        title = " ".join(levels.bare(step.title).split())
        step.title = title
        if len(title) > ROOM["title"]:
            step.title = f"{title[: ROOM['title'] - 1].rsplit(' ', 1)[0]}…"
            step.kept.insert(0, title)
            step.notes.append("The step is long: all of it is in its detail.")
        for name in ("resources", "funding"):
            if len(cells.get(name, "").strip()) > ROOM[name]:
                step.kept.append(f"{headers.LABELS[name]}: {cells[name].strip()}")
        if measure := cells.get("measures", "").strip():
            step.kept.append(f"Measure: {measure}")
        self._fill_owners(step)
        self._fill_due(step)
        self._fill_status(step)
        self._fill_repeats(step)

    # -------------------------------------------------------------- who
    def _fill_owners(self, step: ImportStep) -> None:
        several = len(self._of("responsible")) > 1
        for index in self._of("responsible"):
            cell = step.cells.get(f"responsible {index}", "")
            part = headers.part_of(self.labels[int(index)], alone=not several)
            if nobody(cell):
                step.notes.append(f"“{cell.strip()[:40]}” names nobody: it comes in without an owner.")
            step.owners += names_in(cell, self.names, part)
        taken: set[str] = set()
        for named in step.owners:
            key = named.key or self._answered(named, step.row)
            if key == LEAVE_OUT:
                step.kept.append(f"Responsible, as the spreadsheet says: {named.said}")
                step.notes.append(f"“{named.said}” is left out and kept in the detail.")
            identity = f"{key} {named.words}" if key in (NEW_POSITION, NEW_PARTNER) else key or named.words
            if key != LEAVE_OUT and identity not in taken:
                taken.add(identity)
                step.parties.append(Owner(key, self.names.names.get(key, named.said), named.part))

    def _answered(self, named: Named, row: int) -> str:
        """Which party the person says an unknown name is."""
        key = key_of(named.words)
        if key not in self.owners:
            answer = self.answers.get("owners", {}).get(key, "")
            known = answer in self.names.names or answer in (LEAVE_OUT, NEW_POSITION, NEW_PARTNER)
            self.owners[key] = Question(key, named.said, answer=answer if known else "")
        self.owners[key].rows.append(row)
        return self.owners[key].answer

    # -------------------------------------------------------------- when, how far, how often
    def _fill_due(self, step: ImportStep) -> None:
        read = {
            name: days.read_day(
                step.cells.get(name, ""),
                order=self.order,
                today=self.today,
                since_1904=self.answers.get("since_1904", False),
            )
            for name in ("due", "due_on")
        }
        day, beside = read["due"], read["due_on"]
        if beside.on is not None and (day.on != beside.on):
            if day.on is not None:
                step.notes.append(
                    f"Due says {day.words}, the day beside it {beside.words}: the day beside it is taken."
                )
            day = days.Day("" if day.on else day.said, beside.on)
        if day.wrong:
            day = self._mended(step, day)
        elif day.note:
            step.notes.append(day.note)
        if len(day.said) > ROOM["due_said"]:
            step.kept.append(f"Due: {day.said}")
            step.notes.append("When it is due is long: all of it is in the detail.")
            day = days.Day(f"{day.said[: ROOM['due_said'] - 1]}…", day.on)
        step.due = day

    def _mended(self, step: ImportStep, day: days.Day) -> days.Day:
        """A cell that is no day: what the person made of it, else its words."""
        key = str(step.row)
        answer = self.answers.get("days", {}).get(key)
        question = Question(key, day.said, [step.row], [day.proposal] if day.proposal else [], wrong=day.wrong)
        self.days[key] = question
        if answer is None:
            step.notes.append(day.wrong)
            return days.Day(day.said, wrong=day.wrong)
        question.answer = answer
        mended = days.read_day(answer, order="mdy", today=self.today)
        question.wrong = mended.wrong
        step.notes.append(mended.wrong or f"The file says “{day.said}”.")
        return mended

    def _fill_status(self, step: ImportStep) -> None:
        said = step.cells.get("status", "").strip()
        found = words.status_of(said)
        if found is None:
            key = key_of(words.plain(said))
            answer = self.answers.get("statuses", {}).get(key, "")
            question = self.statuses.setdefault(
                key, Question(key, said[:80], answer=answer if answer in StepStatus.values else "")
            )
            question.rows.append(step.row)
            found = StepStatus(question.answer) if question.answer else StepStatus.NOT_STARTED
            step.kept.append(f"Status, as the spreadsheet says: {said}")
            if not question.answer:
                step.notes.append(
                    f"The status “{said[:40]}” is not understood: not started, and the words are in the detail."
                )
        step.status = found

    def _fill_repeats(self, step: ImportStep) -> None:
        said = step.cells.get("repeats", "").strip()
        found = words.repeats_of(said)
        if found:
            step.repeats = found
        elif words.plain(said) not in words.NEVER_AGAIN:
            step.kept.append(f"Comes again: {said}")
            step.notes.append(f"How often “{said[:40]}” is, is not understood: the words are in the detail.")
        rhythm = words.repeats_of(step.due.said)
        if rhythm and not step.repeats:
            key = str(rhythm)
            answer = self.answers.get("rhythms", {}).get(key, "")
            self.rhythms.setdefault(key, Question(key, step.due.said, answer=answer)).rows.append(step.row)
            step.repeats = rhythm if answer == "yes" else ""


def _number(steps: list[ImportStep], places: levels.Places) -> None:
    """Gives each step its parent, its level and the number it will have."""
    counts: dict[int | None, int] = {}
    for at in _in_order(places.parents):
        step, parent = steps[at], places.parents[at]
        counts[parent] = counts.get(parent, 0) + 1
        above = steps[parent] if parent is not None else None
        step.parent, step.level = parent, above.level + 1 if above else 1
        step.number = f"{above.number}.{counts[parent]}" if above else str(counts[parent])
        if note := places.notes.get(at):
            step.notes.insert(0, note)


def _in_order(parents: Sequence[int | None]) -> list[int]:
    """Every parent before its children."""
    under: dict[int | None, list[int]] = {}
    for at, parent in enumerate(parents):
        under.setdefault(parent, []).append(at)
    found = list(under.get(None, []))
    for at in found:  # grows while it is read
        found.extend(under.get(at, []))
    return found
