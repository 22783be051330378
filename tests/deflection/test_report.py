"""A program as PDF: with names for its own people, without them for observers."""

from __future__ import annotations

import pytest
from django.http import Http404

from coalitions.models import Contact
from deflection.actions import add_own_activity, assign_activities, share_program, update_activity
from deflection.enums import ActivityStatus
from deflection.models import Program
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.lease import run
from phast.reports.actions import request_report
from phast.reports.models import Report
from tests.reports.pdfua import assert_pdf_ua, words

from .factories import make_actor, make_program, row, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def coordinator(transactional_db: None) -> Actor:
    return make_actor()


@pytest.fixture
def program(coordinator: Actor) -> Program:
    by = coordinator
    program = make_program(by, 1, 2, name="Second chance")
    person = Contact.objects.create(partner=program.lead, name="Quentin Marlowe")
    Program.objects.update(contact=person)
    assign_activities(program=program, activities=[row(program, "insurance")], owner=person, by=by)
    update_activity(activity=row(program, "insurance"), notes="Between us", version=None, by=by)
    say(program, "intake", by, "procedures")
    say(program, "kits", by, status=ActivityStatus.NOT_APPLICABLE, reason="The county does it")
    add_own_activity(program=program, title="Buy a van", by=by)
    return program


def drawn(by: Actor, program: Program) -> tuple[Report, bytes]:
    report = request_report(kind="deflection_program", fields={"program": program.pk}, by=by)
    run(Report, report.pk)
    report.refresh_from_db()
    with report.file.open("rb") as file:
        return report, file.read()


def test_a_program_on_paper_names_owners_for_its_people_and_not_for_observers(
    coordinator: Actor, program: Program
) -> None:
    _, pdf = drawn(coordinator, program)
    assert_pdf_ua(pdf)
    text = words(pdf)
    for each in (
        "Second chance",
        "Quentin Marlowe",
        "Not applicable: The",
        "county does it",
        "Documentation",
        "Buy a van",
        "5.6",
    ):
        assert each in text
    assert "Between us" not in text
    observer = make_actor(Role.OBSERVER)
    with pytest.raises(Http404):
        request_report(kind="deflection_program", fields={"program": program.pk}, by=observer)
    share_program(program=program, shared=True, by=coordinator)
    report, pdf = drawn(observer, program)
    assert report.is_released
    assert "Quentin" not in words(pdf)
    assert "A person" in words(pdf)
    assert ["Program coordinator", "Filled"] in report.data["facts"]
    share_program(program=program, shared=False, by=coordinator)
    assert not Report.objects.readable_by(observer).exists()
