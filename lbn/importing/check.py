"""The first run of the job: every row is read, nothing is written but what the preview shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from coalitions.selectors import actor_for
from lbn.enums import Place, Recipient, Setting
from phast.audit import record
from phast.jobs.lease import write as write_job
from phast.sheets.refused import FileRefused

from . import dates
from .around import surroundings
from .likeness import Likenesses, Overlap, OwnSpan, overlaps
from .reading import Reading
from .rows import Fields, Found, RowReader
from .source import data_rows, not_read, opened

if TYPE_CHECKING:
    from lbn.models import CountImport

KEPT_PROBLEMS = 1_000  # kept for the page; the file of errors has all of them
KEPT_EXAMPLES = 8
MOST_EXPECTED = 1_000_000  # numbers for which room is made beforehand: a workbook can say it is larger than it is
KEPT_FIRST = 5


@dataclass
class Question:
    """Rows that could be right. `examples`: what is asked about, as pairs of row number and sentence."""

    rows: int = 0
    kits: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, kits: int, tell: Callable[[], str]) -> None:
        """One more row. `tell` is asked for its sentence while there is room for it."""
        self.rows += 1
        self.kits += kits
        if len(self.examples) < KEPT_EXAMPLES and all(tell() != told for _, told in self.examples):
            self.examples.append((number, tell()))


@dataclass
class Findings:
    """What the check found, as the preview needs it. `kits`: of all rows that can be imported, those with a question included."""

    rows: int = 0
    accepted: int = 0
    asked: int = 0
    rejected: int = 0
    kits: int = 0
    accepted_kits: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    problems_total: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    overlaps: list[tuple[int, str, str]] = field(default_factory=list)
    agencies: dict[str, int] = field(default_factory=dict)
    from_on: str = ""
    to_on: str = ""
    checked_at: str = ""
    again: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def check_file(count_import: CountImport, *, again: bool = False) -> None:
    """Reads every row and keeps what it found. A file about persons is deleted, and says so. `again`: after the person had
    agreed, because there are new entries that look like the file's."""
    try:
        findings = _look(count_import)
        findings.again = again
    except FileRefused as refusal:
        refuse(count_import, str(refusal))
        return
    stage = count_import.Stage.CHECKED
    write_job(count_import, {"findings": findings.as_json(), "stage": stage, "answers": {}})


def refuse(count_import: CountImport, sentence: str) -> None:
    """Deletes the file, forgets its name and its columns, and keeps why."""
    fields = {
        "stage": count_import.Stage.REFUSED,
        "file_label": "A file",
        "reading": {},
        "findings": {"refused": sentence},
    }
    with transaction.atomic():
        write_job(count_import, fields)
        record("import.refused", coalition=count_import.coalition, target=count_import, partner=count_import.partner)
    forget_file(count_import)


def forget_file(count_import: CountImport) -> None:
    """Deletes what was uploaded. Safe to call again."""
    if count_import.file:
        count_import.file.delete(save=False)
        type(count_import).objects.filter(pk=count_import.pk).update(file="")


def _look(count_import: CountImport) -> Findings:
    reading = Reading.from_json(count_import.reading)
    actor = actor_for(user=count_import.created_by, slug=count_import.coalition.slug)
    if actor is None:
        raise FileRefused("You are no longer a member of this coalition.")
    with opened(count_import, reading.sheet) as table:
        around = surroundings(count_import, actor, since_1904=table.since_1904)
        expected = table.size * len(reading.parts) * max(len(reading.spread), 1)
        tally = _Tally({partner: limits.agency for partner, limits in around.limits.items()}, reading, expected)
        reader = RowReader(reading, around)
        for number, cells, mark in data_rows(table, reading, count_import.progress_to):
            for found in reader.read(number, cells, mark):
                tally.add(number, found)
        tally.findings.left_out = not_read(table, reading)
    return tally.finish()


