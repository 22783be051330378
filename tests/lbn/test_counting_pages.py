"""The counting page, the list and the corrections, as a person meets them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid

import openpyxl
import pytest
from django.test import Client

from coalitions.models import Partner
from lbn.actions import close_period, ensure_periods, void_count
from lbn.enums import VoidReason
from lbn.home import figures
from lbn.models import Count, CountImport, KitType, Period
from phast.access.table import Role
from phast.audit.models import Event
from tests.client import ReadingClient
from tests.factories import make_partner, make_person, sign_in
from tests.world import actor_of

from .conftest import TODAY, Scene
from .world import make_count

LOG = "/c/ours/naloxone/log/"
LIST = "/c/ours/naloxone/counts/"


@pytest.fixture
def phone(client: ReadingClient, scene: Scene) -> ReadingClient:
    """The reporter's phone, signed in."""
    sign_in(client, scene.reporter_user)
    return client


def sent(**values: str) -> dict[str, str]:
    """What the form sends for one kit in 12207 today."""
    return {
        "client_key": str(uuid.uuid4()),
        "where": "12207",
        "kits": "1",
        "when": TODAY.isoformat(),
    } | values


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ------------------------------------------------------------------ logging
def test_a_count_takes_three_answers_and_is_told_and_undone(phone: Client, scene: Scene) -> None:
    page = phone.post(LOG, sent(kits="2"), follow=True)
    assert "Saved: 2 kits, 12207, Nov 20, 2026" in text(page)
    assert "Today so far: 2 kits in 1 entry" in text(page)
    assert re.search(r'value="12207"[^>]*checked', page.content.decode())
    count = Count.objects.get()
    undone = phone.post(f"{LIST}{count.pk}/void/", {"on": "log"}, follow=True)
    assert "Removed: 2 kits, 12207" in text(undone)
    assert "Nothing logged today yet" in text(undone)
    back = phone.post(f"{LIST}{count.pk}/restore/", {"on": "log"}, follow=True)
    assert "Today so far: 2 kits in 1 entry" in text(back)


def test_the_page_says_that_it_is_voluntary_and_about_nobody(phone: Client) -> None:
    said = text(phone.get(LOG))
    assert "voluntary" in said
    assert "never for enforcement or investigation" in said


def test_the_last_places_are_offered_the_persons_own_first(phone: Client, scene: Scene) -> None:
    make_count(scene.agency, scene.lead_user, TODAY, zip_code="12203")
    make_count(scene.agency, scene.reporter_user, TODAY - dt.timedelta(3), zip_code="12210")
    make_count(scene.other, scene.coordinator_user, TODAY, zip_code="12299")
    places = re.findall(r'name="where" value="(\w+)"', phone.get(LOG).content.decode())
    assert places == ["12210", "12203", "another", "unknown", "outside"]


def test_an_imported_table_does_not_push_the_places_that_people_count_at_away(phone: Client, scene: Scene) -> None:
    table = CountImport.objects.create(
        coalition=scene.coalition, partner=scene.agency, file_label="y.csv", sha256="0" * 64, created_by=scene.lead_user
    )
    for code, kits in (("12201", 3), ("12202", 90), ("12299", 0)):
        make_count(scene.agency, scene.reporter_user, TODAY, zip_code=code, kits=kits, source=table)
    places = re.findall(r'name="where" value="(\d+)"', phone.get(LOG).content.decode())
    assert places == ["12202", "12201", "12299"]
    make_count(scene.agency, scene.reporter_user, TODAY - dt.timedelta(3), zip_code="12210")
    assert re.findall(r'name="where" value="(\d+)"', phone.get(LOG).content.decode()) == ["12210"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kits": "-1"}, "cannot be less than 0"),
        ({"kits": "3.5"}, "Enter a whole number"),
        ({"kits": "1e3"}, "Enter a whole number"),
        ({"kits": "three"}, "Enter a whole number"),
        ({"kits": "1000000000000"}, "5,000 kits at most"),
        ({"kits": ""}, "Enter how many kits"),
        ({"kits": "3\x00"}, "Null characters"),
        ({"where": ""}, "Choose where"),
        ({"where": "another", "typed_zip": "00000"}, "00000 is not a ZIP code"),
        ({"where": "another", "typed_zip": "063HH"}, "five digits"),
        ({"where": "another", "typed_zip": "K1A 0B1"}, "Canadian"),
        ({"where": "another", "typed_zip": "1201"}, "Is this 01201?"),
        ({"where": "12207", "typed_zip": "12203"}, "Which is it?"),
        ({"where": "<script>"}, "five digits"),
        ({"when": "2026-11-21"}, "in the future"),
        ({"when": "day", "day": "1925-11-20"}, "Counts start on"),
        ({"when": "day"}, "Enter the day"),
        ({"when": "month", "month": "2026-12"}, "in the future"),
        ({"when": "whenever"}, "Choose a day"),
        ({"client_key": "no key"}, "Press Save again".lower()),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    phone: Client, scene: Scene, values: dict, sentence: str
) -> None:
    page = phone.post(LOG, sent(setting="vending", **values))
    assert page.status_code == 422
    assert sentence.lower() in text(page).lower()
    assert re.search(r'value="vending"[^>]*selected', page.content.decode())
    assert not Count.objects.exists()


