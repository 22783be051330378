"""Reports that are made regularly, and the mail that says that one is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from phast import audit, offers
from phast.jobs.models import JobFailed, JobState
from phast.jobs.queue import enqueue
from phast.mail import sending as post

from .actions import one_press_at_a_time, request_report
from .kinds import Choice, ReportKind, kind_of
from .models import Every, Report, ReportMail, ReportSchedule

if TYPE_CHECKING:
    from phast.access.actor import Actor

NO_LONGER = "Whoever set it up may not read this any more. Set it up anew."
NOBODY_LEFT = "Nobody who got a link is in the coalition any more. Set it up anew."


def repeating(kind: ReportKind, actor: Actor) -> list[Choice]:
    """What may be made regularly, once each: the newest of those that are the same but for the time."""
    found: dict[str, Choice] = {}
    for choice in kind.choices(actor):
        found.setdefault(choice.key, choice)
    return list(found.values())


def _check(kind: str, choice: str, people: Sequence[Any], by: Actor, held: ReportSchedule | None = None) -> None:
    """Raises ValidationError for what is not offered, unless it is what is `held` and was made before, and for people who may not read."""
    registered = kind_of(kind)
    chosen = next((one for one in repeating(registered, by) if one.key == choice), None) if registered else None
    if chosen is not None:
        fields = dict(chosen.fields)
    elif held is not None and held.choice == choice and held.last_fields is not None:
        fields = held.last_fields
    else:
        raise ValidationError({"choice": "Choose what the report is about."})
    try:
        request = offers.report_kinds[kind].request(by, fields)
    except (PermissionDenied, Http404):
        raise ValidationError({"choice": "This is not here any more. Choose another."}) from None
    cannot = [str(one) for one in people if not _may_read(one.user, by.coalition, request)]
    if cannot:
        raise ValidationError(
            {"people": f"{', '.join(cannot)} may not read this. Leave them out, or choose a report from a release."}
        )


def _same(coalition: Any, kind: str, choice: str, every: str, people: Sequence[Any]) -> ReportSchedule | None:
    """What is made for just these people already."""
    wanted = {one.pk for one in people}
    found = ReportSchedule.objects.of(coalition).filter(kind=kind, choice=choice, every=every, stopped_at=None)
    return next(
        (one for one in found.prefetch_related("people") if {who.pk for who in one.people.all()} == wanted), None
    )


@transaction.atomic
def add_schedule(*, kind: str, choice: str, every: str, people: Sequence[Any], by: Actor) -> ReportSchedule:
    """Makes a report regularly from today on, and sends these members a link. What is made for just them already is given as it is.
    Raises ValidationError, also when one of them may not read it."""
    _check(kind, choice, people, by)
    one_press_at_a_time(by)
    already = _same(by.coalition, kind, choice, every, people)
    if already is not None:
        return already
    schedule = ReportSchedule.objects.create(
        coalition=by.coalition,
        kind=kind,
        choice=choice,
        every=every,
        next_on=by.coalition.today(),
        created_by=by.user,
    )
    schedule.people.set(people)
    audit.record("report.scheduled", by=by, target=schedule, kind=kind, every=every, people=len(people))
    return schedule


@transaction.atomic
def change_schedule(
    *, schedule: ReportSchedule, version: int | None, choice: str, every: str, people: Sequence[Any], by: Actor
) -> None:
    """Changes what it is about, how often and for whom; it is drawn on the right of `by` from now on. What is about something else is
    made from today on.

    Raises EditConflict when somebody saved it since `version`, ValidationError as `add_schedule`, and when it was stopped or is made for
    the same people already.
    """
    schedule.lock(version)
    schedule.refresh_from_db(fields=["choice", "every", "next_on", "last_fields", "stopped_at"])
    if schedule.stopped_at:
        raise ValidationError("It was stopped. Set it up anew.")
    _check(schedule.kind, choice, people, by, schedule)
    already = _same(by.coalition, schedule.kind, choice, every, people)
    if already is not None and already != schedule:
        raise ValidationError("The same is made for the same people already. Change that one, or stop it.")
    if choice != schedule.choice:
        schedule.next_on, schedule.last_fields = by.coalition.today(), None
    elif every != schedule.every and schedule.next_on > by.coalition.today():
        schedule.next_on = _next(every, by.coalition.today())
    schedule.choice, schedule.every, schedule.created_by = choice, every, by.user
    schedule.save()
    schedule.people.set(people)
    audit.record("report.schedule_changed", by=by, target=schedule, kind=schedule.kind, every=every, people=len(people))


@transaction.atomic
def stop_schedule(*, schedule: ReportSchedule, by: Actor) -> None:
    """Makes it no more."""
    if ReportSchedule.objects.filter(pk=schedule.pk, stopped_at=None).update(stopped_at=timezone.now()):
        audit.record("report.schedule_stopped", by=by, target=schedule, kind=schedule.kind)


def make_due() -> None:
    """Asks for every scheduled report that is due. Safe to call at any time, from several workers."""
    waiting = ReportSchedule.objects.filter(stopped_at=None).select_related("coalition", "created_by")
    for schedule in waiting.order_by("pk"):
        if schedule.next_on <= schedule.coalition.today():
            _make(schedule.pk)


@transaction.atomic
def _make(pk: int) -> None:
    schedule = (
        ReportSchedule.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("coalition", "created_by")
        .filter(pk=pk, stopped_at=None)
        .first()
    )
    if schedule is None or schedule.next_on > schedule.coalition.today():
        return
    actor, kind = _actor(schedule.created_by, schedule.coalition), kind_of(schedule.kind)
    if actor is None or kind is None:
        _stop(schedule)
        return
    if not schedule.people.exists():
        _stop(schedule, NOBODY_LEFT)
        return
    newest = next((one for one in repeating(kind, actor) if one.key == schedule.choice), None)
    if newest is None and schedule.last_fields is not None and not _may_still(kind, actor, schedule.last_fields):
        _stop(schedule)
        return
    if newest is None or (newest.each and schedule.last_fields == dict(newest.fields)):
        return  # nothing new yet: tomorrow is another day
    try:
        report = request_report(kind=kind.key, fields=dict(newest.fields), by=actor)
    except (PermissionDenied, Http404, ValidationError):
        _stop(schedule)
        return
    schedule.last_fields, schedule.next_on = dict(newest.fields), _next(schedule.every, schedule.coalition.today())
    schedule.save(update_fields=["last_fields", "next_on"])
    for member in schedule.people.select_related("user"):
        mail, is_new = ReportMail.objects.get_or_create(
            report=report, user=member.user, defaults={"schedule": schedule}
        )
        if is_new:
            enqueue(mail)


def _may_still(kind: ReportKind, actor: Actor, fields: dict[str, Any]) -> bool:
    """Whether the person may read what was made last. What is not offered may only not be there yet."""
    try:
        kind.request(actor, fields)
    except (PermissionDenied, Http404, ValidationError):
        return False
    return True


def _next(every: str, today: dt.date) -> dt.date:
    """The first day of the next month, or quarter."""
    months = 1 if every == Every.MONTH else 3 - (today.month - 1) % 3
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return dt.date(year, month + 1, 1)


def _stop(schedule: ReportSchedule, why: str = NO_LONGER) -> None:
    schedule.stopped_at, schedule.why_stopped = timezone.now(), why
    schedule.save(update_fields=["stopped_at", "why_stopped"])
    audit.record("report.schedule_stopped", coalition=schedule.coalition, target=schedule, kind=schedule.kind)


def send(mail: ReportMail) -> None:
    """Sends the link to a report that was drawn, to who may read it. Mail that is down raises, and the job is tried again."""
    report, coalition = mail.report, mail.schedule.coalition
    actor = _actor(mail.user, coalition)
    if report.state != JobState.DONE or actor is None or mail.schedule.stopped_at:
        return
    if not mail.user.is_active or not Report.objects.readable_by(actor).filter(pk=report.pk).exists():
        return
    path = reverse("reports:detail", args=[coalition.slug, report.pk])
    words = {"report": report, "coalition": coalition, "url": f"{settings.SITE_URL}{path}", "schedule": mail.schedule}
    message = EmailMessage(
        subject=" ".join(f"Report ready: {kind_label(report)} · {coalition}".split()),
        body=render_to_string("reports/mail/scheduled.txt", words),
        to=[mail.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        post.send(message)
    except post.Refused:
        raise JobFailed("The address refuses mail.") from None


def kind_label(report: Report) -> str:
    kind = kind_of(report.kind)
    return kind.label if kind else "Report"


def _actor(user: Any, coalition: Any) -> Actor | None:
    found: Actor | None = import_string(settings.ACTOR_SOURCE)(user=user, slug=coalition.slug)
    return found if user.is_active else None


def _may_read(user: Any, coalition: Any, request: Any) -> bool:
    """Whether a person could read a report of this request."""
    actor = _actor(user, coalition)
    if actor is None or not actor.can(request.action):
        return False
    if actor.everywhere(request.action) or request.is_released:
        return True
    return request.partner_id is not None and request.partner_id in actor.partner_ids(request.action)
