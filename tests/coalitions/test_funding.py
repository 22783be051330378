"""Money: what it adds up to, what it pays for, what ends, and the evidence that goes with an application."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from coalitions import funding
from coalitions.models import FundingApplication, FundingSource, ReadinessRating, Release, Seat
from phast.audit.models import Event
from plans.models import Plan, PlanChange, Step, StepLink
from tests.plans.factories import make_plan, make_step

from .conftest import Cast
from .pdfs import drawn
from .test_roster import text_of

DAY = dt.datetime(2026, 5, 20, 16, tzinfo=dt.UTC)


@pytest.fixture
def clock(cast: Cast):
    with time_machine.travel(DAY, tick=False) as moves:
        yield moves


def source(cast: Cast, **values: object) -> FundingSource:
    return FundingSource.objects.create(coalition=cast.coalition, **({"kind": "jag", "name": "JAG"} | values))


def active_plan(cast: Cast) -> Plan:
    return make_plan(cast.actor("coordinator"), title="The plan")


def home(cast: Cast, role: str = "coordinator") -> str:
    return cast.client(role).get(f"/c/{cast.coalition.slug}/").content.decode()


# ------------------------------------------------------------------ by kind and year
def test_an_amount_is_spread_evenly_over_its_time() -> None:
    two_years = FundingSource(amount=Decimal(730), from_on=dt.date(2025, 7, 1), to_on=dt.date(2027, 6, 30))
    assert funding.by_year(two_years) == {2025: 184, 2026: 365, 2027: 181}
    one_day = FundingSource(amount=Decimal(5), from_on=dt.date(2026, 1, 1), to_on=dt.date(2026, 1, 1))
    assert funding.by_year(one_day) == {2026: 5}


def test_totals_keep_every_dollar_and_say_what_is_left_out(cast: Cast) -> None:
    dates = {"from_on": dt.date(2025, 1, 1), "to_on": dt.date(2026, 12, 31)}
    source(cast, amount=100, **dates)
    source(cast, kind="sor", name="SOR", amount=700, **dates)
    source(cast, kind="other", name="No dates", amount=50)
    source(cast, kind="other", name="No amount", **dates)
    found = funding.totals(FundingSource.objects.all())
    assert found is not None
    assert found["years"] == [2025, 2026]
    assert [(label, total) for label, _, total in found["rows"]] == [
        ("State Opioid Response (SOR)", 700),
        ("Byrne Justice Assistance Grant (JAG)", 100),
    ]
    assert (found["sums"], found["sum"], found["left_out"]) == ([400, 400], 800, 2)


def test_a_spreadsheet_of_funding_has_amounts_and_days_to_count_with(cast: Cast) -> None:
    source(cast, amount="1250.50", to_on=dt.date(2026, 9, 30))
    book = load_workbook(io.BytesIO(cast.client("coordinator").get(cast.url("funding_source_table", "xlsx")).content))
    heads, row = book.active.iter_rows()
    found = {head.value: (cell.data_type, cell.number_format) for head, cell in zip(heads, row, strict=True)}
    assert (found["Amount"], found["Until"]) == (("n", '"$"#,##0.00'), ("d", "mmm d, yyyy"))


def test_a_year_without_money_between_two_with_some_is_shown_empty(cast: Cast) -> None:
    for year in (2024, 2026):
        source(cast, name=str(year), amount=10, from_on=dt.date(year, 2, 1), to_on=dt.date(year, 3, 1))
    found = funding.totals(FundingSource.objects.all())
    assert found is not None
    assert (found["years"], found["sums"]) == ([2024, 2025, 2026], [10, 0, 10])


def test_more_kinds_than_the_chart_has_shades_are_joined(cast: Cast) -> None:
    year = {"from_on": dt.date(2026, 1, 1), "to_on": dt.date(2026, 12, 31)}
    kinds = ["foundation", "settlement", "jag", "cossup", "sor", "other"]
    for n, kind in enumerate(kinds):
        source(cast, kind=kind, name=kind, amount=n * 100 + 100, **year)
    found = funding.totals(FundingSource.objects.all())
    assert found is not None
    assert "Other kinds" in funding.chart(found)
    assert len(found["rows"]) == 6
    page = text_of(cast, "member", "funding_source_list")
    assert "$2,100" in page


# ------------------------------------------------------------------ steps
def test_steps_without_funding_are_listed_until_something_pays_for_them(cast: Cast) -> None:
    plan = active_plan(cast)
    step, _done = (
        make_step(plan, "Buy kits", funding="Nothing yet"),
        make_step(plan, "Over", status="done", finished_at=DAY),
    )
    make_step(make_plan(cast.actor("coordinator"), title="Draft", status="draft"), "Not begun")
    page = text_of(cast, "member", "funding_source_list")
    assert "Of 1 open step in active plans, 1 has no funding linked." in page
    assert "Nothing yet" in page
    money = source(cast)
    client = cast.client("coordinator")
    client.post(cast.url("funding_steps", money.pk), {"steps": [step.pk]})
    assert StepLink.objects.get().funding_source == money
    assert "Every open step of an active plan has funding linked." in text_of(cast, "member", "funding_source_list")
    assert "Buy kits" in text_of(cast, "member", "funding_source_detail", money.pk)
    client.post(cast.url("funding_steps", money.pk), {})
    assert not StepLink.objects.exists()
    assert PlanChange.objects.filter(verb="step.funded").count() == 2
    assert Event.objects.filter(verb="step.funded").count() == 2


def test_what_it_paid_for_and_is_finished_stays_linked(cast: Cast) -> None:
    done, money = make_step(active_plan(cast), "Over", status="done", finished_at=DAY), source(cast)
    StepLink.objects.create(step=done, funding_source=money)
    cast.client("coordinator").post(cast.url("funding_steps", money.pk), {})
    assert StepLink.objects.get().step == done


def test_a_step_says_what_pays_for_it_and_can_be_told(cast: Cast) -> None:
    step, money, other = make_step(active_plan(cast)), source(cast), source(cast, name="Settlement")
    address = f"/c/{cast.coalition.slug}/plans/steps/{step.pk}/"
    client = cast.client("coordinator")
    assert client.get(f"{address}money/").content.decode().count('type="checkbox"') == 2
    client.post(f"{address}money/", {"sources": [money.pk, other.pk]})
    client.post(f"{address}money/", {"sources": [other.pk]})
    assert [link.funding_source for link in StepLink.objects.all()] == [other]
    assert "Settlement" in cast.client("member").get(address).content.decode()
    assert "Settlement" not in cast.client("reporter").get(address).content.decode()  # who does not see funding
    assert cast.client("member").get(f"{address}money/").status_code == 403


def test_money_of_another_coalition_pays_for_nothing_here(cast: Cast) -> None:
    from tests.factories import make_coalition

    theirs = make_coalition(slug="theirs")
    foreign = FundingSource.objects.create(coalition=theirs, kind="jag", name="Theirs")
    step = make_step(active_plan(cast))
    client = cast.client("coordinator")
    assert client.post(f"/c/ours/plans/steps/{step.pk}/money/", {"sources": [foreign.pk]}).status_code == 422
    assert client.post(cast.url("funding_steps", foreign.pk), {"steps": [step.pk]}).status_code == 404
    stranger = Step.objects.create(
        plan=Plan.objects.create(coalition=theirs, title="T", status="active", created_by=cast.people["coordinator"]),
        title="Theirs",
        order=1,
    )
    mine = source(cast)
    assert client.post(cast.url("funding_steps", mine.pk), {"steps": [stranger.pk]}).status_code == 422
    assert not StepLink.objects.exists()


def test_more_steps_and_sources_cost_no_more_queries(cast: Cast) -> None:
    client, plan = cast.client("coordinator"), active_plan(cast)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(cast.url("funding_source_list")).status_code == 200
        return len(queries)

    make_step(plan)
    source(cast, holder=cast.police)
    asked()
    few = asked()
    for n in range(20):
        make_step(plan, f"Step {n}")
        source(cast, name=f"Fund {n}", holder=cast.ems)
    assert asked() == few <= 15


# ------------------------------------------------------------------ what ends, what is due
def test_what_ends_this_quarter_is_on_the_home_page(cast: Cast, clock) -> None:
    source(cast, name="Ends soon", to_on=dt.date(2026, 6, 30))
    source(cast, name="Ends later", to_on=dt.date(2026, 7, 1))
    source(cast, name="Has ended", to_on=dt.date(2026, 5, 19))
    page = home(cast)
    assert "Ends soon ends in 41 days" in page
    assert "Ends later" not in page
    assert "Has ended" not in page
    assert "Ends soon" not in home(cast, "member")
    listed = text_of(cast, "member", "funding_source_list", ends="quarter")
    assert "Ends soon" in listed
    assert "Ends later" not in listed


@pytest.mark.parametrize(
    ("days", "shown", "urgent"), [(31, False, False), (30, True, False), (7, True, True), (-1, False, False)]
)
def test_a_deadline_is_on_the_home_page_30_days_before_and_presses_7_days_before(
    cast: Cast, clock, days: int, shown: bool, urgent: bool
) -> None:
    FundingApplication.objects.create(
        coalition=cast.coalition, kind="jag", title="Grant", deadline=cast.coalition.today() + dt.timedelta(days=days)
    )
    page = home(cast)
    assert (f"Grant is due in {days} days" in page) is shown
    assert ("todo__item--urgent" in page) is urgent


def test_an_application_that_was_sent_needs_nobody(cast: Cast, clock) -> None:
    FundingApplication.objects.create(
        coalition=cast.coalition, kind="jag", title="Grant", status="sent", deadline=cast.coalition.today()
    )
    assert "Grant is due" not in home(cast)


# ------------------------------------------------------------------ amounts
@pytest.mark.parametrize("page", ["funding_source_new", "funding_application_new"])
def test_an_amount_is_taken_as_it_is_pasted_and_never_below_zero(cast: Cast, page: str) -> None:
    form = {"name": "JAG", "title": "Grant", "kind": "jag", "status": "planned"}
    client = cast.client("coordinator")
    refused = client.post(cast.url(page), form | {"amount": "-$5"})
    assert refused.status_code == 422
    assert "Enter 0 or more." in refused.content.decode()
    assert "Constraint" not in refused.content.decode()
    client.post(cast.url(page), form | {"amount": "$1,250,000.50"})
    model = FundingSource if page == "funding_source_new" else FundingApplication
    assert model.objects.get().amount == Decimal("1250000.50")


# ------------------------------------------------------------------ evidence
def test_stories_that_look_personal_are_asked_about(cast: Cast) -> None:
    form = {"title": "Grant", "kind": "jag", "status": "planned", "stories": "Mary Jones called 518-555-0101."}
    client = cast.client("coordinator")
    answer = client.post(cast.url("funding_application_new"), form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This looks as if it held names and phone numbers." in page
    assert "It is no person’s data" in page
    assert not FundingApplication.objects.exists()
    client.post(cast.url("funding_application_new"), form | {"nobodys": "on"})
    assert FundingApplication.objects.get().stories == form["stories"]


def test_the_evidence_pack_holds_what_a_funder_wants_and_only_published_figures(committed: Callable[[], Cast]) -> None:
    from tests.reports.pdfua import assert_pdf_ua, words

    cast = committed()
    cast.police.sectors.add("law-enforcement")
    Seat.objects.create(coalition=cast.coalition, alias="Juniper", sector_id="parents")
    plan = active_plan(cast)
    make_step(plan, status="done", finished_at=DAY)
    make_step(plan)
    ReadinessRating.objects.create(
        coalition=cast.coalition,
        element_id="champions",
        rating=3,
        on=dt.date(2026, 1, 2),
        by=cast.people["coordinator"],
    )
    application = FundingApplication.objects.create(
        coalition=cast.coalition,
        kind="jag",
        title="Grant",
        funder="The State",
        amount=5000,
        lead=cast.police,
        benefit="More comes back.",
        benefit_source="A study, 2025",
        stories="One story.\nAnother story.",
    )
    application.co_applicants.add(cast.ems)
    content = drawn("evidence", cast.actor("member"), application=application.pk)
    assert_pdf_ua(content)
    said = words(content)
    for piece in (
        "The State for $5,000",
        "Troy Police, together with River EMS",
        "More comes back.",
        "Source: A study, 2025",
        "Another story.",
        "The plan 1 2",
        "Two champions Mostly there",
        "2 of 17",
        "Law Enforcement Troy Police",
        "Parents Filled",
    ):
        assert piece in said
    assert "Juniper" not in said
    assert "Naloxone kits left behind" not in said  # nothing is published yet
    assert not Release.objects.exists()


def test_the_page_says_what_the_pack_lacks_and_asks_for_it_in_one_click(cast: Cast) -> None:
    bare = FundingApplication.objects.create(coalition=cast.coalition, kind="jag", title="Bare")
    page = text_of(cast, "coordinator", "funding_application_detail", bare.pk)
    assert "It would be stronger with what comes back for the money, success stories." in page
    assert 'value="evidence"' in page
    asked = cast.client("member").post(
        f"/c/{cast.coalition.slug}/reports/request/", {"kind": "evidence", "application": bare.pk}
    )
    assert asked.status_code == 302
    refused = cast.client("observer").post(
        f"/c/{cast.coalition.slug}/reports/request/", {"kind": "evidence", "application": bare.pk}
    )
    assert refused.status_code in {403, 404}
