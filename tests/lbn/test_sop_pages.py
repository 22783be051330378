"""The pages of a procedure: who may do what, and that nothing typed is lost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lbn import reference
from lbn.actions import sop as actions
from lbn.models import SopSection, SopVersion
from lbn.sop.sections import sections_of
from phast.access.actor import Actor
from tests.client import ReadingClient
from tests.factories import make_partner, sign_in
from tests.lbn.conftest import Scene
from tests.lbn.procedures import WORDS, approve, begin, in_force, kept, write
from tests.world import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections(db: None) -> None:
    reference.load()


@pytest.fixture
def lead(scene: Scene) -> Actor:
    return actor_of(scene.lead_user, scene.coalition)


def url(scene: Scene, name: str, *args: object) -> str:
    return reverse(f"lbn:{name}", args=[scene.coalition.slug, *args])


def section_form(draft: SopVersion, key: str, **typed: str) -> dict[str, str]:
    """What a browser sends for a section as it stands now, with some of it typed anew."""
    draft.refresh_from_db()
    now = next(one for one in sections_of(draft) if one.key == key)
    text = now.wording.replace("\n", "\r\n")
    opened = {"initial-title": now.title, "initial-text": text, "version": str(draft.version)}
    return opened | {"title": now.title, "text": text} | typed


def test_the_way_from_nothing_to_a_procedure_in_force(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    shelf = url(scene, "sop_list", scene.agency.pk)
    assert client.get(url(scene, "sop")).url == shelf
    assert "Write the procedure" in client.get(shelf).content.decode()
    draft_page = client.post(url(scene, "sop_begin", scene.agency.pk), {"source": "sample"}).url
    page = client.get(draft_page).content.decode()
    assert page.count("To fill in") == 1 + 5  # the heading, and the sections that wait
    draft = SopVersion.objects.get(partner=scene.agency)
    braces = client.post(url(scene, "sop_fill", draft.pk), WORDS | {next(iter(WORDS)): "As {wished}"})
    assert braces.status_code == 422
    assert "Nothing is filled in for {wished} here. Write the words themselves" in braces.content.decode()
    assert client.post(url(scene, "sop_fill", draft.pk), WORDS).status_code == 302
    assert "Approve…" in client.get(draft_page).content.decode()
    said = section_form(draft, "storage", text="Dry, at the armory.\r\n\r\nNot in cars.", do="next")
    answer = client.post(url(scene, "sop_section", draft.pk, "storage"), said)
    assert answer.url.endswith("/section/management/")
    assert kept(draft)["storage"] == "Dry, at the armory.\n\nNot in cars."
    draft.refresh_from_db()
    approved = client.post(
        url(scene, "sop_approve", draft.pk),
        {"version": draft.version, "role": "Chief of Police", "in_force_from": "2026-11-20"},
    )
    assert approved.status_code == 302
    page = client.get(shelf).content.decode()
    assert "Approved by: Chief of Police." in page
    assert "Since Nov 20, 2026" in page
    assert "Begin version 2" in page


def test_a_forged_post_does_not_change_the_notice(scene: Scene, client: ReadingClient, lead: Actor) -> None:
    draft = begin(scene, lead)
    sign_in(client, scene.lead_user)
    notice = SopSection.objects.get(pk="notice").text
    said = section_form(draft, "notice", title="Guaranteed", text="This meets every law.")
    answer = client.post(url(scene, "sop_section", draft.pk, "notice"), said)
    assert answer.status_code == 422
    assert "stays as it is" in answer.content.decode()
    assert client.post(url(scene, "sop_remove", draft.pk, "notice")).status_code == 302
    assert kept(draft)["notice"] == notice
    client.post(url(scene, "sop_fill", draft.pk), WORDS | {"agency": "Nobody"})
    assert kept(draft)["notice"] == notice


def test_both_values_are_shown_when_two_write_the_same_section(
    scene: Scene, client: ReadingClient, lead: Actor
) -> None:
    draft = begin(scene, lead)
    mine = section_form(draft, "storage", text="What I typed.")
    other = section_form(draft, "training", text="About training.")
    write(draft, "storage", "What she saved.", scene.coordinator)
    sign_in(client, scene.lead_user)
    answer = client.post(url(scene, "sop_section", draft.pk, "storage"), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "What I typed." in page
    assert "What she saved." in page
    assert client.post(url(scene, "sop_section", draft.pk, "training"), other).status_code == 302
    again = section_form(draft, "storage", text="What I typed.")
    assert client.post(url(scene, "sop_section", draft.pk, "storage"), again).status_code == 302
    assert kept(draft)["storage"] == "What I typed."


def test_words_for_a_section_that_is_gone_or_approved_stay_in_the_form(
    scene: Scene, client: ReadingClient, lead: Actor
) -> None:
    draft = begin(scene, lead)
    key = actions.add_section(draft=draft, title="Cars", text="Two kits.", by=lead)
    said = section_form(draft, key, text="Three kits.")
    actions.remove_section(draft=draft, key=key, by=lead)
    sign_in(client, scene.lead_user)
    address = url(scene, "sop_section", draft.pk, key)
    answer = client.post(address, said)
    assert answer.status_code == 422
    assert "Three kits." in answer.content.decode()
    assert client.post(address, said | {"do": "again"}).status_code == 302
    assert "Three kits." in kept(draft).values()
    said = section_form(draft, "storage", text="Kept words.")
    approve(actions.fill_gaps(draft=draft, words=WORDS, by=lead), lead)
    answer = client.post(url(scene, "sop_section", draft.pk, "storage"), said)
    assert answer.status_code == 422
    assert "Kept words." in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ask John Miller at the desk.", "looks as if it held names"),
        ("Kept at {places}.", "nothing to fill in for {places}"),
        ("", "required"),
    ],
)
def test_a_section_that_cannot_be_saved_says_why(
    scene: Scene, client: ReadingClient, lead: Actor, text: str, told: str
) -> None:
    draft = begin(scene, lead)
    sign_in(client, scene.lead_user)
    answer = client.post(url(scene, "sop_section", draft.pk, "storage"), section_form(draft, "storage", text=text))
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_approving_asks_again_when_the_draft_changed_or_a_person_is_named(
    scene: Scene, client: ReadingClient, lead: Actor
) -> None:
    draft = actions.fill_gaps(draft=begin(scene, lead), words=WORDS, by=lead)
    said = {"version": draft.version, "role": "Chief of Police", "in_force_from": "2026-11-20"}
    write(draft, "storage", "Somewhere else.", scene.coordinator)
    sign_in(client, scene.lead_user)
    address = url(scene, "sop_approve", draft.pk)
    answer = client.post(address, said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed the draft" in page
    assert "Somewhere else." in page
    draft.refresh_from_db()
    assert f'name="version" value="{draft.version}"' in page
    assert client.post(address, said | {"version": draft.version, "role": "Mary Miller"}).status_code == 422
    assert client.post(address, said | {"version": draft.version}).status_code == 302


def test_a_reporter_reads_and_writes_nothing(scene: Scene, client: ReadingClient, lead: Actor) -> None:
    version = in_force(scene, lead)
    draft = begin(scene, lead, actions.OWN)
    sign_in(client, scene.reporter_user)
    for address in (
        url(scene, "sop_list", scene.agency.pk),
        url(scene, "sop_version", version.pk),
        url(scene, "sop_version", draft.pk),
        url(scene, "sop_compare", scene.agency.pk) + "?before=1&after=2",
        url(scene, "sop_word", version.pk),
    ):
        assert client.get(address).status_code == 200
    page = client.get(url(scene, "sop_list", scene.agency.pk)).content.decode()
    assert "Go on with the draft" not in page
    for name in ("sop_edit", "sop_approve", "sop_add"):
        assert client.get(url(scene, name, draft.pk)).status_code == 403
    assert client.post(url(scene, "sop_discard", draft.pk), {"version": draft.version}).status_code == 403
    assert client.post(url(scene, "sop_begin", scene.agency.pk), {"source": "own"}).status_code == 403


def test_a_lead_reads_the_approved_model_and_writes_neither_it_nor_anothers(
    scene: Scene, client: ReadingClient
) -> None:
    model = begin(scene, scene.coordinator, model=True)
    foreign = actions.begin_sop(
        coalition=scene.coalition, partner=scene.other, source=actions.SAMPLE, by=scene.coordinator
    )
    sign_in(client, scene.lead_user)
    assert client.get(url(scene, "sop_version", model.pk)).status_code == 404
    approve(model, scene.coordinator, role="Steering committee")
    assert "[agency’s name]" in client.get(url(scene, "sop_version", model.pk)).content.decode()
    assert client.get(url(scene, "sop_edit", model.pk)).status_code == 404
    assert client.post(url(scene, "sop_model_begin"), {"source": "own"}).status_code == 403
    for address in (url(scene, "sop_list", scene.other.pk), url(scene, "sop_edit", foreign.pk)):
        assert client.get(address).status_code == 404


def test_differences_are_told_without_color(scene: Scene, client: ReadingClient, lead: Actor) -> None:
    in_force(scene, lead)
    draft = begin(scene, lead, actions.OWN)
    storage = next(one.wording for one in sections_of(draft) if one.key == "storage")
    write(draft, "storage", storage.replace("not for long", "never"), lead)
    sign_in(client, scene.lead_user)
    page = client.get(url(scene, "sop_compare", scene.agency.pk) + "?before=1&after=2").content.decode()
    assert "Taken out: </span>not for long" in page
    assert "Put in: </span>never" in page
    assert client.get(url(scene, "sop_compare", scene.agency.pk) + "?before=1&after=7").status_code == 404
    assert client.get(url(scene, "sop_compare", scene.agency.pk)).status_code == 200


def test_the_list_of_agencies_asks_the_same_number_of_questions(
    scene: Scene, client: ReadingClient, lead: Actor
) -> None:
    sign_in(client, scene.coordinator_user)
    address = url(scene, "sop")
    client.get(address)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert page.status_code == 200
        return len(queries)

    before = asked()
    in_force(scene, lead)
    for n in range(3):
        agency = make_partner(scene.coalition, f"Agency {n}", agency_type="ems_fire")
        actions.begin_sop(coalition=scene.coalition, partner=agency, source=actions.SAMPLE, by=scene.coordinator)
    assert asked() == before <= 15
