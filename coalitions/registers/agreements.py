"""The register of agreements: MOUs, data-sharing agreements and others."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.models import Agreement

from .base import Column, EntryForm, Register


class AgreementForm(EntryForm):
    """An agreement. The part about data may stay empty for one that shares none."""

    FILE = True

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
        return found


AGREEMENTS = Register(
    model=Agreement,
    form=AgreementForm,
    segment="partners/agreements/",
    title="Agreements",
    lead="Who has agreed on what with whom, which data flows, and until when.",
    empty="Begin with the agreements that are signed, and those that somebody is waiting for.",
    columns=(
        Column("Agreement", str),
        Column("Kind", lambda one: one.kind.upper() if one.kind != "other" else "Other"),
        Column("Status", lambda one: one.get_status_display(), as_tag=True),
        Column("Data", lambda one: one.data),
        Column("Expires", lambda one: one.expires_on),
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
    filters=("kind", "status"),
    search=("title", "purpose", "others", "dataset__name", "dataset_other"),
    together=("dataset", "giver", "receiver"),
)
