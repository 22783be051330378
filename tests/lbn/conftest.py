"""One coalition on real ZIP codes, an agency that counts, and the people around it. The date is chosen: November 20, 2026."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

from coalitions.models import Coalition, Partner
from lbn.actions import log_count
from lbn.models import Count
from phast.access.actor import Actor
from phast.access.table import Role
from phast.accounts.models import User
from phast.geo.models import County, Zip
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, make_person, sign_in
from tests.world import actor_of

TODAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)  # noon in New York


@dataclass
class Scene:
    coalition: Coalition
    agency: Partner
    other: Partner
    reporter_user: User
    lead_user: User
    coordinator_user: User

    @property
    def reporter(self) -> Actor:
        return actor_of(self.reporter_user, self.coalition)

    @property
    def coordinator(self) -> Actor:
        return actor_of(self.coordinator_user, self.coalition)

    def log(self, **values: Any) -> Count:
        """Logs one kit in 12207 today as the reporter, with any of it changed."""
        day = values.pop("day", TODAY)
        values = {
            "partner": self.agency,
            "from_on": day,
            "to_on": day,
            "place": "zip",
            "zip_code": "12207",
            "kits": 1,
            "client_key": uuid.uuid4(),
            "by": self.reporter,
        } | values
        return log_count(**values)


@pytest.fixture
def noon():
    """Noon on November 20, 2026 in the coalition."""
    with time_machine.travel(NOON, tick=False):
        yield


def build_scene() -> Scene:
    albany = County.objects.create(fips="36001", name="Albany County", state="NY")
    franklin = County.objects.create(fips="39049", name="Franklin County", state="OH")
    for code, county in (("12203", albany), ("12207", albany), ("12210", albany), ("43215", franklin)):
        Zip.objects.create(code=code, county=county, latitude=42, longitude=-73)
    coalition = make_coalition()
    coalition.counties.add(albany)
    agency = make_partner(
        coalition, "Riverbend Police", agency_type="law_enforcement", counts_since=dt.date(2026, 9, 1)
    )
    other = make_partner(coalition, "Colonie EMS", agency_type="ems_fire", counts_since=dt.date(2026, 10, 5))
    return Scene(
        coalition,
        agency,
        other,
        make_person("rae@example.org", coalition=coalition, role=Role.REPORTER, partner=agency, name="Rae Reporter"),
        make_person("lee@example.org", coalition=coalition, role=Role.LEAD, partner=agency, name="Lee Lead"),
        make_person("ana@example.org", coalition=coalition, role=Role.COORDINATOR, name="Ana Reyes"),
    )


@pytest.fixture
def scene(noon, db) -> Scene:
    """Rows that the test's end takes back."""
    return build_scene()


@pytest.fixture
def committed(noon, transactional_db) -> Scene:
    """Rows that other connections see."""
    return build_scene()


@pytest.fixture
def reporter(client: ReadingClient, scene: Scene) -> ReadingClient:
    sign_in(client, scene.reporter_user)
    return client


@pytest.fixture
def coordinator(scene: Scene) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, scene.coordinator_user)
    return client
