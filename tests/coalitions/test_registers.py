"""The registers: every list does the same things in the same way, whatever it holds."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coalitions.models import Agreement, FundingSource, LibraryItem, ListeningSession, Policy
from coalitions.registers.agreements import AGREEMENTS
from coalitions.registers.money import APPLICATIONS, FUNDING
from coalitions.registers.shelf import LIBRARY, LISTENING, POLICIES
from phast.audit.models import Event

from .conftest import Cast
from .test_roster import opened, text_of

REGISTERS = [AGREEMENTS, FUNDING, APPLICATIONS, POLICIES, LIBRARY, LISTENING]
POLICY = {"kind": "good_samaritan", "title": "Good Samaritan law", "jurisdiction": "New York", "status": "in_force"}
PDF = b"%PDF-1.4 one page"


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_an_empty_register_says_what_to_do_first(cast: Cast, register) -> None:
    page = text_of(cast, "coordinator", f"{register.name}_list")
    assert register.none in page
    assert register.empty in page
    assert f"Add {register.a_noun}" in page
    reader = text_of(cast, "member", f"{register.name}_list")
    assert f"Add {register.a_noun}" not in reader


def test_an_entry_is_added_changed_and_removed_and_the_log_says_so(cast: Cast) -> None:
    client = cast.client("coordinator")
    client.post(cast.url("policy_new"), POLICY)
    policy = Policy.objects.get()
    assert "New York" in text_of(cast, "member", "policy_detail", policy.pk)
    client.post(
        cast.url("policy_edit", policy.pk),
        opened(cast, "coordinator", "policy_edit", policy.pk) | {"jurisdiction": "Troy"},
    )
    page = text_of(cast, "coordinator", "policy_detail", policy.pk)
    assert "<del>New York</del>" in page
    assert "<ins>Troy</ins>" in page
    assert "<del>" not in text_of(cast, "member", "policy_detail", policy.pk)
    client.post(cast.url("policy_remove", policy.pk))
    assert not Policy.objects.exists()
    verbs = list(Event.objects.filter(target_type="coalitions.policy").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["policy.created", "policy.changed", "policy.removed"]


def test_two_people_who_edit_one_entry_lose_nothing(cast: Cast) -> None:
    policy = Policy.objects.create(coalition=cast.coalition, **POLICY)
    mine = opened(cast, "coordinator", "policy_edit", policy.pk)
    client = cast.client("coordinator")
    client.post(cast.url("policy_edit", policy.pk), mine | {"title": "Theirs"})
    answer = client.post(cast.url("policy_edit", policy.pk), mine | {"title": "Mine"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Theirs" in page
    assert "Mine" in page
    assert Policy.objects.get().title == "Theirs"


def test_a_list_is_narrowed_and_taken_along_as_it_stands(cast: Cast) -> None:
    for kind, title in (("mou", "With the hospital"), ("dsa", "=EMS data"), ("dsa", "Coroner data")):
        Agreement.objects.create(coalition=cast.coalition, kind=kind, title=title)
    page = text_of(cast, "member", "agreement_list", kind="dsa", text="ems")
    assert "=EMS data" in page
    assert "Coroner data" not in page
    assert "With the hospital" in text_of(cast, "member", "agreement_list", kind="no such kind")
    answer = cast.client("member").get(cast.url("agreement_table", "csv"), {"kind": "dsa"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["Agreement", "'=EMS data", "Coroner data"]
    book = cast.client("member").get(cast.url("agreement_table", "xlsx"))
    assert zipfile.is_zipfile(io.BytesIO(book.content))


def test_a_file_is_kept_replaced_and_dropped(cast: Cast) -> None:
    client = cast.client("coordinator")
    form = {"title": "Leaflet", "topic": "naloxone", "reviewed_on": "2026-03-01"}
    assert client.post(cast.url("library_item_new"), form).status_code == 422  # leads nowhere
    client.post(cast.url("library_item_new"), form | {"upload": SimpleUploadedFile("leaflet.pdf", PDF)})
    item = LibraryItem.objects.get()
    first = item.file.name
    assert "leaflet" not in first
    answer = cast.client("observer").get(cast.url("library_item_file", item.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="leaflet.pdf"'
    assert b"".join(answer.streaming_content) == PDF
    edited = opened(cast, "coordinator", "library_item_edit", item.pk)
    with cast_commits(cast):
        client.post(
            cast.url("library_item_edit", item.pk), edited | {"upload": SimpleUploadedFile("new.pdf", PDF + b"2")}
        )
    item.refresh_from_db()
    assert item.file_name == "new.pdf"
    assert not item.file.storage.exists(first)
    wrong = client.post(
        cast.url("library_item_edit", item.pk),
        opened(cast, "coordinator", "library_item_edit", item.pk)
        | {"upload": SimpleUploadedFile("x.pdf", b"MZ program")},
    )
    assert wrong.status_code == 422
    item.refresh_from_db()
    assert item.file_name == "new.pdf"


def cast_commits(cast: Cast):
    """What waits for the commit happens, although the test's own transaction never commits."""
    from django.test import TestCase

    return TestCase.captureOnCommitCallbacks(execute=True)


def test_an_agreement_that_ends_before_it_begins_is_refused_in_words(cast: Cast) -> None:
    form = {"kind": "mou", "title": "T", "status": "draft", "effective_on": "2026-03-02", "expires_on": "2026-03-01"}
    answer = cast.client("coordinator").post(cast.url("agreement_new"), form)
    assert answer.status_code == 422
    assert "It expires before it is in effect." in answer.content.decode()


