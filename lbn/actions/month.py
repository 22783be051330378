"""A clerk's month: one total for each place, saved in one go or not at all."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from coalitions.enums import PartnerStatus
from lbn import rules
from lbn.enums import Channel, Place, VoidReason
from lbn.models import Count
from lbn.rules import BESIDES, HARD_CAP, Entry, Problem, Severity
from lbn.selectors.counting import limits_for
from lbn.selectors.month import Month, month_of, place_key

from .counts import _lock, _open_periods_only, _refuse_closed, _void, begin_counting, fingerprint, made_of
from .standing import record_for

if TYPE_CHECKING:
    import datetime as dt

    from coalitions.models import Partner
    from phast.access.actor import Actor


@dataclass(frozen=True)
class MonthRow:
    """One line of the page. `replaces`: whether the total includes what is counted in the place already; None is "not said"."""

    number: int
    place: str
    zip_code: str
    kits: int
    setting: str = ""
    recipient: str = ""
    kit_type_id: int | None = None
    replaces: bool | None = None

    @property
    def key(self) -> str:
        return place_key(self.place, self.zip_code)

    @property
    def details(self) -> tuple[object, ...]:
        return (self.setting, self.recipient, self.kit_type_id)


@dataclass(frozen=True)
class Logged:
    """What became of the page: places and kits it named, how many entries it took out because a total includes them."""

    places: int
    kits: int
    replaced: int


class RowsUnacceptable(Exception):
    """Rows break a rule. `problems` holds them with the number of their row; nothing was saved."""

    def __init__(self, problems: list[tuple[int, Problem]]) -> None:
        super().__init__(" ".join(problem.sentence for _, problem in problems))
        self.problems = problems


class RowsAsk(Exception):
    """Rows are possible but odd. Call again with the tokens in `confirmed`."""

    def __init__(self, questions: list[tuple[int, Problem]]) -> None:
        super().__init__(" ".join(question.sentence for _, question in questions))
        self.questions = questions


class ChangedMeanwhile(Exception):
    """What is counted in these places is no longer what the page showed; nothing was saved."""

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__("What is counted has changed since you opened this page.")
        self.places = places


class PageReused(Exception):
    """The page has saved something else already; nothing more was saved."""


def log_month(
    *,
    partner: Partner,
    month: dt.date,
    rows: Sequence[MonthRow],
    seen: Mapping[str, str],
    page_key: uuid.UUID,
    confirmed: Collection[str] = (),
    by: Actor,
) -> Logged:
    """Saves a total for each row (one at least), over the month or the days of it so far; all of them or none.

    In a place with counts already, a row `replaces` them (they are voided, and what they said besides the kits goes over to the
    total) or is added to them. `seen` holds for each place the mark of what the page showed (`Month.seen`). The same `page_key`
    with the same rows saves nothing more, however often and at once it comes. Raises RowsUnacceptable, RowsAsk, ChangedMeanwhile,
    PageReused, PeriodClosed.
    """
    with _open_periods_only(partner=partner, by=by):
        partner = _lock(partner)
        now = month_of(partner, month)
        limits = limits_for(partner, [row.zip_code for row in rows if row.zip_code])
        checked = [(row, _entry(row, now), *rules.check(_entry(row, now), limits)) for row in rows]
        if _saved_before(partner, page_key, [(row, typed) for row, typed, *_ in checked], now):
            return Logged(len({row.key for row in rows}), sum(row.kits for row in rows), 0)
        if changed := sorted({row.key for row in rows if now.seen(row.key) != seen.get(row.key, "")}):
            raise ChangedMeanwhile(changed)
        problems = [(row.number, problem) for row, _, _, found in checked for problem in found]
        problems += [*_not_an_agency(partner, rows, by), *_twice(rows), *_unsaid(rows, now)]
        if wrong := [(number, problem) for number, problem in problems if problem.severity == Severity.ERROR]:
            raise RowsUnacceptable(wrong)
        questions = [*problems, *_within_longer(rows, now)]
        if any(question.token not in confirmed for _, question in questions):
            raise RowsAsk(questions)
        new = [(row, typed, entry) for row, typed, entry, _ in checked if not _is_there(row, typed, now)]
        if new:
            _refuse_closed(partner, new[0][1])  # they all have the same days
            begin_counting(partner)
        gone = _replaced(new, now)
        _void([count.pk for counts in gone.values() for count in counts], VoidReason.INCLUDED, by)
        _add(new, partner, page_key, gone, by)
        logged = Logged(len({row.key for row in rows}), sum(row.kits for row in rows), sum(map(len, gone.values())))
        if new:
            record_for(
                "counts.month_logged",
                partner=partner,
                by=by,
                target=None,
                month=now.name,
                entries=len(new),
                kits=sum(row.kits for row, _, _ in new),
                replaced=[count.pk for counts in gone.values() for count in counts],
            )
        return logged


# ------------------------------------------------------------------ the steps
def _entry(row: MonthRow, now: Month) -> Entry:
    return Entry(now.first, now.until, row.place, row.zip_code, row.kits, row.setting, row.recipient, row.kit_type_id)


def row_key(page_key: uuid.UUID, number: int) -> uuid.UUID:
    """The client key of a row: always the same for a page's row."""
    return uuid.uuid5(page_key, str(number))


