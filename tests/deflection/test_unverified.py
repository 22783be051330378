"""A verified entry that says something new, of which nobody made sure, is verified no longer."""

from __future__ import annotations

from typing import Any

import pytest

from deflection import reference
from deflection.actions import edit_resource, verify_resource
from deflection.actions.importing import bring_in_list, take_back_list
from deflection.models import Resource
from phast.access.actor import Actor
from phast.history import history
from phast.sheets import actions as sheets

from .test_directory import DAY, make_resource
from .test_resource_import import reading_of, started
from .test_resource_pages import LIST, TROY, client_of


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


@pytest.fixture
def verified(by: Actor) -> Resource:
    """Made sure of five days ago."""
    found = make_resource(by, phone="518-555-0158", cost="Free", sites=[TROY, {"town": "Albany"}])
    return verify_resource(resource=found, on=by.coalition.today() - 5 * DAY, by=by)


def sites_of(resource: Resource) -> list[dict[str, Any]]:
    return list(resource.sites.values("pk", "name", "address", "town", "zip_code", "phone", "hours"))


def sent(resource: Resource, **changes: Any) -> dict[str, Any]:
    """The form of the entry as it is sent back, with these changes."""
    said: dict[str, Any] = {"version": str(resource.version), "sites-TOTAL_FORMS": "2", "sites-INITIAL_FORMS": "2"}
    for name in ("name", "phone", "cost", "text"):
        said[name] = said[f"initial-{name}"] = getattr(resource, name)
    for n, site in enumerate(sites_of(resource)):
        said |= {f"sites-{n}-{'key' if name == 'pk' else name}": value for name, value in site.items()}
    return {"categories": ["housing"], **said, **changes}


@pytest.mark.parametrize(
    "change",
    [{"phone": "518-555-0199"}, {"website": "https://harbor.example.org"}, {"cost": "$20"}],
    ids=lambda change: next(iter(change)),
)
def test_an_entry_with_another_number_website_or_cost_is_verified_no_longer(
    by: Actor, verified: Resource, change: dict[str, str]
) -> None:
    edit_resource(resource=verified, values=change, version=None, by=by)
    assert list(Resource.objects.stale(by.coalition.today())) == [verified]


@pytest.mark.parametrize("change", [{"address": "9 Mill Road"}, {"hours": "24 hours"}, {"phone": "518-555-0199"}])
def test_a_site_that_moves_or_opens_at_other_hours_is_verified_no_longer(
    by: Actor, verified: Resource, change: dict[str, str]
) -> None:
    troy, albany = sites_of(verified)
    edit_resource(resource=verified, values={}, sites=[troy | change, albany], version=None, by=by)
    assert Resource.objects.get().verified_on is None


def test_better_words_and_what_is_taken_away_need_no_new_call(by: Actor, verified: Resource) -> None:
    day = verified.verified_on
    values = {
        "text": "Beds for adults.",
        "eligibility": "Adults.",
        "languages": "Spanish",
        "cost": "FREE",
        "phone": "(518) 555-0158",
    }
    troy, _ = sites_of(verified)
    edit_resource(resource=verified, values=values, sites=[troy | {"name": "Main"}], version=None, by=by)
    assert Resource.objects.get().verified_on == day


def test_who_changes_a_number_is_told_before_and_after_and_the_history_says_so(by: Actor, verified: Resource) -> None:
    client, path = client_of(by), f"{LIST}{verified.pk}/edit/"
    assert "no longer verified once you change a phone number" in client.get(path).content.decode()
    page = client.post(path, sent(verified, phone="518-555-0199"), follow=True).content.decode()
    assert "It is no longer verified" in page
    [edited, *_] = history(Resource.objects.get())
    assert [change.label for change in edited.changes] == ["Phone", "Verified on", "Verified by"]
    assert "no longer verified once" not in client.get(path).content.decode()


def test_who_has_just_made_sure_of_a_new_number_verifies_it(by: Actor, verified: Resource) -> None:
    answer = client_of(by).post(
        f"{LIST}{verified.pk}/edit/", sent(verified, phone="518-555-0199", verified="on"), follow=True
    )
    assert "no longer verified" not in answer.content.decode()
    found = Resource.objects.get()
    assert (found.phone, found.verified_on) == ("518-555-0199", by.coalition.today())
    assert "nothing" not in {change.after for moment in history(found) for change in moment.changes}


def test_a_text_about_a_person_is_not_saved_when_an_entry_is_edited(by: Actor, verified: Resource) -> None:
    said = sent(verified, text="Ask for the client born 3/4/1980")
    assert client_of(by).post(f"{LIST}{verified.pk}/edit/", said).status_code == 422


@pytest.mark.parametrize(("days", "stays"), [(None, False), (5, False), (2, True)])
def test_a_file_with_another_number_verifies_only_with_a_later_day(
    by: Actor, verified: Resource, days: int | None, stays: bool
) -> None:
    """Our own file has the day that we verified the old number."""
    was, day = verified.verified_on, by.coalition.today() - DAY * days if days else ""
    found = started(by, ["Harbor House", "Housing", "518-555-0199", "", "", "", str(day)])
    sheets.answer(sheet=found, answers={"prefer": "file"}, by=by)
    page = client_of(by).get(f"{LIST}import/{found.pk}/").content.decode()
    assert ("1 no longer verified" in page, "No longer verified: the file brings" in page) == (not stays, not stays)
    bring_in_list(resource_import=found, by=by)
    assert Resource.objects.get().verified_on == (day if stays else None)
    take_back_list(resource_import=found, by=by)
    back = Resource.objects.get()
    assert (back.phone, back.verified_on, back.verified_by) == ("518-555-0158", was, by.user)


def test_a_file_that_says_what_is_known_already_leaves_it_verified(by: Actor, verified: Resource) -> None:
    found = started(by, ["Harbor House", "Self-help", "518-555-0158", "11 River Street, Troy, NY 12180"])
    assert not any(place.loses_verified for place in reading_of(found, by).changed)
    bring_in_list(resource_import=found, by=by)
    assert Resource.objects.get().verified_on == verified.verified_on
