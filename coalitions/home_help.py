"""What alerts and requests for help put on the home page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.table import Action
from phast.offers import HomeCard
from phast.together import Answers, Counts, Questions, asking
from phast.ui.templatetags.ui import local_date

from .alerts import current, unanswered
from .enums import HelpStatus
from .models import Alert, AlertReceipt, HelpRequest
from .parents import waiting_for

SHOWN = 160  # letters of an alert's advice


def _asks(actor: Actor) -> Questions:
    questions: dict[str, QuerySet | Counts] = {}
    if actor.own_partner_ids and actor.can(Action.ALERT_ANSWER):
        questions["unanswered"] = unanswered(actor)
    if actor.can(Action.REQUESTS_HANDLE):
        waiting = HelpRequest.objects.visible_to(actor, Action.REQUESTS_HANDLE).exclude(confirmed_at=None)
        late = Q(next_contact_on__lt=actor.coalition.today()) & ~Q(status=HelpStatus.CLOSED)
        questions["requests"] = Counts(waiting, {"new": Q(status=HelpStatus.NEW), "late": late})
    if actor.everywhere(Action.ENGAGEMENT_EDIT):
        alerts = current(Alert.objects.visible_to(actor, Action.ENGAGEMENT_EDIT), actor.coalition.today())
        told = Count("receipts"), Count("receipts", filter=Q(receipts__acknowledged_at=None))
        questions["silent"] = alerts.annotate(told=told[0], silent=told[1]).filter(silent__gt=0)
    if actor.can(Action.SETTINGS_MANAGE):
        questions["children"] = waiting_for(actor)
    return questions


@asking(_asks)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """Alerts before all else, until they are acknowledged; requests for help that wait; coalitions that ask for a parent."""
    found = [*_alerts(actor, known.get("unanswered", ()))]
    if "requests" in known:
        found += _requests(actor, known["requests"])
    found += _silent(actor, known.get("silent", ()))
    if children := [str(child) for child in known.get("children", ())]:
        text = f"{children[0]} asks to stand under this coalition"
        url = reverse("coalitions:parent", args=[actor.coalition.slug])
        note = f"and {len(children) - 1} more" if len(children) > 1 else ""
        found.append(HomeCard(30, text, url, "Look at it", note=note))
    return found


def _alerts(actor: Actor, receipts: Iterable[AlertReceipt]) -> Iterator[HomeCard]:
    slug = actor.coalition.slug
    for receipt in receipts:
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


def _silent(actor: Actor, alerts: Iterable[Any]) -> Iterator[HomeCard]:
    """Current alerts that not every partner has acknowledged."""
    for alert in alerts:
        text = f"{alert.silent} of {alert.told} partners have not acknowledged the alert"
        url = reverse("coalitions:alert_detail", args=[actor.coalition.slug, alert.pk])
        yield HomeCard(12, text, url, "See who", note=alert.title)


def _requests(actor: Actor, number: dict[str, int]) -> Iterator[HomeCard]:
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
