"""Logging, correcting and voiding counts. Nothing is deleted: a correction voids the entry and adds another."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from coalitions.enums import PartnerStatus
from coalitions.models import Partner
from lbn import rules
from lbn.enums import Channel, VoidReason
from lbn.models import Count, Period
from lbn.refusals import KeyReused, NeedsConfirming, NotPossible, PeriodClosed, Unacceptable
from lbn.rules import Entry, Problem, Severity
from lbn.selectors.chain import successors_of
from lbn.selectors.counting import alike, inside_of, limits_for, total_around

from .periods import ensure_periods
from .standing import on_behalf, record_for

if TYPE_CHECKING:
    import datetime as dt

    from lbn.models import KitType
    from phast.access.actor import Actor


def log_count(
    *,
    partner: Partner,
    from_on: dt.date,
    to_on: dt.date,
    place: str,
    zip_code: str = "",
    kits: int,
    setting: str = "",
    recipient: str = "",
    kit_type: KitType | None = None,
    declined: int | None = None,
    none_available: int | None = None,
    reversals: int | None = None,
    channel: Channel = Channel.DESK,
    client_key: uuid.UUID,
    confirmed: Collection[str] = (),
    by: Actor,
) -> Count:
    """Saves one count and returns it. The same `client_key` again returns the row it made, however often and at once it comes.

    `confirmed` holds the tokens of the questions the person said yes to; a token that begins with "replaces" instead of "contains"
    voids the shorter entries that this total covers. `declined`, `none_available` and `reversals` are None where they are not said.
    Raises Unacceptable, NeedsConfirming, KeyReused, PeriodClosed.
    """
    kit_type_id = kit_type.pk if kit_type else None
    typed = Entry(
        from_on, to_on, place, zip_code, kits, setting, recipient, kit_type_id, declined, none_available, reversals
    )
    with _open_periods_only(partner=partner, by=by):
        partner = _lock(partner)
        entry, problems = rules.check(typed, limits_for(partner, [zip_code], most=kits))
        if existing := _saved_before(partner, client_key, typed, entry):
            return existing
        if (
            partner.coalition_id != by.coalition.pk
            or not partner.agency_type
            or partner.status == PartnerStatus.INACTIVE
        ):
            problems.append(
                Problem(
                    "partner", Severity.ERROR, "no_agency", "This organization is not an active agency in the roster."
                )
            )
        _decide(problems, entry, partner, confirmed)
        _refuse_closed(partner, entry)
        begin_counting(partner)
        replaced = _replace_covered(entry, partner, confirmed, by)
        count = _add(entry, partner, client_key, by, channel)
        record_for("count.logged", partner=partner, by=by, target=count, channel=channel, replaced=replaced)
        return count


def correct_count(
    *,
    count: Count,
    from_on: dt.date,
    to_on: dt.date,
    place: str,
    zip_code: str = "",
    kits: int,
    setting: str = "",
    recipient: str = "",
    kit_type: KitType | None = None,
    declined: int | None = None,
    none_available: int | None = None,
    reversals: int | None = None,
    reason: VoidReason | None = None,
    client_key: uuid.UUID,
    confirmed: Collection[str] = (),
    by: Actor,
) -> Count:
    """Voids the count and adds the corrected one, which it returns; the count itself when nothing differs.

    `reason`: why; None for what the change itself says. Raises as `log_count`, and NotPossible when somebody has changed or removed
    the count meanwhile.
    """
    kit_type_id = kit_type.pk if kit_type else None
    typed = Entry(
        from_on, to_on, place, zip_code, kits, setting, recipient, kit_type_id, declined, none_available, reversals
    )
    with _open_periods_only(partner=count.partner, by=by):
        partner = _lock(count.partner)
        entry, problems = rules.check(typed, limits_for(partner, [zip_code], most=kits))
        if existing := _saved_before(partner, client_key, typed, entry):
            return existing
        count = Count.objects.get(pk=count.pk)
        if count.voided_at:
            raise NotPossible("Somebody changed or removed this count since you opened it. Nothing was saved.")
        if entry == _entry_of(count):
            return count
        _decide(problems, entry, partner, confirmed, besides=count)
        _refuse_closed(partner, _entry_of(count))
        _refuse_closed(partner, entry)
        reason = reason or _said_by_the_change(_entry_of(count), entry)
        _void([count.pk], reason, by)
        replaced = _replace_covered(entry, partner, confirmed, by)
        corrected = _add(entry, partner, client_key, by, Channel.DESK, replaces=count)
        record_for(
            "count.corrected",
            partner=partner,
            by=by,
            target=corrected,
            was=str(count),
            replaces=count.pk,
            reason=reason,
            replaced=replaced,
        )
        return corrected


def void_count(*, count: Count, reason: VoidReason, by: Actor) -> None:
    """Takes the count out of every sum; it stays in the list of removed ones, with the reason. Once or twice is the same. Raises
    PeriodClosed."""
    with _open_periods_only(partner=count.partner, by=by):
        partner = _lock(count.partner)
        _refuse_closed(partner, _entry_of(count))
        if _void([count.pk], reason, by):
            record_for("count.voided", partner=partner, by=by, target=count, reason=reason)


def restore_count(*, count: Count, by: Actor) -> None:
    """Undoes a removal, or a correction: what replaced the count is voided in its place. Raises PeriodClosed."""
    with _open_periods_only(partner=count.partner, by=by):
        partner = _lock(count.partner)
        successors = successors_of(count)
        for each in (count, *successors):
            _refuse_closed(partner, _entry_of(each))
        _void([each.pk for each in successors], VoidReason.OTHER, by)
        if (
            Count.objects.filter(pk=count.pk)
            .exclude(voided_at=None)
            .update(voided_at=None, voided_by=None, void_reason="")
        ):
            record_for("count.restored", partner=partner, by=by, target=count)


# ------------------------------------------------------------------ the steps
@contextmanager
def _open_periods_only(*, partner: Partner, by: Actor) -> Iterator[None]:
    """A transaction; an attempt in a closed period is recorded after it was rolled back."""
    try:
        try:
            with transaction.atomic():
                yield
        except IntegrityError as error:
            if _constraint(error) != "period_is_open":
                raise
            raise PeriodClosed(None) from error
    except PeriodClosed as refusal:
        record_for("count.blocked", partner=partner, by=by, target=refusal.period, reason="closed")
        raise


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""


def _lock(partner: Partner) -> Partner:
    """Writers of one agency take turns, so that a key is seen and a question is asked whoever comes second."""
    return Partner.objects.select_related("coalition").select_for_update(no_key=True, of=("self",)).get(pk=partner.pk)


def _saved_before(partner: Partner, client_key: uuid.UUID, *meant: Entry) -> Count | None:
    """`meant`: the entry as it was typed and as the rules would save it today. The coalition's counties may have changed since."""
    existing = Count.objects.filter(partner=partner, client_key=client_key).first()
    if existing and existing.fingerprint not in {fingerprint(entry) for entry in meant}:
        raise KeyReused(existing)
    if existing:
        existing.saved_before = True
    return existing


