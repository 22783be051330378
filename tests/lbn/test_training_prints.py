"""The roll-call pack and the phrase card on paper, and the words on the page and the phone."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.html import escape

from coalitions.models import Coalition, Partner
from lbn import reference
from lbn.models import KitDesign, KitType, Phrase
from lbn.selectors.phrases import at_hand, at_hand_on_phones
from lbn.shell import shell
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.reports.actions import request_report
from phast.reports.kinds import kind_of
from phast.reports.models import Report
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, make_person, sign_in
from tests.reports.pdfua import assert_pdf_ua, words
from tests.world import actor_of


@pytest.fixture
def agency(transactional_db: None) -> Partner:
    reference.load()
    return make_partner(make_coalition(), "Troy Police", agency_type="law_enforcement")


def person(coalition: Coalition, role: Role, partner: Partner | None = None) -> Actor:
    return actor_of(make_person(f"{role}@example.org", coalition=coalition, role=role, partner=partner), coalition)


def drawn(kind: str, by: Actor, **fields: object) -> tuple[Report, bytes]:
    report = request_report(kind=kind, fields=fields, by=by)
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    with report.file.open() as file:
        return report, file.read()


def test_the_pack_has_a_page_to_speak_from_a_handout_with_the_kit_and_the_phrases(agency: Partner) -> None:
    reporter = person(agency.coalition, Role.REPORTER, agency)
    KitDesign.objects.create(
        coalition=agency.coalition,
        partner=agency,
        kit_type=KitType.objects.create(coalition=agency.coalition, name="Standard kit"),
        number=1,
        contents=[{"item": "", "name": "Rescue spray", "quantity": 2}],
        resource_card="Local help in Troy",
        created_by=reporter.user,
        approved_by=reporter.user,
        approved_at=agency.coalition.created_at,
    )
    report, pdf = drawn("roll_call", reporter)  # an agency's own people need not name it
    assert_pdf_ua(pdf)
    assert report.pages == 3
    text = words(pdf)
    assert "Speaker’s page: 10 minutes" in text
    assert "In Troy Police’s kit" in text
    assert "2 × Rescue spray" in text
    assert "Resource card: Local help in Troy" in text
    assert "/field/" in text
    assert [piece["title"] in text for piece in report.data["speaker"]] == [True] * 8
    assert report.data["steps"][0] == "Call 911."
    assert len(report.data["steps"]) == 6


def test_the_pack_of_another_agency_is_not_for_a_lead_and_none_is_for_members(agency: Partner) -> None:
    other = make_partner(agency.coalition, "Colonie EMS", agency_type="ems_fire")
    lead = person(agency.coalition, Role.LEAD, agency)
    pack = kind_of("roll_call")
    assert pack is not None
    with pytest.raises(Http404):
        pack.request(lead, {"partner": other.pk})
    assert [choice.fields for choice in pack.choices(lead)] == [{"partner": agency.pk}]
    member = person(agency.coalition, Role.MEMBER, agency)
    with pytest.raises(PermissionDenied):
        pack.request(member, {})
    assert pack.choices(member) == []
    coordinator = person(agency.coalition, Role.COORDINATOR)
    assert pack.request(coordinator, {}).partner_id is None
    assert len(pack.choices(coordinator)) == 3


def test_the_card_fits_one_sheet_and_an_observer_may_have_it(agency: Partner) -> None:
    report, pdf = drawn("phrase_card", person(agency.coalition, Role.OBSERVER))
    assert_pdf_ua(pdf)
    assert report.pages == 1
    text = words(pdf)
    told = at_hand()
    shown = [phrase.text for phrase in told.use] + [phrase.instead for phrase in told.avoid]
    shown += [theme.title for theme in told.themes if theme.points]  # a heading stands over something
    # The beginnings: two columns are read line by line, so that a broken line goes on after the other column's.
    assert [one for one in shown if one[:25] not in text] == []


def test_a_card_without_phrases_is_not_drawn_empty_and_says_why(agency: Partner) -> None:
    Phrase.objects.all().delete()
    report = request_report(kind="phrase_card", fields={}, by=person(agency.coalition, Role.OBSERVER))
    run(Report, report.pk)
    report.refresh_from_db()
    assert (report.state, report.file.name) == (JobState.FAILED, "")
    assert "The portal has no phrases yet." in report.message


def test_page_and_phone_show_the_same_words_to_everybody(agency: Partner) -> None:
    """Fourteen phrases to use, four to avoid with what to say instead, six themes: on the page as on the phone."""
    told = at_hand()
    assert told == at_hand_on_phones()
    assert (len(told.use), len(told.avoid), len(told.themes)) == (14, 4, 6)
    client = ReadingClient()
    sign_in(client, person(agency.coalition, Role.OBSERVER).user)
    for page in (client.get("/c/ours/naloxone/phrases/").content.decode(), shell().page):
        shown = [phrase.text for phrase in (*told.use, *told.avoid)] + [theme.title for theme in told.themes]
        shown += [point for theme in told.themes for point in theme.points]
        assert [words for words in shown if escape(words) not in page] == []
