"""Two partners, or two contacts, that turn out to be one: what goes along, what stays, and how it is taken back."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.utils import timezone

from coalitions.actions.merging import merge_partner, tell_apart, undo_merge
from coalitions.duplicates import twice
from coalitions.models import (
    Agreement,
    Attendance,
    Contact,
    Engagement,
    FundingApplication,
    Meeting,
    Membership,
    Partner,
    PartnerMerge,
    Position,
    ToldApart,
)
from coalitions.names import organization
from lbn.actions import log_count
from lbn.models import Count
from lbn.selectors.overview import Span, overview
from phast import offers
from phast.access.table import Action
from phast.audit.models import Event
from phast.merging import Follows, Stays
from plans.actions import create_plan
from plans.models import Intervention, PlanChange, Recommendation, Responsibility, Stance, Step, Vote
from plans.prioritising import priorities
from tests.factories import make_coalition, make_partner, make_person

from .conftest import Cast
from .test_roster import contact, text_of


@pytest.fixture
def twin(cast: Cast) -> Partner:
    return make_partner(cast.coalition, "Troy Police Dept.", agency_type="law_enforcement", website="https://troy.gov")


def merge(cast: Cast, gone: Partner, into: Partner, **chosen: str) -> None:
    url = cast.url("partner_merge", gone.pk) + f"?into={into.pk}"
    form = cast.client("coordinator").get(url).context["form"]
    sent = {name: field.initial for name, field in form.fields.items()} | chosen
    assert cast.client("coordinator").post(url, sent).status_code == 302


# ------------------------------------------------------------------ every relation is decided
def relations() -> set[str]:
    """Every field that points to a partner or a contact; not what pghistory keeps, which is the past."""
    found = set()
    for model in apps.get_models():
        if hasattr(model, "pgh_obj"):
            continue
        for field in model._meta.get_fields():
            points_there = field.concrete and field.is_relation and field.related_model in (Partner, Contact)
            if points_there and (not field.many_to_many or field.remote_field.through._meta.auto_created):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_relation_to_a_partner_or_a_contact_is_decided_about() -> None:
    assert relations() == set(offers.merging)
    for rule in offers.merging.values():
        assert isinstance(rule, Follows) or (isinstance(rule, Stays) and rule.why)


def test_counts_and_reports_stay() -> None:
    stay = {field for field, rule in offers.merging.items() if isinstance(rule, Stays)}
    assert {"lbn.Count.partner", "lbn.PeriodReport.partner", "reports.Report.partner"} <= stay


# ------------------------------------------------------------------ partners
def test_what_belongs_to_the_organization_goes_along(cast: Cast, twin: Partner) -> None:
    alex, both = contact(twin), make_person("both@example.org", coalition=cast.coalition, role="reporter", partner=twin)
    Membership.objects.create(user=both, coalition=cast.coalition, role="member", partner=cast.police)
    agreement = Agreement.objects.create(coalition=cast.coalition, kind="mou", title="MOU", giver=twin)
    agreement.parties.add(twin, cast.police, cast.ems)
    application = FundingApplication.objects.create(coalition=cast.coalition, title="Grant", kind="jag", lead=twin)
    application.co_applicants.add(twin)
    work = Engagement.objects.create(coalition=cast.coalition, opportunity_id="reentry-needs", partner=twin)
    merge(cast, twin, cast.police)
    for row in (alex, agreement, application, work):
        row.refresh_from_db()
    assert alex.partner == agreement.giver == application.lead == work.partner == cast.police
    assert set(agreement.parties.all()) == {cast.police, cast.ems}
    assert list(application.co_applicants.all()) == [cast.police]
    held = Membership.objects.get(user=both)
    assert (held.partner, held.role) == (cast.police, "reporter")  # the one that may do more
    assert Event.objects.filter(verb="partner.merged", target_id=str(cast.police.pk)).exists()


def test_steps_stances_and_votes_go_along(cast: Cast, twin: Partner) -> None:
    by = cast.actor("coordinator")
    plan = create_plan(title="Plan", by=by)
    shared, theirs = (Step.objects.create(plan=plan, title=title, order=n) for n, title in enumerate(("A", "B")))
    Responsibility.objects.create(step=shared, partner=cast.police, part="partner")
    Responsibility.objects.create(step=shared, partner=twin, part="lead")
    Responsibility.objects.create(step=theirs, partner=twin)
    asked = Intervention.objects.create(plan=plan, text="Carry naloxone")
    recommendation = Recommendation.objects.create(plan=plan, text="R")
    Vote.objects.create(recommendation=recommendation, partner=twin, impact=3, feasibility=3)
    Stance.objects.create(intervention=asked, partner=twin, adoption="adopted", since=dt.date(2026, 1, 1), by=by.user)
    before = PlanChange.objects.filter(plan=plan).count()
    merge(cast, twin, cast.police)
    assert Responsibility.objects.get(step=shared).part == "lead"
    assert Responsibility.objects.get(step=theirs).partner == cast.police
    assert Vote.objects.get().partner == cast.police
    assert Stance.objects.get().partner == cast.police
    assert PlanChange.objects.filter(plan=plan).count() == before + 1  # an open page hears of it


def test_of_two_votes_of_one_partner_one_counts_and_undoing_brings_both_back(cast: Cast, twin: Partner) -> None:
    by = cast.actor("coordinator")
    plan = create_plan(title="Plan", by=by)
    recommendation = Recommendation.objects.create(plan=plan, text="R")
    for partner, impact in ((cast.police, 5), (twin, 1)):
        Vote.objects.create(recommendation=recommendation, partner=partner, impact=impact, feasibility=3)
    merge(cast, twin, cast.police)
    opinion = priorities(plan, by).opinions[0]
    assert (opinion.cast, opinion.impact.mean) == (1, 5)
    cast.client("coordinator").post(cast.url("merge_undo", PartnerMerge.objects.get().pk))
    assert priorities(plan, by).opinions[0].cast == 2


def test_the_kept_agencys_people_see_what_was_counted_under_the_other(cast: Cast, twin: Partner) -> None:
    """Nobody else's people do, and the agency that is gone is no agency of theirs to edit."""
    for partner, kits in ((twin, 7), (cast.ems, 9)):
        Count.objects.create(
            coalition=cast.coalition,
            partner=partner,
            from_on=dt.date(2026, 6, 1),
            to_on=dt.date(2026, 6, 30),
            kits=kits,
            place="unknown",
            client_key=uuid.uuid4(),
            created_by=cast.actor("reporter").user,
        )
    seen = Count.objects.visible_to(cast.actor("lead"), Action.COUNTS_SEE)
    assert list(seen) == []
    merge(cast, twin, cast.police)
    seen = Count.objects.visible_to(cast.actor("lead"), Action.COUNTS_SEE)
    assert [row.kits for row in seen] == [7]
    assert list(Partner.objects.visible_to(cast.actor("lead"), Action.PARTNER_EDIT)) == [cast.police]


