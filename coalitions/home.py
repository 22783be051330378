"""What the coalition's own pages put on the home page."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from phast.access.actor import Actor
from phast.access.table import Action
from phast.jobs.models import JobState
from phast.offers import Figure, HomeCard

from .models import Position, Sector
from .rules import invitations_handled
from .selectors import filled_sectors


def cards(actor: Actor) -> list[HomeCard]:
    """Invitations that wait for mail or ran out, and positions nobody holds: for those who can do something about them."""
    slug = actor.coalition.slug
    found = []
    if actor.can(Action.PEOPLE_MANAGE):
        url = reverse("coalitions:invitation_list", args=[slug])
        now = timezone.now()
        pending = invitations_handled(actor).filter(accepted_at=None, withdrawn_at=None)
        unsent = pending.filter(expires_at__gt=now, state=JobState.WAITING, attempts__gt=0).count()
        if unsent:
            text = "An invitation is not sent yet" if unsent == 1 else f"{unsent} invitations are not sent yet"
            note = "Mail is down. They are kept and go out when it is back."
            found.append(HomeCard(15, text, url, "See invitations", note=note, urgent=True))
        lost = pending.filter(Q(expires_at__lte=now)).count()
        if lost:
            text = "An invitation ran out before it was used" if lost == 1 else f"{lost} invitations ran out before they were used"
            found.append(HomeCard(40, text, url, "Send again or withdraw"))
    if actor.everywhere(Action.SETTINGS_MANAGE):
        if not actor.coalition.counties.exists():
            text, url = "Say which counties the coalition covers", reverse("coalitions:county_list", args=[slug])
            found.append(HomeCard(5, text, url, "Choose counties", note="Maps and ZIP code checks start from them."))
        vacant = [p.title for p in Position.objects.visible_to(actor, Action.ROSTER_SEE).filter(contact=None)]
        if vacant:
            text = f"{vacant[0]} is vacant" if len(vacant) == 1 else f"{len(vacant)} positions are vacant"
            note = "" if len(vacant) == 1 else shortened(vacant)
            url = reverse("coalitions:position_list", args=[slug])
            found.append(HomeCard(60, text, url, "Fill positions", note=note))
    return found


def figures(actor: Actor) -> list[Figure]:
    """How many of the sectors are at the table."""
    names = dict(Sector.objects.values_list("pk", "name"))
    filled = filled_sectors(actor)
    missing = [name for key, name in names.items() if key not in filled]
    url = reverse("coalitions:sector_list", args=[actor.coalition.slug])
    note = f"Missing: {shortened(missing)}" if missing else "Every sector is here"
    return [Figure(90, str(len(filled)), "sectors at the table", of=str(len(names)), note=note, url=url)]


def shortened(names: list[str]) -> str:
    """The first names of a list and how many more there are: "Parents, Pharmacies and 3 more"."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{', '.join(names[:2])} and {len(names) - 2} more"