def fingerprint(entry: Entry) -> str:
    """A hash of what is saved under a client key; of nothing that is not saved. What is said besides is in it where it is said, so
    that entries without it keep the hash they had before there was such a thing."""
    values = [str(value) for value in (entry.kits, *entry.likeness)]
    values += [f"{name}={number}" for name, number in entry.besides.items()]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _said_by_the_change(was: Entry, now: Entry) -> VoidReason:
    """Why an entry was corrected, as far as the correction tells."""
    if (was.kits, was.besides) != (now.kits, now.besides):
        return VoidReason.NUMBER
    if (was.place, was.zip_code) != (now.place, now.zip_code):
        return VoidReason.PLACE
    if (was.from_on, was.to_on) != (now.from_on, now.to_on):
        return VoidReason.DAY
    return VoidReason.OTHER


def _decide(
    problems: list[Problem], entry: Entry, partner: Partner, confirmed: Collection[str], besides: Count | None = None
) -> None:
    if wrong := rules.errors(problems):
        raise Unacceptable(wrong)
    questions = [*problems, *_like_others(entry, partner, besides)]
    open_ones = [q for q in questions if q.token not in confirmed and _as_replacement(q.token) not in confirmed]
    if open_ones:
        raise NeedsConfirming(questions)


def _as_replacement(token: str) -> str:
    return token.replace("contains:", "replaces:", 1)


