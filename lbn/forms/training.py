"""A training session with the agencies that took part, and the numbers of an agency's personnel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms

from coalitions.models import Partner
from lbn.actions.training import Numbers
from lbn.models import PersonnelCount, SessionPart, TrainingSession
from phast.ui.forms import VersionedModelForm, WholeNumberField

if TYPE_CHECKING:
    from phast.versions import Versioned

SPARE = 12  # empty rows for agencies
SHOWN = 3  # rows that the page shows at once
MOST = 100_000  # people of one agency in one session
LISTED = 80  # more agencies than this are typed with proposals, not chosen from a list
LIST_ID = "agencies"
TOO_MANY = "No more people can be trained than took part."


class PeopleField(WholeNumberField):
    """A number of people."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label=label, **{"min_value": 0, "max_value": MOST} | kwargs)


class AgencyField(forms.CharField):
    """An agency by its name: from a list, or where there are many, typed with proposals; a part of the name will do where no other agency's
    has it."""

    def __init__(self, agencies: Sequence[Partner], *, empty: str, **kwargs: Any) -> None:
        self.agencies = {agency.name.casefold(): agency for agency in agencies}
        names = [(agency.name, agency.name) for agency in agencies]
        is_list = len(names) <= LISTED
        widget = (
            forms.Select(choices=[("", empty), *names])
            if is_list
            else forms.TextInput({"list": LIST_ID, "autocomplete": "off", "placeholder": empty})
        )
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Partner | None:
        text = super().clean(value).casefold()
        if not text or text in self.agencies:
            return self.agencies.get(text)
        found = [agency for name, agency in self.agencies.items() if text in name]
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError("No agency has this name. Choose one from the list.")
        raise forms.ValidationError("Several agencies have this in their names. Choose one from the list.")

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Partner) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").strip()


class SessionForm(VersionedModelForm):
    """What was held, when, for whom and what it covered; and who took part, which the two kinds of this form ask differently."""

    class Meta:
        model = TrainingSession
        fields: ClassVar = ["kind", "audience", "held_on", "elements"]
        widgets: ClassVar = {"kind": forms.RadioSelect, "elements": forms.CheckboxSelectMultiple}
        labels: ClassVar = {"kind": "What kind of session was it?", "held_on": "When was it?"}
        help_texts: ClassVar = {"elements": "Tick what was talked about. Nothing is ticked for you."}

    def __init__(
        self, *args: Any, parts: Sequence[SessionPart] = (), agencies: Sequence[Partner], **kwargs: Any
    ) -> None:
        self.parts_before = list(parts)
        self.agencies = agencies
        self.offer_names = len(agencies) > LISTED
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in self.fields["kind"].choices if choice[0]]

    def _begin_with(self, told: dict[str, Any]) -> None:
        """What the fields that are none of the session's begin with; and then "use the saved one", where that was ticked."""
        for name, value in told.items():
            self.fields[name].initial = value
            self.fields[name].show_hidden_initial = bool(self.instance.pk)
        if self.is_bound and self.instance.pk:
            self._take_saved()

    def _add_rows(self, number: int, make: Callable[[int], dict[str, forms.Field]]) -> None:
        """Fields for each agency that took part, then empty ones."""
        for at in range(number + SPARE):
            for name, field in make(at).items():
                self.fields[f"{name}_{at}"] = field

    def saved(self, current: Versioned) -> dict[str, Any]:
        session = cast("TrainingSession", current)
        return super().saved(current) | self._of_parts(session, list(session.parts.select_related("partner")))

    @property
    def has_more(self) -> bool:
        """Something stands in the rows that the page does not show at once."""
        return any(
            field.value() or field.errors
            for row in self.rows[SHOWN:]
            for field in (row if isinstance(row, tuple) else [row])
        )

    @property
    def rows(self) -> list[Any]:
        """The fields of the agencies that took part."""
        raise NotImplementedError

    @property
    def host(self) -> Partner | None:
        """Who held it; None: the coalition."""
        raise NotImplementedError

    @property
    def parts(self) -> dict[Partner, Numbers]:
        """Who took part, for the action."""
        raise NotImplementedError

    def _of_parts(self, session: TrainingSession, parts: Sequence[SessionPart]) -> dict[str, Any]:
        """What a session holds for the fields of who took part."""
        raise NotImplementedError

    def _numbers(self, took: str, trained: str) -> None:
        """More trained than took part is said beside the number."""
        both = self.cleaned_data.get(took), self.cleaned_data.get(trained)
        if None not in both and both[1] > both[0]:
            self.add_error(trained, TOO_MANY)


