"""The tools beside each step of the outline.

They are the same for every step but for its key and title. Rendering the template anew for each took most of the time of a long
plan, so it is rendered once with stand-ins, which are then replaced. What is used less often comes when somebody asks for it.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans.models import Plan, Step
from plans.outline import Outline

from .common import find_item, stage_in

KEY, TITLE = 900100200300400500, "\u2063title\u2063"  # neither stands in a page otherwise
FORMS = ("update", "edit", "responsible", "place", "move", "remove")
INLINE = ("update", "edit", "responsible")


def add_tools(
    request: ActorRequest,
    plan: Plan,
    outline: Outline,
    *,
    can_edit: bool,
    at: str = "",
    focus: str = "",
    stage: str = "",
) -> None:
    """Gives each node its `url` and its `tools`.

    `at` is the key of the step whose link `focus` (edit) gets the focus; `stage` is where its forms come back to.
    """
    slug, back = request.actor.coalition.slug, f"?stage={stage}" if stage else ""
    page = reverse("plans:step", args=[slug, KEY])
    urls = {name: reverse(f"plans:step_{name}", args=[slug, KEY]) + back for name in INLINE}
    made: dict[tuple[bool, bool], str] = {}
    for node in outline:
        node.url = page.replace(str(KEY), node.step_key)
        if not (can_edit or node.can_update):
            continue
        look = (node.can_update, node.key == at and focus == "edit")
        if look not in made:
            context = {
                "urls": urls,
                "page": page,
                "title": TITLE,
                "can_edit": can_edit,
                "can_update": look[0],
                "focus": look[1],
            }
            made[look] = " ".join(render_to_string("plans/_step_tools.html", context, request).split())
        node.tools = _filled(made[look], node.step_key, node.step.title)


def _filled(pattern: str, key: str, title: str) -> SafeString:
    return mark_safe(pattern.replace(str(KEY), key).replace(TITLE, escape(title)))  # noqa: S308 - a rendered template; the title is escaped


@require_GET
@requires(Action.PLANS_EDIT)
def step_more(request: ActorRequest, step_id: int) -> HttpResponse:
    """The less used tools of a step, as a part of the plan's page; without scripts the step's own page has them."""
    step = find_item(Step, request, step_id, Action.PLANS_EDIT)
    slug, stage = request.actor.coalition.slug, stage_in(request)
    if not request.htmx:
        return redirect("plans:step", slug, step.pk)
    back = f"stage={stage.value}" if stage else ""
    urls = {
        name: f"{reverse(f'plans:step_{name}', args=[slug, step.pk])}?{back}"
        for name in ("waits", "place", "move", "remove")
    }
    urls["add"] = f"{reverse('plans:step_add', args=[slug, step.plan_id])}?parent={step.pk}&{back}"
    return render(request, "plans/_step_more.html", {"step": step, "urls": urls})