def test_the_values_chosen_are_kept_and_a_merged_name_is_free(cast: Cast, twin: Partner) -> None:
    twin.sectors.add("law-enforcement")
    cast.police.sectors.add("government")
    merge(cast, twin, cast.police, name="gone")
    cast.police.refresh_from_db()
    assert (cast.police.name, cast.police.website) == ("Troy Police Dept.", "https://troy.gov")
    assert {sector.pk for sector in cast.police.sectors.all()} == {"government", "law-enforcement"}
    twin.refresh_from_db()
    assert (twin.merged_into, twin.status) == (cast.police, "inactive")


def test_a_merged_partner_is_listed_nowhere_and_its_page_leads_on(cast: Cast, twin: Partner) -> None:
    merge(cast, twin, cast.police)
    for status in ("", "inactive"):
        assert "Troy Police Dept." not in text_of(cast, "coordinator", "partner_list", status=status)
    answer = cast.client("member").get(cast.url("partner_detail", twin.pk))
    assert answer.url == cast.url("partner_detail", cast.police.pk)
    assert cast.client("observer").get(cast.url("partner_detail", twin.pk)).status_code == 404
    for page in ("partner_edit", "partner_status", "contact_new", "partner_merge"):
        assert cast.client("coordinator").post(cast.url(page, twin.pk), {}).status_code == 404


