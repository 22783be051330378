"""The form for a new API token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from coalitions.models import Partner


class TokenForm(forms.Form):
    """Which agency's records system sends, and what it is called. The agency is asked only where there are several."""

    partner = forms.ChoiceField(label="Agency", error_messages={"required": "Choose the agency."})
    name = forms.CharField(
        label="What sends with it",
        max_length=80,
        help_text="The records system, such as “Records system, station 2”.",
        error_messages={"required": "Give the token a name, so that you know it again."},
    )

    def __init__(self, data: Any = None, *, agencies: Sequence[Partner]) -> None:
        super().__init__(data)
        self.agencies = agencies
        if len(agencies) == 1:
            del self.fields["partner"]
        else:
            self.fields["partner"].choices = [("", "Choose"), *((str(each.pk), each.name) for each in agencies)]

    @property
    def agency(self) -> Partner:
        """After `is_valid()`."""
        chosen = self.cleaned_data.get("partner")
        return next(each for each in self.agencies if chosen in (None, str(each.pk)))
