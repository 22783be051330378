"""Reminding those who keep entries of the directory to verify them: at most every thirty days, while one of theirs is stale."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from coalitions.models import Coalition, Membership
from coalitions.selectors import actor_for
from phast import audit
from phast import mail as post
from phast.access.table import TABLE, Action, Role, Scope
from phast.jobs.models import JobFailed
from phast.jobs.queue import enqueue
from phast.offers import HomeCard
from phast.together import Answers, Counts, Questions, asking

from .directory import resources_of, to_verify
from .models import VerifyMail, VerifyStop

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .models.resource import ResourceQuerySet

FROM_HOUR = 7  # of the day where the coalition is: nobody is told in the night
EVERY = dt.timedelta(days=30)
NAMED = 12  # entries named in a mail
_KEEPING = [role for role in Role if TABLE[Action.RESOURCES_EDIT][role] == Scope.PARTNER]
_EDITING = [role for role in Role if TABLE[Action.RESOURCES_EDIT][role] != Scope.NONE]


@transaction.atomic
def remind(*, coalition: Coalition) -> int:
    """Puts the reminders on their way that are due; returns to how many people. Run again, it sends nothing twice."""
    coalition = Coalition.objects.select_for_update(no_key=True).get(pk=coalition.pk)  # two workers at once make one
    if timezone.localtime(timezone=ZoneInfo(coalition.time_zone)).hour < FROM_HOUR:
        return 0
    today = coalition.today()
    lately = VerifyMail.objects.of(coalition).filter(made_on__gt=today - EVERY).values("user")
    stopped = VerifyStop.objects.of(coalition).values("user")
    editing = Membership.objects.of(coalition).filter(role__in=_EDITING, user__is_active=True)
    people = {
        each.user_id: each.user
        for each in editing.exclude(Q(user__in=lately) | Q(user__in=stopped)).select_related("user")
    }
    refusing = post.refusals(user.email for user in people.values())
    told = 0
    for user in people.values():
        actor = actor_for(user=user, slug=coalition.slug)
        if actor and user.email.lower() not in refusing and kept_stale(actor).exists():
            enqueue(VerifyMail.objects.create(coalition=coalition, user=user, made_on=today))
            told += 1
    if told:
        audit.record("resource.reminded", coalition=coalition, people=told)
    return told


@transaction.atomic
def set_reminders(*, wanted: bool, by: Actor) -> None:
    """Whether this person gets reminders to verify by e-mail."""
    if wanted:
        changed = VerifyStop.objects.of(by.coalition).filter(user=by.user).delete()[0] > 0
    else:
        changed = VerifyStop.objects.get_or_create(coalition=by.coalition, user=by.user)[1]
    if changed:
        audit.record("resource.reminders_wanted" if wanted else "resource.reminders_stopped", by=by)


def wants_reminders(actor: Actor) -> bool:
    """Whether this person gets reminders to verify by e-mail."""
    return not VerifyStop.objects.of(actor.coalition).filter(user=actor.user).exists()


def kept_stale(actor: Actor) -> ResourceQuerySet:
    """The stale entries that are this person's to verify: their partner's; for a coordinator the coalition's own, and those of
    partners that nobody here edits for."""
    rows = resources_of(actor, Action.RESOURCES_EDIT)
    if actor.everywhere(Action.RESOURCES_EDIT):
        kept = Membership.objects.of(actor.coalition).filter(role__in=_KEEPING, user__is_active=True)
        others = kept.exclude(partner=None).values("partner")
        rows = rows.filter(Q(partner=None) | ~Q(partner__in=others) | Q(partner__in=actor.own_partner_ids))
    return to_verify(rows, actor.coalition.today())


# ------------------------------------------------------------------ sending
def send(mail: VerifyMail) -> None:
    """Sends the mail, with what is so now. Nobody is asked for what was verified meanwhile, nor somebody who may not edit any more.
    Mail that is down raises, and the job is tried again."""
    coalition = mail.coalition
    actor = actor_for(user=mail.user, slug=coalition.slug)
    if actor is None or not mail.user.is_active or not actor.can(Action.RESOURCES_EDIT) or not wants_reminders(actor):
        return
    names = list(kept_stale(actor).values_list("name", flat=True))
    if not names:
        return
    url = reverse("resources:verify_list", args=[coalition.slug])
    words = {
        "coalition": coalition,
        "names": names[:NAMED],
        "more": len(names[NAMED:]),
        "number": len(names),
        "url": f"{settings.SITE_URL}{url}",
    }
    with timezone.override(ZoneInfo(coalition.time_zone)):
        body = render_to_string("deflection/mail/verify.txt", words)
    what = "1 entry" if len(names) == 1 else f"{len(names)} entries"
    message = EmailMessage(
        subject=" ".join(f"Local help: {what} to verify · {coalition}".split()),
        body=body,
        to=[mail.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        post.send(message)
    except post.Refused:
        raise JobFailed("The address refuses mail.") from None


# ------------------------------------------------------------------ home
def _asks(actor: Actor) -> Questions:
    if not actor.can(Action.RESOURCES_EDIT):
        return {}
    rows = resources_of(actor, Action.RESOURCES_EDIT).stale(actor.coalition.today())
    return {"stale": Counts(rows, {"all": Q()})}


@asking(_asks)
def cards(actor: Actor, answers: Answers) -> list[HomeCard]:
    """What nobody verified lately, for those who keep it."""
    number = answers["stale"]["all"] if "stale" in answers else 0
    if not number:
        return []
    said = "entry of local help was" if number == 1 else "entries of local help were"
    url = reverse("resources:verify_list", args=[actor.coalition.slug])
    return [
        HomeCard(
            60,
            f"{said} not verified for 90 days",
            url,
            "Verify",
            number=str(number),
            note="Cards and the public page show only what was.",
        )
    ]
