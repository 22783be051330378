"""Two coalitions, `ours` and `theirs`, each with people in every role and at least one row of every tenant model.

Every app fills its own part: `tests/<app>/world.py` has `populate(coalition, users, text)`, which puts `text` into every free
text. In `theirs` that text is the canary, which may be found nowhere in `ours`.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coalitions.models import Coalition, Partner
from phast.access.actor import Actor
from phast.access.table import Role
from phast.accounts.models import User
from tests.factories import make_coalition, make_partner, make_person

CANARY = "zz-foreign-canary"
OWN_TEXT = "Ordinary text"
AGENCY_ROLES = {Role.LEAD, Role.REPORTER, Role.MEMBER}


@dataclass
class Side:
    """One coalition, its two agencies, its people by role. `agency` is the one that lead, reporter and member belong to."""

    coalition: Coalition
    agency: Partner
    other_agency: Partner
    users: dict[Role, User]


@dataclass
class World:
    ours: Side
    theirs: Side
    both: User  # an observer of ours who coordinates theirs
    arguments: dict[str, Any] = field(default_factory=dict)  # values for address arguments that are no rows


def build_world() -> World:
    """Makes everything; about a tenth of a second."""
    ours = _side("ours", OWN_TEXT)
    theirs = _side("theirs", CANARY)
    both = make_person("both@example.org", coalition=ours.coalition, role=Role.OBSERVER, name="Sam Both")
    make_person("both@example.org", coalition=theirs.coalition, role=Role.COORDINATOR)
    world = World(ours, theirs, both)
    for module in _parts():
        for side, text in ((ours, OWN_TEXT), (theirs, CANARY)):
            module.populate(side.coalition, side.users, text)
        world.arguments.update(getattr(module, "ARGUMENTS", {}))
    return world


def actor_of(user: User, coalition: Coalition) -> Actor:
    """The actor that the guard would make."""
    from coalitions.selectors import actor_for

    actor = actor_for(user=user, slug=coalition.slug)
    assert actor is not None
    return actor


def _side(slug: str, text: str) -> Side:
    coalition = make_coalition(slug=slug, name=f"{slug.title()} {text}")
    agency = make_partner(coalition, name=f"First agency {text}", agency_type="law_enforcement")
    other = make_partner(coalition, name=f"Second agency {text}", agency_type="ems_fire")
    users = {
        role: make_person(
            f"{role}@{slug}.example.org",
            coalition=coalition,
            role=role,
            partner=agency if role in AGENCY_ROLES else None,
            name=f"{role.title()} {text}",
        )
        for role in Role
    }
    return Side(coalition, agency, other, users)


def _parts() -> list[Any]:
    here = Path(__file__).parent
    return [importlib.import_module(f"tests.{path.parent.name}.world") for path in sorted(here.glob("*/world.py"))]
