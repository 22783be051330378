"""The tools beside each step of the outline.

They are the same for every step but for its key and title. Rendering the template anew for each took most of the time of a long
plan, so it is rendered once with stand-ins, which are then replaced.
"""

from __future__ import annotations

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from phast.access.guards import ActorRequest
from plans.models import Plan
from plans.selectors import Outline

KEY, TITLE = 900100200300400500, "\u2063title\u2063"  # neither stands in a page otherwise
FORMS = ("update", "edit", "responsible", "place", "move", "remove")


def add_tools(
    request: ActorRequest, plan: Plan, outline: Outline, *, can_edit: bool, at: str = "", focus: str = ""
) -> None:
    """Gives each node its `url` and its `tools`. `at` is the key of the step whose tool `focus` (edit, up, down…) gets the focus."""
    slug = request.actor.coalition.slug
    page = reverse("plans:step", args=[slug, KEY])
    urls = {name: reverse(f"plans:step_{name}", args=[slug, KEY]) for name in FORMS}
    urls["add"] = f"{reverse('plans:step_add', args=[slug, plan.pk])}?parent={KEY}"
    made: dict[tuple[bool, str], str] = {}
    for node in outline:
        node.url = page.replace(str(KEY), node.step_key)
        if not (can_edit or node.can_update):
            continue
        look = (node.can_update, focus if node.key == at else "")
        if look not in made:
            context = {
                "urls": urls,
                "key": KEY,
                "title": TITLE,
                "can_edit": can_edit,
                "can_update": look[0],
                "focus": look[1],
            }
            made[look] = render_to_string("plans/_step_tools.html", context, request)
        node.tools = _filled(made[look], node.step_key, node.step.title)


def _filled(pattern: str, key: str, title: str) -> SafeString:
    return mark_safe(pattern.replace(str(KEY), key).replace(TITLE, escape(title)))  # noqa: S308 - a rendered template; the title is escaped
