"""The fictional coalition is whole, believable and loaded once."""

import datetime as dt
from collections import Counter, defaultdict

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from coalitions.models import Coalition, Invitation, Membership, Partner, Sector
from coalitions.releases import Span, is_intact, quarters_to_release, table_of, tables_of
from lbn.models import AgencyRollup, Count, Period, PeriodReport, ZipRollup
from lbn.selectors.counting import limits_for
from lbn.selectors.periods import State, agencies_of, board, late_agencies
from phast import offers
from phast.access.table import Role
from phast.audit.models import Event
from phast.geo.models import Zip
from plans.models import Plan, Step
from tests.demo.conftest import DEMO_PASSWORD

FIVE = ["coordinator", "lead", "reporter", "partner", "observer"]


def rows_of_everything() -> dict[str, list]:
    """Every row of every app but the reference places."""
    kept = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    ours = [model for model in kept if model._meta.app_label != "geo"]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in ours}


def counts_by_month() -> Counter:
    """Kits by agency and first day of the month, from the entries themselves."""
    found: Counter = Counter()
    for partner, day, kits in Count.objects.filter(voided_at=None).values_list("partner", "from_on", "kits"):
        found[partner, day.replace(day=1)] += kits
    return found


def test_the_coalition_covers_three_real_counties_and_most_sectors(demo: Coalition) -> None:
    assert {county.name for county in demo.counties.all()} == {
        "Albany County",
        "Rensselaer County",
        "Schenectady County",
    }
    assert Sector.objects.filter(partners__status="active").distinct().count() >= 12
    assert Partner.objects.count() >= 20


def test_five_agencies_have_counted_for_eighteen_months(demo: Coalition) -> None:
    months = defaultdict(set)
    reported = PeriodReport.objects.values_list("partner", "period__from_on")
    for partner, month in [*counts_by_month(), *reported]:
        months[partner].add(month)
    assert sum(len(found) >= 18 for found in months.values()) >= 5
    first = min(month for found in months.values() for month in found)
    assert demo.program_start == first


def test_every_count_is_of_the_area_and_of_the_past(demo: Coalition) -> None:
    area = set(Zip.objects.filter(county__in=demo.counties.all()).values_list("pk", flat=True))
    assert set(Count.objects.filter(place="zip").values_list("zip_code", flat=True)) <= area
    assert not Count.objects.filter(to_on__gte=demo.today()).exists()
    assert not Count.objects.filter(created_at__gt=timezone.now()).exists()
    assert not Count.objects.filter(created_at__date__lt=F("from_on")).exists()
    partner = Partner.objects.get(name="Riverbend Police Department")
    assert Count.objects.filter(kits__gt=limits_for(partner, []).unusual).count() == 0


def test_sums_the_database_keeps_equal_the_entries(demo: Coalition) -> None:
    kept = Counter({(r.partner_id, r.from_on): r.kits for r in AgencyRollup.objects.all()})
    assert kept == counts_by_month()
    places: Counter = Counter()
    for count in Count.objects.filter(voided_at=None):
        places[count.zip_code or count.place, count.from_on.replace(day=1)] += count.kits
    assert Counter({(r.place, r.from_on): r.kits for r in ZipRollup.objects.all()}) == places


def test_two_agencies_owe_last_month_and_older_months_are_closed(demo: Coalition) -> None:
    running, last, *older = board(demo, list(Period.objects.of(demo)), agencies_of(demo))
    assert running.period.from_on <= demo.today() <= running.period.to_on
    assert {s.partner.name for s in last.missing} == {"Riverbend Police Department", "Taconic Hollow Rescue Squad"}
    assert last.period.closed_at is None
    assert len(older) == 17
    assert all(line.period.closed_at and line.period.closed_by for line in older)
    assert sum(line.zero for line in older) == 4
    assert all(s.kits == 0 for line in older for s in line.standings if s.state in (State.ZERO, State.MISSING))


def test_every_finished_quarter_but_the_latest_is_released(demo: Coalition) -> None:
    releases = list(demo.releases.order_by("number"))
    assert len(releases) >= 4
    assert all(is_intact(release) for release in releases)
    assert all(None in table_of(release).cells.values() for release in releases)
    assert all(release.to_on < release.published_at.date() for release in releases)
    assert [release.published_at for release in releases] == sorted(release.published_at for release in releases)
    indicators = {table.kind.key for table in tables_of(releases[-1]) if table.kind.key.startswith("deflection_")}
    assert indicators == {key for key in offers.release_kinds if key.startswith("deflection_")}
    assert quarters_to_release(demo) == [Span.quarter_of(demo.today()).quarter_before]


