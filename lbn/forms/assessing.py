"""Rating the elements of a practice, and finishing an assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from lbn.enums import InPlace
from lbn.models import Assessment, Rating
from phast.personal import in_words, looks_personal
from phast.ui.forms import VersionedModelForm

if TYPE_CHECKING:
    from lbn.models import PracticeElement
    from lbn.selectors.evidence import Shown

EVIDENCE_LETTERS = Rating._meta.get_field("evidence").max_length


@dataclass(frozen=True)
class Question:
    """An element as the form asks about it: its two fields, and what the portal knows."""

    element: PracticeElement
    how: Any
    shows: Any
    known: Shown

    @property
    def is_open(self) -> bool:
        """Whether the box for what shows it is unfolded."""
        return bool(self.shows.value() or self.shows.errors or self.shows.both)


class RatingForm(VersionedModelForm):
    """How far the agency is with each element of one practice. Nothing is ticked that nobody ticked, and an element may stay open."""

    class Meta:
        model = Assessment
        fields: ClassVar = []

    def __init__(
        self,
        *args: Any,
        instance: Assessment,
        elements: Sequence[PracticeElement],
        known: Mapping[str, Shown],
        **kwargs: Any,
    ) -> None:
        self.elements, self.known = elements, known
        self.base_fields = self.base_fields | self._fields_of(
            instance
        )  # this form's own: they differ from practice to practice
        super().__init__(*args, instance=instance, **kwargs)
        if self.is_bound and "nobodys" in self.data:
            self._ask_whose()

    @property
    def questions(self) -> list[Question]:
        return [
            Question(one, self[f"{one.pk}-how"], self[f"{one.pk}-shows"], self.known[one.pk]) for one in self.elements
        ]

    @property
    def ratings(self) -> dict[str, tuple[InPlace | None, str]]:
        """After `is_valid()`: what `rate_elements` takes. Words about an element that nobody rated count for nothing."""
        return {
            one.pk: (
                InPlace(int(how)) if (how := self.cleaned_data[f"{one.pk}-how"]) else None,
                self.cleaned_data[f"{one.pk}-shows"],
            )
            for one in self.elements
        }

    def saved(self, current: Any) -> dict[str, Any]:
        found = {one.element_id: one for one in current.ratings.all()}
        saved: dict[str, Any] = {}
        for one in self.elements:
            rating = found.get(one.pk)
            saved[f"{one.pk}-how"] = str(rating.in_place) if rating else ""
            saved[f"{one.pk}-shows"] = rating.evidence if rating else ""
        return saved

    def _fields_of(self, assessment: Assessment) -> dict[str, forms.Field]:
        held, fields = self.saved(assessment), dict[str, forms.Field]()
        for one in self.elements:
            fields[f"{one.pk}-how"] = forms.ChoiceField(
                label=one.title,
                choices=[(str(value), label) for value, label in InPlace.choices],
                widget=forms.RadioSelect,
                required=False,
                initial=held[f"{one.pk}-how"],
            )
            fields[f"{one.pk}-shows"] = forms.CharField(
                label="What shows it",
                max_length=EVIDENCE_LETTERS,
                required=False,
                initial=held[f"{one.pk}-shows"],
                help_text="In your own words. Nothing about a person.",
            )
        return fields

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for one in self.elements:
            if found.get(f"{one.pk}-shows") and not found.get(f"{one.pk}-how"):
                self.add_error(f"{one.pk}-how", "Say how far it is, too, or take out what shows it.")
        if not found.get("nobodys"):
            self._look_for_people(found)
        return found

    def _look_for_people(self, found: dict[str, Any]) -> None:
        held = {f"{one.pk}-shows": looks_personal(found.get(f"{one.pk}-shows") or "") for one in self.elements}
        for name, kinds in held.items():
            if kinds:
                self.add_error(
                    name, f"This looks as if it held {in_words(kinds)}. Take it out, or say below that it is nobody’s."
                )
        if any(held.values()):
            self._ask_whose()

    def _ask_whose(self) -> None:
        self.fields["nobodys"] = forms.BooleanField(label="It is no person’s data", required=False)


class FinishForm(forms.Form):
    """The day an assessment is about."""

    assessed_on = forms.DateField(
        label="Assessed on",
        error_messages={"required": "Enter the day.", "invalid": "Enter a day, such as 2026-11-20."},
    )
