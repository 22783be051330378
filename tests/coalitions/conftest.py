"""A coalition with two agencies and a person in every role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse

from coalitions import reference
from coalitions.models import Coalition, Partner
from phast.access.actor import Actor
from phast.access.table import Role
from phast.accounts.models import User
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, make_person, sign_in
from tests.world import actor_of


@dataclass
class Cast:
    """Lead, reporter and member belong to `police`; nobody belongs to `ems`."""

    coalition: Coalition
    police: Partner
    ems: Partner
    people: dict[str, User]

    def actor(self, role: str) -> Actor:
        return actor_of(self.people[role], self.coalition)

    def client(self, role: str) -> ReadingClient:
        client = ReadingClient()
        sign_in(client, self.people[role])
        return client

    def url(self, name: str, *args: object) -> str:
        return reverse(f"coalitions:{name}", args=[self.coalition.slug, *args])


def make_cast() -> Cast:
    reference.load()
    coalition = make_coalition(slug="ours", name="Tri-County")
    police = make_partner(coalition, name="Troy Police", agency_type="law_enforcement")
    ems = make_partner(coalition, name="River EMS", agency_type="ems_fire")
    home = {Role.LEAD: police, Role.REPORTER: police, Role.MEMBER: police}
    people = {
        str(role): make_person(
            f"{role}@example.org", coalition=coalition, role=role, partner=home.get(role), name=f"{role.title()} Person"
        )
        for role in Role
    }
    return Cast(coalition, police, ems, people)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def committed(transactional_db: None) -> Callable[[], Cast]:
    """For tests of what happens at commit."""
    return make_cast
