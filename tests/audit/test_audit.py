"""The audit log says what happened and cannot be changed (THREATS 48)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from phast import audit
from phast.access.table import Role
from phast.audit.models import Event
from tests.factories import PASSWORD, make_coalition, make_partner, make_person
from tests.world import actor_of


@pytest.fixture
def event(db) -> Event:
    coalition = make_coalition()
    agency = make_partner(coalition, "Troy Police", agency_type="law_enforcement")
    officer = make_person(
        "officer@example.org", coalition=coalition, role=Role.REPORTER, partner=agency, name="Pat Officer"
    )
    audit.record("counts.logged", by=actor_of(officer, coalition), partner=agency, as_agency=True, kits=2)
    return Event.objects.get(verb="counts.logged")


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET verb = 'nothing'", "DELETE FROM audit_event"])
def test_rows_cannot_be_changed_even_by_sql(event: Event, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.filter(verb="counts.logged").count() == 1


def test_the_log_cannot_be_emptied_at_a_stroke(event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the test itself left open would be in the way
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
        with pytest.raises(DatabaseError, match="never emptied"), transaction.atomic():
            cursor.execute("TRUNCATE audit_event")
    assert Event.objects.filter(verb="counts.logged").exists()


def test_a_count_is_the_agencys_to_everybody_else(event: Event) -> None:
    assert event.who == "Troy Police"
    assert event.user.name == "Pat Officer"


def test_sign_ins_and_failed_ones_are_recorded_without_what_was_typed(client: Client, db) -> None:
    make_person("ana@example.org")
    client.post("/accounts/login/", {"login": "ana@example.org", "password": "typed in the wrong field"})
    client.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["account.sign_in_failed", "account.signed_in"]
    assert "typed" not in str(list(Event.objects.values()))