def test_two_plans_stand_at_different_points(demo: Coalition) -> None:
    states = {plan.status: plan for plan in Plan.objects.of(demo)}
    assert set(states) == {"active", "draft"}
    assert states["active"].approved_at
    assert states["draft"].approved_at is None
    steps = Step.objects.filter(plan=states["active"]).values_list("status", flat=True)
    assert {"not_started", "in_progress", "done"} <= set(steps)
    assert states["active"].copied_from


@pytest.mark.parametrize("person", FIVE)
def test_a_demo_person_signs_in_and_gets_home(demo: Coalition, client, person: str) -> None:
    signed_in = client.post(
        "/accounts/login/", {"login": f"{person}@example.org", "password": DEMO_PASSWORD}, follow=True
    )
    assert signed_in.redirect_chain[-1][0] == f"/c/{demo.slug}/"
    assert signed_in.status_code == 200


def test_only_the_five_know_the_password(demo: Coalition) -> None:
    people = {m.user.email: m for m in Membership.objects.of(demo).select_related("user")}
    knowing = {email for email, m in people.items() if m.user.check_password(DEMO_PASSWORD)}
    assert knowing == {f"{person}@example.org" for person in FIVE}
    assert {people[email].role for email in knowing} == set(Role)
    assert {m.role for email, m in people.items() if email not in knowing} == {Role.REPORTER}


def test_the_log_tells_the_past_in_order_and_names_no_reporter(demo: Coalition) -> None:
    events = list(Event.objects.of(demo).order_by("pk"))
    assert [event.at for event in events] == sorted(event.at for event in events)
    told = {"period.reported", "period.closed", "release.published", "plan.approved", "step.updated", "count.voided"}
    assert told <= {event.verb for event in events}
    assert all(event.who == event.acting_for for event in events if event.as_agency)


def test_an_invitation_waits_and_another_ran_out(demo: Coalition) -> None:
    assert sorted(invitation.standing for invitation in Invitation.objects.of(demo)) == ["Expired", "Open"]


def test_a_second_run_changes_nothing(demo: Coalition) -> None:
    before = rows_of_everything()
    call_command("load_demo", verbosity=0)
    assert rows_of_everything() == before


def test_a_run_a_year_later_adds_nothing_to_what_is_closed(demo: Coalition) -> None:
    before = Count.objects.count(), Period.objects.count(), demo.releases.count()
    with time_machine.travel(timezone.now() + dt.timedelta(days=365)):
        call_command("load_demo", verbosity=0)
    assert (Count.objects.count(), Period.objects.count(), demo.releases.count()) == before


def test_loading_afresh_gives_the_same_counts(demo: Coalition) -> None:
    def entries() -> list:
        return list(Count.objects.order_by("client_key").values_list("client_key", "fingerprint", "created_at"))

    before = [(key, at) for key, _, at in entries()]  # the fingerprint holds the kit's key, which is new
    call_command("load_demo", reset=True, verbosity=0)
    assert [(key, at) for key, _, at in entries()] == before


@pytest.mark.parametrize(("day", "late"), [(dt.date(2027, 1, 1), 0), (dt.date(2028, 2, 29), 2)])
def test_it_loads_on_any_day_and_two_agencies_are_late_once_reports_are_due(
    demo: Coalition, day: dt.date, late: int
) -> None:
    with time_machine.travel(dt.datetime.combine(day, dt.time(5, 30), dt.UTC)):
        call_command("load_demo", reset=True, verbosity=0)
        again = Coalition.objects.get()
        assert again.releases.count() >= 4
        assert len(quarters_to_release(again)) == 1
        assert not Count.objects.filter(created_at__gt=timezone.now()).exists()
        assert len(late_agencies(again)) == late


def test_a_portal_that_is_no_demo_loads_none(demo: Coalition, settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="no demonstration"):
        call_command("load_demo", verbosity=0)


def test_every_app_with_a_part_offers_it() -> None:
    assert {load.__module__ for load in offers.demo_loaders} >= {"plans.demo", "lbn.demo"}
