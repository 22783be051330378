"""What people ask of a checklist, as it stands in the address."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django import forms

from deflection.checklist import Checklist
from deflection.enums import ActivityStatus
from deflection.rows import NOBODY, Asked, owners_of, sections_of


class ChecklistFilter(forms.Form):
    """The filters of a checklist. A value that means nothing is left out; `errors` says that there was one.

    `asked` holds the rest for `deflection.rows`, `chips` for the page: each filter in words with the address that drops it.
    """

    model = forms.ChoiceField(widget=forms.HiddenInput, required=False)
    section = forms.ChoiceField(label="Section", required=False)
    owner = forms.ChoiceField(label="Owner", required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Any"), *ActivityStatus.choices])
    overdue = forms.BooleanField(label="Overdue only", required=False)
    mine = forms.BooleanField(label="Mine only", required=False)

    def __init__(self, data: Any, *, checklist: Checklist, names: bool, updates: Collection[int]) -> None:
        super().__init__(data, auto_id="filter-%s")
        numbers = [(str(model.number), f"{model.number}. {model.name}") for model in checklist.models]
        self.fields["model"].choices = [("", ""), *numbers]
        self.fields["section"].choices = [("", "All"), *sections_of(checklist)]
        self.fields["owner"].choices = [("", "Anybody"), (NOBODY, "Nobody yet"), *owners_of(checklist, names=names)]
        if not updates:
            del self.fields["mine"]
        self.is_valid()
        known = {name: value for name, value in self.cleaned_data.items() if value}
        self.values: dict[str, str] = {name: "on" if value is True else value for name, value in known.items()}
        self.asked = Asked(
            model=int(known["model"]) if "model" in known else None,
            section=known.get("section", ""),
            owner=known.get("owner", ""),
            status=known.get("status", ""),
            overdue=bool(known.get("overdue")),
            mine=updates if known.get("mine") else None,
        )

    def query(self, **changes: Any) -> str:
        """The filters as the end of an address, with some changed; an empty value drops one."""
        values = {name: value for name, value in (self.values | changes).items() if value}
        return f"?{urlencode(values)}" if values else "?"

    @property
    def chips(self) -> list[tuple[str, str]]:
        return [(self._words(name), self.query(**{name: ""})) for name in self.values if name != "model"]

    @property
    def clear(self) -> str:
        """The address without filters, in the same model's view."""
        return f"?model={self.values['model']}" if "model" in self.values else "?"

    def _words(self, name: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return f"{field.label}: {dict(field.choices)[self.values[name]]}"
        return str(field.label)
