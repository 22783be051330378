"""What people enter about measures."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from phast.charts import figure
from phast.ui.forms import VersionedModelForm
from plans.measuring import sources_of
from plans.models import Intervention, Measure, MeasureValue, Plan, Step

MOST = Decimal(10) ** 12
NUMBER = re.compile(r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:[.][0-9]*)?")
FIRST_YEAR, LAST_YEAR = 1990, 2100


class FigureField(forms.DecimalField):
    """A number as people write it: "1,200", "45.5", "45%". Not "1e3", "NaN" or "about 12"."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "usa-input--short"}
        super().__init__(widget=forms.TextInput(attrs), **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        if not isinstance(value, str):
            return super().to_python(value)
        text = value.strip().removesuffix("%").strip().replace("\u2212", "-")
        if not text:
            return None
        if not NUMBER.fullmatch(text) or not any(letter.isdigit() for letter in text):
            raise ValidationError("Write a number, such as 12, 1,200 or 45.5.")
        number = Decimal(text.replace(",", ""))
        if abs(number) >= MOST:
            raise ValidationError("Write a number below 1,000,000,000,000.")
        if number != round(number, 2):
            raise ValidationError("Write at most two decimals.")
        return number

    def prepare_value(self, value: Any) -> Any:
        return figure(value) if isinstance(value, Decimal) else value


class DayField(forms.DateField):
    """A day of our time, so that a slip of the finger does not stretch a chart over centuries."""

    def clean(self, value: Any) -> dt.date | None:
        day = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"Check the year: it is {day.year}.")
        return day


class MeasureForm(VersionedModelForm):
    """A measure: what, in which unit, where from, where to."""

    source = forms.ChoiceField(
        label="Where the values come from",
        required=False,
        help_text="Kits are exact for you alone; everybody else sees what is released.",
    )
    baseline = FigureField(required=False)
    baseline_on = DayField(label="Measured on", required=False)
    target = FigureField(required=False)
    target_on = DayField(label="To be reached by", required=False)

    class Meta:
        model = Measure
        fields = (
            "text",
            "unit",
            "direction",
            "source",
            "baseline",
            "baseline_on",
            "target",
            "target_on",
            "steps",
            "story",
        )
        widgets = {
            "direction": forms.RadioSelect,
            "story": forms.Textarea(attrs={"rows": 4}),
            "steps": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["autofocus"] = True
        self.fields["text"].help_text = "Such as: police departments with a naloxone program."
        self.fields["baseline"].help_text = "Where it was when you began. Everybody in the coalition reads it."
        self.fields["steps"].queryset = Step.objects.present().filter(plan=plan)
        self.fields["steps"].choices = [(step.pk, step.title) for step in Step.objects.in_tree(plan.pk)]
        self.fields["source"].choices = sources_of(plan)
        if self.instance.source == Measure.ADOPTION:
            self.initial["source"] = f"{Measure.ADOPTION}-{self.instance.intervention_id}"

    @property
    def values(self) -> dict[str, Any]:
        """With the source in its two parts."""
        values = super().values
        source, _, key = values["source"].partition("-")
        values["source"] = source
        values["intervention"] = Intervention.objects.get(pk=key) if source == Measure.ADOPTION else None
        return values

    def show_both(self, current: Measure) -> None:  # type: ignore[override]  # a form of measures meets measures
        if current.source == Measure.ADOPTION:
            current.source = f"{Measure.ADOPTION}-{current.intervention_id}"
        super().show_both(current)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for number, day, words in (("baseline", "baseline_on", "baseline"), ("target", "target_on", "target")):
            if values.get(day) and values.get(number) is None and number not in self.errors:
                self.add_error(number, f"There is a day for the {words} but no number.")
        return values


class ValueForm(forms.ModelForm):
    """What was measured on a day. `was` is the number that a correction corrects."""

    on = DayField(label="Measured on")
    value = FigureField(label="Value")

    class Meta:
        model = MeasureValue
        fields = ("on", "value", "note")

    was = FigureField(required=False)

    def __init__(self, *args: Any, unit: str, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = f"Value, in {unit}" if unit else "Value"
        self.fields["note"].help_text = "Where the number comes from, or what changed."
        self.fields["was"].widget = forms.HiddenInput()
        if self.instance.pk:
            self.fields["was"].initial = self.instance.value
        else:
            del self.fields["was"]
            self.fields["on"].initial = today

    def validate_unique(self) -> None:
        """The action does it under a lock."""

    def take_saved(self, current: MeasureValue | None) -> None:
        """After somebody else corrected the value: saving again means this person has seen theirs."""
        if current is not None:
            self.data = self.data.copy()
            self.data["was"] = figure(current.value)
