"""The register of agreements: MOUs, data-sharing agreements and others."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from coalitions import flows
from coalitions.enums import AgreementStatus
from coalitions.expiry import in_words
from coalitions.models import Agreement

from .base import Choice, Column, EntryForm, Part, Register


class AgreementForm(EntryForm):
    """An agreement. The part about data may stay empty for one that shares none."""

    FILE = True
    PARTS = (
        Part("What it is", ("kind", "title", "status", "purpose")),
        Part("Who is party to it", ("parties", "others"), folded=True),
        Part(
            "Which data it shares",
            ("dataset", "dataset_other", "giver", "receiver", "direction", "granularity", "timeliness"),
            folded=True,
        ),
        Part("Dates and file", ("signed_on", "effective_on", "expires_on")),
    )

    class Meta:
        model = Agreement
        fields: ClassVar = [
            "kind", "title", "status", "parties", "others", "purpose", "dataset", "dataset_other", "giver", "receiver",
            "direction", "granularity", "timeliness", "signed_on", "effective_on", "expires_on",
        ]  # fmt: skip
        widgets: ClassVar = {"parties": forms.CheckboxSelectMultiple, "purpose": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {
            "dataset": "Which data is shared, if any.",
            "dataset_other": "When it is none of the list.",
            "receiver": "Empty: the whole coalition.",
            "expires_on": "You are told 90, 30 and 7 days before.",
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("dataset") and found.get("dataset_other"):
            self.add_error("dataset_other", "Choose a dataset from the list or name another one, not both.")
        if found.get("giver") and found.get("giver") == found.get("receiver"):
            self.add_error("receiver", "The data would go to where it comes from. Choose another partner, or none.")
        return found


def _away(agreement: Agreement) -> str:
    return in_words(agreement, agreement.coalition.today())


def _by_expiry(rows: QuerySet, wanted: str, today: dt.date) -> QuerySet:
    rows = rows.filter(status=AgreementStatus.SIGNED)
    if wanted == "past":
        return rows.filter(expires_on__lt=today)
    return rows.filter(expires_on__range=(today, today + dt.timedelta(days=90)))


AGREEMENTS = Register(
    model=Agreement,
    form=AgreementForm,
    segment="partners/agreements/",
    title="Agreements",
    section="Partners",
    section_page="coalitions:partner_list",
    lead="Who has agreed on what with whom, which data flows, and until when.",
    empty="Begin with the agreements that are signed, and those that somebody is waiting for.",
    columns=(
        Column("Agreement", str),
        Column("Kind", lambda one: one.kind.upper() if one.kind != "other" else "Other"),
        Column("Status", lambda one: one.get_status_display(), as_tag=True),
        Column("Data", lambda one: one.data),
        Column("Expires", lambda one: one.expires_on, note=_away),
    ),
    facts=(
        "kind",
        "status",
        "parties",
        "others",
        "purpose",
        "dataset",
        "dataset_other",
        "giver",
        "receiver",
        "direction",
        "granularity",
        "timeliness",
        "signed_on",
        "effective_on",
        "expires_on",
    ),
    notes={"expires_on": _away},
    filters=("kind", "status"),
    choices=(Choice("expires", "Expires", [("soon", "Within 90 days"), ("past", "Expired")], _by_expiry),),
    search=("title", "purpose", "others", "dataset__name", "dataset_other"),
    together=("coalition", "dataset", "giver", "receiver"),
    about_list=flows.about,
    list_template="coalitions/agreement_list.html",
)
