"""Standard operating procedures: written section by section, filled in with the agency's own words, approved by a role, then fixed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction

from lbn import reference
from lbn.actions import sop as actions
from lbn.models import KitDesign, KitType, Program, ReferralPartner, RiskGroup, Site, SopSection, SopVersion
from lbn.selectors.sop import IN_FORCE, LATER, REPLACED, evidence_for, facts_for, facts_of, shelf_of
from lbn.sop.comparing import differences, side_of
from lbn.sop.filling import blocks, drifts, fill, gaps
from lbn.sop.sections import NOTICE, sections_of
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Role
from phast.audit.models import Event
from phast.versions import EditConflict
from tests.factories import make_person
from tests.lbn.conftest import TODAY, Scene
from tests.lbn.procedures import WORDS, approve, begin, in_force, kept, write
from tests.world import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections(db: None) -> None:
    reference.load()


@pytest.fixture
def lead(scene: Scene) -> Actor:
    return actor_of(scene.lead_user, scene.coalition)


def test_a_draft_begins_with_every_section_and_the_notice_in_full(scene: Scene, lead: Actor) -> None:
    draft = begin(scene, lead)
    assert list(kept(draft)) == list(SopSection.objects.values_list("key", flat=True))
    assert kept(draft)[NOTICE] == SopSection.objects.get(pk=NOTICE).text
    assert begin(scene, lead).pk == draft.pk  # pressed twice


def test_it_begins_from_the_coalitions_model_with_each_agencys_own_words_to_come(scene: Scene, lead: Actor) -> None:
    model = begin(scene, scene.coordinator, model=True)
    write(model, "storage", "Dry and cool, at {sites}.", scene.coordinator)
    with pytest.raises(ValidationError, match="no such version"):
        begin(scene, lead, actions.MODEL)
    approve(model, scene.coordinator, role="Steering committee")
    assert kept(model)["storage"] == "Dry and cool, at {sites}."
    draft = begin(scene, lead, actions.MODEL)
    assert kept(draft)["storage"] == "Dry and cool, at {sites}."
    assert draft.number == 1


def test_what_the_agency_decided_is_filled_in(scene: Scene, lead: Actor) -> None:
    assert {gap.name for gap in gaps(sections_of(begin(scene, lead)), facts_of(scene.coalition, scene.agency))} == {
        *WORDS
    }
    program = Program.objects.create(
        coalition=scene.coalition, partner=scene.agency, risk_agreed_on=TODAY, risk_words="Whoever asks."
    )
    program.risk_groups.set(RiskGroup.objects.all()[:2])
    Site.objects.create(coalition=scene.coalition, partner=scene.agency, name="Station 1", tracked_from=TODAY)
    Site.objects.create(coalition=scene.coalition, partner=scene.agency, name="Station 2", tracked_from=TODAY)
    ReferralPartner.objects.create(coalition=scene.coalition, partner=scene.agency, name="Peers", kind="peer")
    KitDesign.objects.create(
        coalition=scene.coalition,
        kit_type=KitType.objects.create(coalition=scene.coalition, name="Standard"),
        number=1,
        doses=3,
        contents=[
            {"item": "naloxone", "name": "Naloxone", "quantity": 3},
            {"item": "", "name": "Socks", "quantity": 2},
        ],
        created_by=scene.coordinator_user,
        approved_by=scene.coordinator_user,
        approved_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    )
    facts = facts_of(scene.coalition, scene.agency)
    assert facts["sites"] == "Station 1 and Station 2"
    assert facts["risk_groups"].count("• ") == 2
    assert facts["risk_groups"].endswith("\n\nWhoever asks.")
    assert (facts["doses"], facts["kit_contents"], facts["referral_partners"]) == ("3", "• Socks, 2", "Peers")
    assert [gap.name for gap in gaps(sections_of(begin(scene, lead)), facts)] == ["keeper"]


def test_a_list_is_a_list_on_its_own_and_a_series_in_a_sentence() -> None:
    facts = {"risk_groups": "• One\n• Two"}
    assert fill("To:\n\n{risk_groups}", facts) == "To:\n\n• One\n• Two"
    assert fill("To {risk_groups}.", facts) == "To One; Two."
    (before, listed) = blocks("To:\n\n{risk_groups}", facts)
    assert (before.kind, listed.kind) == ("text", "list")
    assert [[tuple(piece) for piece in line] for line in listed.lines] == [[("filled", "One")], [("filled", "Two")]]
    assert blocks("At {sites}.", {})[0].lines[0][1] == ("gap", "[sites where kits are kept]")
    assert fill("{nothing} we know", facts) == "{nothing} we know"


def test_it_is_not_approved_with_gaps_and_says_which(scene: Scene, lead: Actor) -> None:
    draft = begin(scene, lead)
    with pytest.raises(ValidationError, match="the role in charge of kits"):
        approve(draft, lead)
    approved = approve(actions.fill_gaps(draft=draft, words=WORDS, by=lead), lead)
    assert "{" not in str(list(kept(approved).values()))
    assert "approved by the Chief of Police of Riverbend Police" in kept(approved)["approval"]
    assert "• At the scene\n• At mass gatherings" in kept(approved)["at-risk"]
    assert Event.objects.filter(verb="sop.approved", partner_id=scene.agency.pk).exists()


@pytest.mark.parametrize("role", ["John Miller", "Chief, 518-555-0134", "chief@example.org"])
def test_a_role_approves_it_and_no_person(scene: Scene, lead: Actor, role: str) -> None:
    draft = actions.fill_gaps(draft=begin(scene, lead), words=WORDS, by=lead)
    with pytest.raises(ValidationError, match="Nothing about a person"):
        approve(draft, lead, role=role)


def test_an_approved_version_never_changes(scene: Scene, lead: Actor) -> None:
    version = in_force(scene, lead)
    with pytest.raises(ValidationError, match="stays as it is"):
        write(version, "storage", "Anywhere.", lead)
    for act in (
        lambda: actions.add_section(draft=version, title="More", text="Words", by=lead),
        lambda: actions.move_section(draft=version, key="storage", up=True, by=lead),
        lambda: actions.fill_gaps(draft=version, words=WORDS, by=lead),
        lambda: actions.discard_sop(draft=version, version=None, by=lead),
        lambda: approve(version, lead),
    ):
        with pytest.raises(ValidationError, match="stays as it is"):
            act()
    with pytest.raises(ProgrammingError), transaction.atomic():
        SopVersion.objects.filter(pk=version.pk).update(sections=[])


def test_the_notice_stays_as_it_is_and_first(scene: Scene, lead: Actor) -> None:
    draft = begin(scene, lead)
    with pytest.raises(ValidationError, match="notice"):
        write(draft, NOTICE, "We promise everything.", lead)
    actions.move_section(draft=draft, key=NOTICE, up=False, by=lead)
    actions.move_section(draft=draft, key="purpose", up=True, by=lead)
    with pytest.raises(ValidationError, match="every procedure"):
        actions.remove_section(draft=draft, key=NOTICE, by=lead)
    assert list(kept(draft))[:2] == [NOTICE, "purpose"]
    # Even a draft that was written past the portal gets it back, word for word.
    draft = actions.fill_gaps(draft=draft, words=WORDS, by=lead)
    SopVersion.objects.filter(pk=draft.pk).update(sections=draft.sections[1:])
    approved = approve(draft, lead)
    assert "does not claim to cover everything. Riverbend Police adapts it" in kept(approved)[NOTICE]
    assert set(kept(approved)) == set(SopSection.objects.values_list("key", flat=True))


def test_own_sections_come_move_and_go(scene: Scene, lead: Actor) -> None:
    draft = begin(scene, lead)
    key = actions.add_section(draft=draft, title="Cars", text="Two kits in each.", by=lead)
    assert list(kept(draft))[-2:] == [key, "approval"]
    actions.move_section(draft=draft, key=key, up=True, by=lead)
    assert list(kept(draft))[-3:] == [key, "evaluation", "approval"]
    actions.remove_section(draft=draft, key=key, by=lead)
    assert key not in kept(draft)
    with pytest.raises(ValidationError, match="removed"):
        actions.move_section(draft=draft, key=key, up=True, by=lead)
    with pytest.raises(ValidationError, match="every procedure"):
        actions.remove_section(draft=draft, key="storage", by=lead)


def test_two_people_write_two_sections_at_once_and_meet_over_one(scene: Scene, lead: Actor) -> None:
    draft = begin(scene, lead)
    opened = {section.key: {"title": section.title, "text": section.wording} for section in sections_of(draft)}
    write(draft, "storage", "Mine.", lead, opened=opened["storage"])
    write(draft, "training", "Theirs.", scene.coordinator, opened=opened["training"])
    with pytest.raises(EditConflict):
        write(draft, "storage", "Theirs.", scene.coordinator, opened=opened["storage"])
    assert (kept(draft)["storage"], kept(draft)["training"]) == ("Mine.", "Theirs.")


def test_what_was_not_read_is_neither_approved_nor_thrown_away(scene: Scene, lead: Actor) -> None:
    draft = actions.fill_gaps(draft=begin(scene, lead), words=WORDS, by=lead)
    write(draft, "storage", "Dry.", scene.coordinator)
    for act in (
        lambda: approve(draft, lead, version=draft.version),
        lambda: actions.discard_sop(draft=draft, version=draft.version, by=lead),
    ):
        with pytest.raises(EditConflict):
            act()
    draft.refresh_from_db()
    actions.discard_sop(draft=draft, version=draft.version, by=lead)
    assert not SopVersion.objects.filter(pk=draft.pk).exists()


def test_the_newest_whose_day_has_come_is_in_force(scene: Scene, lead: Actor) -> None:
    first = in_force(scene, lead, in_force_from=TODAY - dt.timedelta(days=30))
    second = in_force(scene, lead)
    third = in_force(scene, lead, in_force_from=TODAY + dt.timedelta(days=10))
    said = {one.version: one.says for one in shelf_of([first, second, third], TODAY).standings}
    assert said == {first: REPLACED, second: IN_FORCE, third: LATER}
    with pytest.raises(ValidationError, match="in force from"):
        in_force(scene, lead, in_force_from=TODAY)
    with pytest.raises(ValidationError, match="too long ago"):
        in_force(scene, lead, in_force_from=dt.date(26, 11, 20))
    with pytest.raises(ValidationError, match="more than a year"):
        in_force(scene, lead, in_force_from=TODAY + dt.timedelta(days=500))


def test_a_later_version_says_what_is_new(scene: Scene, lead: Actor) -> None:
    in_force(scene, lead, why="")
    with pytest.raises(ValidationError, match="what is new"):
        in_force(scene, lead, why="")


def test_what_has_changed_since_approval_is_told_and_the_version_stays(scene: Scene, lead: Actor) -> None:
    Site.objects.create(coalition=scene.coalition, partner=scene.agency, name="Station 1", tracked_from=TODAY)
    version = in_force(scene, lead)
    assert not drifts(sections_of(version), facts_of(scene.coalition, scene.agency))
    Site.objects.filter(partner=scene.agency).update(name="Station 9")
    (drift,) = drifts(sections_of(version), facts_of(scene.coalition, scene.agency))
    assert (drift.label, drift.sections) == ("the sites where kits are kept", ["Storage"])
    assert "Station 1" in kept(version)["storage"]
    draft = begin(scene, lead, actions.OWN)
    assert "{sites}" in kept(draft)["storage"]
    found = differences(
        side_of(sections_of(version), facts_for(version)), side_of(sections_of(draft), facts_for(draft))
    )
    changed = {change.title: change for change in found.groups[0].changes}
    assert set(changed) == {"Storage", "Approval and review"}
    words = [(piece.kind, piece.text.strip()) for piece in changed["Storage"].fields[0].pieces if piece.kind]
    assert words == [("del", "1,"), ("ins", "9,")]


def test_differences_name_what_came_went_moved_and_was_renamed(scene: Scene, lead: Actor) -> None:
    version = in_force(scene, lead)
    draft = begin(scene, lead, actions.OWN)
    key = actions.add_section(draft=draft, title="Cars", text="Two kits.", by=lead)
    actions.move_section(draft=draft, key="storage", up=True, by=lead)
    write(draft, "training", "Words.", lead, title="How we train")
    draft.refresh_from_db()
    sides = [side_of(sections_of(one), facts_for(one)) for one in (version, draft)]
    changes = {change.title: change for change in differences(*sides).groups[0].changes}
    assert (changes["Cars"].kind, changes["How we train"].kind) == ("added", "changed")
    assert [field.label for field in changes["How we train"].fields] == ["Title", "Text"]
    assert {title for title, change in changes.items() if change.kind == "moved"} in ({"Storage"}, {"What a kit holds"})
    assert {change.title: change.kind for change in differences(*sides[::-1]).groups[0].changes}["Cars"] == "removed"
    assert not differences(sides[0], sides[0])
    assert key in kept(draft)


def test_a_procedure_in_force_is_offered_as_evidence_to_those_who_may_read_it(scene: Scene, lead: Actor) -> None:
    begun = begin(scene, lead)
    assert evidence_for(lead) == []
    version = approve(actions.fill_gaps(draft=begun, words=WORDS, by=lead), lead)
    assert evidence_for in offers.sops
    (found,) = evidence_for(lead)
    assert (found.key, "Riverbend Police" in found.title) == (str(version.pk), True)
    assert found.url == f"/c/ours/naloxone/sop/version/{version.pk}/"
    member = make_person("mem@example.org", coalition=scene.coalition, role=Role.MEMBER, partner=scene.other)
    assert evidence_for(actor_of(member, scene.coalition)) == []
