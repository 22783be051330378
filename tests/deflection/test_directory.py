"""The directory of local help as people change it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from deflection import reference
from deflection.actions import (
    add_resource,
    edit_resource,
    open_guide,
    remove_resource,
    restore_resource,
    verify_resource,
)
from deflection.models import Guide, Resource, ResourceCategory, ResourceSite
from phast.access.actor import Actor
from phast.access.table import Action, Role
from phast.audit.models import Event
from phast.versions import EditConflict

from .factories import make_actor

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


def make_resource(by: Actor, name: str = "Harbor House", *, sites: Any = (), **values: Any) -> Resource:
    values = {"name": name, "categories": [ResourceCategory.objects.get(pk="housing")]} | values
    return add_resource(values=values, sites=sites, by=by)


def test_an_entry_has_kinds_of_help_and_several_sites_in_their_order(by: Actor) -> None:
    found = make_resource(
        by,
        categories=ResourceCategory.objects.filter(pk__in=["housing", "self-help"]),
        sites=[{"town": "Troy", "zip_code": "01218"}, {"town": "Albany", "hours": "Monday to Friday"}],
    )
    assert [one.key for one in found.categories.all()] == ["self-help", "housing"]
    assert [site.town for site in found.sites.all()] == ["Troy", "Albany"]
    assert found.sites.all()[0].zip_code == "01218"


def test_an_entry_without_a_kind_of_help_is_refused(by: Actor) -> None:
    with pytest.raises(ValidationError):
        make_resource(by, categories=[])
    resource = make_resource(by)
    with pytest.raises(ValidationError):
        edit_resource(resource=resource, values={"categories": []}, version=None, by=by)
    assert Resource.objects.get().categories.count() == 1


def test_a_second_entry_of_the_name_is_refused_however_it_is_written(by: Actor) -> None:
    make_resource(by)
    with pytest.raises(ValidationError) as found:
        make_resource(by, "HARBOR HOUSE")
    assert "Add a site to it" in found.value.messages[0]


@pytest.mark.parametrize("site", [{"town": "Troy", "zip_code": "121"}, {}])
def test_a_site_that_says_nothing_or_has_no_zip_code_is_refused_with_the_whole_entry(by: Actor, site: Any) -> None:
    with pytest.raises(ValidationError):
        make_resource(by, sites=[{"town": "Albany"}, site])
    assert not Resource.objects.exists()


def test_sites_are_changed_added_and_taken_away(by: Actor) -> None:
    resource = make_resource(by, sites=[{"town": "Troy"}, {"town": "Albany"}])
    troy = resource.sites.get(town="Troy")
    sites = [{"town": "Cohoes"}, {"pk": troy.pk, "phone": "518-555-0100"}]
    edit_resource(resource=resource, values={}, sites=sites, version=None, by=by)
    assert [(site.town, site.phone) for site in resource.sites.all()] == [("Cohoes", ""), ("Troy", "518-555-0100")]
    assert resource.sites.get(town="Troy").pk == troy.pk


def test_a_site_of_another_entry_is_not_taken_over(by: Actor) -> None:
    one, other = make_resource(by, sites=[{"town": "Troy"}]), make_resource(by, "Other")
    edit_resource(resource=other, values={}, sites=[{"pk": one.sites.get().pk, "town": "Albany"}], version=None, by=by)
    assert one.sites.get().town == "Troy"
    assert ResourceSite.objects.count() == 2


def test_an_entry_is_stale_from_the_ninety_first_day(by: Actor) -> None:
    today = by.coalition.today()
    resource = make_resource(by)
    assert not resource.is_fresh(today)
    verify_resource(resource=resource, on=today - 90 * DAY, by=by)
    assert resource.is_fresh(today)
    assert list(Resource.objects.verified(today)) == [resource]
    assert list(Resource.objects.stale(today + DAY)) == [resource]
    assert not resource.is_fresh(today + DAY)


def test_an_entry_nobody_verified_is_stale_and_on_no_card(by: Actor) -> None:
    resource, today = make_resource(by), by.coalition.today()
    assert list(Resource.objects.stale(today)) == [resource]
    assert not Resource.objects.verified(today).exists()


def test_verifying_keeps_the_latest_day_and_who_did_it(by: Actor) -> None:
    resource, today = make_resource(by), by.coalition.today()
    verify_resource(resource=resource, by=by)
    verify_resource(resource=resource, on=today - 5 * DAY, by=make_actor(Role.LEAD))
    resource.refresh_from_db()
    assert (resource.verified_on, resource.verified_by) == (today, by.user)
    with pytest.raises(ValidationError):
        verify_resource(resource=resource, on=today + DAY, by=by)
    assert Event.objects.filter(verb="resource.verified").count() == 1


def test_changing_an_entry_does_not_verify_it(by: Actor) -> None:
    resource = make_resource(by)
    opened = resource.version
    edit_resource(resource=resource, values={"phone": "518-555-0100"}, version=opened, by=by)
    resource.refresh_from_db()
    assert (resource.phone, resource.verified_on) == ("518-555-0100", None)
    with pytest.raises(EditConflict):
        edit_resource(resource=resource, values={"phone": ""}, version=opened, by=by)


def test_an_entry_goes_and_comes_back_unless_its_name_is_taken(by: Actor) -> None:
    resource = make_resource(by)
    remove_resource(resource=resource, by=by)
    assert not Resource.objects.listed().exists()
    other = make_resource(by)
    with pytest.raises(ValidationError):
        restore_resource(resource=resource, by=by)
    remove_resource(resource=other, by=by)
    restore_resource(resource=resource, by=by)
    assert list(Resource.objects.listed()) == [resource]


def test_a_partner_keeps_its_own_entries_and_everybody_reads_all(by: Actor) -> None:
    lead, observer = make_actor(Role.LEAD), make_actor(Role.OBSERVER)
    make_resource(by)
    theirs = make_resource(by, "Theirs", partner=by.coalition.partners.get(name="lead agency"))
    assert list(Resource.objects.visible_to(lead, Action.RESOURCES_EDIT)) == [theirs]
    assert Resource.objects.visible_to(observer, Action.RESOURCES_SEE).count() == 2
    assert not Resource.objects.visible_to(observer, Action.RESOURCES_EDIT).exists()


def test_the_public_reads_the_directory_only_while_it_is_open(by: Actor) -> None:
    assert not Guide.objects.exists()
    for public in (True, True, False):
        assert open_guide(public=public, by=by).is_public == public
    verbs = Event.objects.filter(verb__startswith="guide.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["guide.opened", "guide.closed"]
