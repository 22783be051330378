"""The kit builder: a draft, what is new and why, a version in use that stays as it was, and how two versions differ."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.urls import reverse

from lbn.actions.kits import approve_kit, begin_kit, edit_kit
from lbn.models import KitDesign, KitItem, KitType
from lbn.reference import load
from lbn.selectors.kits import differences, in_use, left_out, standard_contents
from phast.access.actor import Actor
from phast.versions import EditConflict
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.world import actor_of

from .conftest import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference(db: None) -> None:
    load()


def lead_of(scene: Scene) -> Actor:
    return actor_of(scene.lead_user, scene.coalition)


def make_kit(
    scene: Scene, by: Actor, *, own: bool = True, why: str = "", approve: bool = True, **values: object
) -> KitDesign:
    contents = standard_contents(list(KitItem.objects.all()))
    partner = scene.agency if own else None
    design = begin_kit(coalition=scene.coalition, partner=partner, kit_type=None, contents=contents, by=by)
    design = edit_kit(design=design, values={"why": why, **values}, version=design.version, by=by)
    return approve_kit(design=design, version=design.version, by=by) if approve else design


def sent(design: KitDesign, **values: object) -> dict[str, object]:
    """The form as the page fills it in for the standard kit, with some of it changed."""
    has = {f"has_{each['item']}": "on" for each in design.contents if each["item"] != "naloxone"}
    many = {f"many_{item.key}": 1 for item in KitItem.objects.exclude(key="naloxone")}
    own = {f"own_many_{row}": 1 for row in range(1, 5)}
    return {"product": "nasal_4", "doses": 2, "version": design.version, **has, **many, **own, **values}


def test_a_first_kit_is_the_standard_one_and_takes_three_clicks(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.lead_user)
    slug, partner = scene.coalition.slug, scene.agency.pk
    begun = client.post(reverse("lbn:kit_begin", args=[slug, partner]))
    design = KitDesign.objects.get()
    assert begun.headers["Location"] == reverse("lbn:kit_edit", args=[slug, design.pk])
    assert [each["item"] for each in design.contents] == [
        "naloxone", "instructions", "pouch", "resource-card", "good-samaritan",
    ]  # fmt: skip
    assert KitType.objects.get().name == "Standard kit"
    edit = reverse("lbn:kit_edit", args=[slug, design.pk])
    # A tick is drawn on the label, when that follows the box at once.
    assert re.search(r'id="id_has_pouch"[^>]* checked>\s*<label', client.get(edit).content.decode())
    assert client.post(edit, sent(design)).status_code == 302
    text = client.get(reverse("lbn:kit_detail", args=[slug, design.pk])).content.decode()
    assert "Put it in use" in text
    design.refresh_from_db()
    client.post(reverse("lbn:kit_approve", args=[slug, design.pk]), {"version": design.version})
    assert in_use(scene.agency) == [design]


def test_doses_and_the_product_say_how_much_naloxone_is_in_it(scene: Scene, client: ReadingClient) -> None:
    design = make_kit(scene, lead_of(scene), approve=False)
    sign_in(client, scene.lead_user)
    values = {"product": "injectable", "doses": 3, "has_face-shield": "on", "own_1": "Hand warmers", "own_many_1": 2}
    assert (
        client.post(reverse("lbn:kit_edit", args=[scene.coalition.slug, design.pk]), sent(design, **values)).status_code
        == 302
    )
    design.refresh_from_db()
    assert design.doses == 3
    held = {each["name"]: each["quantity"] for each in design.contents}
    assert held["Naloxone, 0.4 mg/mL dose for injection"] == 3
    assert (held["Rescue-breathing face shield"], held["Hand warmers"]) == (1, 2)


@pytest.mark.parametrize(
    "wrong", [{"doses": 0}, {"doses": 21}, {"doses": "two"}, {"own_1": "From John Miller"}, {"many_pouch": 0}]
)
def test_a_wrong_value_comes_back_with_everything_typed(
    scene: Scene, client: ReadingClient, wrong: dict[str, object]
) -> None:
    design = make_kit(scene, lead_of(scene), approve=False)
    sign_in(client, scene.lead_user)
    url = reverse("lbn:kit_edit", args=[scene.coalition.slug, design.pk])
    answer = client.post(url, sent(design, **({"own_2": "Socks"} | wrong)))
    assert answer.status_code == 422
    assert 'value="Socks"' in answer.content.decode()


def test_two_who_edit_a_draft_see_both_values(scene: Scene, client: ReadingClient) -> None:
    design = make_kit(scene, lead_of(scene), approve=False)
    opened = sent(design, **{"initial-doses": 2})
    edit_kit(design=design, values={"doses": 4}, version=design.version, by=scene.coordinator)
    sign_in(client, scene.lead_user)
    url = reverse("lbn:kit_edit", args=[scene.coalition.slug, design.pk])
    answer = client.post(url, opened | {"doses": 3})
    assert answer.status_code == 422
    assert "Use the saved one for “Doses in a kit”" in answer.content.decode()
    assert KitDesign.objects.get().doses == 4


def test_what_is_in_use_stays_as_it_was(scene: Scene) -> None:
    by = lead_of(scene)
    design = make_kit(scene, by)
    for act in (
        lambda: edit_kit(design=design, values={"doses": 9}, version=None, by=by),
        lambda: approve_kit(design=design, version=None, by=by),
    ):
        with pytest.raises(ValidationError, match="in use"):
            act()
    with pytest.raises(Error), transaction.atomic():
        KitDesign.objects.filter(pk=design.pk).update(doses=9)


def test_a_new_version_says_what_is_new_and_why_and_the_old_one_is_kept(scene: Scene, client: ReadingClient) -> None:
    by = lead_of(scene)
    first = make_kit(scene, by)
    draft = make_kit(scene, by, approve=False)
    assert (draft.number, draft.contents) == (2, first.contents)
    with pytest.raises(ValidationError, match="what is new"):
        approve_kit(design=draft, version=draft.version, by=by)
    more = [each for each in draft.contents if each["item"] != "pouch"] + [
        {"item": "face-shield", "name": "Rescue-breathing face shield", "quantity": 1}
    ]
    changed = {"contents": more, "doses": 4, "why": "Families asked for it"}
    draft = edit_kit(design=KitDesign.objects.get(pk=draft.pk), values=changed, version=None, by=by)
    second = approve_kit(design=draft, version=draft.version, by=by)
    assert in_use(scene.agency) == [second]
    assert {(one.what, one.before, one.after) for one in differences(first, second)} == {
        ("Rescue-breathing face shield", "", "1 in a kit"),
        ("Small pouch", "1 in a kit", ""),
        ("Doses in a kit", "2", "4"),
    }
    assert [item.key for item in left_out(second, list(KitItem.objects.all()))] == ["pouch"]
    sign_in(client, scene.reporter_user)
    url = reverse("lbn:kit_detail", args=[scene.coalition.slug, second.pk])
    text = client.get(f"{url}?against={first.pk}").content.decode()
    assert "What differs from version 1" in text
    assert "Put it in use" not in text


def test_what_was_not_read_is_not_put_in_use(scene: Scene, client: ReadingClient) -> None:
    design = make_kit(scene, lead_of(scene), approve=False)
    read = design.version
    edit_kit(design=design, values={"doses": 4}, version=None, by=scene.coordinator)
    with pytest.raises(EditConflict):
        approve_kit(design=design, version=read, by=lead_of(scene))
    sign_in(client, scene.lead_user)
    url = reverse("lbn:kit_approve", args=[scene.coalition.slug, design.pk])
    answer = client.post(url, {"version": read}, follow=True)
    assert "Somebody changed it while you read" in answer.content.decode()
    assert in_use(scene.agency) == []


def test_an_agency_uses_the_coalitions_kit_until_it_has_its_own(scene: Scene, client: ReadingClient) -> None:
    shared = make_kit(scene, scene.coordinator, own=False)
    assert in_use(scene.agency) == in_use(scene.other) == [shared]
    own = make_kit(scene, lead_of(scene), doses=4)
    assert own.kit_type == shared.kit_type
    assert (in_use(scene.agency), in_use(scene.other)) == ([own], [shared])
    sign_in(client, scene.lead_user)
    assert client.post(reverse("lbn:coalition_kit_begin", args=[scene.coalition.slug])).status_code == 403
    assert client.get(reverse("lbn:kit_edit", args=[scene.coalition.slug, shared.pk])).status_code == 404
    assert client.get(reverse("lbn:kit_detail", args=[scene.coalition.slug, shared.pk])).status_code == 200


def test_a_draft_of_the_coalition_is_seen_by_its_coordinator_alone(scene: Scene, client: ReadingClient) -> None:
    draft = make_kit(scene, scene.coordinator, own=False, approve=False)
    url = reverse("lbn:kit_detail", args=[scene.coalition.slug, draft.pk])
    sign_in(client, scene.lead_user)
    assert client.get(url).status_code == 404
    sign_in(client, scene.coordinator_user)
    assert client.get(url).status_code == 200


def test_the_coalition_names_a_new_kind_of_kit(scene: Scene, client: ReadingClient) -> None:
    sign_in(client, scene.coordinator_user)
    url = reverse("lbn:coalition_kit_begin", args=[scene.coalition.slug])
    client.post(url, {"name": "Kit for public boxes"})
    assert KitDesign.objects.get().kit_type.name == "Kit for public boxes"
    answer = client.post(url, {"name": "kit for public boxes"}, follow=True)
    assert "The coalition has a kit of this name." in answer.content.decode()


def test_beginning_twice_goes_on_with_the_same_draft_and_a_draft_can_be_thrown_away(
    scene: Scene, client: ReadingClient
) -> None:
    sign_in(client, scene.lead_user)
    for _ in range(2):
        client.post(reverse("lbn:kit_begin", args=[scene.coalition.slug, scene.agency.pk]))
    draft = KitDesign.objects.get()
    client.post(reverse("lbn:kit_discard", args=[scene.coalition.slug, draft.pk]))
    assert not KitDesign.objects.exists()
