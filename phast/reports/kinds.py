"""What an app writes to offer a PDF. It registers the kind in `AppConfig.ready()`; this app asks, draws, keeps and hands out.

    def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
        plans = Plan.objects.visible_to(actor, Action.PLANS_SEE)
        plan = get_object_or_404(plans, pk=whole_number(fields, "plan"))
        return Request(
            parameters={"plan": plan.pk},
            action=Action.PLANS_SEE,
            title=f"{plan}: implementation plan",
            audience="For members of the coalition.",
        )

    def collect(coalition: Coalition, request: Request) -> dict[str, Any]:
        plan = Plan.objects.of(coalition).get(pk=request.parameters["plan"])
        return {"scenario": plan.scenario, "steps": [{"title": step.title, "due": step.due_text} for step in plan.steps.all()]}

    def choices(actor: Actor) -> list[Choice]:
        return [Choice(str(plan), {"plan": plan.pk}) for plan in Plan.objects.visible_to(actor, Action.PLANS_SEE)]

    offers.register_report(ReportKind("plan", "Plan", "plans/reports/plan.html", request, collect, choices))

The same as CSV and XLSX, the preview and what changed since are read out of the document that the template makes
(`phast.reports.sheets`): give each table a caption or a heading before it, and figures the class `number`. A kind whose pages are no
tables gives its own (`ReportKind.tables`).

The template extends `reports/base.html` and sees `data` (what `collect` gave, after JSON), `report`, `coalition` and what `extras`
adds. An undefined variable in it fails the job. A page shows the button with `{% load reports %}{% pdf_button "plan" plan=plan.pk %}`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from phast import offers
from phast.access.table import Action

if TYPE_CHECKING:
    from tablib import Dataset

    from phast.access.actor import Actor


@dataclass(frozen=True)
class Request:
    """A report somebody may have: what it shows, and for whom.

    `parameters`: plain JSON values that say what to draw; `ReportKind.request` takes them again. `action`: the right it takes to
    read the report. `partner_id`: whose figures these are, when they are one agency's own; then partner scope reaches it.
    `is_released`: True only when everything in it may be read by observers. `audience`: that as a short sentence, printed on every
    page. `data_as_of`: when the figures were frozen, if they are older than the report (a release).
    """

    parameters: dict[str, Any]
    action: Action
    title: str
    audience: str
    partner_id: int | None = None
    is_released: bool = False
    data_as_of: dt.datetime | None = None


@dataclass(frozen=True)
class Choice:
    """A report the actor may ask for: what to call it, and the fields that ask for it. `group` puts several under one heading.

    `each`: what it is called whatever time it is about ("The newest release"), for reports that are sent regularly; "" stands for the
    label, and then the report is about no time. `is_exact`: it shows small counts too, so it is chosen on purpose: the page says what
    that means, and the kind offers what is published before it.
    """

    label: str
    fields: Mapping[str, str | int]
    group: str = ""
    each: str = ""
    is_exact: bool = False

    @property
    def key(self) -> str:
        return self.each or self.label


@dataclass(frozen=True)
class Missing:
    """Why there is nothing to choose: `says` it in a sentence, and `made_at`, a URL name, is where it is made, with `link` as its words.
    Whoever may ask for the kind reads that page."""

    says: str
    made_at: str
    link: str


@dataclass(frozen=True)
class Elsewhere:
    """Where more may be chosen than the library offers: the page `at`, a URL name, with `link` as its words. Whoever may ask for the kind
    reads that page."""

    at: str
    link: str


@dataclass(frozen=True)
class Bundle:
    """Reports that may be asked for together, as every agency's of a month: what they are, and the fields of each."""

    label: str
    reports: Sequence[Mapping[str, str | int]]


def _nothing_more(data: dict[str, Any]) -> dict[str, Any]:
    return {}


def _no_bundles(actor: Actor) -> Sequence[Bundle]:
    return ()


def _always_the_same(data: dict[str, Any], attempt: int) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class ReportKind:
    """A kind of report.

    `request(actor, fields)`: checks that this actor may have what the fields ask for. Called when somebody asks, with what was
    posted, and again in the worker before drawing, with the `parameters` of its own earlier answer. Raises Http404 for what the
    actor may not know of, PermissionDenied for a right they lack, ValidationError with a sentence for fields that make no sense.

    `collect(coalition, request)`: reads the data, for the request's audience and nobody else; one database snapshot. JSON values
    only, dates already in words: they are frozen with the report, and the page is drawn from the frozen copy. Raises
    `phast.jobs.models.JobFailed` with a sentence when there is nothing to draw.

    `right`: the least right it takes to be offered the kind at all; `topic` and `about`: where it stands among the reports, and what it
    is, in a sentence. `choices(actor)`: what may be asked for, the newest first: each for a period and an audience. `bundles(actor)`: what
    may be asked for together, drawn by as many workers as there are, and packed into one zip file.

    `pages`: the report has no more than these; None is as many as it takes. `fitted(data, attempt)` then gives template variables that
    take less room with each attempt, from 0 on, and the first drawing that fits is kept.

    `whole`: its pages name the numbers of other pages, as a table of contents does, so it is not drawn in parts however long it is.

    `for_anybody`: what of it is released may be handed to people outside the coalition, so it does not wear the coalition's line about
    confidentiality.

    `tables(data)`: what CSV and XLSX hold, from the frozen data, where the pages have no tables to read it out of, as a card has none.

    `extras(data)`: further template variables worked out from the frozen data alone, such as SVG figures.

    `missing`: what the pages say while `choices` gives none. `elsewhere`: where more may be chosen. `period`: which time a report that is
    made regularly is about, in words; "" where its choices say it.
    """

    key: str
    label: str
    template: str
    request: Callable[[Actor, Mapping[str, Any]], Request]
    collect: Callable[[Any, Request], dict[str, Any]]
    choices: Callable[[Actor], Sequence[Choice]]
    extras: Callable[[dict[str, Any]], dict[str, Any]] = field(default=_nothing_more)
    pages: int | None = None
    whole: bool = False
    fitted: Callable[[dict[str, Any], int], dict[str, Any]] = field(default=_always_the_same)
    bundles: Callable[[Actor], Sequence[Bundle]] = _no_bundles
    right: Action = Action.RELEASES_SEE
    topic: str = "Other"
    about: str = ""
    missing: Missing | None = None
    period: str = "As it is on that day"
    for_anybody: bool = False
    tables: Callable[[dict[str, Any]], list[Dataset]] | None = None
    elsewhere: Elsewhere | None = None


def kind_of(key: str) -> ReportKind | None:
    """The registered kind, or None."""
    return offers.report_kinds.get(key)


def whole_number(fields: Mapping[str, Any], name: str) -> int:
    """A key or a number among the fields of a request. Raises ValidationError when it is missing or none."""
    text = str(fields.get(name, "")).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValidationError("Choose what the report is about, and ask again.")
    return int(text)
