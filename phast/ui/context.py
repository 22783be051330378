"""What every page's shell shows: whose portal this is, who is signed in, where they may go."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from phast.look import Look, look_of

from . import nav

SITE_NAME = "PHAST portal"


class Portal:
    """Read by `base.html`. Lazy, so that a page that shows no shell asks nobody anything."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.actor: Any = getattr(request, "actor", None)
        self.coalition: Any = self.actor.coalition if self.actor else None

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @property
    def demo_password(self) -> str:
        """The one password of the demo sign-ins; empty outside demo mode."""
        return getattr(settings, "DEMO_PASSWORD", "") if settings.DEMO else ""

    @property
    def name(self) -> str:
        """The coalition's name, or the portal's own where no coalition is in the address."""
        return str(self.coalition) if self.coalition else SITE_NAME

    @cached_property
    def look(self) -> Look:
        """The coalition's own logo and colour."""
        return look_of(self.coalition)

    @property
    def home(self) -> str:
        return f"/c/{self.coalition.slug}/" if self.coalition else "/"

    @cached_property
    def person(self) -> str:
        """The signed-in person's name; empty when nobody is."""
        user = self.actor.user if self.actor else getattr(self._request, "user", None)
        return str(user) if user is not None and user.is_authenticated else ""

    @cached_property
    def partner(self) -> str:
        """The organizations the person acts for in this coalition."""
        names = (standing.partner_name for standing in self.actor.standings) if self.actor else ()
        return ", ".join(dict.fromkeys(name for name in names if name))

    @cached_property
    def nav(self) -> list[nav.Link]:
        return nav.links(self.actor, self._request.path) if self.actor else []


def portal(request: HttpRequest) -> dict[str, Portal]:
    """The context processor."""
    return {"portal": Portal(request)}
