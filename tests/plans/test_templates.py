"""Plans to copy: the example of the source, and one for each of the six takeaways."""

from __future__ import annotations

from collections import Counter

import pytest

from coalitions.models import Position
from phast.audit.models import Event
from plans import templates
from plans.actions import copy_template
from plans.models import PlanTemplate, PlanTemplateItem, PlanTemplateParty, Responsibility, Step
from plans.selectors import outline, preview
from tests.plans.factories import EXAMPLE, load_example, make_actor

pytestmark = pytest.mark.django_db
PARTIES = {
    "Public safety champion",
    "PHAST coordinator",
    "Police chiefs and officers",
    "Organization that manages naloxone distribution",
    "First responders",
    "Person in recovery",
    "Public health and behavioral health partners",
    "Multi-sector leaders",
}


def test_a_copy_has_everything_the_source_has() -> None:
    by = make_actor()
    plan = copy_template(template=load_example(), by=by)
    steps = list(outline(plan, by))
    assert plan.scenario
    assert plan.challenge
    assert plan.status == "draft"
    assert plan.copied_from == EXAMPLE
    assert Counter(plan.barriers.values_list("standing", flat=True)) == {"suspected": 1, "confirmed": 3}
    assert all(barrier.how_learned for barrier in plan.barriers.all())
    assert plan.recommendations.get().barriers.count() == 4
    assert set(plan.steps.filter(parent=None).values_list("recommendation", flat=True)) == {
        plan.recommendations.get().pk
    }
    assert [step.title for step in plan.measures.get().steps.order_by("order")] == [
        node.step.title for node in steps if node.number in "12"
    ]
    assert [node.number for node in steps] == ["1", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"]
    assert {party.name for node in steps for party in node.parties} == PARTIES
    assert Responsibility.objects.filter(step__plan=plan).count() == 8
    assert all(node.step.detail for node in steps)


@pytest.mark.parametrize(
    ("key", "actions", "steps"),
    [
        ("working-together", 4, 10),
        ("stigma-and-misconceptions", 4, 16),
        ("policies", 4, 10),
        ("funding", 3, 12),
        ("data-sharing", 6, 14),
        ("emerging-practices", 4, 13),
    ],
)
def test_a_takeaway_becomes_a_plan_in_one_go(key: str, actions: int, steps: int) -> None:
    by = make_actor()
    load_example()
    plan = copy_template(template=PlanTemplate.objects.get(pk=key), by=by)
    nodes = list(outline(plan, by))
    assert (len([node for node in nodes if "." not in node.number]), len(nodes)) == (actions, steps)
    assert all(node.parties for node in nodes)
    assert all(node.step.recommendation.plan_id == plan.pk for node in nodes if "." not in node.number)
    assert all(recommendation.barriers.exists() for recommendation in plan.recommendations.all())
    assert all(measure.steps.exists() for measure in plan.measures.all())
    assert plan.measures.exists()


def test_the_preview_counts_what_a_copy_makes() -> None:
    shown = preview(load_example())
    assert (len(shown.barriers), len(shown.recommendations), len(shown.steps)) == (4, 1, 2)
    assert (shown.sub_step_count, shown.party_count) == (6, 8)


def test_a_copy_takes_the_positions_there_are_and_adds_vacant_ones() -> None:
    by, template = make_actor(), load_example()
    ours = Position.objects.create(coalition=by.coalition, kind_id="public-safety-champion", title="Safety champion")
    named_alike = Position.objects.create(coalition=by.coalition, title="first responders")
    first = copy_template(template=template, by=by)
    owners = Responsibility.objects.filter(step__plan=first).values_list("position", flat=True)
    assert {ours.pk, named_alike.pk} < set(owners)
    assert Position.objects.of(by.coalition).count() == 8
    copy_template(template=template, by=by)
    assert Position.objects.of(by.coalition).count() == 8
    assert Event.objects.filter(verb="position.created").count() == 6
    assert len(outline(first, by).vacant) == 8


def test_loading_twice_changes_nothing_and_drops_what_is_gone() -> None:
    template = load_example()
    copy = copy_template(template=template, by=make_actor())
    before = list(PlanTemplateItem.objects.order_by("pk").values_list("pk", "key"))
    stray = PlanTemplate.objects.create(key="stray", title="S", source="S", scenario="S", challenge="S")
    PlanTemplateItem.objects.create(template=stray, key="k", kind="step", order=1, title="T")
    PlanTemplateItem.objects.create(template=template, key="stray", kind="step", order=9, title="T")
    templates.load()
    assert list(PlanTemplateItem.objects.order_by("pk").values_list("pk", "key")) == before
    assert not PlanTemplate.objects.filter(pk="stray").exists()
    assert PlanTemplateParty.objects.filter(item__template=template).count() == 8
    assert Step.objects.filter(plan=copy).count() == 8