def test_partners_of_another_coalition_cannot_be_chosen(cast: Cast) -> None:
    from tests.factories import make_coalition, make_partner

    stranger = make_partner(make_coalition(slug="theirs"), name="Stranger")
    form = {"kind": "mou", "title": "T", "status": "draft", "parties": [stranger.pk]}
    assert cast.client("coordinator").post(cast.url("agreement_new"), form).status_code == 422
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_reporters_and_observers_do_not_read_what_is_not_for_them(cast: Cast, register) -> None:
    expected = 200 if register is LIBRARY else 403
    for who in ("reporter", "observer"):
        assert cast.client(who).get(cast.url(f"{register.name}_list")).status_code == expected


def test_a_long_list_costs_as_much_as_a_short_one(cast: Cast) -> None:
    client = cast.client("coordinator")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(cast.url("funding_source_list"))
        return len(queries)

    FundingSource.objects.create(coalition=cast.coalition, kind="jag", name="One", holder=cast.police)
    asked()
    one = asked()
    for n in range(40):
        FundingSource.objects.create(coalition=cast.coalition, kind="jag", name=f"Fund {n}", holder=cast.ems)
    assert asked() == one <= 15


# ------------------------------------------------------------------ the library
def book(cast: Cast, days_ago: int, **values: object) -> LibraryItem:
    reviewed = cast.coalition.today() - dt.timedelta(days=days_ago)
    values = {"title": "Leaflet", "topic": "naloxone", "link": "https://example.org/leaflet"} | values
    return LibraryItem.objects.create(coalition=cast.coalition, reviewed_on=reviewed, **values)


def test_what_nobody_looked_at_for_a_year_is_listed_and_one_click_says_it_is_right(cast: Cast) -> None:
    old = book(cast, 366)
    book(cast, 365, title="Young")
    stale = text_of(cast, "observer", "library_item_list", age="stale")
    assert "Leaflet" in stale
    assert "Young" not in stale
    assert "nobody has looked at for a year" in text_of(cast, "coordinator", "home")
    assert "Still right" in text_of(cast, "coordinator", "library_item_detail", old.pk)
    assert "Still right" not in text_of(cast, "observer", "library_item_detail", old.pk)
    assert cast.client("lead").post(cast.url("library_item_reviewed", old.pk)).status_code == 403
    cast.client("coordinator").post(cast.url("library_item_reviewed", old.pk))
    old.refresh_from_db()
    assert old.reviewed_on == cast.coalition.today()
    assert Event.objects.filter(verb="libraryitem.reviewed").exists()
    assert "nobody has looked at for a year" not in text_of(cast, "coordinator", "home")


@pytest.mark.parametrize("link", ["ftp://example.org/file", "javascript:alert(1)", "data:text/html,x"])
def test_a_link_leads_to_the_web_and_nowhere_else(cast: Cast, link: str) -> None:
    form = {"title": "Leaflet", "topic": "naloxone", "reviewed_on": "2026-03-01", "link": link}
    assert cast.client("coordinator").post(cast.url("library_item_new"), form).status_code == 422
    assert not LibraryItem.objects.exists()


def test_the_library_list_leads_straight_to_the_website_or_the_file(cast: Cast) -> None:
    book(cast, 1)
    page = text_of(cast, "reporter", "library_item_list")
    assert '<a href="https://example.org/leaflet">Website' in page


# ------------------------------------------------------------------ policies and listening
def test_a_policy_reads_as_a_text_and_says_how_far_it_came(cast: Cast) -> None:
    policy = Policy.objects.create(
        coalition=cast.coalition, **(POLICY | {"status": "idea", "model_text": "First line.\nSecond line."})
    )
    policy.status = "proposed"
    policy.save()
    page = text_of(cast, "member", "policy_detail", policy.pk)
    assert "First line.<br>Second line." in page
    stages = page[page.index("How far it came") :]
    assert stages.index("Proposed") < stages.index("Idea")


SESSION = {"kind": "interview", "title": "Pharmacies", "held_on": "2026-03-01", "people": "3"}


@pytest.mark.parametrize(
    "text",
    [
        "Mary Jones said so.",
        "Call 518-555-0101.",
        "m.j@example.com wrote",
        "DOB 1/2/1980",
        "12 Oak Street",
        "case 24-001234",
    ],
)
def test_listening_asks_about_what_looks_personal_and_keeps_what_was_typed(cast: Cast, text: str) -> None:
    client = cast.client("coordinator")
    answer = client.post(cast.url("listening_session_new"), SESSION | {"themes": text})
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not ListeningSession.objects.exists()
    client.post(cast.url("listening_session_new"), SESSION | {"themes": text, "nobodys": "on"})
    assert ListeningSession.objects.get().themes == text


def test_listening_without_anything_personal_is_just_saved(cast: Cast) -> None:
    form = SESSION | {"themes": "Space at the counter is short. In 2026 three of 9 had kits.", "followed": "A card."}
    assert cast.client("coordinator").post(cast.url("listening_session_new"), form).status_code == 302


@pytest.mark.parametrize(
    ("page", "section"),
    [
        ("agreement_list", "Partners"),
        ("funding_application_list", "Funding"),
        ("policy_list", "Engagement"),
        ("listening_session_list", "Engagement"),
        ("listening_session_new", "Engagement"),
    ],
)
def test_the_way_to_a_page_names_the_part_it_stands_in(cast: Cast, page: str, section: str) -> None:
    html = cast.client("coordinator").get(cast.url(page)).content.decode()
    way = html.partition("usa-breadcrumb__list")[2].partition("</ol>")[0]
    assert f">{section}<" in way.replace("<span>", "").replace("</span>", "")


@pytest.mark.parametrize("page", ["listening_session_new", "agreement_new", "policy_new", "funding_application_new"])
def test_a_choice_that_is_open_says_so_in_words(cast: Cast, page: str) -> None:
    assert "---" not in cast.client("coordinator").get(cast.url(page)).content.decode().partition("<main")[2]
