"""What meetings say on the home page: the next one, and to the coordinator which partners stopped coming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from coalitions.attendance import MISSED, missing_lately
from coalitions.enums import MeetingStatus
from coalitions.home import shortened
from coalitions.meetings import coming, url_of, when
from phast.access.table import Action
from phast.offers import HomeCard
from phast.together import Answers, Questions, asking

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from phast.access.actor import Actor


def _asks(actor: Actor) -> Questions:
    if not actor.can(Action.ENGAGEMENT_SEE):
        return {}
    questions: dict[str, QuerySet] = {"following": coming(actor).exclude(status=MeetingStatus.CANCELLED)[:1]}
    if actor.can(Action.ENGAGEMENT_EDIT):
        questions["missing"] = missing_lately(actor)
    return questions


@asking(_asks)
def cards(actor: Actor, known: Answers) -> list[HomeCard]:
    """The next meeting; for a coordinator who stopped coming."""
    found = []
    for following in known.get("following", ()):
        where = following.place or ("Online" if following.link else "")
        note = " · ".join(part for part in (when(following), where) if part)
        found.append(HomeCard(22, f"Next: {following}", url_of(following, actor), "See the meeting", note=note))
    missing = [partner.name for partner in known.get("missing", ())]
    if missing:
        text = f"{shortened(missing)} missed the last {MISSED} meetings"
        url = reverse("coalitions:meeting_attendance", args=[actor.coalition.slug])
        found.append(HomeCard(45, text, url, "See who comes"))
    return found