def test_the_partner_that_reports_kits_is_the_one_to_keep(cast: Cast, twin: Partner) -> None:
    Partner.objects.filter(pk=twin.pk).update(counts_since=dt.date(2026, 1, 1))
    url = cast.url("partner_merge", twin.pk) + f"?into={cast.police.pk}"
    answer = cast.client("coordinator").post(url, {"name": "kept", "website": "gone"})
    assert answer.status_code == 422
    assert "is the one to keep" in answer.content.decode()
    assert not Partner.objects.filter(merged_into__isnull=False).exists()


def test_kits_counted_before_show_as_the_kept_agencys_and_are_not_rewritten(cast: Cast, twin: Partner) -> None:
    Partner.objects.update(counts_since=dt.date(2026, 1, 1))
    for partner, kits in ((cast.police, 3), (twin, 4)):
        log_count(
            partner=partner,
            from_on=dt.date(2026, 3, 3),
            to_on=dt.date(2026, 3, 3),
            place="unknown",
            kits=kits,
            client_key=uuid.uuid4(),
            by=cast.actor("coordinator"),
        )
    merge(cast, twin, cast.police)
    span = Span(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    for agency in (None, cast.police):
        assert overview(cast.actor("coordinator"), span, agency).by_agency == {"Troy Police": 7}
    assert {count.partner: count.kits for count in Count.objects.all()} == {cast.police: 3, twin: 4}


def test_within_the_day_they_are_two_again(cast: Cast, twin: Partner) -> None:
    alex = contact(twin)
    merge(cast, twin, cast.police)
    assert "They are two after all" in text_of(cast, "coordinator", "duplicate_list")
    cast.client("coordinator").post(cast.url("merge_undo", PartnerMerge.objects.get().pk))
    twin.refresh_from_db()
    alex.refresh_from_db()
    assert (twin.merged_into, twin.status, alex.partner) == (None, "active", twin)


def test_after_a_day_or_with_the_same_name_a_merge_stays(cast: Cast, twin: Partner) -> None:
    merge(cast, twin, cast.police, name="gone")
    client, done = cast.client("coordinator"), PartnerMerge.objects.get()
    told = client.post(cast.url("merge_undo", done.pk), follow=True).content.decode()
    assert "Give Troy Police Dept. another name first" in told
    Partner.objects.filter(pk=cast.police.pk).update(name="Troy Police")
    PartnerMerge.objects.update(at=timezone.now() - dt.timedelta(days=2))
    client.post(cast.url("merge_undo", done.pk))
    twin.refresh_from_db()
    assert twin.merged_into == cast.police


def test_what_was_merged_twice_leads_to_the_last(cast: Cast, twin: Partner) -> None:
    by = cast.actor("coordinator")
    first = merge_partner(gone=twin, into=cast.police, values={}, by=by)
    merge_partner(gone=cast.police, into=cast.ems, values={}, by=by)
    twin.refresh_from_db()
    assert twin.merged_into == cast.ems
    with pytest.raises(Exception, match="can no longer be undone"):
        undo_merge(merge=first, by=by)


def test_only_a_coordinator_merges_and_never_with_another_coalitions_partner(cast: Cast, twin: Partner) -> None:
    stranger = make_partner(make_coalition("theirs"), "Stranger")
    for who in ("lead", "reporter", "member", "observer"):
        assert cast.client(who).get(cast.url("partner_merge", twin.pk)).status_code == 403
    url = cast.url("partner_merge", twin.pk) + f"?into={stranger.pk}"
    answer = cast.client("coordinator").get(url)
    assert "Stranger" not in answer.content.decode()
    assert cast.client("coordinator").post(url, {"name": "kept"}).status_code == 422
    twin.refresh_from_db()
    assert twin.merged_into is None


# ------------------------------------------------------------------ contacts
def test_two_entries_of_one_person_become_one(cast: Cast) -> None:
    kept, gone = contact(cast.police), Contact.objects.create(partner=cast.ems, name="A. Doe", title="Chief")
    position = Position.objects.create(coalition=cast.coalition, title="Champion", contact=gone)
    now = timezone.now()
    meeting = Meeting.objects.create(
        coalition=cast.coalition,
        title="M",
        starts_at=now,
        ends_at=now + dt.timedelta(hours=1),
        created_by=cast.people["coordinator"],
    )
    Attendance.objects.create(meeting=meeting, contact=kept, partner=cast.police)
    Attendance.objects.create(meeting=meeting, contact=gone, partner=cast.ems, present=True)
    url = cast.url("contact_merge", gone.pk) + f"?into={kept.pk}"
    sent = {"name": "kept", "title": "gone", "email": "kept", "phone": "kept"}
    assert cast.client("coordinator").post(url, sent).status_code == 302
    position.refresh_from_db()
    kept.refresh_from_db()
    assert (position.contact, kept.title, kept.email) == (kept, "Chief", "alex.doe@example.org")
    assert not Contact.objects.filter(pk=gone.pk).exists()
    assert Attendance.objects.get(meeting=meeting).present is True


# ------------------------------------------------------------------ proposed
@pytest.mark.parametrize(("one", "other"), [
    ("Troy PD", "Troy Police Department"), ("Troy Police", "Troy Police Dept."), ("St. Mary's Hospital", "Saint Marys Hosp"),
    ("Doe & Sons, Inc.", "Doe and Sons"), ("Rensselaer County Dept of Health", "Rensselaer Co. Health Department"),
    ("The Recovery Center", "Recovery Ctr."), ("Troy P.D.", "TROY POLICE DEPARTMENT"),
])  # fmt: skip
def test_the_same_organization_written_in_two_ways_is_told(one: str, other: str) -> None:
    assert organization(one) == organization(other)


@pytest.mark.parametrize(("one", "other"), [
    ("Troy Police", "Troy Fire"), ("Troy PD", "Albany PD"), ("Police Department", "Fire Department"), ("Department of Health", "Office"),
])  # fmt: skip
def test_different_organizations_are_not_taken_for_the_same(one: str, other: str) -> None:
    assert organization(one) != organization(other)


def test_the_coordinator_is_shown_who_may_be_there_twice(cast: Cast, twin: Partner) -> None:
    contact(cast.police)
    Contact.objects.create(partner=cast.ems, name="Alexandra", email="ALEX.DOE@example.org")
    page = text_of(cast, "coordinator", "duplicate_list")
    for told in ("Troy Police Dept.", "Alexandra"):
        assert told in page
    assert "may be there twice" in text_of(cast, "coordinator", "partner_list")
    assert "may be there twice" not in text_of(cast, "lead", "partner_list")


def test_a_pair_says_why_and_once_told_apart_is_asked_about_no_more(cast: Cast, twin: Partner) -> None:
    page = text_of(cast, "coordinator", "duplicate_list")
    assert "The same name, written otherwise" in page
    keys = {"kind": "partner", "one": str(twin.pk), "other": str(cast.police.pk)}
    client = cast.client("coordinator")
    client.post(cast.url("duplicate_apart"), keys)
    client.post(cast.url("duplicate_apart"), keys)
    assert ToldApart.objects.count() == 1
    page = text_of(cast, "coordinator", "duplicate_list")
    assert "Nobody seems to be there twice" in page
    assert "1 pair told apart" in page
    assert "may be there twice" not in text_of(cast, "coordinator", "partner_list")
    client.post(cast.url("duplicate_ask_again", ToldApart.objects.get().pk))
    assert "The same name, written otherwise" in text_of(cast, "coordinator", "duplicate_list")


def test_of_three_two_that_were_told_apart_are_each_held_against_the_third(cast: Cast, twin: Partner) -> None:
    third = Partner.objects.create(coalition=cast.coalition, name="The Troy Police Department")
    tell_apart(one=cast.police, other=twin, by=cast.actor("coordinator"))
    pairs = {(pair.one, pair.other) for pair in twice(cast.actor("coordinator"))}
    assert pairs == {(cast.police, third)} or pairs == {(twin, third)}
    tell_apart(one=cast.police, other=third, by=cast.actor("coordinator"))
    assert [(pair.one, pair.other) for pair in twice(cast.actor("coordinator"))] == [(twin, third)]


def test_every_pair_is_reached_page_by_page(cast: Cast) -> None:
    for n in range(60):
        for name in (f"Agency {n}", f"Agency {n}, Inc."):
            Partner.objects.create(coalition=cast.coalition, name=name)
    assert "1–50 of 60" in text_of(cast, "coordinator", "duplicate_list")
    assert "Agency 59, Inc." in text_of(cast, "coordinator", "duplicate_list", page="2")
