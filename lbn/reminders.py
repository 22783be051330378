"""Reminding agencies of their reports: some days before one is due, on the day, and a week after; and when the coordinator asks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from coalitions.models import Coalition, Membership
from lbn.models import Period, PeriodReminder, ReminderMail, ReminderStop
from lbn.refusals import NotPossible
from lbn.selectors.periods import Standing, agencies_of, board, reports_due
from phast import audit
from phast import mail as post
from phast.access.table import TABLE, Action, Role, Scope
from phast.jobs.models import JobFailed
from phast.jobs.queue import enqueue

if TYPE_CHECKING:
    from coalitions.models import Partner
    from phast.access.actor import Actor
    from phast.accounts.models import User

FROM_HOUR = 7  # of the day where the coalition is: nobody is told in the night
SOON = 5  # days before a report is due
LATE = 7  # days after it was due
GIVEN_UP = 14  # days after which a reminder that was missed is sent no more
_REPORTING = [role for role in Role if TABLE[Action.COUNTS_WRITE][role] == Scope.PARTNER]
Kind = PeriodReminder.Kind


def kind_on(due_on: dt.date, today: dt.date) -> PeriodReminder.Kind | None:
    """Which reminder's time it is: of several that were missed, the last one."""
    left = (due_on - today).days
    if 0 < left <= SOON:
        return Kind.SOON
    if -LATE < left <= 0:
        return Kind.DUE
    return Kind.LATE if -GIVEN_UP <= left <= -LATE else None


@transaction.atomic
def remind(*, coalition: Coalition) -> int:
    """Puts the reminders on their way that are due; returns how many agencies that are. Run again, it sends nothing twice."""
    coalition = Coalition.objects.select_for_update(no_key=True).get(pk=coalition.pk)  # two workers at once make one
    if not coalition.remind_reports or timezone.localtime(timezone=ZoneInfo(coalition.time_zone)).hour < FROM_HOUR:
        return 0
    today = coalition.today()
    around = (today - dt.timedelta(days=GIVEN_UP), today + dt.timedelta(days=SOON))
    periods = list(Period.objects.of(coalition).filter(closed_at=None, to_on__lte=today, due_on__range=around))
    if not periods:
        return 0
    told = set(
        PeriodReminder.objects.of(coalition)
        .filter(period__in=periods)
        .exclude(kind=Kind.ASKED)
        .values_list("period", "partner", "kind")
    )
    waiting = [
        (standing, kind)
        for line in board(coalition, periods, agencies_of(coalition))
        if (kind := kind_on(line.period.due_on, today))
        for standing in line.standings
        if standing.can_report and (line.period.pk, standing.partner.pk, kind) not in told
    ]
    people = reporting_people(coalition, [standing.partner for standing, _ in waiting])
    reached = [(standing, kind) for standing, kind in waiting if people[standing.partner.pk]]
    for standing, kind in reached:
        _post(standing.period, standing.partner, kind, today, people[standing.partner.pk])
    if reached:
        audit.record("period.reminded", coalition=coalition, agencies=len(reached))
    return len(reached)


@transaction.atomic
def ask_again(*, period: Period, partner: Partner, by: Actor) -> int:
    """Reminds the agency now; returns how many people get a mail. Once a day. Raises NotPossible."""
    coalition = Coalition.objects.select_for_update(no_key=True).get(pk=period.coalition_id)
    [line] = board(coalition, [period], [partner])
    if not line.standings[0].can_report:
        raise NotPossible(f"{partner} has nothing to report for {period} any more.")
    today = coalition.today()
    if PeriodReminder.objects.filter(period=period, partner=partner, kind=Kind.ASKED, sent_on=today).exists():
        raise NotPossible(f"{partner} was asked today already.")
    people = reporting_people(coalition, [partner])[partner.pk]
    if not people:
        raise NotPossible(
            f"Nobody of {partner} gets mail from here: nobody reports for it, or their addresses refuse mail or they want no "
            "reminders. Please call."
        )
    _post(period, partner, Kind.ASKED, today, people)
    audit.record("period.asked_again", by=by, partner=partner, target=period)
    return len(people)


@transaction.atomic
def set_reminders(*, wanted: bool, by: Actor) -> None:
    """Whether this person gets reminders by e-mail."""
    if wanted:
        changed = ReminderStop.objects.of(by.coalition).filter(user=by.user).delete()[0] > 0
    else:
        changed = ReminderStop.objects.get_or_create(coalition=by.coalition, user=by.user)[1]
    if changed:
        audit.record("period.reminders_wanted" if wanted else "period.reminders_stopped", by=by)


def wants_reminders(actor: Actor) -> bool:
    """Whether this person gets reminders by e-mail."""
    return not ReminderStop.objects.of(actor.coalition).filter(user=actor.user).exists()


def reporting_people(coalition: Coalition, partners: Iterable[Partner]) -> dict[int, list[User]]:
    """By agency, the people who can report for it and get mail: not those who want no reminders or whose address refuses mail."""
    stopped = ReminderStop.objects.of(coalition).values("user")
    memberships = (
        Membership.objects.of(coalition)
        .filter(partner__in={partner.pk for partner in partners}, role__in=_REPORTING, user__is_active=True)
        .exclude(user__in=stopped)
        .select_related("user")
    )
    found: dict[int, list[User]] = defaultdict(list)
    refusing = post.refusals(each.user.email for each in memberships)
    for each in memberships:
        if each.partner_id is not None and each.user.email.lower() not in refusing:
            found[each.partner_id].append(each.user)
    return found


def _post(period: Period, partner: Partner, kind: Kind, today: dt.date, people: Sequence[User]) -> None:
    reminder = PeriodReminder.objects.create(period=period, partner=partner, kind=kind, sent_on=today)
    for mail in ReminderMail.objects.bulk_create(ReminderMail(reminder=reminder, user=user) for user in people):
        enqueue(mail)


# ------------------------------------------------------------------ sending
def send(mail: ReminderMail) -> None:
    """Sends the mail, with what is so now. Nobody is asked for what was reported meanwhile, nor somebody who does not report for the
    agency any more. Mail that is down raises, and the job is tried again."""
    reminder = PeriodReminder.objects.select_related("partner__coalition").get(pk=mail.reminder_id)
    partner, coalition = reminder.partner, reminder.partner.coalition
    due = reports_due([partner])
    if not any(standing.period.pk == reminder.period_id for standing in due):
        return
    if mail.user not in reporting_people(coalition, [partner])[partner.pk]:
        return
    first = next(standing for standing in due if standing.period.pk == reminder.period_id)
    path = reverse("lbn:period_list", args=[coalition.slug])
    words = {
        "partner": partner,
        "coalition": coalition,
        "due": due,
        "asked": reminder.kind == Kind.ASKED,
        "url": f"{settings.SITE_URL}{path}?agency={partner.pk}",
    }
    with timezone.override(ZoneInfo(coalition.time_zone)):
        body = render_to_string("lbn/mail/reminder.txt", words)
    message = EmailMessage(
        subject=" ".join(f"{_subject(first, len(due))} · {coalition}".split()),
        body=body,
        to=[mail.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        post.send(message)
    except post.Refused:
        raise JobFailed("The address refuses mail.") from None


def _subject(standing: Standing, number: int) -> str:
    more = f" and {number - 1} more" if number > 1 else ""
    return f"Naloxone report for {standing.period}{more}: {standing.when}"