def test_a_zip_with_a_suffix_keeps_five_digits_everywhere(phone: Client, scene: Scene) -> None:
    phone.post(LOG, sent(where="another", typed_zip="12207-4321"))
    assert Count.objects.get().zip_code == "12207"
    assert "4321" not in str(list(Event.objects.values_list("target", "detail")))


def test_an_odd_entry_is_asked_about_with_everything_kept(phone: Client, scene: Scene) -> None:
    odd = sent(where="another", typed_zip="12299", kits="600")
    page = phone.post(LOG, odd)
    assert page.status_code == 422
    assert "12299 is not in our list" in text(page)
    assert "600 kits in one entry is unusual" in text(page)
    assert 'value="600"' in page.content.decode()
    (agreeing,) = re.findall(r'name="confirmed" value="([^"]+)"', page.content.decode())
    phone.post(LOG, odd | {"confirmed": agreeing})
    assert Count.objects.get().kits == 600


def test_a_months_total_can_replace_what_was_logged_by_day(phone: Client, scene: Scene) -> None:
    scene.log(day=dt.date(2026, 10, 3), kits=2)
    month = sent(when="month", month="2026-10", kits="9")
    page = phone.post(LOG, month)
    assert "Does this total include them?" in text(page)
    replacing, adding = re.findall(r'name="confirmed" value="([^"]+)"', page.content.decode())
    phone.post(LOG, month | {"confirmed": replacing})
    assert list(Count.objects.filter(voided_at=None).values_list("kits", "from_on", "to_on")) == [
        (9, dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    ]
    assert adding.startswith("contains:")


def test_a_page_sent_twice_saves_once_and_a_changed_one_is_told_apart(phone: Client, scene: Scene) -> None:
    page = sent()
    for _ in range(2):
        assert phone.post(LOG, page).status_code == 302
    assert Count.objects.count() == 1
    changed = phone.post(LOG, page | {"kits": "5"})
    assert changed.status_code == 422
    assert "Already saved: 1 kit, 12207" in text(changed)
    assert Count.objects.count() == 1
    (fresh,) = re.findall(r'name="client_key" value="([^"]+)"', changed.content.decode())
    assert fresh != page["client_key"]


def test_extra_fields_change_nothing(phone: Client, scene: Scene) -> None:
    extra = {
        "agency": str(scene.other.pk),
        "partner": str(scene.other.pk),
        "coalition": "99",
        "voided_at": "2026-11-20",
        "created_by": str(scene.lead_user.pk),
        "on_behalf": "1",
    }
    phone.post(LOG, sent(**extra))
    count = Count.objects.get()
    assert (count.partner, count.created_by, count.voided_at, count.on_behalf) == (
        scene.agency,
        scene.reporter_user,
        None,
        False,
    )


def test_another_agency_in_the_address_is_not_found(phone: Client, scene: Scene) -> None:
    for asked in (scene.other.pk, "x", 0):
        assert phone.get(f"{LOG}?agency={asked}").status_code == 404
        assert phone.post(f"{LOG}?agency={asked}", sent()).status_code == 404


def test_a_closed_period_says_so_and_records_the_attempt(phone: Client, scene: Scene) -> None:
    ensure_periods(coalition=scene.coalition, today=TODAY)
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    page = phone.post(LOG, sent(when="day", day="2026-10-15"))
    assert page.status_code == 422
    assert "October 2026 is closed" in text(page)
    assert Event.objects.filter(verb="count.blocked").count() == 1


def test_a_person_of_two_agencies_chooses_one(phone: Client, scene: Scene) -> None:
    make_person("rae@example.org", coalition=scene.coalition, role=Role.REPORTER, partner=scene.other)
    assert "Which agency?" in text(phone.get(LOG))
    page = phone.post(f"{LOG}?agency={scene.other.pk}", sent(), follow=True)
    assert "Saved: 1 kit, 12207" in text(page)
    assert Count.objects.get().partner == scene.other


def test_the_coordinator_counts_on_behalf_and_it_is_said(client: Client, scene: Scene) -> None:
    sign_in(client, scene.coordinator_user)
    assert "on behalf of Colonie EMS" in text(client.get(f"{LOG}?agency={scene.other.pk}"))
    client.post(f"{LOG}?agency={scene.other.pk}", sent())
    assert "by the coordinator, on behalf" in text(client.get(LIST))


def test_somebody_of_an_organization_that_is_no_agency_is_told_what_to_do(client: Client, scene: Scene) -> None:
    library = make_partner(scene.coalition, "City Library")
    sign_in(client, make_person("liz@example.org", coalition=scene.coalition, role=Role.LEAD, partner=library))
    for page in (client.get(LOG), client.post(LOG, sent())):
        assert "Ask the coordinator to enter the type of agency" in text(page)
    assert not Count.objects.exists()


def test_the_home_page_shows_exact_kits_of_the_year_to_those_who_may_see_them(scene: Scene) -> None:
    scene.log(kits=5)
    scene.log(kits=7, partner=scene.other, by=scene.coordinator)
    scene.log(kits=90, day=dt.date(2025, 12, 31))
    void_count(count=scene.log(kits=40, day=dt.date(2026, 11, 19)), reason=VoidReason.TWICE, by=scene.reporter)
    assert [(figure.number, figure.note) for figure in figures(scene.coordinator)] == [("12", "All agencies, exact")]
    assert [(figure.number, figure.note) for figure in figures(scene.reporter)] == [("5", "Your agency, exact")]
    member = make_person("mo@example.org", coalition=scene.coalition, role=Role.MEMBER, partner=scene.agency)
    assert figures(actor_of(member, scene.coalition)) == []


def test_a_kit_is_asked_for_only_where_there_are_several(phone: Client, scene: Scene) -> None:
    standard = KitType.objects.create(coalition=scene.coalition, name="Standard kit")
    assert 'name="kit_type"' not in phone.get(LOG).content.decode()
    phone.post(LOG, sent())
    assert Count.objects.get().kit_type == standard
    strips = KitType.objects.create(coalition=scene.coalition, name="Kit with strips")
    assert 'name="kit_type"' in phone.get(LOG).content.decode()
    phone.post(LOG, sent(kit_type=str(strips.pk)))
    assert Count.objects.filter(kit_type=strips).count() == 1


# ------------------------------------------------------------------ the list
def test_the_list_filters_by_month_and_zip_and_says_what_is_in_no_month(phone: Client, scene: Scene) -> None:
    scene.log(kits=2)
    scene.log(kits=3, zip_code="12203", day=dt.date(2026, 10, 3))
    scene.log(kits=40, from_on=dt.date(2026, 9, 1), to_on=dt.date(2026, 11, 20), zip_code="12210")
    assert "45 kits in 3 entries" in text(phone.get(LIST))
    october = text(phone.get(f"{LIST}?month=2026-10"))
    assert "3 kits in 1 entry" in october
    assert "40 kits more are in entries that reach beyond October 2026" in october
    assert "2 kits in 1 entry" in text(phone.get(f"{LIST}?zip=12207"))
    assert "45 kits in 3 entries" in text(phone.get(f"{LIST}?zip=nonsense&month=2026-99"))


def test_a_person_is_named_to_their_own_agency_only(client: Client, scene: Scene) -> None:
    scene.log()
    sign_in(client, scene.lead_user)
    assert "Rae Reporter" in text(client.get(LIST))
    sign_in(client, scene.coordinator_user)
    for url in (LIST, f"{LIST}?agency={scene.agency.pk}"):
        seen = text(client.get(url))
        assert "Rae Reporter" not in seen
        assert "Riverbend Police" in seen
    downloaded = client.post(f"{LIST}file/?agency={scene.agency.pk}", {"format": "csv"}).content.decode()
    assert "Rae Reporter" not in downloaded


def test_a_count_is_corrected_and_the_correction_undone(phone: Client, scene: Scene) -> None:
    count = scene.log(kits=2)
    form = phone.get(f"{LIST}{count.pk}/").content.decode()
    assert 'value="2"' in form
    page = phone.post(f"{LIST}{count.pk}/", sent(kits="4"), follow=True)
    assert "Corrected: 4 kits" in text(page)
    phone.post(f"{LIST}{count.pk}/restore/", {"on": "list"})
    assert list(Count.objects.filter(voided_at=None)) == [count]


def test_a_count_removed_meanwhile_is_not_corrected(phone: Client, scene: Scene) -> None:
    count = scene.log(kits=2)
    phone.post(f"{LIST}{count.pk}/void/", {"on": "list"})
    page = phone.post(f"{LIST}{count.pk}/", sent(kits="4"))
    assert page.status_code == 422
    assert not Count.objects.filter(voided_at=None).exists()


@pytest.mark.parametrize(
    "span", [(dt.date(2026, 10, 1), dt.date(2026, 10, 31)), (dt.date(2026, 1, 1), dt.date(2026, 6, 30))]
)
def test_a_longer_entry_keeps_its_days_when_its_number_is_corrected(phone: Client, scene: Scene, span: tuple) -> None:
    count = scene.log(from_on=span[0], to_on=span[1], kits=7)
    page = phone.get(f"{LIST}{count.pk}/").content.decode()
    (when,) = re.findall(r'name="when" value="(\w+)"[^>]*checked', page)
    boxes = {name: re.search(rf'name="{name}" value="([\d-]+)"', page) for name in ("month", "first", "last")}
    boxes = {name: found[1] for name, found in boxes.items() if found}
    phone.post(f"{LIST}{count.pk}/", sent(kits="8", when=when, **boxes))
    assert list(Count.objects.filter(voided_at=None).values_list("kits", "from_on", "to_on")) == [(8, *span)]


def test_closed_counts_show_a_lock_and_no_button(phone: Client, scene: Scene) -> None:
    ensure_periods(coalition=scene.coalition, today=TODAY)
    count = scene.log(day=dt.date(2026, 10, 3))
    close_period(period=Period.objects.get(from_on="2026-10-01"), by=scene.coordinator)
    page = phone.get(LIST)
    assert "Closed" in text(page)
    assert f"{count.pk}/void/" not in page.content.decode()
    told = phone.post(f"{LIST}{count.pk}/void/", {"on": "list"}, follow=True)
    assert "October 2026 is closed" in text(told)
    assert Count.objects.get().voided_at is None


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_in_a_file_is_never_a_formula(phone: Client, scene: Scene, begins: str) -> None:
    Partner.objects.filter(pk=scene.agency.pk).update(name=begins)
    scene.log(kits=3, zip_code="12203")
    data = phone.post(f"{LIST}file/", {"format": "csv"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data, newline=""))
    assert row["Agency"] == f"'{begins}"
    assert (row["Kits"], row["ZIP code"]) == ("3", "12203")
    book = openpyxl.load_workbook(io.BytesIO(phone.post(f"{LIST}file/", {"format": "xlsx"}).content))
    head, cells = book.active.iter_rows()
    by_head = dict(zip([cell.value for cell in head], cells, strict=True))
    assert by_head["Agency"].data_type == "s"
    assert (by_head["Kits"].value, by_head["ZIP code"].value) == (3, "12203")
    assert by_head["First day"].is_date
    assert Event.objects.filter(verb="counts.downloaded").count() == 2


def test_the_pages_ask_the_database_as_often_for_many_rows(
    phone: Client, scene: Scene, django_assert_max_num_queries
) -> None:
    def queries(url: str) -> int:
        with django_assert_max_num_queries(15) as captured:
            assert phone.get(url).status_code == 200
        return len(captured)

    pages = (LIST, f"{LIST}?month=2026-11&removed=on", LOG)
    scene.log()
    phone.get(LOG)  # the first request of a session is written down as such
    once = [queries(page) for page in pages]
    for number in range(40):
        make_count(scene.agency, scene.lead_user, TODAY, zip_code=f"122{number:02}")
    assert [queries(page) for page in pages] == once
