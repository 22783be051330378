"""Another coalition's id in a form, a filter or a report's request reaches nothing (THREATS 37).

The matrix asks each address for foreign rows; this sends foreign rows in what is posted and asked. Afterwards no row of any table
points across coalitions, and no answer holds the canary.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import F, Model
from django.urls import reverse

from coalitions.models import Coalition, Contact, Membership, Partner, Position, Release
from lbn.models import CountImport, KitType
from phast.access.funnel import Tenant
from phast.access.table import Role
from phast.reports.models import Report
from plans.models import Barrier, Plan, Recommendation, Responsibility, Step
from tests.access.test_matrix import Visitor
from tests.client import body
from tests.world import CANARY, World


def crossings() -> Iterator[str]:
    """Foreign keys and many-to-many rows between rows of two coalitions."""
    tenants = [model for model in apps.get_models() if issubclass(model, Tenant) and model is not Coalition]
    for model in tenants:
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target: Any = field.related_model
            if not (field.is_relation and target in tenants):
                continue
            linked = model.objects.filter(**{f"{field.name}__isnull": False})
            across = linked.exclude(
                pk__in=linked.filter(**{f"{field.name}__{target.coalition_path}": F(model.coalition_path)}).values("pk")
            )
            if across.exists():
                yield f"{model.__name__}.{field.name}"


def of(world: World, model: type[Model], *, theirs: bool = False, **which: Any) -> int:
    side = world.theirs if theirs else world.ours
    return model.objects.of(side.coalition).filter(**which).order_by("pk").first().pk


# Address, whose row stands in it, and what is posted: `$Model` is a row of theirs, `=Model` one of ours.
POSTS: list[tuple[str, type[Model] | None, dict[str, str]]] = [
    ("coalitions:invitation_new", None, {"email": "new@example.org", "role": "reporter", "partner": "$Partner"}),
    ("coalitions:person_edit", Membership, {"role": "reporter", "partner": "$Partner"}),
    ("coalitions:hand_over", None, {"to": "$Membership", "stay_as": "member"}),
    ("coalitions:position_new", None, {"title": "New", "contact": "$Contact"}),
    ("coalitions:position_edit", Position, {"title": "Held", "contact": "$Contact", "version": "1"}),
    ("plans:recommendation_add", Plan, {"text": "New", "barriers": "$Barrier"}),
    ("plans:recommendation_edit", Recommendation, {"text": "New", "barriers": "$Barrier", "version": "1"}),
    ("plans:step_add", Plan, {"step-title": "New", "step-party": "partner-$Partner"}),
    ("plans:step_add", Plan, {"step-title": "New", "step-party": "contact-$Contact"}),
    ("plans:step_add", Plan, {"step-title": "New", "step-party": "position-$Position"}),
    ("plans:step_place", Step, {"step-=Step-parent": "$Step"}),
    ("plans:step_responsible", Step, {"step-=Step-party_1": "contact-$Contact", "step-=Step-as_1": "lead"}),
    ("plans:step_responsible", Step, {"step-=Step-part_$Responsibility": "off"}),
    ("plans:steps_bulk", None, {"step": "=Step", "add": "contact-$Contact"}),
    ("plans:steps_bulk", None, {"step": "$Step", "status": "done"}),
    ("reports:request", None, {"kind": "plan", "plan": "$Plan"}),
    ("reports:request", None, {"kind": "kits", "release": "$Release"}),
    ("reports:request", None, {"kind": "kits", "first": "2026-01", "last": "2026-02", "partner": "$Partner"}),
]
MODELS = [Barrier, Contact, CountImport, KitType, Membership, Partner, Plan, Position, Release, Responsibility, Step]


def filled(world: World, text: str) -> str:
    for model in MODELS:
        text = text.replace(
            f"${model.__name__}", str(of(world, model, theirs=True)) if f"${model.__name__}" in text else ""
        )
        text = text.replace(f"={model.__name__}", str(of(world, model)) if f"={model.__name__}" in text else "")
    return text


@pytest.mark.parametrize("at", range(len(POSTS)), ids=[f"{name} {list(fields)[-1]}" for name, _, fields in POSTS])
def test_a_foreign_row_in_a_form_is_not_taken(world: World, at: int) -> None:
    name, model, fields = POSTS[at]
    slug = world.ours.coalition.slug
    before = {each: each.objects.count() for each in (Report, Responsibility)}
    arguments = [slug] if model is None else [slug, of(world, model)]
    visitor = Visitor(world.ours.users[Role.COORDINATOR])
    response = visitor.client.post(
        reverse(name, args=arguments), {filled(world, key): filled(world, value) for key, value in fields.items()}
    )
    assert response.status_code in {302, 404, 422}
    assert CANARY.encode() not in body(response)
    assert list(crossings()) == []
    assert {each: each.objects.count() for each in before} == before


def test_a_count_takes_no_kit_of_another_coalition(world: World) -> None:
    KitType.objects.create(coalition=world.ours.coalition, name="Second kit")  # with two there is a choice
    visitor = Visitor(world.ours.users[Role.LEAD])
    page = visitor.client.get("/c/ours/naloxone/log/").context["form"]
    sent = {"client_key": page["client_key"].value(), "where": "unknown", "kits": "1", "when": page["when"].value()}
    theirs = of(world, KitType, theirs=True)
    assert visitor.client.post("/c/ours/naloxone/log/", sent | {"kit_type": theirs}).status_code == 422
    assert list(crossings()) == []
    assert visitor.client.post("/c/ours/naloxone/log/", sent | {"kit_type": of(world, KitType)}).status_code == 302


@pytest.mark.parametrize(
    "asked",
    [
        "partners/?sector=$Partner",
        "settings/audit/?person=$User",
        "settings/invitations/new/?partner=$Partner",
        "settings/people/?q=zz-foreign",
        "naloxone/?agency=$Partner",
        "naloxone/counts/?agency=$Partner&month=",
        "naloxone/periods/?agency=$Partner",
        "naloxone/log/?agency=$Partner",
        "naloxone/log/?done=$Count",
        "plans/=Plan/?adding=step-$Step",
        "plans/steps/?plan=$Plan&partner=$Partner",
        "plans/steps/?changed=$Plan",
        "plans/steps/export/?plan=$Plan",
        "plans/board/?at=$Step&plan=$Plan",
        "plans/timeline/?partner=$Partner",
        "plans/by-partner/?partner=$Partner",
    ],
)
def test_a_foreign_row_in_a_filter_shows_nothing_of_it(world: World, asked: str) -> None:
    from lbn.models import Count

    asked = asked.replace("$User", str(world.theirs.users[Role.LEAD].pk)).replace(
        "$Count", str(of(world, Count, theirs=True))
    )
    visitor = Visitor(world.ours.users[Role.COORDINATOR])
    response = visitor.client.get(f"/c/ours/{filled(world, asked)}")
    assert response.status_code in {200, 404}
    shown = body(response).replace(b"zz-foreign", b"", 1) if "q=" in asked else body(response)
    assert CANARY.encode() not in shown


def test_a_row_that_points_across_would_be_found(world: World) -> None:
    """The tests above can fail."""
    Position.objects.create(coalition=world.ours.coalition, title="New", contact_id=of(world, Contact, theirs=True))
    assert list(crossings()) == ["Position.contact"]
