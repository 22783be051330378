"""Two people edit one record: the second sees both values and loses nothing (THREATS 49)."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.http import QueryDict

from coalitions.models import Partner
from phast.ui.forms import VersionedModelForm
from phast.versions import EditConflict
from tests.factories import make_coalition, make_partner


class RosterForm(VersionedModelForm):
    class Meta:
        model = Partner
        fields = ("name", "address", "status", "joined_on")


class Sent(HTMLParser):
    """What a browser would send from a form as it was drawn."""

    def __init__(self, form: RosterForm) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.select = ""
        self.feed(str(form))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self.select = given["name"] or ""
        elif tag == "option" and "selected" in given:
            self.values[self.select] = [given["value"] or ""]
        elif tag == "input" and given.get("type") != "checkbox":
            self.values.setdefault(given["name"] or "", []).append(given.get("value") or "")

    def data(self, **typed: str | list[str]) -> QueryDict:
        data = QueryDict(mutable=True)
        for name, values in (self.values | {k: v if isinstance(v, list) else [v] for k, v in typed.items()}).items():
            data.setlist(name, values)
        return data


@pytest.fixture
def partner(db: None) -> Partner:
    return make_partner(make_coalition(), "Troy Police", address="1 Main St", joined_on="2024-01-02")


def save(partner: Partner, form: RosterForm) -> None:
    """As an action saves: under the lock, with the version the form was opened with."""
    assert form.is_valid(), form.errors
    fresh = Partner.objects.get(pk=partner.pk)
    fresh.lock(form.opened_version)
    for name, value in form.values.items():
        setattr(fresh, name, value)
    fresh.save()


def second_try(partner: Partner, data: QueryDict) -> RosterForm:
    """The form the second person gets back."""
    form = RosterForm(data, instance=Partner.objects.get(pk=partner.pk))
    with pytest.raises(EditConflict) as conflict:
        save(partner, form)
    form.show_both(conflict.value.current)
    return form


@pytest.mark.django_db(transaction=False)
def test_a_field_both_changed_shows_the_two_values_and_keeps_what_was_typed(partner: Partner) -> None:
    opened = Sent(RosterForm(instance=partner))
    save(partner, RosterForm(opened.data(name="Troy Police Department"), instance=Partner.objects.get(pk=partner.pk)))
    form = second_try(partner, opened.data(name="City of Troy Police", joined_on="2024-02-03"))

    assert {name: (both["yours"], both["saved"]) for name, both in form.conflicts.items()} == {
        "name": ("City of Troy Police", "Troy Police Department")
    }
    page = str(form)
    assert 'value="City of Troy Police"' in page
    assert "Somebody else saved this" in page
    assert 'name="use_saved" value="name"' in page
    assert Sent(form).values["joined_on"] == ["2024-02-03"]


def test_what_only_the_other_changed_is_taken_over(partner: Partner) -> None:
    opened = Sent(RosterForm(instance=partner))
    save(
        partner,
        RosterForm(opened.data(address="2 River St", status="inactive"), instance=Partner.objects.get(pk=partner.pk)),
    )
    form = second_try(partner, opened.data(name="City of Troy Police"))

    assert form.conflicts == {}
    again = Sent(form)
    save(partner, RosterForm(again.data(), instance=Partner.objects.get(pk=partner.pk)))
    partner.refresh_from_db()
    assert (partner.name, partner.address, partner.status) == ("City of Troy Police", "2 River St", "inactive")


@pytest.mark.parametrize(("ticked", "kept"), [([], "City of Troy Police"), (["name"], "Troy Police Department")])
def test_sent_again_it_saves_the_value_the_person_chose(partner: Partner, ticked: list[str], kept: str) -> None:
    opened = Sent(RosterForm(instance=partner))
    save(partner, RosterForm(opened.data(name="Troy Police Department"), instance=Partner.objects.get(pk=partner.pk)))
    form = second_try(partner, opened.data(name="City of Troy Police"))

    save(partner, RosterForm(Sent(form).data(use_saved=ticked), instance=Partner.objects.get(pk=partner.pk)))
    partner.refresh_from_db()
    assert partner.name == kept


def test_a_form_that_comes_without_its_version_is_never_saved_over_the_record(partner: Partner) -> None:
    data = Sent(RosterForm(instance=partner)).data(name="City of Troy Police")
    del data["version"]
    form = second_try(partner, data)
    assert form.errors
