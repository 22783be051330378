"""Mail about steps and other work: making it on its day, once, and how often somebody gets it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from phast import mail as post
from phast.audit import record
from phast.jobs.queue import enqueue, nudge
from plans.digest import digest_of, other_work, owner_by, steps_of, with_news
from plans.enums import Rhythm
from plans.models import DigestMail, Step, Subscription
from plans.owners import Owner, owners

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coalitions.models import Coalition
    from phast.access.actor import Actor
    from phast.offers import DueWork

AT = dt.time(7)  # in the coalition's own time zone
FRIDAY = 4
ASKED_AGAIN_AFTER = dt.timedelta(hours=1)


@transaction.atomic
def make_digests(*, coalition: Coalition) -> list[DigestMail]:
    """Makes the mails that are due now: on the day of each person's rhythm from seven in the morning, or, if the portal was down that
    morning, on the next workday; never twice. Nobody gets a mail that has nothing to say.

    Two workers at once make one: both look at the subscriptions under a lock. A dozen queries, however many people there are.
    """
    now = timezone.now().astimezone(ZoneInfo(coalition.time_zone))
    if now.time() < AT:
        return []
    work = other_work(coalition)
    people = subscribed(coalition, owners(coalition, work))
    locked = Subscription.objects.of(coalition).filter(pk__in=people).exclude(rhythm=Rhythm.NEVER)
    due = [each for each in locked.select_for_update(no_key=True).order_by("pk") if is_due(each, now)]
    refusing = post.refusals(people[each.pk].address for each in due)
    due = [each for each in due if people[each.pk].address.lower() not in refusing]
    mails, links = [], []
    for subscription, steps in _to_say(coalition, due, people, work):
        mail = DigestMail(coalition=coalition, subscription=subscription, address=people[subscription.pk].address)
        mails.append(mail)
        links.append(steps)
    DigestMail.objects.bulk_create(mails)
    through = DigestMail.steps.through
    through.objects.bulk_create(
        through(digestmail_id=mail.pk, step_id=step.pk)
        for mail, steps in zip(mails, links, strict=True)
        for step in steps
    )
    Subscription.objects.filter(pk__in=[each.pk for each in due]).update(last_made_at=now)
    if mails:
        record("mail.made", coalition=coalition, mails=len(mails))
        transaction.on_commit(partial(_nudge, mails))
    return mails


def is_due(subscription: Subscription, now: dt.datetime) -> bool:
    """Whether its mail is due at that moment, in the coalition's time, and was not made (or found to have nothing to say) yet."""
    day = last_day(Rhythm(subscription.rhythm), now.date())
    if day != now.date() and now.weekday() > FRIDAY:
        return False  # what was missed comes on a workday
    made_at = subscription.last_made_at
    return made_at is None or made_at < dt.datetime.combine(day, AT, tzinfo=now.tzinfo)


def last_day(rhythm: Rhythm, today: dt.date) -> dt.date:
    """The rhythm's latest day: today or before."""
    if rhythm == Rhythm.MONTHLY:
        return today.replace(day=1)
    if rhythm == Rhythm.WEEKLY:
        return today - dt.timedelta(days=today.weekday())
    return today - dt.timedelta(days=max(0, today.weekday() - FRIDAY))


def subscribed(coalition: Coalition, people: Sequence[Owner]) -> dict[int, Owner]:
    """Each person by the key of their subscription. Makes those that are missing: their first mail comes on the next day of the
    rhythm. Somebody who has an account since takes what they chose before along."""
    known = {(each.user_id, each.contact_id): each for each in Subscription.objects.of(coalition)}
    found: dict[int, Owner] = {}
    missing: list[tuple[Subscription, Owner]] = []
    for owner in people:
        if owner.user is None:
            subscription = known.get((None, owner.contact.pk if owner.contact else None))
        else:
            subscription = known.get((owner.user.pk, None)) or _taken_over(owner, known)
        if subscription is None:
            made = Subscription(
                coalition=coalition, user=owner.user, contact=owner.contact, last_made_at=timezone.now()
            )
            missing.append((made, owner))
        else:
            found[subscription.pk] = owner
    if missing:
        Subscription.objects.bulk_create([made for made, _ in missing], ignore_conflicts=True)
        return subscribed(coalition, people)
    return found


@transaction.atomic
def set_rhythm(*, subscription: Subscription, rhythm: Rhythm, by: Actor | None) -> None:
    """How often the person gets mail; the next one comes on the next day of the rhythm. `by` None: said from the mail itself."""
    Subscription.objects.filter(pk=subscription.pk).update(rhythm=rhythm, last_made_at=timezone.now())
    record(
        "mail.rhythm_set",
        by=by,
        user=subscription.user,
        coalition=subscription.coalition,
        target=subscription,
        rhythm=rhythm,
    )


@transaction.atomic
def choose_rhythm(*, owner: Owner, rhythm: Rhythm, by: Actor) -> None:
    """The same for somebody who is signed in."""
    [key] = subscribed(by.coalition, [owner])
    set_rhythm(subscription=Subscription.objects.of(by.coalition).get(pk=key), rhythm=rhythm, by=by)


@transaction.atomic
def send_again(*, mail: DigestMail) -> DigestMail | None:
    """A mail with a fresh link to what is left of this one, to the same address; None when nothing is left, when that address is no
    longer the person's or refuses mail, or when they were sent one within the last hour."""
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=mail.subscription_id)
    owner = owner_by(mail)
    lately = subscription.mails.filter(created_at__gt=timezone.now() - ASKED_AGAIN_AFTER)
    if owner is None or post.refusals([owner.address]) or lately.exists():
        return None
    steps = list(steps_of(mail, owner.actor(mail.coalition)))
    if not steps:
        return None
    again = DigestMail.objects.create(coalition=mail.coalition, subscription=subscription, address=owner.address)
    again.steps.set(steps)
    record("mail.asked_again", user=subscription.user, coalition=mail.coalition, target=subscription)
    enqueue(again)
    return again


def _taken_over(owner: Owner, known: dict[tuple[int | None, int | None], Subscription]) -> Subscription | None:
    """What the person had as a contact, before they had an account."""
    for contact in sorted(owner.contact_ids):
        if before := known.get((None, contact)):
            before.user, before.contact = owner.user, None
            before.save(update_fields=["user", "contact"])
            return before
    return None


def _to_say(
    coalition: Coalition, due: list[Subscription], people: dict[int, Owner], work: Sequence[DueWork]
) -> Iterator[tuple[Subscription, list[Step]]]:
    """Whose mail has something to say, with the steps it names."""
    wanted = set().union(*(people[each.pk].steps for each in due))
    steps = list(with_news(Step.objects.of(coalition).filter(pk__in=wanted)))
    place = {step.pk: n for n, step in enumerate(steps)}
    told = defaultdict(set)
    named = DigestMail.objects.filter(subscription__in=[each.pk for each in due], steps__in=wanted)
    for subscription, step in named.values_list("subscription", "steps").distinct():
        told[subscription].add(step)
    for each in due:
        own = [steps[n] for n in sorted(place[key] for key in people[each.pk].steps if key in place)]
        says = digest_of(own, today=coalition.today(), told=told[each.pk]).steps
        if says or any(map(people[each.pk].has, work)):
            yield each, says


def _nudge(mails: list[DigestMail]) -> None:
    """Until the broker takes no more: the sweep finds the rest."""
    all(nudge(mail._meta.label, mail.pk, mail.QUEUE) for mail in mails)
