"""Who is responsible for a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from coalitions.forms.parties import Parties, PartyField
from plans.enums import Part
from plans.models import Step

if TYPE_CHECKING:
    from phast.access.actor import Actor

__all__ = ["Parties", "PartyField", "ResponsibleForm"]


class ResponsibleForm(forms.Form):
    """Who is responsible for a step: each party there is with its part, and rows for more.

    `parts` and `added` hold what the person changed and nothing else, so what somebody else changes at the same time stays.
    """

    NEW = 3

    def __init__(self, *args: Any, step: Step, actor: Actor, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.existing = list(step.responsibilities.all())
        for r in self.existing:
            self.fields[f"part_{r.pk}"] = forms.ChoiceField(
                label=names[r.pk],
                choices=[*Part.choices, ("off", "Take off this step")],
                initial=r.part,
                required=False,
                show_hidden_initial=True,
            )
        parties = Parties(actor)
        for n in range(1, self.NEW + 1):
            self.fields[f"party_{n}"] = parties.field("Add", empty="Choose a partner, a person or a position")
            self.fields[f"as_{n}"] = forms.ChoiceField(
                label="Part", choices=Part.choices, initial=Part.LEAD, required=False
            )
        self.fields["party_1"].widget.attrs["autofocus"] = True

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The pairs of fields for new parties."""
        return [(self[f"party_{n}"], self[f"as_{n}"]) for n in range(1, self.NEW + 1)]

    @property
    def old(self) -> list[Any]:
        return [self[f"part_{r.pk}"] for r in self.existing]

    @property
    def parts(self) -> dict[int, Part | None]:
        changed = {
            r.pk: self.cleaned_data[f"part_{r.pk}"] for r in self.existing if f"part_{r.pk}" in self.changed_data
        }
        return {key: None if part == "off" else Part(part) for key, part in changed.items() if part}

    @property
    def added(self) -> list[tuple[Any, Part]]:
        rows = ((self.cleaned_data[f"party_{n}"], self.cleaned_data[f"as_{n}"]) for n in range(1, self.NEW + 1))
        return [(party, Part(part or Part.LEAD)) for party, part in rows if party is not None]
