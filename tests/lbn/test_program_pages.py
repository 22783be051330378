"""The guided path: one page says how far an agency is and what to do next, and each step is done there."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from coalitions.actions.requests import welcome
from coalitions.models import HelpRequest, Partner
from lbn.actions.program import agree_at_risk, check_profile
from lbn.actions.sop import SAMPLE, begin_sop
from lbn.models import KitDesign, KitType, PersonnelCount, Program, RiskGroup, SopVersion
from lbn.reference import load
from lbn.selectors.path import agencies_on_the_path, path_of, steps_done
from lbn.supply import open_site, receive
from phast.access.table import Role
from phast.audit.models import Event
from phast.ui.nav import tabs as tabs_of
from phast.versions import EditConflict
from tests.client import ReadingClient
from tests.factories import make_partner, make_person, sign_in
from tests.world import actor_of

from .conftest import TODAY, Scene
from .shelves import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference(db: None) -> None:
    load()


def page(client: ReadingClient, scene: Scene, name: str, *args: int) -> str:
    return reverse(f"lbn:{name}", args=[scene.coalition.slug, *args])


def text_of(client: ReadingClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def walk(scene: Scene) -> list[object]:
    """One step after the other; each does what it is about."""
    said = {"coalition": scene.coalition, "partner": scene.agency}
    approved = {
        "approved_at": timezone.now(),
        "approved_by": scene.lead_user,
        "created_by": scene.lead_user,
        "number": 1,
    }

    def kits() -> None:
        kit = KitType.objects.create(coalition=scene.coalition, name="Standard")
        KitDesign.objects.create(coalition=scene.coalition, kit_type=kit, **approved)
        site = open_site(partner=scene.agency, name="Station", by=scene.reporter)
        receive(
            site=site,
            number="AB12",
            expires_on=LATER,
            kits=9,
            product="nasal_4",
            client_key=uuid.uuid4(),
            by=scene.reporter,
        )

    groups = list(RiskGroup.objects.all())
    return [
        lambda: check_profile(partner=scene.agency, values={}, version=None, by=scene.coordinator),
        lambda: agree_at_risk(
            partner=scene.agency, groups=groups, words="", agreed_on=TODAY, version=None, by=scene.coordinator
        ),
        lambda: SopVersion.objects.create(**said, **approved, approved_role="Chief", in_force_from=TODAY),
        lambda: PersonnelCount.objects.create(**said, as_of=TODAY, taking_part=9, trained=4),
        kits,
        scene.log,
    ]


def test_the_list_of_agencies_and_the_page_of_one_agree_on_how_far_it_is(scene: Scene) -> None:
    for number, step in enumerate(walk(scene)):
        agency = agencies_on_the_path(scene.coordinator).get(pk=scene.agency.pk)
        path = path_of(scene.agency)
        assert steps_done(agency) == [one.is_done for one in path] == [at < number for at in range(6)]
        assert agency.next_step == path[number].step.key
        step()  # type: ignore[operator]  # they are all functions
    assert agencies_on_the_path(scene.coordinator).get(pk=scene.agency.pk).next_step == ""


def test_the_page_names_the_version_in_force_not_one_still_to_come(scene: Scene) -> None:
    for number, begins in ((1, TODAY), (2, TODAY + dt.timedelta(days=20))):
        SopVersion.objects.create(
            coalition=scene.coalition,
            partner=scene.agency,
            number=number,
            approved_at=timezone.now(),
            approved_by=scene.lead_user,
            created_by=scene.lead_user,
            approved_role="Chief",
            in_force_from=begins,
        )
    told = {one.step.key: one.shown_by for one in path_of(scene.agency)}
    assert told["sop"] == "Version 1, approved by the Chief"


def test_the_one_primary_button_is_the_step_to_take_next(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    url = page(client, scene, "program_detail", scene.agency.pk)
    assert client.get(page(client, scene, "program")).headers["Location"] == url  # a lead need not choose
    text = text_of(client, url)
    assert "0 of 6 steps done" in text
    assert text.count('class="usa-button way__go"') == 1
    assert "Look it over" in text
    assert (
        client.post(
            page(client, scene, "program_profile", scene.agency.pk), {"name": "Riverbend PD", "version": 1}
        ).status_code
        == 302
    )
    text = text_of(client, url)
    assert ("Choose the groups" in text, "1 of 6 steps done" in text, "Riverbend PD" in text) == (True, True, True)


def test_support_is_asked_for_from_every_page_of_the_path(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    open_site(partner=scene.agency, name="Station", by=scene.reporter)
    agency = scene.agency.pk
    draft = begin_sop(
        coalition=scene.coalition, partner=scene.agency, source=SAMPLE, by=actor_of(scene.lead_user, scene.coalition)
    )
    places = [
        *(page(client, scene, name, agency) for name in ("program_detail", "program_profile", "program_at_risk")),
        *(page(client, scene, name, agency) for name in ("sop_list", "training_list", "kit_list", "referral_list")),
        *(page(client, scene, name, draft.pk) for name in ("sop_version", "sop_edit", "sop_approve")),
        page(client, scene, "session_add"),
        page(client, scene, "site_add"),
        page(client, scene, "stock_receive"),
        page(client, scene, "count_log"),
    ]
    wanted = page(client, scene, "program_help", agency)
    assert [url for url in places if f'href="{wanted}' not in text_of(client, url)] == []


def test_training_and_the_phrase_card_stand_under_the_program(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    for url in (page(client, scene, "training_list", scene.agency.pk), page(client, scene, "phrase_card")):
        tabs = tabs_of(actor_of(scene.lead_user, scene.coalition), url)
        assert [tab.label for tab in tabs if tab.current] == ["Program"]


def test_a_reporter_is_told_that_the_lead_takes_the_step(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.reporter_user)
    text = text_of(client, page(client, scene, "program_detail", scene.agency.pk))
    assert "Your agency’s lead does this." in text
    assert "way__go" not in text


def test_a_profile_saved_by_two_at_once_shows_both_values(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.coordinator_user)
    url = page(client, scene, "program_profile", scene.agency.pk)
    Partner.objects.filter(pk=scene.agency.pk).update(name="Riverbend Police, City of", version=2)
    sent = {
        "name": "Riverbend PD",
        "initial-name": "Riverbend Police",
        "agency_type": "law_enforcement",
        "initial-agency_type": "law_enforcement",
        "version": 1,
    }
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "Riverbend Police, City of" in answer.content.decode()
    assert "Riverbend PD" in answer.content.decode()
    assert not Program.objects.filter(profile_checked_at__isnull=False).exists()


def test_who_is_at_risk_begins_with_all_six_groups_and_keeps_what_was_agreed(
    scene: Scene, client: ReadingClient
) -> None:
    sign_in(client, scene.lead_user)
    url = page(client, scene, "program_at_risk", scene.agency.pk)
    assert text_of(client, url).count('name="risk_groups"') == 6
    assert text_of(client, url).count(" checked") == 6
    sent = {"risk_groups": ["history", "at-the-scene"], "risk_words": "", "risk_agreed_on": "2026-11-19"}
    for wrong in ({"risk_groups": []}, {"risk_agreed_on": "2026-11-21"}, {"risk_words": "Ask John Miller first"}):
        answer = client.post(url, sent | wrong)
        assert answer.status_code == 422, wrong
    assert "Ask John Miller first" in answer.content.decode()
    assert not Program.objects.exists()
    assert client.post(url, sent).status_code == 302
    program = Program.objects.get()
    assert set(program.risk_groups.values_list("key", flat=True)) == {"history", "at-the-scene"}
    assert program.risk_agreed_on == dt.date(2026, 11, 19)
    assert Event.objects.filter(verb="program.at_risk_agreed", as_agency=True).exists()


def test_two_who_agree_for_the_first_time_at_once_do_not_overwrite_each_other(scene: Scene) -> None:
    said = {"partner": scene.agency, "groups": RiskGroup.objects.all()[:2], "agreed_on": TODAY, "version": None}
    agree_at_risk(**said, words="Ours", by=scene.coordinator)
    with pytest.raises(EditConflict):
        agree_at_risk(**said, words="Theirs", by=scene.coordinator)
    assert Program.objects.get().risk_words == "Ours"


def test_a_request_for_support_is_in_the_queue_with_the_agency(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.reporter_user)
    url = page(client, scene, "program_help", scene.agency.pk)
    assert '<option value="sop" selected>' in text_of(client, f"{url}?step=sop")
    assert client.post(url, {"needs": "", "step": "sop"}).status_code == 422
    for _ in range(2):  # pressed twice
        assert client.post(url, {"needs": "Who may approve it?", "step": "sop"}).status_code == 302
    asked = HelpRequest.objects.get()
    assert (asked.partner, asked.agency, asked.email) == (scene.agency, "Riverbend Police", "rae@example.org")
    assert asked.needs == "Make your procedure:\nWho may approve it?"
    sign_in(client, scene.coordinator_user)
    queue = text_of(client, reverse("coalitions:request_list", args=[scene.coalition.slug]))
    assert "Riverbend Police" in queue
    detail = text_of(client, reverse("coalitions:request_detail", args=[scene.coalition.slug, asked.pk]))
    assert page(client, scene, "program_detail", scene.agency.pk) in detail


def test_an_accepted_registration_leads_to_the_path(scene: Scene, client: ReadingClient) -> None:
    asked = HelpRequest.objects.create(
        coalition=scene.coalition,
        agency="Glen Avery Fire",
        agency_type="ems_fire",
        name="Kim Lee",
        email="kim@example.org",
        registers=True,
        program="planned",
        confirmed_at=timezone.now(),
    )
    made = welcome(request=asked, by=scene.coordinator)
    sign_in(client, scene.coordinator_user)
    detail = text_of(client, reverse("coalitions:request_detail", args=[scene.coalition.slug, asked.pk]))
    assert page(client, scene, "program_detail", made.partner.pk) in detail
    assert "0 of 6 steps done" in detail


def test_the_home_page_of_a_new_agency_begins_with_its_program(scene: Scene, client: ReadingClient) -> None:
    new = make_partner(scene.coalition, "Glen Avery Police", agency_type="law_enforcement")
    lead = make_person("lou@example.org", coalition=scene.coalition, role=Role.LEAD, partner=new)
    sign_in(client, lead)
    home = reverse("coalitions:home", args=[scene.coalition.slug])
    text = text_of(client, home)
    assert "Start your program: step 1 of 6" in text
    assert text.index("Start your program") < text.index("Left kits behind?")
    check_profile(partner=new, values={}, version=None, by=actor_of(lead, scene.coalition))
    assert "Start your program: step 2 of 6" in text_of(client, home)
    sign_in(client, scene.coordinator_user)
    assert "Start your program" not in text_of(client, home)


def test_the_coordinator_finds_the_agencies_that_wait_at_a_step(scene: Scene, client: ReadingClient) -> None:
    walk(scene)[0]()  # type: ignore[operator]  # they are all functions
    sign_in(client, scene.coordinator_user)
    url = page(client, scene, "program")
    assert "Riverbend Police" in (at_risk := text_of(client, f"{url}?next=at-risk"))
    assert "Colonie EMS" not in at_risk
    assert "Colonie EMS" in text_of(client, f"{url}?q=colonie")
    assert "No agency is so" in text_of(client, f"{url}?next=done")


def test_the_list_of_agencies_costs_the_same_however_many_there_are(
    scene: Scene, client: ReadingClient, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    sign_in(client, scene.coordinator_user)
    url = page(client, scene, "program")
    client.get(url)
    with django_assert_max_num_queries(15) as few:
        client.get(url)
    for number in range(60):
        make_partner(scene.coalition, f"Agency {number:02}", agency_type="ems_fire")
    with django_assert_num_queries(len(few.captured_queries)):
        assert "1–50 of 62 agencies" in text_of(client, url)


def test_the_page_of_an_agency_takes_few_queries(
    scene: Scene, client: ReadingClient, django_assert_max_num_queries
) -> None:
    for step in walk(scene):
        step()  # type: ignore[operator]  # they are all functions
    sign_in(client, scene.lead_user)
    url = page(client, scene, "program_detail", scene.agency.pk)
    client.get(url)
    with django_assert_max_num_queries(30):
        assert "all 6 steps done" in text_of(client, url)
