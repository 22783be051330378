"""For pages that offer a report."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse

register = template.Library()


@register.inclusion_tag("reports/_button.html", takes_context=True)
def pdf_button(
    context: RequestContext, kind: str, *, label: str = "PDF", style: str = "outline", **fields: object
) -> dict[str, Any]:
    """A button that asks for a report of this kind and leads to its page: `{% pdf_button "plan" plan=plan.pk %}`.

    `style` is outline, plain (a page's primary button) or unstyled (a link). It does not ask whether the person may have the report:
    show it where they may.
    """
    slug = context["request"].actor.coalition.slug
    return {
        "url": reverse("reports:request", args=[slug]),
        "kind": kind,
        "fields": fields,
        "label": label,
        "css": "usa-button" if style == "plain" else f"usa-button usa-button--{style}",
        "csrf_token": context["csrf_token"],
    }
