"""The eight practices: every element of the source on the page, ratings that nobody makes but the agency, and what to do next."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from lbn.actions.assessments import begin_assessment, discard_assessment, finish_assessment, rate_elements
from lbn.enums import Evidence, InPlace, SessionKind
from lbn.models import (
    Assessment,
    KitDesign,
    KitType,
    PersonnelCount,
    PracticeElement,
    Program,
    Rating,
    RiskGroup,
    SessionPart,
    SopVersion,
    TrainingElement,
    TrainingSession,
)
from lbn.practice_pages import page_for
from lbn.reference import load
from lbn.refusals import NotPossible
from lbn.selectors.evidence import evidence_of
from lbn.selectors.practices import history_of, outline
from phast.versions import EditConflict
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.world import actor_of

from .conftest import NOON, TODAY, Scene

Given = dict[str, tuple[InPlace | None, str]]
LAST_YEAR = dt.date(2025, 11, 3)


@pytest.fixture(autouse=True)
def _reference(scene: Scene) -> None:
    load()


def actor(scene: Scene) -> Any:
    return actor_of(scene.lead_user, scene.coalition)


def rated(scene: Scene, given: Given, *, on: dt.date | None = None) -> Assessment:
    """An assessment with these ratings, finished when there is a day."""
    one = begin_assessment(partner=scene.agency, by=actor(scene))
    rate_elements(assessment=one, ratings=given, version=one.version, by=actor(scene))
    if on:
        finish_assessment(assessment=one, on=on, by=actor(scene))
    one.refresh_from_db()
    return one


def opened(scene: Scene, client: ReadingClient, name: str = "practice_list", *key: int, user: Any = None) -> str:
    sign_in(client, user or scene.lead_user)
    answer = client.get(reverse(f"lbn:{name}", args=[scene.coalition.slug, *(key or [scene.agency.pk])]))
    assert answer.status_code == 200
    return answer.content.decode()


# ------------------------------------------------------------------ what the source says
def test_every_element_of_the_source_stands_on_the_page(scene: Scene, client: ReadingClient) -> None:
    page = opened(scene, client)
    practices = re.split(r'<details class="practice"', page)[1:]
    found = [len(re.findall(r'data-element="', one)) for one in practices]
    assert found == [5, 1, 3, 3, 3, 4, 1, 2]
    assert [one.count("data-part") for one in practices] == [0, 6, 0, 0, 0, 0, 8, 0]
    assert "headings of practices 2, 6, 7, 8 are lost" in page


def test_each_practice_is_rated_on_a_page_with_all_its_elements(scene: Scene, client: ReadingClient) -> None:
    one = begin_assessment(partner=scene.agency, by=actor(scene))
    pages = [opened(scene, client, "assessment_rate", one.pk, number) for number in range(1, 9)]
    assert [page.count('type="radio"') // 4 for page in pages] == [5, 1, 3, 3, 3, 4, 1, 2]
    assert [page.count("element-parts__none") for page in pages] == [0, 6, 0, 0, 0, 0, 8, 0]
    assert not any(re.search(r'type="radio"[^>]*checked', page) for page in pages)


# ------------------------------------------------------------------ what the portal knows
def suggested(scene: Scene) -> dict[str, InPlace | None]:
    return {key: shown.suggests for key, shown in evidence_of(scene.agency, PracticeElement.objects.all()).items()}


def test_a_new_agency_is_told_what_is_missing(scene: Scene) -> None:
    shown = evidence_of(scene.agency, PracticeElement.objects.all())
    assert {one.suggests for key, one in shown.items() if key != "many-disciplines"} == {InPlace.NOT_YET}
    assert shown["kit-basics"].says == "No kit is chosen yet."
    assert not shown["kit-basics"].is_some


def test_what_is_entered_elsewhere_shows_how_far_the_practices_are(scene: Scene, django_assert_max_num_queries) -> None:
    said = {"coalition": scene.coalition, "partner": scene.agency}
    approved = {"approved_at": NOON, "approved_by": scene.lead_user, "created_by": scene.lead_user, "number": 1}
    held = ("naloxone", "instructions", "pouch", "resource-card", "face-shield")
    KitDesign.objects.create(
        coalition=scene.coalition,
        kit_type=KitType.objects.create(coalition=scene.coalition, name="Standard"),
        contents=[{"item": item, "name": item, "quantity": 1} for item in held],
        resource_card="Local help",
        card_checked_on=TODAY - dt.timedelta(days=91),
        **approved,
    )
    SopVersion.objects.create(
        **said,
        **approved,
        approved_role="Chief of Police",
        in_force_from=TODAY,
        sections=[{"key": "voluntary", "title": "Always voluntary", "text": "…"}],
    )
    program = Program.objects.create(**said, risk_agreed_on=TODAY)
    program.risk_groups.set(RiskGroup.objects.all()[:5])
    PersonnelCount.objects.create(**said, as_of=TODAY, taking_part=20, trained=12, due=3)
    session = TrainingSession.objects.create(
        coalition=scene.coalition, kind=SessionKind.ROLL_CALL, held_on=TODAY, created_by=scene.lead_user
    )
    session.elements.set(TrainingElement.objects.filter(pk__in=["communication", "empathy"]))
    for partner in (scene.agency, scene.other):
        SessionPart.objects.create(session=session, partner=partner, took_part=9, trained=9)
    scene.log(kits=4)
    scene.log(kits=1, place="unknown", zip_code="", client_key=uuid.uuid4())
    elements = list(PracticeElement.objects.all())
    with django_assert_max_num_queries(6):
        shown = evidence_of(scene.agency, elements)
    found = {key: one.suggests for key, one in shown.items()}
    assert found["kit-basics"] == InPlace.IN_PLACE
    assert found["kit-good-samaritan"] == InPlace.STARTED
    assert found["kit-strips-shield"] == InPlace.IN_PLACE
    assert found["kit-basic-care"] is None  # left out on purpose, perhaps
    assert found["kit-resource-card"] == InPlace.MOSTLY  # checked more than 90 days ago
    assert found["at-risk-wide"] == InPlace.MOSTLY
    assert sum(part.is_here for part in shown["at-risk-wide"].parts) == 5
    assert found["voluntary"] == InPlace.IN_PLACE
    assert "Always voluntary" in shown["voluntary"].says
    assert found["not-enforcement"] == InPlace.STARTED
    assert found["written-procedure"] == InPlace.IN_PLACE
    assert found["compassionate-words"] == InPlace.MOSTLY
    assert found["teach-prevention"] == InPlace.STARTED
    assert found["share-and-train-together"] == InPlace.MOSTLY
    assert "5 kits counted in the last 12 months, 80% with a ZIP code" in shown["aggregate-counts"].says
    assert shown["trained-before"].says == "12 of 20 people trained, 3 due; 2 of 8 elements covered."


def test_the_coalitions_draft_kit_or_anothers_procedure_show_nothing(scene: Scene) -> None:
    draft = {"coalition": scene.coalition, "created_by": scene.lead_user, "number": 1}
    kit = KitType.objects.create(coalition=scene.coalition, name="Standard")
    KitDesign.objects.create(**draft, kit_type=kit, contents=[{"item": "naloxone", "name": "N", "quantity": 2}])
    approved = {"approved_at": NOON, "approved_by": scene.lead_user, "approved_role": "Chief", "in_force_from": TODAY}
    SopVersion.objects.create(**draft, **approved, partner=scene.other)
    found = suggested(scene)
    assert (found["kit-basics"], found["written-procedure"]) == (InPlace.NOT_YET, InPlace.NOT_YET)


# ------------------------------------------------------------------ rating
def test_ratings_are_saved_practice_by_practice_and_finished_on_a_day(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    slug = scene.coalition.slug
    begun = client.post(reverse("lbn:assessment_begin", args=[slug, scene.agency.pk]))
    one = Assessment.objects.get()
    assert begun.url == reverse("lbn:assessment_rate", args=[slug, one.pk, 1])
    assert client.post(reverse("lbn:assessment_begin", args=[slug, scene.agency.pk])).status_code == 302
    assert Assessment.objects.count() == 1
    answer = client.post(
        begun.url, {"version": 1, "kit-basics-how": "3", "kit-basics-shows": "Two doses.", "do": "later"}
    )
    assert answer.url == reverse("lbn:practice_list", args=[slug, scene.agency.pk])
    again = client.post(reverse("lbn:assessment_begin", args=[slug, scene.agency.pk]))
    assert again.url == begun.url  # four elements of the first practice are open
    finish = reverse("lbn:assessment_finish", args=[slug, one.pk])
    assert client.post(finish, {"assessed_on": "2026-11-21"}).status_code == 422  # tomorrow
    assert client.post(finish, {"assessed_on": "2026-11-20"}).status_code == 302
    one.refresh_from_db()
    assert (one.assessed_on, one.finished_by) == (TODAY, scene.lead_user)
    assert [(r.element_id, r.in_place, r.evidence) for r in one.ratings.all()] == [("kit-basics", 3, "Two doses.")]


def test_what_somebody_rated_meanwhile_is_not_written_over(scene: Scene, client: ReadingClient) -> None:
    one = rated(scene, {"kit-basics": (InPlace.STARTED, "")})
    sign_in(client, scene.coordinator_user)
    page = reverse("lbn:assessment_rate", args=[scene.coalition.slug, one.pk, 1])
    mine = {"version": 1, "kit-basics-how": "3", "initial-kit-basics-how": ""}
    answer = client.post(page, mine)
    assert answer.status_code == 422
    assert "Somebody else saved this" in answer.content.decode()
    assert Rating.objects.get().in_place == InPlace.STARTED
    again = client.post(page, mine | {"version": one.version, "initial-kit-basics-how": "1"})
    assert again.status_code == 302
    assert Rating.objects.get().in_place == InPlace.IN_PLACE
    with pytest.raises(EditConflict):
        rate_elements(assessment=one, ratings={}, version=1, by=actor(scene))


def test_words_about_a_person_are_asked_about_and_stay_in_the_form(scene: Scene, client: ReadingClient) -> None:
    one = begin_assessment(partner=scene.agency, by=actor(scene))
    sign_in(client, scene.lead_user)
    sent = {"version": 1, "kit-basics-how": "3", "kit-basics-shows": "Ask John Miller, 518-555-0134."}
    page = reverse("lbn:assessment_rate", args=[scene.coalition.slug, one.pk, 1])
    answer = client.post(page, sent)
    assert answer.status_code == 422
    assert "Ask John Miller, 518-555-0134." in answer.content.decode()
    assert not Rating.objects.exists()
    assert client.post(page, sent | {"nobodys": "on"}).status_code == 302
    only_words = client.post(page, {"version": 2, "kit-strips-shield-shows": "Weighed in May."})
    assert only_words.status_code == 422
    assert "Say how far it is, too" in only_words.content.decode()


def test_a_finished_assessment_never_changes(scene: Scene, client: ReadingClient) -> None:
    one = rated(scene, {"kit-basics": (InPlace.STARTED, "Begun.")}, on=TODAY)
    by = actor(scene)
    with pytest.raises(NotPossible):
        rate_elements(assessment=one, ratings={"kit-basics": (InPlace.IN_PLACE, "")}, version=None, by=by)
    with pytest.raises(NotPossible):
        finish_assessment(assessment=one, on=LAST_YEAR, by=by)
    with pytest.raises(NotPossible):
        discard_assessment(assessment=one, by=by)
    sign_in(client, scene.lead_user)
    client.post(reverse("lbn:assessment_remove", args=[scene.coalition.slug, one.pk]))
    page = reverse("lbn:assessment_rate", args=[scene.coalition.slug, one.pk, 1])
    assert client.post(page, {"version": one.version, "kit-basics-how": "3"}).status_code == 302
    assert Rating.objects.get().in_place == InPlace.STARTED


def test_one_that_is_begun_can_be_thrown_away_and_an_empty_one_not_finished(scene: Scene) -> None:
    one = begin_assessment(partner=scene.agency, by=actor(scene))
    with pytest.raises(NotPossible, match="Nothing is rated"):
        finish_assessment(assessment=one, on=TODAY, by=actor(scene))
    rate_elements(assessment=one, ratings={"kit-basics": (InPlace.STARTED, "")}, version=1, by=actor(scene))
    thrown_away = Assessment.objects.get()
    discard_assessment(assessment=one, by=actor(scene))
    with pytest.raises(NotPossible, match="thrown away meanwhile"):
        rate_elements(assessment=thrown_away, ratings={}, version=2, by=actor(scene))
    assert not Assessment.objects.exists()
    assert not Rating.objects.exists()


def test_an_assessment_is_not_dated_before_the_latest(scene: Scene) -> None:
    rated(scene, {"kit-basics": (InPlace.STARTED, "")}, on=TODAY)
    with pytest.raises(ValidationError, match="Nov 20, 2026"):
        rated(scene, {"kit-basics": (InPlace.MOSTLY, "")}, on=LAST_YEAR)


def test_what_the_portal_knew_is_kept_where_nobody_wrote_what_shows_it(scene: Scene) -> None:
    PersonnelCount.objects.create(
        coalition=scene.coalition, partner=scene.agency, as_of=TODAY, taking_part=20, trained=12
    )
    given: Given = {
        "trained-before": (InPlace.MOSTLY, ""),
        "kit-basics": (InPlace.STARTED, ""),
        "voluntary": (InPlace.STARTED, "Said at roll call."),
    }
    one = rated(scene, given, on=TODAY)
    assert dict(one.ratings.values_list("element", "evidence")) == {
        "trained-before": "12 of 20 people trained; 0 of 8 elements covered.",
        "kit-basics": "",  # that nothing is chosen shows nothing
        "voluntary": "Said at roll call.",
    }


# ------------------------------------------------------------------ what to do next, and over time
def test_what_is_least_far_comes_next_and_what_is_in_place_never(scene: Scene, client: ReadingClient) -> None:
    given: Given = {one.pk: (InPlace.IN_PLACE, "") for one in PracticeElement.objects.all()}
    given |= {
        "kit-basic-care": (InPlace.NOT_YET, ""),  # optional
        "written-procedure": (InPlace.STARTED, ""),
        "outreach-after-overdose": (InPlace.NOT_YET, ""),
    }
    rated(scene, given, on=TODAY)
    latest = history_of(scene.agency, outline()).latest
    assert latest is not None
    assert [one.element.pk for one in latest.not_in_place] == [
        "outreach-after-overdose",
        "written-procedure",
        "kit-basic-care",
    ]
    page = opened(scene, client)
    steps = page[page.index("What to do next") : page.index("The practices")]
    assert re.findall(r'class="next-steps__way" href="([^"]+)"', steps)[0] == reverse(
        "lbn:referral_list", args=[scene.coalition.slug, scene.agency.pk]
    )


@pytest.mark.parametrize("who", ["lead_user", "reporter_user", "coordinator_user"])
def test_every_next_action_leads_to_a_page_the_person_may_open(scene: Scene, client: ReadingClient, who: str) -> None:
    user = getattr(scene, who)
    by = actor_of(user, scene.coalition)
    sign_in(client, user)
    ways = {page_for(element, scene.agency, by) for element in PracticeElement.objects.all()}
    wrong = {way.url: found for way in ways if (found := client.get(way.url).status_code) != 200}
    assert not wrong
    assert {element.evidence for element in PracticeElement.objects.all()} == set(Evidence.values)


def test_change_is_told_since_the_assessment_before(scene: Scene, client: ReadingClient) -> None:
    rated(scene, {"kit-basics": (InPlace.STARTED, ""), "voluntary": (InPlace.MOSTLY, "")}, on=LAST_YEAR)
    later: Given = {
        "kit-basics": (InPlace.IN_PLACE, ""),
        "voluntary": (InPlace.STARTED, ""),
        "at-risk-wide": (InPlace.STARTED, ""),
    }
    rated(scene, later, on=TODAY)
    history = history_of(scene.agency, outline())
    assert history.latest is not None
    found = {one.element.pk: one.change for level in history.latest.levels for one in level.elements if one.rating}
    assert found == {"kit-basics": "Up from “Started”", "voluntary": "Down from “Mostly in place”", "at-risk-wide": ""}
    assert history.course == [("Nov 2025", [0, 1, 1, 0]), ("Nov 2026", [1, 0, 2, 0])]
    page = opened(scene, client)
    table = page[page.index("Over time") : page.index("The practices")]
    assert re.findall(r">(\d of 5 in place)<", table) == ["0 of 5 in place", "1 of 5 in place"]


# ------------------------------------------------------------------ who sees what
def test_a_reporter_reads_and_rates_nothing(scene: Scene, client: ReadingClient) -> None:
    one = rated(scene, {"kit-basics": (InPlace.STARTED, "")})
    page = opened(scene, client, user=scene.reporter_user)
    assert "assessment_begin" not in page
    assert reverse("lbn:assessment_begin", args=[scene.coalition.slug, scene.agency.pk]) not in page
    detail = opened(scene, client, "assessment_detail", one.pk, user=scene.reporter_user)
    assert "Go on rating" not in detail
    rate = reverse("lbn:assessment_rate", args=[scene.coalition.slug, one.pk, 1])
    assert client.post(rate, {"version": one.version}).status_code == 403


def test_people_of_one_agency_land_on_it_and_never_see_anothers(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    slug = scene.coalition.slug
    answer = client.get(reverse("lbn:practice_agencies", args=[slug]))
    assert answer.url == reverse("lbn:practice_list", args=[slug, scene.agency.pk])
    assert client.get(reverse("lbn:practice_list", args=[slug, scene.other.pk])).status_code == 404


def test_the_coordinators_page_asks_as_much_for_many_agencies_as_for_one(
    scene: Scene, client: ReadingClient, django_assert_max_num_queries
) -> None:
    rated(scene, {"kit-basics": (InPlace.IN_PLACE, "")}, on=TODAY)
    page = opened(scene, client, "practice_list", user=scene.coordinator_user)
    sign_in(client, scene.coordinator_user)
    address = reverse("lbn:practice_agencies", args=[scene.coalition.slug])
    with django_assert_max_num_queries(15) as few:
        page = client.get(address).content.decode()
    assert page.index("Colonie EMS") < page.index("Riverbend Police")  # by name
    assert "1 of 5 in place" in page
    for number in range(3):
        partner = make_partner(scene.coalition, f"Agency {number}", agency_type="ems_fire")
        by = actor_of(scene.coordinator_user, scene.coalition)
        one = begin_assessment(partner=partner, by=by)
        rate_elements(assessment=one, ratings={"kit-basics": (InPlace.STARTED, "")}, version=1, by=by)
        finish_assessment(assessment=one, on=TODAY, by=by)
    with django_assert_max_num_queries(15) as many:
        page = client.get(address).content.decode()
    assert len(few) == len(many)
    assert Counter(re.findall(r"\d of 5 in place", page)) == {"1 of 5 in place": 1, "0 of 5 in place": 3}
    assert "Riverbend Police" not in client.get(address, {"find": "agency"}).content.decode()


def test_an_agencys_page_asks_as_much_for_many_assessments_as_for_one(
    scene: Scene, client: ReadingClient, django_assert_max_num_queries
) -> None:
    address = reverse("lbn:practice_list", args=[scene.coalition.slug, scene.agency.pk])
    sign_in(client, scene.lead_user)
    rated(scene, {"kit-basics": (InPlace.STARTED, "")}, on=LAST_YEAR)
    client.get(address)
    with django_assert_max_num_queries(20) as few:
        client.get(address)
    rated(scene, {"kit-basics": (InPlace.STARTED, "")}, on=TODAY)
    rated(scene, {"kit-basics": (InPlace.MOSTLY, "")}, on=TODAY)
    with django_assert_max_num_queries(20) as many:
        client.get(address)
    assert len(few) == len(many)
