"""The registers of money: funding that is there, and applications for more."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from coalitions.models import FundingApplication, FundingSource

from .base import Column, EntryForm, Register


class FundingSourceForm(EntryForm):
    class Meta:
        model = FundingSource
        fields: ClassVar = ["kind", "name", "holder", "amount", "from_on", "to_on", "pays_for"]
        widgets: ClassVar = {"pays_for": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {"amount": "In dollars, for the whole time."}


class FundingApplicationForm(EntryForm):
    class Meta:
        model = FundingApplication
        fields: ClassVar = [
            "title", "kind", "funder", "amount", "deadline", "status", "lead", "co_applicants", "benefit",
            "benefit_source", "stories", "source",
        ]  # fmt: skip
        widgets: ClassVar = {"co_applicants": forms.CheckboxSelectMultiple}
        labels: ClassVar = {"source": "the funding it became"}


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
        Column("Amount", lambda one: one.dollars),
        Column("From", lambda one: one.from_on),
        Column("Until", lambda one: one.to_on),
        Column("Held by", lambda one: one.holder and one.holder.name),
    ),
    facts=("kind", "holder", "dollars", "from_on", "to_on", "pays_for"),
    filters=("kind",),
    search=("name", "pays_for"),
    together=("holder",),
)
APPLICATIONS = Register(
    model=FundingApplication,
    form=FundingApplicationForm,
    segment="funding/applications/",
    title="Applications",
    lead="What the coalition applies for, with whom, and the evidence that goes with it.",
    empty="Begin with the next deadline.",
    columns=(
        Column("Application", str),
        Column("Funder", lambda one: one.funder or one.get_kind_display()),
        Column("Amount", lambda one: one.dollars),
        Column("Deadline", lambda one: one.deadline),
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
    together=("lead", "source"),
)
