"""Calendars that follow due dates: their addresses, and what plans have to say in them.

An address is signed out of the feed's key and nonce; it opens the calendar and nothing else, shows what the person may see today, and
dies when it is turned off or the person leaves the coalition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse

from coalitions.selectors import actor_for
from phast import offers
from phast.access.table import Action
from plans.enums import FeedKind, PlanStatus, StepStatus
from plans.models import CalendarFeed, Responsibility, Step
from plans.selectors import Party, responsibilities, sees_names

if TYPE_CHECKING:
    from django.http import HttpRequest

    from phast.access.actor import Actor

KEYS = Signer(salt="plans.calendars")


# ------------------------------------------------------------------ addresses
def address(feed: CalendarFeed) -> str:
    """The address a calendar program reads."""
    return f"{settings.SITE_URL}{reverse('calendar_feed', args=[KEYS.sign_object([feed.pk, feed.nonce])])}"


def find_feed(token: str) -> CalendarFeed | None:
    """The feed of an address; None for one we never made, and for one that was turned off."""
    try:
        pk, nonce = KEYS.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    feeds = CalendarFeed.objects.filter(pk=pk, nonce=nonce, revoked_at=None, user__is_active=True)
    return feeds.select_related("coalition", "user").first()


def reading(request: HttpRequest, token: str) -> Actor | None:
    """The person whose calendar it is, with the rights they have now; None when they follow no plans any more."""
    feed = find_feed(token)
    actor = actor_for(user=feed.user, slug=feed.coalition.slug) if feed else None
    return actor if actor is not None and actor.can(Action.PLANS_FOLLOW) else None


# ------------------------------------------------------------------ what stands in a calendar
def entries(actor: Actor, kind: str) -> Iterator[offers.CalendarEntry]:
    """The due days of steps in active plans, finished ones too; of a step that comes again, the latest occurrence. Five queries."""
    later = Exists(Step.objects.present().filter(repeat_of=OuterRef("pk")))
    steps = (
        Step.objects.visible_to(actor, Action.PLANS_FOLLOW)
        .present()
        .filter(~later, plan__status=PlanStatus.ACTIVE, plan__is_template=False, due_on__isnull=False)
        .exclude(status=StepStatus.DROPPED)
    )
    if kind == FeedKind.MINE:
        steps = steps.filter(Step.assigned_to(actor))
    found = list(steps.select_related("plan").prefetch_related(responsibilities()).order_by("due_on", "pk"))
    changed = _changed(found)
    for step in found:
        who = [_named(Party.of(r, names=sees_names(actor))) for r in step.responsibilities.all()]
        done = step.status == StepStatus.DONE
        lines = [
            step.plan.title,
            f"{step.get_status_display()}. Responsible: {', '.join(who) if who else 'nobody yet'}.",
        ]
        yield offers.CalendarEntry(
            uid=f"step-{step.pk}",
            starts=step.due_on,
            title=f"{'Done' if done else 'Due'}: {step.title}",
            text="\n".join(lines),
            url=reverse("plans:step", args=[actor.coalition.slug, step.pk]),
            changed=changed[step.pk],
        )


def _named(party: Party) -> str:
    return f"{party.name} ({party.who})" if party.who else party.name


def _changed(steps: list[Step]) -> dict[int, dt.datetime]:
    """When each step, or who is responsible for it, last changed. Two queries."""
    keys = [step.pk for step in steps]
    found: dict[int, dt.datetime] = {}
    for tracked, name in ((Step, "pgh_obj_id"), (Responsibility, "step_id")):
        history: Any = tracked.pgh_event_model  # type: ignore[attr-defined]  # added by pghistory
        rows = history.objects.filter(**{f"{name}__in": keys}).values_list(name).annotate(at=Max("pgh_created_at"))
        for key, at in rows.order_by():
            found[key] = max(at, found.get(key, at))
    return found
