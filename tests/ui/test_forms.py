"""Forms as people meet them: labelled, with errors where they belong."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory

from phast.ui.forms import MonthField, WholeNumberField, ZipInput, tell


class CountForm(forms.Form):
    on = forms.DateField(label="Date left behind")
    zip = forms.CharField(label="ZIP code", help_text="Where the kits were left.", widget=ZipInput)
    kits = WholeNumberField(label="Kits", min_value=1)
    setting = forms.ChoiceField(
        label="Setting", choices=[("scene", "Overdose scene"), ("other", "Other")], widget=forms.RadioSelect
    )


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.found if "id" in attrs]

    def by_id(self, name: str) -> dict[str, str | None]:
        return next(attrs for _, attrs in self.found if attrs.get("id") == name)


def page(form: object) -> Elements:
    return Elements(str(form))


def test_an_error_and_a_hint_are_read_with_their_field() -> None:
    shown = page(CountForm({"zip": "", "kits": "0"}))
    box = shown.by_id("id_zip")
    assert box["aria-invalid"] == "true"
    assert box["aria-describedby"] == "id_zip_helptext id_zip_error"
    assert {"id_zip_helptext", "id_zip_error"} <= set(shown.ids())


def test_the_errors_of_a_group_of_options_belong_to_its_fieldset() -> None:
    fieldsets = [attrs for tag, attrs in page(CountForm({})).found if tag == "fieldset"]
    assert [attrs["aria-describedby"] for attrs in fieldsets] == ["id_setting_error"]


def test_every_link_of_the_error_summary_leads_to_a_control() -> None:
    shown = page(CountForm({}))
    targets = [str(attrs["href"]).removeprefix("#") for tag, attrs in shown.found if tag == "a"]
    assert targets == ["id_on", "id_zip", "id_kits", "id_setting_0"]
    assert all(next(tag for tag, attrs in shown.found if attrs.get("id") == target) == "input" for target in targets)


def test_the_error_summary_takes_the_focus_and_is_absent_without_errors() -> None:
    summaries = [attrs for tag, attrs in page(CountForm({})).found if attrs.get("class") == "error-summary"]
    assert [(attrs["tabindex"], "autofocus" in attrs) for attrs in summaries] == [("-1", True)]
    assert "error-summary" not in str(CountForm())


def test_no_id_is_used_twice_in_a_form_with_errors() -> None:
    ids = page(CountForm({})).ids()
    assert len(ids) == len(set(ids))


def test_what_was_typed_comes_back() -> None:
    shown = page(CountForm({"on": "2026-11-02", "zip": "1220", "kits": "three"}))
    assert shown.by_id("id_kits")["value"] == "three"
    assert shown.by_id("id_zip")["value"] == "1220"
    assert shown.by_id("id_on")["value"] == "2026-11-02"


@pytest.mark.parametrize(
    ("field", "wanted"),
    [("on", {"type": "date"}), ("kits", {"type": "text", "inputmode": "numeric"}), ("zip", {"maxlength": "10"})],
)
def test_a_phone_shows_the_right_keys(field: str, wanted: dict[str, str]) -> None:
    box = page(CountForm()).by_id(f"id_{field}")
    assert {key: box[key] for key in wanted} == wanted


@pytest.mark.parametrize("typed", ["3.5", "3.0", "1e3", "three", "1_000", "٣", "- 3"])
def test_a_count_is_digits_and_nothing_else(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="whole number"):
        WholeNumberField().clean(typed)


def test_a_count_may_have_spaces_around_it() -> None:
    assert WholeNumberField().clean(" 3 ") == 3


@pytest.mark.parametrize("typed", ["2026-11", "11/2026", "November 2026", "2026-11-17"])
def test_a_month_is_its_first_day(typed: str) -> None:
    assert MonthField().clean(typed) == dt.date(2026, 11, 1)


def test_a_formset_gives_each_row_its_own_ids() -> None:
    rows = formset_factory(CountForm, extra=2)()
    ids = page(rows).ids()
    assert len(ids) == len(set(ids))
    assert {"id_form-0-zip", "id_form-1-zip"} <= set(ids)


def test_errors_are_plain_sentences() -> None:
    form = CountForm({"on": "x", "zip": "12207", "kits": "0", "setting": "vending"})
    assert form.errors == {
        "on": ["Enter a date, such as 2026-11-20."],
        "kits": ["Enter 1 or more."],
        "setting": ["“vending” is not one of the choices. Choose again."],
    }


def test_what_is_refused_about_a_field_the_form_does_not_have_is_said_at_its_top() -> None:
    class Named(forms.Form):
        name = forms.CharField()

    form = Named({"name": "Riverbend"})
    assert form.is_valid()
    tell(form, ValidationError({"name": "Too short.", "topics": "One is open."}))
    tell(form, ValidationError("Somebody was faster."))
    assert form.errors == {"name": ["Too short."], "__all__": ["One is open.", "Somebody was faster."]}