def _saved_before(partner: Partner, page_key: uuid.UUID, rows: list[tuple[MonthRow, Entry]], now: Month) -> bool:
    """Whether this very page was saved. Raises PageReused when it was, with something else in it."""
    saved = dict(
        Count.objects.filter(
            partner=partner, client_key__in=[row_key(page_key, row.number) for row, _ in rows]
        ).values_list("client_key", "fingerprint")
    )
    if not saved:
        return False
    for row, typed in rows:
        known = saved.get(row_key(page_key, row.number))
        if known != fingerprint(typed) and not (known is None and _is_there(row, typed, now)):
            raise PageReused
    return True


def _is_there(row: MonthRow, typed: Entry, now: Month) -> bool:
    """True when the total replaces what is there, and that is this total."""
    if not row.replaces or row.key not in now.places:
        return False
    [*others, one] = now.places[row.key].counts
    return not others and one.kits == row.kits and _likeness(one) == typed.likeness


def _likeness(count: Count) -> tuple[object, ...]:
    return (
        count.from_on,
        count.to_on,
        count.place,
        count.zip_code,
        count.setting,
        count.recipient,
        count.kit_type_id,
    )


def _not_an_agency(partner: Partner, rows: Sequence[MonthRow], by: Actor) -> Iterable[tuple[int, Problem]]:
    ours = partner.coalition_id == by.coalition.pk
    if not (ours and partner.agency_type) or partner.status == PartnerStatus.INACTIVE:
        sentence = "This organization is not an active agency in the roster."
        yield rows[0].number, Problem("partner", Severity.ERROR, "no_agency", sentence)


def _twice(rows: Sequence[MonthRow]) -> Iterable[tuple[int, Problem]]:
    """Two rows of one place that nothing tells apart, or that say different things about what is there."""
    first_of: dict[str, MonthRow] = {}
    known = set()
    for row in rows:
        where = row.zip_code or Place(row.place).label
        if (row.key, row.details) in known:
            sentence = f"{where} is here twice. Put both in one row, or say under “More” how they differ."
            yield row.number, Problem("zip_code", Severity.ERROR, "twice", sentence)
        elif row.replaces != first_of.setdefault(row.key, row).replaces:
            sentence = (
                f"The rows of {where} say different things about what is counted there. Choose the same for both."
            )
            yield row.number, Problem("how", Severity.ERROR, "two_ways", sentence)
        known.add((row.key, row.details))


def _unsaid(rows: Sequence[MonthRow], now: Month) -> Iterable[tuple[int, Problem]]:
    for row in rows:
        if row.replaces is None and row.key in now.places:
            kits, one = now.places[row.key].kits, now.places[row.key].kits == 1
            sentence = (
                f"{kits:,} kit{' is' if one else 's are'} counted here already. "
                f"Choose whether your total includes {'it' if one else 'them'}."
            )
            yield row.number, Problem("how", Severity.ERROR, "unsaid", sentence)


def _within_longer(rows: Sequence[MonthRow], now: Month) -> Iterable[tuple[int, Problem]]:
    """A quarter's total of the same place may have this month in it."""
    for row in rows:
        if counts := now.longer.get(row.key):
            kits = sum(count.kits for count in counts)
            ids = hashlib.sha256(",".join(str(count.pk) for count in counts).encode()).hexdigest()[:12]
            sentence = (
                f"A total of {kits:,} kit{'' if kits == 1 else 's'} for a longer time in the same place is here already. "
                "Is this not part of it?"
            )
            yield row.number, Problem("kits", Severity.CONFIRM, "within", sentence, ids)


def _replaced(new: list[tuple[MonthRow, Entry, Entry]], now: Month) -> dict[str, Sequence[Count]]:
    """What the totals take out, by place. A ZIP that is saved as "outside our area" takes out nothing: other ZIPs are in there."""
    return {row.key: now.places[row.key].counts for row, _, _ in new if row.replaces and row.key in now.places}


def _add(
    new: list[tuple[MonthRow, Entry, Entry]],
    partner: Partner,
    page_key: uuid.UUID,
    gone: Mapping[str, Sequence[Count]],
    by: Actor,
) -> None:
    said = {key: _besides(counts) for key, counts in gone.items()}
    counts = []
    for row, typed, checked in new:
        besides: dict[str, Any] = dict.fromkeys(BESIDES) | said.pop(row.key, {})
        key = row_key(page_key, row.number)
        entry = replace(checked, **besides)
        counts.append(made_of(entry, typed=typed, partner=partner, client_key=key, by=by, channel=Channel.DESK))
    Count.objects.bulk_create(counts)


def _besides(counts: Iterable[Count]) -> dict[str, int]:
    """What the entries say besides their kits, added up; what none of them says is left out."""
    sums: dict[str, int] = defaultdict(int)
    for count in counts:
        for name in BESIDES:
            if (number := getattr(count, name)) is not None:
                sums[name] = min(HARD_CAP, sums[name] + number)
    return sums
