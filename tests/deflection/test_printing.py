"""The directory on paper: guide and wallet cards. Only what is verified, in two languages, and read by a screen reader."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from deflection import reference
from deflection.actions import open_guide, verify_resource
from deflection.directory import SHORT
from deflection.models import Resource
from deflection.printing import guide, wallet
from deflection.printing.card_words import ENGLISH, SPANISH
from deflection.printing.folding import Sheet, folded
from phast.access.actor import Actor
from phast.jobs.models import JobFailed
from phast.reports.actions import as_it_is_now, preview
from phast.reports.draw import collect
from phast.reports.kinds import ReportKind
from phast.reports.markup import document
from phast.reports.sheets import book_of, sheets_of
from tests.coalitions.pdfs import drawn
from tests.reports.pdfua import assert_pdf_ua, pages_of, words

from .factories import make_actor
from .pages import client_of
from .test_directory import make_resource

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _reference(db: None) -> None:
    reference.load()


def fill(by: Actor, *, each: int = 1) -> None:
    """Verified entries in each kind of help, one with several sites, and two that nobody verified lately."""
    for key in SHORT:
        for n in range(each):
            verify_resource(
                resource=make_resource(
                    by,
                    f"Place {n} of {key}",
                    categories=[key],
                    phone=f"518-555-01{n:02}",
                    cost="Free",
                    languages="English, Spanish" if n % 2 == 0 else "",
                    sites=[{"town": "Troy" if n % 2 else "Albany", "hours": "Mon–Fri 9 am–5 pm"}],
                ),
                by=by,
            )
    sites = [{"town": "Troy", "phone": "518-555-0190"}, {"town": "Albany"}, {"name": "Van", "hours": "By appointment"}]
    verify_resource(resource=make_resource(by, "Of three sites", phone="518-555-0170", sites=sites), by=by)
    make_resource(by, "Never verified", phone="518-555-0171")
    verify_resource(
        resource=make_resource(by, "Stale", phone="518-555-0172"), on=by.coalition.today() - 91 * DAY, by=by
    )


def data_of(kind: ReportKind, by: Actor, **fields: Any) -> dict[str, Any]:
    return collect(kind, by.coalition, kind.request(by, fields)).data


def page_of(kind: ReportKind, by: Actor, **fields: Any) -> str:
    return document(kind, as_it_is_now(kind.key, kind.request(by, fields), by))


def names_on(kind: ReportKind, by: Actor, **fields: Any) -> list[str]:
    return [place["name"] for place in data_of(kind, by, **fields)["places"]]


def test_a_sheet_of_wallet_cards_is_one_page_and_a_large_one_two(transactional_db: None) -> None:
    by = make_actor()
    fill(by, each=4)
    open_guide(public=True, by=by)
    small = drawn("wallet_card", by, language="en")
    assert_pdf_ua(small)
    [page] = pages_of(small)
    for said in ("Local help", "Emergency: call 911", "988 Suicide & Crisis Lifeline", "/guide/ours/"):
        assert page.count(said) == 3
    assert all(kind in page for kind in SHORT.values())
    assert "Never verified" not in page
    assert "Stale" not in page
    large = drawn("wallet_card_large", by, language="es")
    assert_pdf_ua(large, lang="es")
    assert len(pages_of(large)) == 2
    text = words(large)
    for said in ("Ayuda local", "Emergencia: llame al 911", "Metadona", "lun a vie 9 am–5 pm", "Gratis"):
        assert said in text


def test_the_guide_has_each_place_once_and_an_index_by_town(transactional_db: None) -> None:
    by = make_actor()
    fill(by)
    verify_resource(resource=make_resource(by, "Both", categories=["inpatient", "outpatient"]), by=by)
    pdf = drawn("resource_guide", by)
    assert_pdf_ua(pdf)
    text = words(pdf)
    assert "Both (see Inpatient services)" in text
    assert "By town" in text
    assert "Never verified" not in text
    assert "2 more entries of the directory were not verified" in text


def test_the_guide_may_show_what_was_not_verified_and_says_so(by: Actor) -> None:
    fill(by)
    [housing] = data_of(guide.GUIDE, by, category="housing", stale="on")["kinds"]
    fresh = {place["name"]: place["fresh"] for place in housing["places"]}
    assert fresh == {"Place 0 of housing": True, "Of three sites": True, "Never verified": False, "Stale": False}


def test_the_guide_asks_nobody_to_call_where_there_is_no_number(by: Actor) -> None:
    make_resource(by, "With a number", phone="518-555-0171")
    shown = preview(kind="resource_guide", fields={"stale": "on"}, by=by)
    assert "<strong>Call first:</strong> not verified yet." in shown
    Resource.objects.update(phone="")
    shown = preview(kind="resource_guide", fields={"stale": "on"}, by=by)
    assert "Not verified yet." in shown
    assert "Call first" not in shown


def test_a_town_of_the_guide_has_the_number_of_the_site_there(by: Actor) -> None:
    fill(by)
    phones = {
        town["town"]: place["phone"]
        for town in data_of(guide.GUIDE, by)["towns"]
        for place in town["places"]
        if place["name"] == "Of three sites"
    }
    assert phones == {"Troy": "518-555-0190", "Albany": "518-555-0170"}


def test_the_card_shows_only_what_is_verified_each_kind_in_turn(by: Actor) -> None:
    fill(by, each=2)
    places = data_of(wallet.CARD, by, language="en")["places"]
    assert [place["kind"] for place in places[:9]] == list(SHORT)
    assert not {"Never verified", "Stale"} & {place["name"] for place in places}


def test_a_card_of_a_town_has_its_places_and_those_without_a_town(by: Actor) -> None:
    fill(by, each=2)
    verify_resource(resource=make_resource(by, "By mail", phone="518-555-0180"), by=by)
    verify_resource(resource=make_resource(by, "No phone", sites=[{"town": "Troy"}]), by=by)
    troy = data_of(wallet.CARD, by, language="en", town="troy")["places"]
    names = {place["name"] for place in troy}
    assert {"By mail", "Of three sites", "Place 1 of housing"} <= names
    assert not {"No phone", "Place 0 of housing"} & names
    assert {place["name"]: place["phone"] for place in troy}["Of three sites"] == "518-555-0190"


def test_a_spanish_card_has_places_where_spanish_is_spoken_first(by: Actor) -> None:
    make = {"sites": [{"town": "Troy", "hours": "Call first"}], "phone": "518-555-0180"}
    verify_resource(resource=make_resource(by, "Spanish", languages="English, Spanish", **make), by=by)
    verify_resource(resource=make_resource(by, "English", languages="English", **make), by=by)
    assert names_on(wallet.CARD, by, language="es") == ["Spanish", "English"]
    [first, _] = data_of(wallet.CARD, by, language="es")["places"]
    assert (first["hours"], first["hours_translated"]) == ("Call first", False)


def test_a_spanish_card_says_once_what_marks_the_places_where_spanish_is_spoken(by: Actor) -> None:
    """Said of each place it took a second line of each, and two kinds of help had no room."""
    fill(by)
    assert page_of(wallet.CARD, by, language="es").count("Se habla español") == 3  # there are three cards
    assert page_of(wallet.CARD, by, language="es").count("</span>* <b") == 3 * len(SHORT)
    assert "Se habla español" not in page_of(wallet.CARD, by, language="en")


def test_the_data_of_a_card_is_a_table_with_each_place_once(by: Actor) -> None:
    fill(by)
    report = as_it_is_now("wallet_card", wallet.CARD.request(by, {"language": "en"}), by)
    about, places, text = book_of(wallet.CARD, report)
    assert about["Report"] == ["Coalition", "For whom", "Data as of"]
    assert len(places) == len(set(places["Place"])) == len(report.data["places"])
    row = dict(zip(places.headers, places[places["Place"].index("Place 0 of housing")], strict=True))
    assert row == {
        "Place": "Place 0 of housing",
        "Kind of help": "Housing",
        "Phone": "518-555-0100",
        "Where": "Albany",
        "Hours": "Mon–Fri 9 am–5 pm",
        "Free": "Yes",
        "Spanish is spoken": "Yes",
    }
    assert text["Section"] == ["On the card"]
    assert [sheet.title for sheet in sheets_of(wallet.CARD, report)] == ["Places", "Text"]


@pytest.mark.parametrize("kind", [guide.GUIDE, wallet.CARD, wallet.LARGE_CARD])
def test_the_library_of_reports_leads_to_where_a_town_is_chosen(by: Actor, kind: ReportKind) -> None:
    fill(by)
    where = reverse("resources:share", args=["ours"])
    page = client_of(by).get(reverse("reports:new", args=["ours"]), {"kind": kind.key}).content.decode()
    assert f'<a href="{where}">Choose a town' in page
    assert 'name="town"' in client_of(by).get(where).content.decode()


@pytest.mark.parametrize("kind", [guide.GUIDE, wallet.CARD])
def test_paper_that_would_be_empty_is_not_drawn_and_says_what_to_do(by: Actor, kind: ReportKind) -> None:
    """Nothing verified at all; nothing in the town; nothing of the kind of help."""
    make_resource(by, "Never verified", phone="518-555-0171", categories=["housing"], sites=[{"town": "Troy"}])
    assert not kind.choices(by)
    with pytest.raises(JobFailed, match=r"was verified within 90 days, so the .* would be empty\. Verify entries"):
        data_of(kind, by)
    elsewhere = make_resource(by, "Other", phone="518-555-0172", categories=["self-help"], sites=[{"town": "Albany"}])
    verify_resource(resource=elsewhere, by=by)
    assert data_of(kind, by)
    with pytest.raises(JobFailed, match="in Troy"):
        data_of(kind, by, town="Troy")
    if kind is guide.GUIDE:
        assert [choice.label for choice in kind.choices(by)] == ["All local help", "Self-help groups"]
        with pytest.raises(JobFailed, match=r"Nothing for “.*ousing.*” was verified"):
            data_of(kind, by, category="housing")
        assert data_of(kind, by, category="housing", stale="on")["places"] == 1


@pytest.mark.parametrize("fields", [{"language": "fr"}, {"town": "Nowhere"}])
def test_a_card_of_what_is_not_there_is_refused(by: Actor, fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        wallet.CARD.request(by, fields)


def test_both_languages_of_the_card_say_the_same_things() -> None:
    assert ENGLISH.kinds.keys() == SPANISH.kinds.keys() == SHORT.keys()
    assert len(ENGLISH.months) == len(SPANISH.months) == 12
    assert SPANISH.day_said(dt.date(2026, 11, 21)) == "21 de noviembre de 2026"


def test_panels_keep_the_order_and_are_about_as_full_as_one_another() -> None:
    places = [
        {"name": f"Place {n}", "phone": "1", "where": "Troy", "hours": "", "free": False, "heading": f"Kind {n // 2}"}
        for n in range(9)
    ]
    panels = folded(places, Sheet(panels=3, across=3, letters=40, head=2, end=2, heading=1))
    assert [place["name"] for panel in panels for place in panel] == [place["name"] for place in places]
    assert {len(panel) for panel in panels} == {3}
    assert all(panel[0]["headed"] for panel in panels)


def test_a_few_places_take_one_side_of_a_card() -> None:
    """Not four panels of which the first holds no place."""
    place = {"name": "A place", "phone": "518-555-0147", "where": "Troy", "hours": "", "free": False, "heading": "Kind"}
    assert [[len(panel) for panel in folded([place] * n, wallet.SHEETS[wallet.LARGE])] for n in (4, 16)] == [
        [2, 2],
        [2, 6, 6, 2],
    ]


def test_a_large_card_begins_in_front_goes_on_inside_and_ends_on_the_back(by: Actor) -> None:
    """Of a sheet folded once, the front is the right half of the outer side, and the back its left half."""
    fill(by, each=4)
    outer, inner = wallet.fitted(data := data_of(wallet.LARGE_CARD, by), 0)["sides"]
    back, front = outer
    assert front["begins"]
    assert back["ends"]
    folded_up = [place["name"] for panel in (front, *inner, back) for place in panel["places"]]
    in_order = sorted(data["places"][:16], key=lambda place: list(SHORT).index(place["kind"]))
    assert folded_up == [place["name"] for place in in_order]
    [few] = wallet.fitted(data | {"places": data["places"][:2]}, 0)["sides"]
    assert [list(panel) for panel in few] == [["places", "ends"], ["places", "begins"]]
