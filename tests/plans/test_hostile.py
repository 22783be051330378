"""What people can send to plans that would stop the portal, or tell more than they may know."""

from __future__ import annotations

import datetime as dt
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coalitions.actions.contacts import update_contact
from coalitions.models import Contact, Partner, Seat
from phast.access.actor import Actor
from phast.access.table import Role
from phast.differences import word_by_word
from plans import actions, seat_links
from plans.changes import live, state_of
from plans.digest import rhythm_link, steps_link
from plans.enums import Adoption, Part
from plans.importing.days import read_day
from plans.importing.owners import Names, names_in
from plans.importing.reading import PlanReading
from plans.models import DigestMail, Intervention, Plan, Recommendation, Stance, Subscription, Update
from plans.prioritising import priorities
from plans.reports.votes import weighed
from tests.client import ReadingClient
from tests.factories import make_coalition, make_partner, sign_in
from tests.plans.factories import make_actor, make_contact, make_plan, make_step

ENDLESS = "9" * 5000  # Python refuses to make a number of so many digits


@pytest.fixture
def by(db: None) -> Actor:
    """The coordinator."""
    return make_actor()


def client_of(actor: Actor) -> ReadingClient:
    client = ReadingClient()
    sign_in(client, actor.user)
    return client


def url(by: Actor, name: str, *args: Any) -> str:
    return reverse(f"plans:{name}", args=[by.coalition.slug, *args])