def _like_others(entry: Entry, partner: Partner, besides: Count | None) -> list[Problem]:
    """Entries that may describe the same kits: the same again, a total over shorter ones, a day inside a total."""
    asked = []
    if same := alike(partner, entry, besides):
        asked.append(
            Problem(
                "kits",
                Severity.CONFIRM,
                "alike",
                f"Here already with the same day and place: {_sum(same)}. Is this another one?",
                _ids(same),
            )
        )
    if shorter := inside_of(partner, entry, besides):
        sentence = (
            f"Here already for parts of these days in the same place: {_sum(shorter)}. Does this total include them?"
        )
        asked.append(Problem("kits", Severity.CONFIRM, "contains", sentence, _ids(shorter)))
    if longer := total_around(partner, entry, besides):
        sentence = (
            f"A total of {_sum(longer)} for a longer time in the same place is here already. Is this not part of it?"
        )
        asked.append(Problem("kits", Severity.CONFIRM, "within", sentence, _ids(longer)))
    return asked


def _sum(counts: list[Count]) -> str:
    kits = sum(count.kits for count in counts)
    entries = f" in {len(counts)} entries" if len(counts) > 1 else ""
    return f"{kits:,} kit{'' if kits == 1 else 's'}{entries}"


def _ids(counts: list[Count]) -> str:
    """Which counts a question is about, short: the yes is to these and to no others."""
    return hashlib.sha256(",".join(str(count.pk) for count in counts).encode()).hexdigest()[:12]


def _refuse_closed(partner: Partner, entry: Entry) -> None:
    """The database refuses too, and also those who come while a close is under way; this says it before anything is written."""
    closed = (
        Period.objects.of(partner.coalition)
        .filter(from_on__lte=entry.from_on, to_on__gte=entry.to_on, closed_at__isnull=False)
        .first()
    )
    if closed:
        raise PeriodClosed(closed)


def begin_counting(partner: Partner) -> None:
    """An agency's first count is the day from which its reports are expected."""
    today = partner.coalition.today()
    if partner.counts_since is None:
        Partner.objects.filter(pk=partner.pk).update(counts_since=today, version=F("version") + 1)
    if not Period.objects.of(partner.coalition).filter(from_on__lte=today, to_on__gte=today).exists():
        ensure_periods(coalition=partner.coalition, today=today)


def _replace_covered(entry: Entry, partner: Partner, confirmed: Collection[str], by: Actor) -> list[int]:
    shorter = inside_of(partner, entry, None)
    if not shorter or f"replaces:{_ids(shorter)}" not in confirmed:
        return []
    keys = [count.pk for count in shorter]
    _void(keys, VoidReason.INCLUDED, by)
    return keys


def _void(keys: Sequence[int], reason: VoidReason, by: Actor) -> int:
    return Count.objects.filter(pk__in=keys, voided_at=None).update(
        voided_at=timezone.now(), voided_by=by.user, void_reason=reason
    )


def _add(
    entry: Entry, partner: Partner, client_key: uuid.UUID, by: Actor, channel: Channel, replaces: Count | None = None
) -> Count:
    count = made_of(entry, typed=entry, partner=partner, client_key=client_key, by=by, channel=channel)
    count.replaces = replaces
    count.save(force_insert=True)
    return count


def made_of(
    entry: Entry, *, typed: Entry, partner: Partner, client_key: uuid.UUID, by: Actor, channel: Channel
) -> Count:
    """The entry as a count that is not saved yet. `typed`: as it was sent, by which a key that comes again is judged."""
    return Count(
        **asdict(entry),
        coalition_id=partner.coalition_id,
        partner=partner,
        channel=channel,
        client_key=client_key,
        fingerprint=fingerprint(typed),
        created_by=by.user,
        on_behalf=on_behalf(by, partner),
    )


def _entry_of(count: Count) -> Entry:
    return Entry(**{field.name: getattr(count, field.name) for field in fields(Entry)})
