"""Training sessions and numbers of personnel: what was held, and how many took part. Who took part is asked nowhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from coalitions.models import Coalition, Partner
from lbn.actions.standing import record_for
from lbn.models import PersonnelCount, SessionPart, TrainingSession
from lbn.refusals import LooksAlike
from phast import audit
from phast.access.table import Action
from phast.constraints import readable

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from lbn.enums import Audience, SessionKind
    from lbn.models import TrainingElement
    from phast.access.actor import Actor

# How many of an agency took part, and how many of them were trained. None: the agency took part, and its numbers stay as they are, or
# are still to come; then they are 0 and 0.
Numbers = tuple[int, int] | None

NOT_YET = "This day is still to come. Enter it once it is over."
NOBODY = "Say which agency took part."
THEIRS = "{} has entered its numbers for this session. Ask the coordinator to take them out."


@transaction.atomic
def record_session(
    *,
    partner: Partner | None,
    kind: SessionKind,
    audience: Audience,
    held_on: dt.date,
    elements: Collection[TrainingElement],
    parts: Mapping[Partner, Numbers],
    confirmed: bool = False,
    by: Actor,
) -> TrainingSession:
    """A session that `partner`, or with None the coalition, held. Raises ValidationError for a day to come, a session without agencies or
    more people trained than took part; LooksAlike when the same host has one like it on that day, unless `confirmed`."""
    _check(held_on, by)
    # Of two that were sent at the same moment, the second sees the first.
    _lock_host(partner, by)
    alike = TrainingSession.objects.of(by.coalition).filter(
        partner=partner, kind=kind, audience=audience, held_on=held_on
    )
    if not confirmed and (existing := alike.first()):
        raise LooksAlike(existing)
    session = TrainingSession.objects.create(
        coalition=by.coalition, partner=partner, kind=kind, audience=audience, held_on=held_on, created_by=by.user
    )
    session.elements.set(elements)
    _put_parts(session, parts, by)
    _audit("session.recorded", session, by)
    return session


@transaction.atomic
def edit_session(
    *,
    session: TrainingSession,
    partner: Partner | None,
    kind: SessionKind,
    audience: Audience,
    held_on: dt.date,
    elements: Collection[TrainingElement],
    parts: Mapping[Partner, Numbers],
    version: int | None,
    by: Actor,
) -> None:
    """Changes a session. An agency that `parts` leaves out took no part. Raises EditConflict, and ValidationError as `record_session`; also
    when an agency's own people leave out another one that has entered its numbers."""
    session.lock(version)
    _check(held_on, by)
    session.partner, session.kind, session.audience, session.held_on = partner, kind, audience, held_on
    session.save()
    session.elements.set(elements)
    _put_parts(session, parts, by)
    _audit("session.changed", session, by)


@transaction.atomic
def remove_session(*, session: TrainingSession, by: Actor) -> None:
    """Takes a session out, with the numbers of all who took part. Raises ValidationError when another agency has entered its numbers and
    the person is of an agency."""
    session.lock(None)
    _keep_theirs(session.parts.all(), by)
    _audit("session.removed", session, by)
    session.delete()


@transaction.atomic
def enter_part(*, part: SessionPart, took_part: int, trained: int, by: Actor) -> None:
    """An agency's own numbers for a session that somebody else held. Raises ValidationError when more were trained than took part."""
    # Whoever has the whole session open learns of it.
    part.session.lock(None)
    part.session.save()
    part.took_part, part.trained = took_part, trained
    with readable():
        part.save()
    record_for("session.part_entered", partner=part.partner, by=by, target=part.session)


@transaction.atomic
def record_personnel(
    *, partner: Partner, as_of: dt.date, taking_part: int, trained: int, due: int, by: Actor
) -> PersonnelCount:
    """How many of an agency take part, are trained and are due for training. Sent twice, it is recorded once. Raises ValidationError for a
    day to come, a day that has other numbers already, or more trained or due than take part."""
    _check(as_of, by)
    _lock_host(partner, by)
    there = PersonnelCount.objects.filter(partner=partner, as_of=as_of).first()
    if there and (there.taking_part, there.trained, there.due) == (taking_part, trained, due):
        return there
    numbers = PersonnelCount(coalition=by.coalition, partner=partner, as_of=as_of)
    return _put_numbers(numbers, taking_part, trained, due, "personnel.recorded", by)


@transaction.atomic
def edit_personnel(
    *, numbers: PersonnelCount, as_of: dt.date, taking_part: int, trained: int, due: int, by: Actor
) -> None:
    """Corrects the numbers of a day, or the day. Raises ValidationError as `record_personnel`."""
    _check(as_of, by)
    numbers.as_of = as_of
    _put_numbers(numbers, taking_part, trained, due, "personnel.changed", by)


@transaction.atomic
def remove_personnel(*, numbers: PersonnelCount, by: Actor) -> None:
    """Takes the numbers of a day out."""
    record_for("personnel.removed", partner=numbers.partner, by=by, target=numbers)
    numbers.delete()


def _check(day: dt.date, by: Actor) -> None:
    if day > by.coalition.today():
        raise ValidationError(NOT_YET)


def _lock_host(partner: Partner | None, by: Actor) -> None:
    """Until the transaction ends, nobody else enters something for the same host. Counts, which point to it, go on."""
    hosts = Coalition.objects.filter(pk=by.coalition.pk) if partner is None else Partner.objects.filter(pk=partner.pk)
    hosts.select_for_update(no_key=True).get()


def _put_parts(session: TrainingSession, parts: Mapping[Partner, Numbers], by: Actor) -> None:
    if not parts:
        raise ValidationError(NOBODY)
    gone = session.parts.exclude(partner__in=parts)
    _keep_theirs(gone, by)
    gone.delete()
    there = {part.partner_id: part for part in session.parts.all()}
    for partner, numbers in parts.items():
        part = there.get(partner.pk) or SessionPart(session=session, partner=partner, took_part=0, trained=0)
        if numbers is not None:
            part.took_part, part.trained = numbers
        with readable():
            part.save()


def _keep_theirs(parts: QuerySet[SessionPart], by: Actor) -> None:
    """An agency's people take out no numbers but their own agency's."""
    if by.everywhere(Action.SUPPLY_EDIT):
        return
    own = by.partner_ids(Action.SUPPLY_EDIT)
    theirs = parts.filter(took_part__gt=0).exclude(partner__in=own).select_related("partner").first()
    if theirs:
        raise ValidationError(THEIRS.format(theirs.partner))


def _put_numbers(
    numbers: PersonnelCount, taking_part: int, trained: int, due: int, verb: str, by: Actor
) -> PersonnelCount:
    numbers.taking_part, numbers.trained, numbers.due = taking_part, trained, due
    with readable():
        numbers.save()
    record_for(verb, partner=numbers.partner, by=by, target=numbers)
    return numbers


def _audit(verb: str, session: TrainingSession, by: Actor) -> None:
    if session.partner is None:
        audit.record(verb, by=by, target=session)
    else:
        record_for(verb, partner=session.partner, by=by, target=session)