class _Tally:
    """Counts outcomes. What only the database knows is asked at the end, when the span of the file is known."""

    def __init__(self, names: dict[int, str], reading: Reading, expected: int) -> None:
        self.findings = Findings()
        self._names, self._reading = names, reading
        self._like = Likenesses(min(expected, MOST_EXPECTED))
        # By agency and span: accepted rows, their kits, and the other rows that could be imported.
        self._spans: dict[OwnSpan, list[int]] = {}

    def add(self, number: int, found: Found) -> None:
        """One row."""
        findings, (fields, flags, skipped, problems, asides, _) = self.findings, found
        if skipped:
            findings.skipped[skipped] = findings.skipped.get(skipped, 0) + 1
            return
        if fields is None:
            findings.rejected += 1
            self._keep(number, problems)
            return
        own = self._spans.get(fields[:3])
        if own is None:
            own = self._spans[fields[:3]] = [0, 0, 0]
        earlier = self._like.seen(fields, number, asked=bool(flags))
        if flags or earlier:
            own[2] += 1
            findings.kits += fields.kits
            for flag, sentence in asides:
                self._ask(flag, number, fields.kits, partial(_with_place, fields, flag, sentence))
            if earlier:
                self._ask("alike_file", number, fields.kits, partial(self._alike, earlier, fields))
            return
        own[0] += 1
        own[1] += fields.kits
        if len(findings.first) < KEPT_FIRST:
            findings.first.append({"row": number, "agency": self._names[fields.partner_id], **_shown(fields)})

    def _alike(self, earlier: int, fields: Fields) -> str:
        place = self._reading.place_of(earlier)
        return f"Looks like {place[:1].lower()}{place[1:]}: {in_words(fields)}."

    def finish(self) -> Findings:
        """Sums up, and adds what only the database knows."""
        findings = self.findings
        agencies: Counter[int] = Counter()
        for (partner, _, _), (accepted, kits, asked) in self._spans.items():
            agencies[partner] += accepted + asked
            findings.accepted += accepted
            findings.accepted_kits += kits
            findings.asked += asked
        findings.rows = findings.accepted + findings.asked + findings.rejected
        findings.kits += findings.accepted_kits
        if self._spans:
            first, last = min(span[1] for span in self._spans), max(span[2] for span in self._spans)
            findings.from_on, findings.to_on = first.isoformat(), last.isoformat()
            for like in self._like.there(agencies, first, last):
                told = f"Looks like an entry of {dates.in_words(*like.span[1:])} that is there."
                self._ask("alike_there", like.number, like.kits, partial(str, told))
                if like.is_new:
                    self._move(like.span, 1, like.kits)
            for overlap in overlaps(self._spans):
                self._overlap(overlap)
        findings.agencies = {self._names[partner]: rows for partner, rows in agencies.items()}
        findings.checked_at = timezone.now().isoformat()
        return findings

    def _overlap(self, overlap: Overlap) -> None:
        partner, first, last = overlap.span
        rows, kits, _ = self._spans[overlap.span]
        entries = f"{overlap.entries:,} entr{'y' if overlap.entries == 1 else 'ies'} with {overlap.kits:,} kits"
        sentence = (
            f"{self._names[partner]} has {entries} over a shorter or longer time in {dates.in_words(first, last)}."
        )
        question = self.findings.questions.setdefault("overlap", Question())
        question.add(0, kits, lambda: sentence)
        question.rows += rows - 1
        self.findings.overlaps.append((partner, first.isoformat(), last.isoformat()))
        self._move(overlap.span, rows, kits)

    def _ask(self, name: str, number: int, kits: int, tell: Callable[[], str]) -> None:
        self.findings.questions.setdefault(name, Question()).add(number, kits, tell)

    def _move(self, span: OwnSpan, rows: int, kits: int) -> None:
        """From accepted to asked."""
        own = self._spans[span]
        own[0] -= rows
        own[1] -= kits
        self.findings.accepted -= rows
        self.findings.accepted_kits -= kits
        self.findings.asked += rows

    def _keep(self, number: int, problems: Iterable[tuple[str, str]]) -> None:
        for name, sentence in problems:
            self.findings.problems_total += 1
            if len(self.findings.problems) < KEPT_PROBLEMS:
                self.findings.problems.append((number, self._reading.label(name) if name else "", sentence))


def in_words(fields: Fields) -> str:
    """An entry as a person says it."""
    where = fields.zip_code or Place(fields.place).label
    return f"{where}, {dates.in_words(fields.from_on, fields.to_on)}"


def _with_place(fields: Fields, flag: str, sentence: str) -> str:
    """A large number is judged by where it is."""
    return f"{fields.zip_code}: {sentence}" if flag == "kits_unusual" and fields.zip_code else sentence


def _shown(fields: Fields) -> dict[str, Any]:
    return {
        "where": fields.zip_code or Place(fields.place).label,
        "when": dates.in_words(fields.from_on, fields.to_on),
        "kits": fields.kits,
        "setting": Setting(fields.setting).label if fields.setting else "",
        "recipient": Recipient(fields.recipient).label if fields.recipient else "",
    }