# ------------------------------------------------------------------ what takes for ever
class Timer:
    """Fails when what is done inside takes longer: ten times what it takes on a slow machine."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self.began = time.perf_counter()

    def __exit__(self, *told: object) -> None:
        assert time.perf_counter() - self.began < self.seconds


def reading(rows: list[list[str]], columns: dict[str, str]) -> PlanReading:
    answers = {"header": 1, "columns": columns}
    parties = {f"partner-{n}": f"Riverbend {n} Police and Fire" for n in range(100)}
    sheet: Any = SimpleNamespace(rows=rows, answers=answers, plan_id=None, name="x.csv")
    return PlanReading(sheet, parties, today=dt.date(2026, 3, 1), deepest=5)


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("number", "1" * 60 + "!"),
        ("number", ".".join("1" * 1900)),
        ("responsible", "a," * 2000),
        ("responsible", "a" + " " * 3900 + "b"),
        ("due", "1 2 " * 1000),
        ("detail", "n"),
    ],
)
def test_a_spreadsheet_made_to_be_slow_is_read_at_once(label: str, cell: str) -> None:
    columns = {"0": "title", "1": label} | ({str(n): label for n in range(2, 60)} if label == "detail" else {})
    rows = [["Step", *(f"Column {n}" for n in range(1, len(columns)))], *([["x", *[cell] * (len(columns) - 1)]] * 100)]
    with Timer(5):
        assert len(reading(rows, columns).steps) == 100


def test_what_a_long_list_of_names_ends_with_is_asked_about_as_one() -> None:
    found = names_in(", ".join(f"Person {n}" for n in range(80)), Names({}), Part.LEAD)
    assert [found[0].said, len(found)] == ["Person 0", 51]
    assert found[-1].said.startswith("Person 50, Person 51")
    assert found[-1].said.endswith("Person 79")


def test_a_number_of_many_digits_is_a_number_and_one_with_rubbish_is_none() -> None:
    rows = [["Number", "Step"], ["1" * 40, "A"], ["1" * 40 + ".1", "B"], ["1" * 40 + "!", "C"]]
    steps = reading(rows, {"0": "number", "1": "title"}).steps
    assert [step.number for step in steps] == ["1", "1.1", "2"]
    assert "is no number of a step" in steps[2].notes[0]


def test_a_text_too_long_for_a_date_is_kept_as_words() -> None:
    day = read_day("When the 2 grants of 2027 and 2028 are " + "signed " * 20, order="mdy", today=dt.date(2026, 3, 1))
    assert (day.on, day.wrong, day.note) == (None, "", "Kept as words: it names no day.")


def test_two_long_texts_that_repeat_themselves_are_compared_at_once() -> None:
    with Timer(3):
        word_by_word("a b " * 1300, "b a c " * 1300)


def test_one_word_changed_in_a_long_text_is_shown_as_one_word() -> None:
    before = " ".join(f"the plan of agency {n} and the county" for n in range(100))
    pieces = word_by_word(before, before.replace("agency 50 and", "agency 50 or"))
    assert [piece for piece in pieces if piece.kind] == [("del", "and "), ("ins", "or ")]


def test_a_number_of_thousands_of_digits_is_no_key(by: Actor) -> None:
    plan = make_plan(by)
    step, item = make_step(plan), Recommendation.objects.create(plan=plan, text="R")
    client = client_of(by)
    for name, query in (("changes", "since"), ("steps", "changed"), ("step", "page"), ("timeline", "page")):
        args = {"changes": [plan.pk], "step": [step.pk]}.get(name, [])
        assert client.get(url(by, name, *args), {query: ENDLESS}).status_code == 200
    assert client.get(url(by, "step_add", plan.pk), {"parent": ENDLESS}).status_code == 404
    assert client.post(url(by, "steps_bulk"), {"step": ENDLESS, "do": "remove"}).status_code == 404
    assert client.post(url(by, "step_move", step.pk), {"parent": ENDLESS, "after": ENDLESS}).status_code == 302
    assert client.post(url(by, "recommendation_move", item.pk), {"after": ENDLESS}).status_code == 302


# ------------------------------------------------------------------ who voted how
@pytest.fixture
def voted(by: Actor) -> Plan:
    """One recommendation, with three votes on it."""
    plan = make_plan(by)
    Recommendation.objects.create(plan=plan, text="First")
    for n, points in enumerate((5, 4, 3)):
        vote(plan, make_partner(by.coalition, name=f"Partner {n}"), points, by)
    return plan


def vote(plan: Plan, voter: Partner | Seat, points: int, by: Actor) -> None:
    key = Recommendation.objects.get(plan=plan).pk
    actions.cast_votes(plan=plan, voter=voter, votes={key: (points, points)}, by=by)


def mean(plan: Plan, actor: Actor) -> str:
    [opinion] = priorities(plan, actor).opinions
    return str(opinion.impact.mean) if opinion.impact else ""


def test_a_fourth_vote_cannot_be_worked_out_from_the_means_before_and_after(voted: Plan, by: Actor) -> None:
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    seat = Seat.objects.create(coalition=by.coalition, alias="Robin")
    assert mean(voted, member) == "4.0"
    vote(voted, seat, 1, by)
    assert (mean(voted, member), mean(voted, by)) == ("4.0", "3.3")
    assert weighed(voted.pk)[0]["impact"] == "4.0", "the PDF goes to every member"
    page = client_of(member).get(url(by, "prioritise", voted.pk)).content.decode()
    assert "3.3" not in page
    assert "1 to 5" not in page, "with a range and a mean, three votes are known"
    assert "Votes count in threes" in page
    for n in (5, 6):
        vote(voted, make_partner(by.coalition, name=f"Partner {n}"), 5, by)
    assert mean(voted, member) == mean(voted, by) == "3.8"


def test_members_are_not_told_who_voted_just_now(voted: Plan, by: Actor) -> None:
    lead = make_actor(Role.LEAD, coalition=by.coalition)
    member = make_actor(Role.MEMBER, coalition=by.coalition)
    before = state_of(voted)
    vote(voted, Partner.objects.of(by.coalition).order_by("-pk")[0], 5, lead)
    assert "rated the recommendations" in live(voted, by, can_edit=True, since=before).said
    assert live(voted, member, can_edit=False, since=before).said == ""


def test_a_lead_still_sees_their_own_votes_while_they_wait_for_two_more(by: Actor) -> None:
    lead = make_actor(Role.LEAD, coalition=by.coalition)
    plan = make_plan(by)
    Recommendation.objects.create(plan=plan, text="First")
    vote(plan, Partner.objects.get(pk=next(iter(lead.own_partner_ids))), 2, lead)
    page = client_of(lead).get(url(by, "prioritise", plan.pk)).content.decode()
    assert "voted on 1 of 1" in page
    assert "once 3 have voted" in page


# ------------------------------------------------------------------ who stands in the way
@pytest.mark.parametrize(
    ("partner", "reason"),
    [
        ("Riverbend Police Dept.", "Riverbend Police Dept. has no money for it"),
        ("Hope House (Peers)", "No, says Hope House (Peers)"),
        ("Riverbend Police", "The  riverbend\npolice wait"),
    ],
)
def test_a_reason_that_names_a_partner_becomes_no_barrier(by: Actor, partner: str, reason: str) -> None:
    stance = stance_of(by, make_partner(by.coalition, name=partner), reason)
    with pytest.raises(ValidationError, match="names"):
        actions.barrier_from_stance(stance=stance, by=by)


def test_a_reason_that_names_a_person_becomes_no_barrier(by: Actor) -> None:
    """Observers read barriers, and no names of people."""
    partner = make_partner(by.coalition)
    make_contact(partner, name="Dana Ruiz")
    stance = stance_of(by, partner, "Chief Dana Ruiz wants to see figures first")
    with pytest.raises(ValidationError, match="names Dana Ruiz"):
        actions.barrier_from_stance(stance=stance, by=by)
    page = client_of(by).get(url(by, "adoption", stance.intervention.plan_id)).content.decode()
    assert "It names Dana Ruiz" in page


def test_a_reason_is_not_measured_against_people_of_another_coalition(by: Actor) -> None:
    make_contact(make_partner(make_coalition("theirs")), name="Money")
    actions.barrier_from_stance(stance=stance_of(by, make_partner(by.coalition), "No money"), by=by)


def stance_of(by: Actor, partner: Partner, reason: str) -> Stance:
    intervention = Intervention.objects.create(plan=make_plan(by), text="Every officer carries naloxone")
    return actions.set_stance(
        intervention=intervention,
        partner=partner,
        adoption=Adoption.OPPOSED,
        reason=reason,
        since=by.coalition.today(),
        seen=None,
        by=by,
    )


# ------------------------------------------------------------------ links that somebody kept
@pytest.fixture
def mailed(by: Actor) -> DigestMail:
    """A mail to Ann, a chief without an account, about one step."""
    ann = Contact.objects.create(partner=make_partner(by.coalition), name="Ann Chief", email="ann@example.org")
    subscription = Subscription.objects.create(coalition=by.coalition, contact=ann)
    mail = DigestMail.objects.create(coalition=by.coalition, subscription=subscription, address=ann.email)
    mail.steps.add(make_step(make_plan(by), owner=ann))
    return mail


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_who_left_cannot_end_the_mail_of_who_came_after(mailed: DigestMail, by: Actor) -> None:
    path, contact = path_of(rhythm_link(mailed)), mailed.subscription.contact
    assert ReadingClient().get(path).status_code == 200
    update_contact(contact=contact, by=by, version=None, values={"name": "Ben Chief", "email": "ben@example.org"})
    assert ReadingClient().post(path, {"rhythm": "never"}).status_code == 404
    assert Subscription.objects.get().rhythm == "weekly"
    assert "ben" not in path


def test_a_link_takes_no_more_answers_than_people_give(mailed: DigestMail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plans.views.link.ANSWERS", 3)
    said = {"step": mailed.steps.get().pk, "status": "in_progress", "note": "x"}
    answers = [ReadingClient().post(path_of(steps_link(mailed)), said).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert Update.objects.count() == 3
    assert ReadingClient().get(path_of(steps_link(mailed))).status_code == 200


def test_who_said_that_their_one_step_is_in_progress_is_not_asked_for_more(mailed: DigestMail) -> None:
    path = path_of(steps_link(mailed))
    answer = ReadingClient().post(path, {"step": mailed.steps.get().pk, "status": "in_progress"})
    page = ReadingClient().get(answer["Location"]).content.decode()
    assert "is now: in progress. That is all" in page


def test_a_step_with_thousands_of_updates_shows_the_latest(by: Actor) -> None:
    step, now = make_step(make_plan(by)), timezone.now()
    Update.objects.bulk_create(Update(step=step, note=f"Note {n};", at=now, by=by.user) for n in range(120))
    page = client_of(by).get(url(by, "step", step.pk)).content.decode()
    assert ("Note 119;" in page, "Note 70;" in page, "Note 69;" in page) == (True, True, False)
    assert "Note 69;" in client_of(by).get(url(by, "step", step.pk), {"page": 2}).content.decode()


def test_the_address_of_a_seats_page_is_told_to_nobody(voted: Plan, by: Actor) -> None:
    seat = Seat.objects.create(coalition=by.coalition, alias="Robin")
    answer = ReadingClient().get(path_of(seat_links.link(seat, voted)))
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("strict-origin", "private, no-store")
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    guesses = [ReadingClient().get(f"/vote/guess{n}/").status_code for n in range(22)]
    assert guesses[-1] == 429


# ------------------------------------------------------------------ what cannot be undone
def test_a_member_deletes_no_file_that_somebody_else_put_there(by: Actor) -> None:
    agency = make_partner(by.coalition, agency_type="other")
    member = make_actor(Role.MEMBER, coalition=by.coalition, partner=agency)
    step = make_step(make_plan(by), owner=agency)
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n")
    theirs, own = (actions.add_file(step=step, file=pdf, by=who) for who in (by, member))
    client = client_of(member)
    page = client.get(url(by, "step", step.pk)).content.decode()
    assert (url(by, "step_file_remove", own.pk) in page, url(by, "step_file_remove", theirs.pk) in page) == (
        True,
        False,
    )
    assert client.post(url(by, "step_file_remove", theirs.pk)).status_code == 404
    assert client.post(url(by, "step_file_remove", own.pk)).status_code == 302
    assert client_of(by).post(url(by, "step_file_remove", theirs.pk)).status_code == 302
