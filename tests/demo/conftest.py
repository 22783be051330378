"""The demo, loaded once for all tests here, on an empty database with the reference data."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from coalitions.models import Coalition

DEMO_PASSWORD = "demo-quiet-river"


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True, DEMO_PASSWORD=DEMO_PASSWORD),
        transaction.atomic(),
    ):
        call_command("load_reference", verbosity=0)
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: None, db: None) -> Coalition:
    return Coalition.objects.get()
