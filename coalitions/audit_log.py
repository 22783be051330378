"""The audit log as a coordinator reads it.

Besides the coalition's events it holds its people's sign-ins and sign-outs, which happen before anybody is in a coalition.
Counts are the agency's doing: who counted is named to their own agency alone, so neither a name nor a search by person gives it
away to others.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from phast.access.actor import Actor
from phast.access.table import Action
from phast.accounts.models import User
from phast.audit.models import Event

from .models import Membership


def events_for(
    actor: Actor,
    *,
    person: User | None = None,
    verb: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[Event]:
    """What was done, newest first, by a person, of a kind, in days of the coalition."""
    found = _readable(actor)
    if person is not None:
        found = found.filter(user=person).filter(_names_the_person(actor))
    if verb:
        found = found.filter(verb=verb)
    zone = ZoneInfo(actor.coalition.time_zone)
    if since:
        found = found.filter(at__gte=dt.datetime.combine(since, dt.time(), zone))
    if until:
        found = found.filter(at__lt=dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), zone))
    return found.select_related("user").order_by("-id")


def who(event: Event, actor: Actor) -> str:
    """The name this reader may know: the person's to their own agency, the agency's to everybody else."""
    if event.as_agency and event.partner_id in actor.own_partner_ids and event.user is not None:
        return str(event.user)
    return event.who


def people_in(actor: Actor) -> QuerySet[User]:
    """Everybody the reader may find in the log by name."""
    named = _readable(actor).filter(_names_the_person(actor)).exclude(user=None)
    return User.objects.filter(pk__in=named.order_by().values("user")).order_by("name", "email")


def verbs_in(actor: Actor) -> list[str]:
    """The kinds of events there are."""
    return list(_readable(actor).order_by("verb").values_list("verb", flat=True).distinct())


def _readable(actor: Actor) -> QuerySet[Event]:
    own = Event.objects.visible_to(actor, Action.SETTINGS_MANAGE)
    if not actor.everywhere(Action.SETTINGS_MANAGE):
        return own
    people = Membership.objects.visible_to(actor, Action.PEOPLE_MANAGE).values("user")
    return own | Event.objects.filter(coalition=None, user__in=people)


def _names_the_person(actor: Actor) -> Q:
    return Q(as_agency=False) | Q(partner_id__in=actor.own_partner_ids)
