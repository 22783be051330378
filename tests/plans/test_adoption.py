"""The adoption grid: who sees and fills it, how it went over time, and barriers that name nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalitions.models import Partner
from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from plans import actions, adoption
from plans.enums import Adoption
from plans.models import Barrier, Intervention, Plan, Stance
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import make_actor, make_plan

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = dt.datetime(2026, 5, 20, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def may() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def by() -> Actor:
    """The coordinator."""
    return make_actor()


@pytest.fixture
def plan(by: Actor) -> Plan:
    return make_plan(by)


@pytest.fixture
def carried(plan: Plan) -> Intervention:
    return Intervention.objects.create(plan=plan, text="Officers carry naloxone", order=1)


def agency(by: Actor, name: str = "Troy Police") -> Partner:
    return make_partner(by.coalition, name=name, agency_type="law_enforcement")


def say(
    what: Intervention, partner: Partner, by: Actor, stands: str, *, on: dt.date = dt.date(2026, 5, 1), why: str = ""
) -> Stance:
    last = Stance.objects.filter(intervention=what, partner=partner).order_by("-at").first()
    return actions.set_stance(
        intervention=what,
        partner=partner,
        adoption=Adoption(stands),
        reason=why,
        since=on,
        seen=last.at if last else None,
        by=by,
    )


def client_of(actor: Actor) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, actor.user)
    return client


def url(row: Any, name: str, *more: int) -> str:
    coalition = (row if isinstance(row, Plan) else row.plan).coalition
    return reverse(f"plans:{name}", args=[coalition.slug, row.pk, *more])


def grid_of(plan: Plan, actor: Actor, **query: str) -> str:
    response = client_of(actor).get(url(plan, "adoption"), query)
    assert response.status_code == 200
    return response.content.decode()


def filled(client: ReadingClient, address: str, **said: str) -> dict[str, str]:
    """The cell's form as a browser sends it back, with what was `said`."""
    form = client.get(address).context["form"]
    fields = {bound.html_name: str(bound.value() or "") for bound in form}
    return fields | {form.add_prefix(name): value for name, value in said.items()}


# ------------------------------------------------------------------ who
@pytest.mark.parametrize("role", [Role.REPORTER, Role.MEMBER, Role.OBSERVER])
def test_only_coordinators_and_leads_see_the_grid(plan: Plan, carried: Intervention, by: Actor, role: Role) -> None:
    partner = agency(by)
    say(carried, partner, by, "opposed", why="Too costly")
    client = client_of(make_actor(role, coalition=by.coalition))
    for address in (
        url(plan, "adoption"),
        url(carried, "intervention"),
        url(carried, "stance", partner.pk),
        url(carried, "stance_edit", partner.pk),
    ):
        assert client.get(address).status_code == 403


def test_a_lead_sees_all_and_fills_their_own(plan: Plan, carried: Intervention, by: Actor) -> None:
    other = agency(by)
    say(carried, other, by, "opposed", why="Too costly")
    lead = make_actor(Role.LEAD, coalition=by.coalition)
    (own,) = lead.own_partner_ids
    client = client_of(lead)
    text = grid_of(plan, lead)
    assert "Too costly" in text
    assert url(carried, "stance_edit", own) in text
    assert url(carried, "stance_edit", other.pk) not in text
    address = url(carried, "stance_edit", own)
    assert client.post(address, filled(client, address, adoption="considering", reason="Asking")).status_code == 302
    assert Stance.objects.get(partner=own).by == lead.user
    assert client.get(url(carried, "stance_edit", other.pk)).status_code == 404
    assert client.post(url(carried, "stance_edit", other.pk), {}).status_code == 404
    assert client.get(url(plan, "intervention_add")).status_code == 403


def test_a_partner_of_another_coalition_has_no_cell(carried: Intervention, by: Actor) -> None:
    theirs = make_partner(make_coalition("theirs"))
    assert client_of(by).get(url(carried, "stance", theirs.pk)).status_code == 404
    assert client_of(by).get(url(carried, "stance_edit", theirs.pk)).status_code == 404


