"""The whole plan: scenario, challenge, barriers, recommendations, and the nested steps with who is responsible in bold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from phast.reports.kinds import ReportKind, Request
from plans.enums import REPORT

from .common import chart, choices_for, flat, in_words, request_for, words_for

if TYPE_CHECKING:
    from phast.access.actor import Actor


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Fields `plan` or `version`, see `common.request_for`."""
    return request_for(actor, fields, "implementation plan")


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The same steps one after the other, for the table at the end; the measures with their pictures."""
    return {
        "rows": list(flat(data["steps"])),
        "measured": [(measure, chart(measure), in_words(measure)) for measure in data["measures"]],
    }


PLAN = ReportKind(REPORT, "Plan", "plans/reports/plan.html", request, words_for, choices_for, extras)
