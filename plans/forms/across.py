"""What people ask of the steps of all plans, as it stands in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms

from coalitions.models import Partner
from phast.access.table import Action
from plans import across
from plans.enums import StepStatus

if TYPE_CHECKING:
    from phast.access.actor import Actor

DUE = [
    ("overdue", "Overdue"),
    ("soon", "In the next 14 days"),
    ("month", "This month"),
    ("quarter", "This quarter"),
    ("none", "No date"),
]


class StepFilter(forms.Form):
    """The filters of every view of steps. A value that means nothing is left out; `errors` says that there was one.

    `wanted` holds the rest for `plans.across`, `chips` for the page: each filter in words with the address that drops it.
    """

    q = forms.CharField(label="Words in it", required=False, max_length=100)
    plan = forms.ChoiceField(label="Plan", required=False)
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "Any"), (across.OPEN, "Still open"), *StepStatus.choices]
    )
    due = forms.ChoiceField(label="Due", required=False, choices=[("", "Any time"), *DUE])
    partner = forms.ChoiceField(label="Partner", required=False)
    who = forms.ChoiceField(
        label="Responsible",
        required=False,
        choices=[("", "Anybody"), ("mine", "Me or my organization"), ("nobody", "Nobody yet")],
    )
    waiting = forms.BooleanField(label="Waiting for another step", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        plans = across.plans(actor).values_list("pk", "title")
        partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE).values_list("pk", "name")
        self.fields["plan"].choices = [("", "All plans"), *((str(key), title) for key, title in plans)]
        self.fields["partner"].choices = [("", "All partners"), *((str(key), name) for key, name in partners)]
        self.is_valid()
        known = {name: value for name, value in self.cleaned_data.items() if value}
        self.values: dict[str, str] = {name: "on" if value is True else value for name, value in known.items()}
        self.wanted = across.Wanted(**known | {name: int(known[name]) for name in ("plan", "partner") if name in known})

    def query(self, **changes: str) -> str:
        """The filters as the end of an address, with some changed; an empty value drops one."""
        values = {name: value for name, value in (self.values | changes).items() if value}
        return f"?{urlencode(values)}" if values else ""

    @property
    def chips(self) -> list[tuple[str, str]]:
        return [(self._words(name), self.query(**{name: ""}) or "?") for name in self.values]

    def _words(self, name: str) -> str:
        field, value = self.fields[name], self.values[name]
        if isinstance(field, forms.ChoiceField):
            said = str(dict(field.choices)[value])
            return f"{field.label}: {said if name in {'plan', 'partner'} else said.lower()}"
        return f"“{value}”" if name == "q" else str(field.label)
