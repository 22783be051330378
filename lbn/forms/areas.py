"""A file of figures by area, and a year's deaths for the saturation gauge."""

from __future__ import annotations

from django import forms

from lbn.area_files import FIRST_YEAR, LAST_YEAR
from lbn.enums import AreaKind
from phast.ui.forms import WholeNumberField

ORIGIN = "Such as “State health department, final 2025 figures”."


class AreaFileForm(forms.Form):
    """A spreadsheet and what it holds."""

    kind = forms.ChoiceField(label="What it holds", choices=AreaKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label="Spreadsheet",
        help_text="CSV or Excel (.xlsx): a row for each ZIP code or county, with the year and the figure. Totals only, no persons.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
        max_length=255,
    )
    year = WholeNumberField(
        label="Year (optional)",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="When no column says it.",
    )
    origin = forms.CharField(label="Where the figures come from", max_length=200, help_text=ORIGIN)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx,.xlsm"


class DeathsForm(forms.Form):
    """A year's opioid-related deaths in the coalition's area."""

    year = WholeNumberField(label="Year", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    deaths = WholeNumberField(
        label="Opioid-related deaths",
        min_value=1,
        max_value=1_000_000,
        help_text="In the whole area of the coalition. A year that is there already is changed.",
    )
    origin = forms.CharField(label="Where the figure comes from", max_length=200, help_text=ORIGIN)