# ------------------------------------------------------------------ the grid
def test_a_partner_that_was_not_asked_is_counted_as_that_and_never_as_opposed(
    plan: Plan, carried: Intervention, by: Actor
) -> None:
    say(carried, agency(by, "Adopts"), by, "adopted")
    say(carried, agency(by, "Opposes"), by, "opposed")
    agency(by, "Not asked")
    make_partner(by.coalition, name="Left", status="inactive")
    tally = adoption.grid(plan, by).tallies[carried.pk]
    assert tally == adoption.Tally(adopted=1, considering=0, opposed=1, not_asked=1)
    assert "1 of 3 adopted" in grid_of(plan, by)


def test_the_largest_gaps_come_first_and_the_list_is_narrowed(plan: Plan, carried: Intervention, by: Actor) -> None:
    say(carried, agency(by, "A adopts"), by, "adopted")
    say(carried, agency(by, "B opposes"), by, "opposed")
    agency(by, "C not asked")
    make_partner(by.coalition, name="D clinic")
    names = [row.partner.name for row in adoption.grid(plan, by).rows]
    assert names == ["C not asked", "D clinic", "B opposes", "A adopts"]
    assert "D clinic" not in grid_of(plan, by, who="agencies")
    text = grid_of(plan, by, q="OPPOS")
    assert "B opposes" in text
    assert "C not asked" not in text
    assert "1 of 4 adopted" in text  # the text narrows the rows, not what is counted
    assert "No partner fits" in grid_of(plan, by, q="nobody")


def test_what_partners_may_adopt_is_added_renamed_moved_taken_out_and_brought_back(
    plan: Plan, carried: Intervention, by: Actor
) -> None:
    client = client_of(by)
    client.post(url(plan, "intervention_add"), {"intervention-text": "Leaves kits behind"})
    kits = Intervention.objects.get(text="Leaves kits behind")
    client.post(url(kits, "intervention_move"), {"to": "up"})
    assert [str(each) for each in adoption.interventions_of(plan, by)] == ["Leaves kits behind", str(carried)]
    form = client.get(url(kits, "intervention_edit")).context["form"]
    fields = {bound.html_name: bound.value() for bound in form} | {"intervention-text": "Leaves a kit"}
    client.post(url(kits, "intervention_edit"), fields)
    kits.refresh_from_db()
    assert kits.text == "Leaves a kit"
    client.post(url(kits, "intervention_remove"))
    assert "Bring back" in grid_of(plan, by)
    assert [str(each) for each in adoption.interventions_of(plan, by)] == [str(carried)]
    client.post(url(kits, "intervention_restore"))
    assert len(adoption.interventions_of(plan, by)) == 2


def test_300_partners_cost_the_questions_of_one(plan: Plan, carried: Intervention, by: Actor) -> None:
    for n in range(2, 6):
        Intervention.objects.create(plan=plan, text=f"Intervention {n}", order=n)
    client, counts = client_of(by), []
    for number in (1, 299):
        made = Partner.objects.bulk_create(
            Partner(coalition=by.coalition, name=f"P {number} {n}", agency_type="other") for n in range(number)
        )
        Stance.objects.bulk_create(
            Stance(
                intervention=each,
                partner=partner,
                adoption="opposed",
                reason=f"Reason {partner.pk % 7}",
                since=dt.date(2026, 4, 1),
                by=by.user,
            )
            for each in Intervention.objects.all()
            for partner in made
        )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(plan, "adoption")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


# ------------------------------------------------------------------ a cell
def test_the_latest_day_counts_and_the_earlier_ones_are_the_history(
    plan: Plan, carried: Intervention, by: Actor
) -> None:
    partner = agency(by)
    say(carried, partner, by, "opposed", on=dt.date(2026, 3, 2), why="Liability")
    say(carried, partner, by, "adopted", on=dt.date(2026, 5, 2))
    say(carried, partner, by, "considering", on=dt.date(2026, 4, 2), why="Policy review")  # entered late
    (row,) = adoption.grid(plan, by).rows
    assert row.cells[0].stance.adoption == "adopted"
    text = client_of(by).get(url(carried, "stance", partner.pk)).content.decode()
    assert text.index("May 2, 2026") < text.index("Policy review") < text.index("Liability")


def test_the_same_day_again_corrects_the_entry_and_is_undone(carried: Intervention, by: Actor) -> None:
    partner = agency(by)
    say(carried, partner, by, "opposed", why="Liability")
    say(carried, partner, by, "considering", why="Board votes in June")
    assert Stance.objects.get().reason == "Board votes in June"
    actions.undo_last(plan=carried.plan, by=by)
    assert (Stance.objects.get().adoption, Stance.objects.get().reason) == ("opposed", "Liability")
    actions.undo_last(plan=carried.plan, by=by)
    assert not Stance.objects.exists()


