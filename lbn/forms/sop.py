"""Forms of a standard operating procedure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from coalitions.registers import EntryForm
from lbn.actions.sop import LISTS, MODEL, OWN, SAMPLE
from lbn.models import SopVersion
from lbn.selectors.sop import Shelf
from lbn.sop.filling import NAME, PRIVATE, Gap, series, unknown_names
from lbn.sop.sections import Section, sections_of

LONGEST = 10_000
SOURCES = {
    OWN: "The version approved last",
    MODEL: "The coalition’s model procedure",
    SAMPLE: "The sample that comes with the portal",
}


INSTEAD = "Write the words themselves, or take the braces away."


def _no_braces(text: str) -> None:
    if names := NAME.findall(text):
        raise forms.ValidationError(f"Nothing is filled in for {_braced(dict.fromkeys(names))} here. {INSTEAD}")


def _braced(names: Iterable[str]) -> str:
    return series(f"{{{name}}}" for name in names)


class WordsField(forms.CharField):
    """A text of several lines, however a browser ends them."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return PRIVATE.sub("", text)


class BeginForm(forms.Form):
    """What a draft begins from. `sources`: what there is, the best first."""

    source = forms.ChoiceField(label="Begin from", widget=forms.RadioSelect)

    def __init__(self, *args: Any, sources: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(source, SOURCES[source]) for source in sources]
        self.fields["source"].initial = sources[0]


class SectionForm(EntryForm):
    """A section of a draft. `section`: as it stands, or None when somebody removed it meanwhile; then what was typed is kept."""

    IMPERSONAL = ("title", "text")
    COMPARED: ClassVar = ("title", "text")

    title = forms.CharField(max_length=120)
    text = WordsField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="An empty line begins a new paragraph. A line that begins with • is an entry of a list.",
    )

    class Meta:
        model = SopVersion
        fields: ClassVar = []

    def __init__(self, *args: Any, section: Section | None = None, **kwargs: Any) -> None:
        self.key = section.key if section else ""
        kwargs["initial"] = {"title": section.title, "text": section.wording} if section else {}
        super().__init__(*args, **kwargs)

    @property
    def opened(self) -> dict[str, str]:
        """What the section said when the page was opened."""
        return {
            name: str(
                self.fields[name].to_python(
                    self._widget_data_value(self.fields[name].hidden_widget(), self.add_initial_prefix(name))
                )
            )
            for name in self.COMPARED
        }

    def saved(self, current: Any) -> dict[str, Any]:
        """What the section says as it is saved now."""
        found = next((one for one in sections_of(current) if one.key == self.key), None)
        return {"title": found.title, "text": found.wording} if found else {}

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if unknown := unknown_names(text):
            raise forms.ValidationError(f"The portal has nothing to fill in for {_braced(unknown)}. {INSTEAD}")
        return text


class GapsForm(forms.Form):
    """Words for what the portal does not know. An empty field stays a gap; what is filled in is not filled in once more."""

    def __init__(self, *args: Any, gaps: Sequence[Gap], suggested: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for gap in gaps:
            is_list = gap.name in LISTS
            self.fields[gap.name] = WordsField(
                label=gap.label[:1].upper() + gap.label[1:],
                required=False,
                max_length=2000,
                initial=suggested.get(gap.name, ""),
                help_text=f"For {series(f'“{title}”' for title in gap.sections)}."
                + (" A line for each entry." if is_list else ""),
                widget=forms.Textarea(attrs={"rows": 5}) if is_list else forms.TextInput(),
                validators=[_no_braces],
            )


class ApproveForm(forms.Form):
    """Who approved it, by role, and from which day it is in force."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    role = forms.CharField(
        label="Approved by", max_length=120, help_text="A role, such as Chief of Police. No person’s name."
    )
    in_force_from = forms.DateField(label="In force from")
    why = forms.CharField(
        label="What is new, and why", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["why"]


class CompareForm(forms.Form):
    """Two versions of one procedure, by their numbers."""

    before = forms.ChoiceField(label="From", required=False)
    after = forms.ChoiceField(label="To", required=False)

    def __init__(self, *args: Any, shelf: Shelf, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (str(one.version.number), f"Version {one.version.number} ({one.says.lower()})") for one in shelf.standings
        ]
        self.fields["before"].choices = self.fields["after"].choices = choices
        numbers = [number for number, _ in choices]
        self.fields["before"].initial = numbers[1] if len(numbers) > 1 else ""
        self.fields["after"].initial = numbers[0] if numbers else ""
