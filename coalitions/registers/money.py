"""The registers of money: funding that is there, and applications for more."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from coalitions import evidence, funding
from coalitions.enums import ApplicationStatus
from coalitions.expiry import days_away
from coalitions.models import FundingApplication, FundingSource
from coalitions.models.money import Amount
from coalitions.releases import Span
from phast.exports import Money

from .base import Choice, Column, EntryForm, Part, Register


class Dollars(forms.DecimalField):
    """An amount of money as people write and paste it: "$1,250,000.50" is 1250000.50. Never below zero."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["min_value"] = 0
        super().__init__(**kwargs)
        self.error_messages["min_value"] = "Enter 0 or more."

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("$", "").replace(",", "") if isinstance(value, str) else value)


class FundingSourceForm(EntryForm):
    class Meta:
        model = FundingSource
        fields: ClassVar = ["kind", "name", "holder", "amount", "from_on", "to_on", "pays_for"]
        widgets: ClassVar = {"pays_for": forms.Textarea(attrs={"rows": 3})}
        field_classes: ClassVar = {"amount": Dollars}
        help_texts: ClassVar = {"amount": "In dollars, for the whole time."}


class FundingApplicationForm(EntryForm):
    PARTS = (
        Part("What for", ("title", "kind", "funder", "amount", "deadline", "status")),
        Part("Who applies", ("lead", "co_applicants"), folded=True),
        Part("Evidence", ("benefit", "benefit_source", "stories")),
        Part("When it is granted", ("source",), folded=True),
    )
    IMPERSONAL = ("benefit", "stories")

    class Meta:
        model = FundingApplication
        fields: ClassVar = [
            "title", "kind", "funder", "amount", "deadline", "status", "lead", "co_applicants", "benefit",
            "benefit_source", "stories", "source",
        ]  # fmt: skip
        widgets: ClassVar = {"co_applicants": forms.CheckboxSelectMultiple}
        field_classes: ClassVar = {"amount": Dollars}
        labels: ClassVar = {"source": "The funding it became"}
        help_texts: ClassVar = {
            "benefit": "Return on investment, in a sentence or two.",
            "benefit_source": "A study or a report, so that a funder can look it up.",
            "stories": "What worked, without names. A line for each.",
        }


def _figure(one: Amount) -> Money | None:
    return None if one.amount is None else Money(one.amount)


def _this_quarter(rows: QuerySet, wanted: str, today: dt.date) -> QuerySet:
    if wanted == "past":
        return rows.filter(to_on__lt=today)
    return rows.filter(to_on__range=(today, Span.quarter_of(today).to_on))


def _until_deadline(one: FundingApplication) -> str:
    if one.deadline is None or one.status not in (ApplicationStatus.PLANNED, ApplicationStatus.WRITING):
        return ""
    return days_away(one.deadline, one.coalition.today())


FUNDING = Register(
    model=FundingSource,
    form=FundingSourceForm,
    segment="funding/",
    title="Funding",
    lead="What there is, from whom, for what, and when it ends.",
    empty="Enter what pays for the work now, then what ends first is easy to see.",
    columns=(
        Column("Funding", str),
        Column("Kind", lambda one: one.get_kind_display()),
        Column("Amount", lambda one: one.dollars, figure=_figure),
        Column("From", lambda one: one.from_on),
        Column("Until", lambda one: one.to_on, note=funding.until),
        Column("Held by", lambda one: one.holder and one.holder.name),
    ),
    facts=("kind", "holder", "dollars", "from_on", "to_on", "pays_for"),
    filters=("kind",),
    notes={"to_on": funding.until},
    choices=(Choice("ends", "Ends", [("quarter", "This quarter"), ("past", "Ended")], _this_quarter),),
    search=("name", "pays_for"),
    together=("coalition", "holder"),
    about_list=funding.about,
    about_entry=funding.about_source,
    list_template="coalitions/funding_source_list.html",
    entry_template="coalitions/funding_source_entry.html",
)
APPLICATIONS = Register(
    model=FundingApplication,
    form=FundingApplicationForm,
    segment="funding/applications/",
    title="Applications",
    section="Funding",
    section_page="coalitions:funding_source_list",
    lead="What the coalition applies for, with whom, and the evidence that goes with it.",
    empty="Begin with the next deadline.",
    columns=(
        Column("Application", str),
        Column("Funder", lambda one: one.funder or one.get_kind_display()),
        Column("Amount", lambda one: one.dollars, figure=_figure),
        Column("Deadline", lambda one: one.deadline, note=_until_deadline),
        Column("Status", lambda one: one.get_status_display(), as_tag=True),
    ),
    facts=(
        "status",
        "kind",
        "funder",
        "dollars",
        "deadline",
        "lead",
        "co_applicants",
        "benefit",
        "benefit_source",
        "stories",
        "source",
    ),
    filters=("status", "kind"),
    search=("title", "funder", "stories"),
    notes={"deadline": _until_deadline},
    together=("coalition", "lead", "source"),
    about_entry=evidence.about,
    entry_template="coalitions/funding_application_entry.html",
)