class OwnSessionForm(SessionForm):
    """A session that an agency held: its own numbers, and which other agencies came. Those enter their own."""

    def __init__(self, *args: Any, own: Partner, **kwargs: Any) -> None:
        self.own = own
        super().__init__(*args, **kwargs)
        self.fields["took_part"] = PeopleField("How many of your people took part?", min_value=1)
        self.fields["trained"] = PeopleField(
            "How many of them are trained now?", help_text="Those for whom this session completes the training."
        )
        others = [agency for agency in self.agencies if agency.pk != own.pk]
        self._add_rows(
            sum(part.partner_id != own.pk for part in self.parts_before),
            lambda at: {"with": AgencyField(others, empty="None", label=f"Agency {at + 1}")},
        )
        if self.instance.pk:
            self._begin_with(self._of_parts(self.instance, self.parts_before))

    @property
    def rows(self) -> list[Any]:
        return [self[name] for name in self._withs]

    @property
    def _withs(self) -> list[str]:
        return [name for name in self.fields if name.startswith("with_")]

    @property
    def host(self) -> Partner:
        return self.own

    @property
    def parts(self) -> dict[Partner, Numbers]:
        numbers = self.cleaned_data["took_part"], self.cleaned_data["trained"]
        others = [self.cleaned_data[name] for name in self._withs]
        return {self.own: numbers} | {agency: None for agency in others if agency}

    def clean(self) -> dict[str, Any]:
        self._numbers("took_part", "trained")
        return self.cleaned_data

    def _of_parts(self, session: TrainingSession, parts: Sequence[SessionPart]) -> dict[str, Any]:
        own = next((part for part in parts if part.partner_id == self.own.pk), None)
        others = [part.partner for part in parts if part.partner_id != self.own.pk]
        told: dict[str, Any] = {"took_part": own.took_part if own else None, "trained": own.trained if own else None}
        return told | dict(zip_longest(self._withs, others[: len(self._withs)]))


class SharedSessionForm(SessionForm):
    """The coordinator's: who held it, and a row for each agency. Numbers that are left empty are the agency's to enter."""

    def __init__(self, *args: Any, host: Partner | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"] = AgencyField(self.agencies, empty="The coalition", label="Who held it?")
        self._add_rows(len(self.parts_before), self._row)
        is_new = self.instance.pk is None
        self._begin_with(
            {"host": host, "agency_0": host} if is_new else self._of_parts(self.instance, self.parts_before)
        )

    def _row(self, at: int) -> dict[str, forms.Field]:
        return {
            "agency": AgencyField(self.agencies, empty="Choose an agency", label=f"Agency {at + 1}"),
            "took": PeopleField("Took part", required=False),
            "trained": PeopleField("Trained", required=False),
        }

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"agency_{at}"], self[f"took_{at}"], self[f"trained_{at}"]) for at in self._numbers_of_rows]

    @property
    def _numbers_of_rows(self) -> range:
        return range(len(self.parts_before) + SPARE)

    @property
    def host(self) -> Partner | None:
        return cast("Partner | None", self.cleaned_data["host"])

    @property
    def parts(self) -> dict[Partner, Numbers]:
        rows = [
            [self.cleaned_data[f"{name}_{at}"] for name in ("agency", "took", "trained")]
            for at in self._numbers_of_rows
        ]
        return {agency: (took or 0, trained or 0) for agency, took, trained in rows if agency}

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        seen: set[Partner] = set()
        for at in self._numbers_of_rows:
            agency, took, trained = (said.get(f"{name}_{at}") for name in ("agency", "took", "trained"))
            if agency is None and (took is not None or trained is not None) and f"agency_{at}" not in self.errors:
                self.add_error(f"agency_{at}", "Say which agency these numbers are of.")
            if agency in seen:
                self.add_error(f"agency_{at}", f"{agency} stands here twice. Put its numbers together.")
            if agency:
                seen.add(agency)
            if took and trained is None and f"trained_{at}" not in self.errors:
                self.add_error(f"trained_{at}", "Say how many of them were trained, 0 if nobody was.")
            if trained and took is None and f"took_{at}" not in self.errors:
                self.add_error(f"took_{at}", "Say how many took part.")
            self._numbers(f"took_{at}", f"trained_{at}")
        return said

    def _of_parts(self, session: TrainingSession, parts: Sequence[SessionPart]) -> dict[str, Any]:
        told: dict[str, Any] = {
            name: None for at in self._numbers_of_rows for name in (f"agency_{at}", f"took_{at}", f"trained_{at}")
        }
        told["host"] = session.partner
        for at, part in enumerate(parts):
            if at in self._numbers_of_rows:
                told[f"agency_{at}"] = part.partner
                if part.took_part:
                    told |= {f"took_{at}": part.took_part, f"trained_{at}": part.trained}
        return told


class PartForm(forms.Form):
    """An agency's own numbers for a session that somebody else held."""

    took_part = PeopleField("How many of your people took part?")
    trained = PeopleField(
        "How many of them are trained now?", help_text="Those for whom this session completes the training."
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if None not in (said.get("took_part"), said.get("trained")) and said["trained"] > said["took_part"]:
            self.add_error("trained", TOO_MANY)
        return said


class PersonnelForm(forms.ModelForm):
    """How many take part, are trained and are due, as of a day. `seen`: what the numbers were when the form was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    class Meta:
        model = PersonnelCount
        fields: ClassVar = ["as_of", "taking_part", "trained", "due"]
        field_classes: ClassVar = dict.fromkeys(["taking_part", "trained", "due"], WholeNumberField)
        labels: ClassVar = {
            "as_of": "As of",
            "taking_part": "People who leave kits",
            "trained": "Of them trained",
            "due": "Due for training",
        }
        help_texts: ClassVar = {"due": "New people, and those who need it again."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = numbers_in_words(self.instance) if self.instance.pk else ""

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for the action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def numbers_in_words(numbers: PersonnelCount) -> str:
    """The numbers of a day as one text, to see whether somebody changed them."""
    return f"{numbers.as_of}: {numbers.taking_part}, {numbers.trained}, {numbers.due}"
