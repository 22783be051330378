"""What a coordinator says about a text that has to go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from phast.redaction.matching import SHORTEST, Needle
from phast.redaction.models import Reason

LONGEST = 200  # characters
CONFIRM = "redact"


class FindForm(forms.Form):
    """The text, and how it may be written."""

    text = forms.CharField(
        label="Text to take out",
        max_length=LONGEST,
        help_text="A name, a phone number, an address. As little as tells it apart from everything else.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": f"Enter at least {SHORTEST} characters."},
    )
    loose = forms.BooleanField(label="Also with other capitals, accents and spaces", required=False, initial=True)
    whole_words = forms.BooleanField(label="Not inside longer words", required=False)

    def clean_text(self) -> str:
        text = " ".join(self.cleaned_data["text"].split())
        if len(text) < SHORTEST:
            raise ValidationError(f"Enter at least {SHORTEST} characters.")
        return text

    @property
    def needle(self) -> Needle:
        """What to look for; of a form that is valid."""
        found = self.cleaned_data
        return Needle(found["text"], loose=found["loose"], whole_words=found["whole_words"])


class RedactForm(forms.Form):
    """Which places, why, and that it is meant. The places are ticked in a table of their own."""

    reason = forms.ChoiceField(label="Why it has to go", choices=Reason.choices, widget=forms.RadioSelect)
    confirm = forms.CharField(
        label=f"Type the word {CONFIRM}",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def clean_confirm(self) -> Any:
        if self.cleaned_data["confirm"].strip().lower() != CONFIRM:
            raise ValidationError(f"Type the word {CONFIRM} to say that you mean it.")
        return CONFIRM
