"""The program report as PDF: for its agency and the coordinator, with everything the program did in the months chosen."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from coalitions.models import Partner
from lbn.actions.assessments import begin_assessment, finish_assessment, rate_elements
from lbn.enums import FeedbackKind, FeedbackState, InPlace, Product, ReferralKind, SessionKind
from lbn.models import (
    Feedback,
    Improvement,
    KitDesign,
    KitType,
    PersonnelCount,
    ReferralCount,
    ReferralPartner,
    SessionPart,
    SopVersion,
    TrainingSession,
)
from lbn.program_report import PROGRAM, choices
from lbn.reference import load
from lbn.supply import open_site, receive
from phast.access.actor import Actor
from phast.access.table import Role
from phast.geo.models import Zip
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports.actions import request_report
from phast.reports.models import Report
from phast.reports.sheets import sheets_of
from tests.factories import make_person
from tests.reports.pdfua import assert_pdf_ua, words
from tests.world import actor_of

from .conftest import NOON, TODAY, Scene
from .shelves import LATER

MONTHS = {"first": "2026-10", "last": "2026-11"}


def drawn(by: Actor, **fields: object) -> tuple[Report, bytes]:
    report = request_report(kind="program", fields=MONTHS | fields, by=by)
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    with report.file.open() as file:
        return report, file.read()


def lead_of(scene: Scene) -> Actor:
    return actor_of(scene.lead_user, scene.coalition)


def rate(scene: Scene, on: dt.date, in_place: InPlace) -> None:
    one = begin_assessment(partner=scene.agency, by=lead_of(scene))
    given = {"kit-basics": (in_place, "Two doses and a pouch."), "voluntary": (InPlace.STARTED, "")}
    rate_elements(assessment=one, ratings=given, version=one.version, by=lead_of(scene))
    finish_assessment(assessment=one, on=on, by=lead_of(scene))


def run_a_program(scene: Scene) -> None:
    """Something of everything, and of each something that the report leaves out."""
    said = {"coalition": scene.coalition, "partner": scene.agency}
    approved = {"approved_at": NOON, "approved_by": scene.lead_user, "created_by": scene.lead_user, "number": 4}
    rate(scene, dt.date(2025, 11, 3), InPlace.STARTED)
    rate(scene, dt.date(2026, 11, 3), InPlace.IN_PLACE)
    KitDesign.objects.create(
        **said,
        **approved,
        kit_type=KitType.objects.create(coalition=scene.coalition, name="Standard kit"),
        contents=[{"item": "naloxone", "name": "Naloxone, 4 mg nasal dose", "quantity": 2}],
    )
    SopVersion.objects.create(**said, **approved, approved_role="Chief of Police", in_force_from=TODAY)
    PersonnelCount.objects.create(**said, as_of=TODAY, taking_part=20, trained=12, due=3)
    for day in (TODAY, dt.date(2026, 5, 4)):
        session = TrainingSession.objects.create(
            coalition=scene.coalition, kind=SessionKind.ROLL_CALL, held_on=day, created_by=scene.lead_user
        )
        SessionPart.objects.create(session=session, partner=scene.agency, took_part=9, trained=7)
        SessionPart.objects.create(session=session, partner=scene.other, took_part=80, trained=70)
    to_come = TrainingSession.objects.create(
        coalition=scene.coalition, kind=SessionKind.INFORMATIONAL, held_on=TODAY, created_by=scene.lead_user
    )
    SessionPart.objects.create(session=to_come, partner=scene.agency, took_part=0, trained=0)
    site = open_site(partner=scene.agency, name="Station", by=scene.reporter)
    received = {"number": "AB12", "expires_on": LATER, "product": Product.NASAL_4, "client_key": uuid.uuid4()}
    receive(site=site, kits=40, by=scene.reporter, **received)
    Zip.objects.filter(pk="12207").update(place="Albany")
    scene.log(kits=4)
    scene.log(kits=3, day=dt.date(2026, 10, 2))  # before kits were kept here
    peers = ReferralPartner.objects.create(**said, name="Peers of the Bend", kind=ReferralKind.PEER)
    for month, number in ((dt.date(2026, 11, 1), 3), (dt.date(2026, 5, 1), 50)):
        ReferralCount.objects.create(to=peers, month=month, referrals=number)
    for state, text in ((FeedbackState.APPROVED, "People came back."), (FeedbackState.WAITING, "Not read yet.")):
        Feedback.objects.create(
            **said,
            kind=FeedbackKind.RECIPIENTS,
            month=dt.date(2026, 11, 1),
            text=text,
            state=state,
            created_by=scene.reporter_user,
        )
    Improvement.objects.create(**said, made_on=TODAY, text="A smaller pouch.", shared_with="all agencies")


def test_the_report_tells_the_whole_program_and_a_screen_reader_reads_it(committed: Scene) -> None:
    load()
    run_a_program(committed)
    report, pdf = drawn(committed.coordinator, partner=committed.agency.pk)
    assert_pdf_ua(pdf)
    text = " ".join(words(pdf).split())
    for said in (
        "Riverbend Police",
        "1 of 22 elements of the eight practices in place, 0 the time before",
        "Two doses and a pouch.",
        "12 of 20 people who leave kits are trained; training is due for 3",
        "Version 4, in force since Nov 20, 2026, approved by the Chief of Police",
        "2 × Naloxone, 4 mg nasal dose",
        "Informational session 0 not entered yet",
        "36 kits on the shelf that can be used",
        "4 of the 7 kits left behind in this time came off these shelves.",
        "12207 Albany 7",
        "October to November 2026 is not over yet: its figures are those so far.",
        "Peers of the Bend",
        "People came back.",
        "A smaller pouch.",
        "for Riverbend Police and the coordinator only",
    ):
        assert said in text, said
    assert "Not read yet." not in text
    tables = {one.title: list(one) for one in sheets_of(PROGRAM, report)}
    assert (
        "Two nasal doses, easy instructions, a small pouch",
        "In place",
        "Started",
        "Two doses and a pouch.",
    ) in next(rows for title, rows in tables.items() if title.startswith("1 Standard kits, fitted to the"))
    at_a_glance = [said for _, said in tables["Text"]]  # what is no figure of the months says of when it is
    assert "36 kits on the shelf as of Nov 20, 2026" in at_a_glance
    assert any("people trained as of " in said for said in at_a_glance)
    assert tables["Referrals by organization"] == [("Peers of the Bend", "Peer support", 3)]
    data = report.data
    assert (data["kits"], data["training"]["took_part"], data["training"]["trained_then"]) == (7, 9, 7)
    assert data["supply"]["moved"] == [
        ["On the shelves at the start", 0],
        ["Received", 40],
        ["Left behind", -4],
        ["On the shelves at the end", 36],
    ]
    assert data["referrals"] == [["Peers of the Bend", "Peer support", 3]]
    assert data["reports"] == [0, 0]  # October's report is not due before the end of November
    assert data["practices"]["course"] == [["Nov 2025", [0, 0, 2, 0]], ["Nov 2026", [1, 0, 1, 0]]]


def test_an_agency_that_has_nothing_yet_gets_a_report_that_says_so(committed: Scene) -> None:
    load()
    _, pdf = drawn(lead_of(committed))
    assert_pdf_ua(pdf)
    text = " ".join(words(pdf).split())
    for said in ("has not rated itself", "No procedure is in force yet.", "does not keep its supply in the portal"):
        assert said in text


def test_an_earlier_report_shows_the_assessment_of_its_time(committed: Scene) -> None:
    load()
    rate(committed, dt.date(2025, 11, 3), InPlace.STARTED)
    rate(committed, dt.date(2026, 11, 3), InPlace.IN_PLACE)
    report, _ = drawn(committed.coordinator, partner=committed.agency.pk, first="2026-01", last="2026-03")
    assert (report.data["practices"]["on"], report.data["practices"]["before_on"]) == ("Nov 3, 2025", "")


def test_two_assessments_of_one_month_are_told_apart_by_their_days(committed: Scene) -> None:
    load()
    rate(committed, dt.date(2026, 11, 3), InPlace.STARTED)
    rate(committed, dt.date(2026, 11, 20), InPlace.IN_PLACE)
    report, _ = drawn(committed.coordinator, partner=committed.agency.pk)
    assert [label for label, _ in report.data["practices"]["course"]] == ["Nov 3 2026", "Nov 20 2026"]


def test_only_the_agency_and_the_coordinator_get_it(scene: Scene) -> None:
    lead = lead_of(scene)
    report = request_report(kind="program", fields=MONTHS, by=lead)
    assert report.partner == scene.agency
    with pytest.raises(Http404):
        request_report(kind="program", fields=MONTHS | {"partner": scene.other.pk}, by=lead)
    with pytest.raises(ValidationError, match="Choose the agency"):
        request_report(kind="program", fields=MONTHS, by=scene.coordinator)
    others = make_person("o@example.org", coalition=scene.coalition, role=Role.LEAD, partner=scene.other)
    member = make_person("m@example.org", coalition=scene.coalition, role=Role.MEMBER, partner=scene.agency)
    for user in (others, member):
        by = actor_of(user, scene.coalition)
        assert not Report.objects.readable_by(by).filter(pk=report.pk).exists()
    with pytest.raises(PermissionDenied):
        request_report(kind="program", fields=MONTHS, by=actor_of(member, scene.coalition))
    assert choices(actor_of(member, scene.coalition)) == []
    assert [one.label for one in choices(lead)] == ["Riverbend Police, December 2025 to November 2026"]
    Partner.objects.update(counts_since=None)
    assert choices(scene.coordinator) == []
    Partner.objects.filter(pk=scene.agency.pk).update(counts_since=TODAY)
    assert [one.label for one in choices(scene.coordinator)] == [one.label for one in choices(lead)]
    for months in ({"first": "now"}, {"first": "1900-01"}):
        with pytest.raises(ValidationError):
            request_report(kind="program", fields=MONTHS | months, by=lead)
