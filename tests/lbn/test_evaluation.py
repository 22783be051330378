"""What agencies learn: written without personal data, read by the coordinator before reports use it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from coalitions.models import Partner
from lbn.enums import FeedbackKind, FeedbackState
from lbn.models import Feedback, Improvement
from lbn.selectors.evaluation import approved_feedback
from phast.access.table import Role
from phast.audit.models import Event
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.world import World

pytestmark = pytest.mark.django_db


def _new(world: World, client: ReadingClient, **fields: str) -> object:
    slug = world.ours.coalition.slug
    values = {"kind": "success", "text": "Kits are in every car now.", "month": "2026-10"} | fields
    return client.post(reverse("lbn:feedback_new", args=[slug]), values)


def _as(world: World, client: ReadingClient, role: Role) -> None:
    sign_in(client, world.ours.users[role])


def _agency(world: World, role: Role) -> Partner:
    return Partner.objects.get(memberships__user=world.ours.users[role], coalition=world.ours.coalition)


def test_the_month_of_a_new_one_is_this_month(world: World, client: ReadingClient) -> None:
    _as(world, client, Role.REPORTER)
    page = client.get(reverse("lbn:feedback_new", args=[world.ours.coalition.slug])).content.decode()
    assert f'value="{world.ours.coalition.today():%Y-%m}"' in page


@pytest.mark.parametrize(
    "text", ["John Miller came back to thank us.", "Call 518-555-0134 to hear more.", "Case 2026-00123"]
)
def test_words_that_look_personal_are_asked_about_and_stay_in_the_form(
    world: World, client: ReadingClient, text: str
) -> None:
    _as(world, client, Role.REPORTER)
    before = Feedback.objects.count()
    page = _new(world, client, partner=str(_agency(world, Role.REPORTER).pk), text=text)
    assert page.status_code == 422
    assert "Take it out" in page.content.decode()
    assert text in page.content.decode()
    assert Feedback.objects.count() == before


def test_a_reporter_writes_for_their_own_agency_only(world: World, client: ReadingClient) -> None:
    _as(world, client, Role.REPORTER)
    mine = _agency(world, Role.REPORTER)
    other = Partner.objects.of(world.ours.coalition).exclude(pk=mine.pk).exclude(agency_type="").first()
    assert other is not None
    assert _new(world, client, partner=str(other.pk)).status_code == 422
    assert _new(world, client, partner=str(mine.pk)).status_code == 302
    made = Feedback.objects.latest("pk")
    assert (made.partner, made.created_by, made.state) == (mine, world.ours.users[Role.REPORTER], FeedbackState.WAITING)


def test_reports_use_what_the_coordinator_approved_until_its_words_change(world: World, client: ReadingClient) -> None:
    mine = _agency(world, Role.REPORTER)
    made = Feedback.objects.create(
        coalition=world.ours.coalition,
        partner=mine,
        kind=FeedbackKind.PERSONNEL,
        month="2026-09-01",
        text="The pouch is too large for a pocket.",
        created_by=world.ours.users[Role.REPORTER],
    )
    made.refresh_from_db()
    month = made.month
    assert not approved_feedback(world.ours.coalition, month, month)
    _as(world, client, Role.COORDINATOR)
    decide = reverse("lbn:feedback_moderate", args=[world.ours.coalition.slug, made.pk])
    assert client.post(decide, {"do": "use", "version": made.version}).status_code == 302
    assert [one.pk for one in approved_feedback(world.ours.coalition, month, month)] == [made.pk]
    assert Event.objects.filter(verb="feedback.moderated").exists()

    made.refresh_from_db()
    _as(world, client, Role.REPORTER)
    changed = {
        "kind": made.kind,
        "text": "The pouch is too large.",
        "month": "2026-09",
        "partner": mine.pk,
        "version": made.version,
    }
    assert (
        client.post(reverse("lbn:feedback_edit", args=[world.ours.coalition.slug, made.pk]), changed).status_code == 302
    )
    made.refresh_from_db()
    assert (made.state, made.moderated_at) == (FeedbackState.WAITING, None)
    assert not approved_feedback(world.ours.coalition, month, month)


def test_words_that_changed_while_the_coordinator_read_are_not_approved(world: World, client: ReadingClient) -> None:
    made = Feedback.objects.of(world.ours.coalition).first()
    assert made is not None
    _as(world, client, Role.COORDINATOR)
    decide = reverse("lbn:feedback_moderate", args=[world.ours.coalition.slug, made.pk])
    page = client.post(decide, {"do": "use", "version": made.version + 1}, follow=True)
    assert "Somebody changed it" in page.content.decode()
    made.refresh_from_db()
    assert made.state == FeedbackState.WAITING


def test_another_agency_reads_neither_feedback_nor_improvement(world: World, client: ReadingClient) -> None:
    _as(world, client, Role.LEAD)
    mine = _agency(world, Role.LEAD)
    page = client.get(reverse("lbn:feedback_list", args=[world.ours.coalition.slug])).content.decode()
    foreign = Feedback.objects.of(world.ours.coalition).exclude(partner=mine).first()
    assert foreign is not None
    assert reverse("lbn:feedback_detail", args=[world.ours.coalition.slug, foreign.pk]) not in page
    for model, name in ((Feedback, "feedback"), (Improvement, "improvement")):
        row = model.objects.of(world.ours.coalition).exclude(partner=mine).first()
        assert client.get(reverse(f"lbn:{name}_detail", args=[world.ours.coalition.slug, row.pk])).status_code == 404
