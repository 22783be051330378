"""From a kind and its frozen data to a document in HTML: what is drawn, shown as a preview, and read out into spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.backends.django import DjangoTemplates
from django.urls import reverse

from phast.look import look_of

if TYPE_CHECKING:
    from .kinds import ReportKind
    from .models import Report


class UndefinedVariable(Exception):
    """A report's template asked for a variable that is not there."""


class _Strict(str):
    """For Django's `string_if_invalid`: the engine looks for "%s" in it, when it is not empty, and fills in the variable's name."""

    def __contains__(self, part: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise UndefinedVariable(str(name))


def document(
    kind: ReportKind, report: Report, more: dict[str, Any] | None = None, bar: Mapping[str, Any] | None = None
) -> str:
    """The report as HTML, from its frozen data alone. Raises UndefinedVariable.

    `more`: what makes it fit (`ReportKind.fitted`); `bar`: what a preview needs to ask for the report itself.
    """
    look = look_of(report.coalition)
    if kind.for_anybody and report.is_released:
        look = replace(look, confidentiality="")
    context = {
        "report": report,
        "coalition": report.coalition,
        "data": report.data,
        "bar": bar,
        "look": look,
        "check_at": f"{settings.SITE_URL}{reverse('verify')}",
        **kind.extras(report.data),
        **(kind.fitted(report.data, 0) if more is None else more),
    }
    page = str(templates().get_template(kind.template).render(context))
    # On a phone a wide table scrolls sideways, and by keyboard only what takes the focus does.
    return page.replace("<table", '<table tabindex="0"') if bar else page


@cache
def templates() -> DjangoTemplates:
    """Like the pages' templates, but without a request, and an undefined variable is an error."""
    pages = settings.TEMPLATES[0]
    return DjangoTemplates(
        {
            "NAME": "reports",
            "DIRS": pages["DIRS"],
            "APP_DIRS": True,
            "OPTIONS": {
                "builtins": [*pages["OPTIONS"]["builtins"], "phast.reports.templatetags.pdf"],
                "string_if_invalid": _Strict("undefined"),
            },
        }
    )