def test_a_day_ahead_and_an_empty_form_come_back(carried: Intervention, by: Actor) -> None:
    client, address = client_of(by), url(carried, "stance_edit", agency(by).pk)
    fields = filled(client, address, adoption="adopted", reason="Kept", since="2026-05-21")
    response = client.post(address, fields)
    assert response.status_code == 422
    assert "This day lies ahead" in response.content.decode()
    assert "Kept" in response.content.decode()
    assert client.post(address, {}).status_code == 422
    assert not Stance.objects.exists()


def test_two_who_fill_a_cell_at_once_see_both_and_lose_nothing(carried: Intervention, by: Actor) -> None:
    partner, client = agency(by), client_of(by)
    address = url(carried, "stance_edit", partner.pk)
    fields = filled(client, address, adoption="adopted", reason="Mine")
    say(carried, partner, by, "opposed", why="Theirs")
    response = client.post(address, fields)
    assert response.status_code == 422
    text = response.content.decode()
    assert "Theirs" in text
    assert "Mine" in text
    again = {bound.html_name: bound.value() for bound in response.context["form"]}
    assert client.post(address, again).status_code == 302
    assert Stance.objects.filter(partner=partner).count() == 2


def test_a_cell_comes_back_alone_for_the_grid(carried: Intervention, by: Actor) -> None:
    partner, client = agency(by), client_of(by)
    address = url(carried, "stance_edit", partner.pk)
    assert "<h1" not in client.get(address, headers=HTMX).content.decode()
    fields = filled(client, address, adoption="opposed", reason="Liability")
    answer = client.post(address, fields, headers=HTMX, follow=True).content.decode()
    assert f'id="stance-{carried.pk}-{partner.pk}"' in answer
    assert "Liability" in answer


def test_a_mistaken_entry_is_taken_out_by_those_who_may(carried: Intervention, by: Actor) -> None:
    mine = say(carried, agency(by), by, "opposed")
    lead = make_actor(Role.LEAD, coalition=by.coalition)
    remove = reverse("plans:stance_remove", args=[by.coalition.slug, mine.pk])
    assert client_of(lead).post(remove).status_code == 404
    assert client_of(by).post(remove).status_code == 302
    assert not Stance.objects.exists()


def test_the_log_says_which_partner_and_not_why(carried: Intervention, by: Actor) -> None:
    partner = agency(by)
    say(carried, partner, by, "opposed", why="A secret reason")
    event = Event.objects.get(verb="stance.set")
    assert (event.partner_id, event.user) == (partner.pk, by.user)
    assert "secret" not in f"{event.target}{event.detail}"


def test_an_intervention_taken_out_takes_no_more_entries(carried: Intervention, by: Actor) -> None:
    actions.remove_item(item=carried, by=by)
    with pytest.raises(ValidationError, match="removed"):
        say(carried, agency(by), by, "adopted")


# ------------------------------------------------------------------ over time
def test_adoption_is_counted_at_each_months_end(carried: Intervention, by: Actor) -> None:
    one, two, three = agency(by, "One"), agency(by, "Two"), agency(by, "Three")
    say(carried, one, by, "considering", on=dt.date(2026, 2, 10))
    say(carried, one, by, "adopted", on=dt.date(2026, 3, 31))
    say(carried, two, by, "adopted", on=dt.date(2026, 4, 1))
    say(carried, two, by, "opposed", on=dt.date(2026, 5, 5))
    say(carried, three, by, "opposed", on=dt.date(2026, 5, 6))
    assert adoption.adoption_series([carried.pk], until=dt.date(2026, 5, 20))[carried.pk] == [
        (dt.date(2026, 2, 28), 0, 1),
        (dt.date(2026, 3, 31), 1, 1),
        (dt.date(2026, 4, 30), 2, 2),
        (dt.date(2026, 5, 20), 1, 3),
    ]
    text = client_of(by).get(url(carried, "intervention")).content.decode()
    assert "<svg" in text
    assert ">Apr 2026</th>" in text
    assert ">May 20, 2026</th>" in text


