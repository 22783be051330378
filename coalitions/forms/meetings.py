"""Meetings, their agenda, who is on the list, and what is recorded."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from coalitions.enums import PartnerStatus
from coalitions.meetings import owner
from coalitions.models import AgendaItem, Decision, Meeting, MeetingAction
from coalitions.typed_names import Unclear, active_partners, parties, seats, told_apart
from phast.ui.forms import VersionedModelForm, WholeNumberField

from .roster import ActorModelForm

if TYPE_CHECKING:
    from phast.access.actor import Actor
    from phast.versions import Versioned

HOUR = 60
LENGTHS = [(30, "30 minutes"), (45, "45 minutes"), (60, "1 hour"), (90, "1½ hours"), (120, "2 hours"), (180, "3 hours"),
           (240, "4 hours"), (360, "6 hours"), (480, "8 hours")]  # fmt: skip
NOBODY = "Nobody is called “{}”. Type the name of a partner, a person or a position, or leave it empty."


def length_of(meeting: Meeting) -> int:
    """How long it lasts, in minutes."""
    return int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60


class MeetingForm(ActorModelForm):
    """When, where, how long and what for. Times are the coalition's."""

    minutes = forms.TypedChoiceField(label="Lasts", coerce=int, choices=LENGTHS, initial=HOUR)
    link = forms.URLField(label="Link to join", required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Meeting
        fields: ClassVar = ["title", "starts_at", "place", "link", "purpose"]
        widgets: ClassVar = {"purpose": forms.Textarea(attrs={"rows": 3})}

    field_order: ClassVar = ["title", "starts_at", "minutes", "place", "link", "purpose"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].help_text = f"In the time of {self.actor.coalition.time_zone.replace('_', ' ')}."
        if self.instance.pk:
            lasts = length_of(self.instance)
            if lasts not in dict(LENGTHS):
                self.fields["minutes"].choices = [(lasts, f"{lasts} minutes"), *LENGTHS]
            self.fields["minutes"].initial = lasts

    def _post_clean(self) -> None:
        """The end follows from the beginning and the length, before the record is checked."""
        if begins := self.cleaned_data.get("starts_at"):
            self.instance.ends_at = begins + dt.timedelta(minutes=self.cleaned_data.get("minutes") or HOUR)
        super()._post_clean()

    def saved(self, current: Versioned) -> dict[str, Any]:
        return super().saved(current) | {"minutes": length_of(current)}  # type: ignore[arg-type]  # of a meeting's form

    @property
    def fields_of_meeting(self) -> dict[str, Any]:
        """What was entered, as the meeting keeps it."""
        values = self.values
        lasts = values.pop("minutes")
        return values | {"ends_at": values["starts_at"] + dt.timedelta(minutes=lasts)}


class ItemForm(VersionedModelForm):
    """Something on the agenda."""

    minutes = WholeNumberField(label="Minutes", required=False, min_value=1, max_value=600)

    class Meta:
        model = AgendaItem
        fields: ClassVar = ["title", "speakers", "minutes"]
        labels: ClassVar = {"title": "What it is about"}


class ItemNotesForm(ItemForm):
    """The same with what was said on it."""

    class Meta(ItemForm.Meta):
        fields: ClassVar = ["title", "speakers", "minutes", "notes"]
        widgets: ClassVar = {"notes": forms.Textarea(attrs={"rows": 6})}


class NotesForm(VersionedModelForm):
    """What was said in the meeting as a whole."""

    class Meta:
        model = Meeting
        fields: ClassVar = ["notes"]
        widgets: ClassVar = {"notes": forms.Textarea(attrs={"rows": 8})}


class OwnerField(forms.CharField):
    """A partner, a person or a position by name; its value is that row, or None."""

    def __init__(self, *, actor: Actor) -> None:
        super().__init__(label="Who does it", required=False, max_length=250)
        self.actor = actor
        self.widget.attrs |= {"list": "parties", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            found = told_apart(parties(self.actor), typed)
        except Unclear as unclear:
            raise forms.ValidationError(str(unclear)) from None
        if found is None:
            raise forms.ValidationError(NOBODY.format(typed))
        return found


class DecisionForm(VersionedModelForm):
    class Meta:
        model = Decision
        fields: ClassVar = ["text"]
        labels: ClassVar = {"text": "Decision"}
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 3})}


class ActionForm(VersionedModelForm):
    """An action: what, who, by when."""

    class Meta:
        model = MeetingAction
        fields: ClassVar = ["text", "due_said"]
        labels: ClassVar = {"text": "Action"}
        help_texts: ClassVar = {"due_said": "As it was said: 6/30, end of June, quarterly."}

    field_order: ClassVar = ["text", "owner", "due_said"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = OwnerField(actor=actor)
        self.order_fields(self.field_order)
        self.fields["owner"].initial = typed_owner(self.instance)
        if self.instance.pk:
            self.fields["owner"].show_hidden_initial = True

    def saved(self, current: Versioned) -> dict[str, Any]:
        return super().saved(current) | {"owner": typed_owner(current)}  # type: ignore[arg-type]  # of an action's form


def typed_owner(action: MeetingAction) -> str:
    """The owner as somebody would type it."""
    return str(action.position) if action.position else owner(action)


class RecordForm(forms.Form):
    """One line recorded while people talk: a decision, an action with who and by when, or a note."""

    KINDS: ClassVar = [("decision", "Decision"), ("action", "Action"), ("note", "Note")]
    LONGEST: ClassVar = {"decision": 500, "action": 200, "note": 2000}

    kind = forms.ChoiceField(choices=KINDS)
    item = forms.ModelChoiceField(AgendaItem.objects.none(), required=False)
    text = forms.CharField(error_messages={"required": "Type what to record."})
    due = forms.CharField(required=False, max_length=60)

    def __init__(self, *args: Any, meeting: Meeting, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = meeting.agenda.all()
        self.fields["who"] = OwnerField(actor=actor)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        most = self.LONGEST.get(found.get("kind", ""), 0)
        if len(found.get("text", "")) > most > 0:
            self.add_error("text", f"Say it in {most} letters or fewer; this has {len(found['text'])}.")
        return found


class PartnersForm(forms.Form):
    """Partners whose contacts come onto the list, and seats."""

    partners = forms.ModelMultipleChoiceField(
        None, label="Partners (contacts)", required=False, widget=forms.CheckboxSelectMultiple
    )
    seats = forms.ModelMultipleChoiceField(
        None, label="Lived-experience seats", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, numbers: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partners"].queryset = (
            active_partners(actor).filter(pk__in=numbers).exclude(status=PartnerStatus.INACTIVE)
        )
        self.fields["partners"].label_from_instance = lambda partner: f"{partner} ({numbers[partner.pk]})"
        self.fields["seats"].queryset = seats(actor)
        if not self.fields["seats"].queryset.exists():
            del self.fields["seats"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not found.get("partners") and not found.get("seats"):
            raise forms.ValidationError("Tick whom to put on the list.")
        return found


class GuestForm(forms.Form):
    """Somebody without an account who is no contact either."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail", required=False)
