"""What alerts and requests for help put on the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.table import Action
from phast.offers import HomeCard
from phast.ui.templatetags.ui import local_date

from .alerts import current, unanswered
from .enums import HelpStatus
from .models import Alert, HelpRequest
from .parents import waiting_for

SHOWN = 160  # letters of an alert's advice


def cards(actor: Actor) -> list[HomeCard]:
    """Alerts before all else, until they are acknowledged; requests for help that wait; coalitions that ask for a parent."""
    found = [*_alerts(actor)]
    if actor.can(Action.REQUESTS_HANDLE):
        found += _requests(actor)
    if actor.everywhere(Action.ENGAGEMENT_EDIT):
        found += _silent(actor)
    if actor.can(Action.SETTINGS_MANAGE):
        asking = [str(child) for child in waiting_for(actor)]
        if asking:
            text = f"{asking[0]} asks to stand under this coalition"
            url = reverse("coalitions:parent", args=[actor.coalition.slug])
            note = f"and {len(asking) - 1} more" if len(asking) > 1 else ""
            found.append(HomeCard(30, text, url, "Look at it", note=note))
    return found


def _alerts(actor: Actor) -> Iterator[HomeCard]:
    if not (actor.own_partner_ids and actor.can(Action.ALERT_ANSWER)):
        return
    slug = actor.coalition.slug
    for receipt in unanswered(actor):
        alert = receipt.alert
        advice = alert.advice if len(alert.advice) <= SHOWN else f"{alert.advice[:SHOWN].rsplit(' ', 1)[0]} …"
        yield HomeCard(
            0,
            f"Alert: {alert.title}",
            reverse("coalitions:alert_detail", args=[slug, alert.pk]),
            "Read all of it",
            note=f"{alert.area}, since {local_date(alert.from_on)}. {advice}",
            urgent=True,
            post_url=reverse("coalitions:alert_answer", args=[slug, receipt.pk]),
            post="We have read it",
        )


def _silent(actor: Actor) -> Iterator[HomeCard]:
    """Current alerts that not every partner has acknowledged."""
    found = current(Alert.objects.visible_to(actor, Action.ENGAGEMENT_EDIT), actor.coalition.today())
    for alert in found.annotate(
        told=Count("receipts"), silent=Count("receipts", filter=Q(receipts__acknowledged_at=None))
    ).filter(silent__gt=0):
        text = f"{alert.silent} of {alert.told} partners have not acknowledged the alert"
        url = reverse("coalitions:alert_detail", args=[actor.coalition.slug, alert.pk])
        yield HomeCard(12, text, url, "See who", note=alert.title)


def _requests(actor: Actor) -> Iterator[HomeCard]:
    waiting = HelpRequest.objects.visible_to(actor, Action.REQUESTS_HANDLE).exclude(confirmed_at=None)
    due = Q(next_contact_on__lt=actor.coalition.today()) & ~Q(status=HelpStatus.CLOSED)
    number = waiting.aggregate(new=Count("pk", Q(status=HelpStatus.NEW)), late=Count("pk", due))
    url = reverse("coalitions:request_list", args=[actor.coalition.slug])
    if number["late"]:
        text = (
            "A promised contact is overdue"
            if number["late"] == 1
            else f"{number['late']} promised contacts are overdue"
        )
        note = "Agencies that asked for help wait for you."
        yield HomeCard(14, text, url, "See requests", note=note, urgent=True)
    if number["new"]:
        one, more = "An agency asks for help or registers a program", "agencies ask for help or register a program"
        yield HomeCard(16, one if number["new"] == 1 else f"{number['new']} {more}", url, "See requests")