def test_the_series_covers_so_many_months_and_is_empty_where_nobody_was_asked(carried: Intervention, by: Actor) -> None:
    until = dt.date(2026, 5, 20)
    assert adoption.adoption_series([carried.pk], until=until)[carried.pk] == []
    assert "Nobody was asked yet" in client_of(by).get(url(carried, "intervention")).content.decode()
    say(carried, agency(by), by, "adopted", on=dt.date(2020, 1, 1))
    days = [day for day, *_ in adoption.adoption_series([carried.pk], until=until)[carried.pk]]
    assert (len(days), days[0], days[-1]) == (12, dt.date(2025, 6, 30), until)
    assert len(adoption.adoption_series([carried.pk], until=until, months=3)[carried.pk]) == 3


def test_a_partner_that_left_is_not_counted(carried: Intervention, by: Actor) -> None:
    partner = agency(by)
    say(carried, partner, by, "adopted")
    Partner.objects.filter(pk=partner.pk).update(status="inactive")
    assert adoption.adoption_series([carried.pk], until=dt.date(2026, 5, 20))[carried.pk] == []


# ------------------------------------------------------------------ barriers
def suggested(plan: Plan, by: Actor) -> list[str]:
    return [each.text for each in adoption.suggested_barriers(plan, by)]


def test_reasons_in_the_way_are_offered_once_and_not_when_they_are_barriers(
    plan: Plan, carried: Intervention, by: Actor
) -> None:
    say(carried, agency(by, "One"), by, "opposed", why="Fear of liability")
    say(carried, agency(by, "Two"), by, "considering", why="fear of  liability.")
    say(carried, agency(by, "Three"), by, "considering", why="No storage in cars")
    say(carried, agency(by, "Four"), by, "adopted", why="State law helped")
    say(carried, agency(by, "Five"), by, "opposed")
    assert suggested(plan, by) == ["Fear of liability", "No storage in cars"]
    Barrier.objects.create(plan=plan, text="no storage in cars")
    assert suggested(plan, by) == ["Fear of liability"]


def test_a_reason_becomes_a_barrier_in_one_click_without_naming_the_partner(
    plan: Plan, carried: Intervention, by: Actor
) -> None:
    partner = agency(by)
    entry = say(carried, partner, by, "opposed", why="Fear of liability")
    client_of(by).post(reverse("plans:stance_barrier", args=[by.coalition.slug, entry.pk]))
    barrier = Barrier.objects.get()
    assert (barrier.text, barrier.standing) == ("Fear of liability", "confirmed")
    assert barrier.how_learned == "Adoption grid, May 2026"
    assert suggested(plan, by) == []
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    text = client_of(member).get(url(plan, "detail")).content.decode()
    assert "Fear of liability" in text
    assert partner.name not in text


def test_a_reason_that_names_a_partner_is_not_taken_as_it_is(plan: Plan, carried: Intervention, by: Actor) -> None:
    agency(by, "River EMS")
    entry = say(carried, agency(by), by, "opposed", why="They wait for river ems to begin")
    assert "It names River EMS" in grid_of(plan, by)
    with pytest.raises(ValidationError, match="names River EMS"):
        actions.barrier_from_stance(stance=entry, by=by)
    client_of(by).post(reverse("plans:stance_barrier", args=[by.coalition.slug, entry.pk]))
    assert not Barrier.objects.exists()


def test_a_short_name_inside_a_word_is_no_name(by: Actor) -> None:
    assert adoption.named_in("It has problems", ["EMS"]) == ""
    assert adoption.named_in("What will EMS say?", ["EMS"]) == "EMS"


def test_a_long_reason_is_kept_whole(plan: Plan, carried: Intervention, by: Actor) -> None:
    long = "word " * 59
    entry = say(carried, agency(by), by, "opposed", why=long.strip())
    barrier = actions.barrier_from_stance(stance=entry, by=by)
    assert len(barrier.text) <= 200
    assert barrier.detail == long.strip()
    assert suggested(plan, by) == []


def test_leads_are_not_offered_to_add_barriers(plan: Plan, carried: Intervention, by: Actor) -> None:
    entry = say(carried, agency(by), by, "opposed", why="Fear of liability")
    lead = make_actor(Role.LEAD, coalition=by.coalition)
    assert "Add as a barrier" not in grid_of(plan, lead)
    address = reverse("plans:stance_barrier", args=[by.coalition.slug, entry.pk])
    assert client_of(lead).post(address).status_code == 403
