"""Activities: where they stand, whose they are, and what shows that they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from coalitions.forms.parties import Parties
from coalitions.models import Agreement
from deflection.enums import ActivityStatus
from deflection.models import ProgramActivity, Topic, TrainingCount
from phast import offers, uploads
from phast.access.table import Action
from phast.ui.forms import VersionedModelForm

if TYPE_CHECKING:
    from deflection.checklist import Line
    from phast.access.actor import Actor


class UpdateForm(VersionedModelForm):
    """Where an activity stands. One that follows its parts only takes notes."""

    class Meta:
        model = ProgramActivity
        fields: ClassVar = ["topics_done", "status", "reason", "notes"]
        widgets: ClassVar = {
            "topics_done": forms.CheckboxSelectMultiple,
            "status": forms.RadioSelect,
            "notes": forms.Textarea(attrs={"rows": 3}),
        }
        labels: ClassVar = {"topics_done": "What is done of it", "reason": "Why it does not apply"}
        help_texts: ClassVar = {
            "reason": "Only if it does not apply.",
            "notes": "About the work, never about a person.",
        }

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {mark.key: mark for mark in line.topics}
        self.fields["topics_done"].queryset = Topic.objects.filter(pk__in=asked)
        self.initial["topics_done"] = [key for key, mark in asked.items() if mark.done]
        self.has_topics = bool(asked)
        if not asked:
            del self.fields["topics_done"]
        else:
            self.fields["status"].help_text = "With all of the above it is done, with some in progress."
        if line.follows_parts:
            del self.fields["status"], self.fields["reason"]

    def said(self) -> dict[str, Any]:
        """As `update_activity` takes it: what this person changed, and nothing else."""
        values = self.values
        said: dict[str, Any] = {"notes": values["notes"]}
        if "status" in values and {"status", "reason"} & set(self.changed_data):
            said |= {"status": ActivityStatus(values["status"]), "reason": values["reason"]}
        if self.has_topics:
            said["topics"] = [topic.pk for topic in values["topics_done"]]
        return said

    def saved(self, current: Any) -> dict[str, Any]:
        held = super().saved(current)
        if "topics_done" in held:
            asked = set(self.fields["topics_done"].queryset.values_list("pk", flat=True))
            held["topics_done"] = [topic.pk for topic in held["topics_done"] if topic.pk in asked]
        return held


class PlanForm(VersionedModelForm):
    """Who does an activity, until when, and whether the program waits for it; of the program's own also what it is."""

    class Meta:
        model = ProgramActivity
        fields: ClassVar = ["title", "detail", "due_on", "needed_to_launch"]
        widgets: ClassVar = {"detail": forms.Textarea(attrs={"rows": 3})}
        labels: ClassVar = {"due_on": "Due on", "needed_to_launch": "The program does not start without it"}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activity = self.instance
        if activity.activity_id:
            del self.fields["title"], self.fields["detail"]
        self.fields["owner"] = Parties(actor).field("Owner", empty="Nobody yet", now=activity.owner)
        self.fields["owner"].initial = activity.owner
        self.fields["owner"].show_hidden_initial = bool(activity.pk)
        self.order_fields(["title", "detail", "owner"])

    def saved(self, current: Any) -> dict[str, Any]:
        return forms.model_to_dict(current, fields=self.values) | {"owner": current.owner}


class OwnActivityForm(forms.Form):
    """An activity that the program adds beside those of its models."""

    title = forms.CharField(label="Activity", max_length=120)
    detail = forms.CharField(
        label="More about it", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = forms.DateField(label="Due on", required=False)
    needed_to_launch = forms.BooleanField(label="The program does not start without it", required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = Parties(actor).field("Owner", empty="Nobody yet")
        self.order_fields(["title", "detail", "owner"])


class AssignForm(forms.Form):
    """Who owns the ticked activities from now on, and perhaps until when."""

    due_on = forms.DateField(label="Due on", required=False, help_text="Empty leaves each as it is.")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = Parties(actor).field("Owner", empty="Choose who does them")
        self.fields["owner"].required = True
        self.fields["owner"].error_messages["required"] = "Choose who does them."
        self.order_fields(["owner", "due_on"])


class EvidenceForm(forms.Form):
    """One thing that shows that an activity is done: what the portal knows is offered, a link and a file can be added."""

    known = forms.ChoiceField(label="Something the portal knows", required=False)
    url = forms.URLField(label="Or a link", required=False, assume_scheme="https", max_length=200)
    file = forms.FileField(label="Or a file", required=False, help_text="Up to 10 MB.")
    label = forms.CharField(
        label="What to call it", max_length=120, required=False, help_text="If its own name says too little."
    )

    def __init__(self, *args: Any, activity: ProgramActivity, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = uploads.ACCEPT
        today = actor.coalition.today()
        agreements = sorted(
            Agreement.objects.visible_to(actor, Action.ENGAGEMENT_SEE), key=lambda one: one.has_expired(today)
        )
        trainings = (
            TrainingCount.objects.visible_to(actor, Action.DEFLECTION_FOLLOW)
            .filter(program=activity.program_id)
            .select_related("audience")
        )
        sops = [(one.key, one.title) for source in offers.sops for one in source(actor)]
        self.rows = {f"agreement-{one.pk}": one for one in agreements}
        self.rows |= {f"training-{one.pk}": one for one in trainings}
        self.rows |= {f"sop-{key}": key for key, _ in sops}
        groups = {
            "Agreements": [
                (f"agreement-{one.pk}", f"{one}, expired" if one.has_expired(today) else str(one)) for one in agreements
            ],
            "Training": [
                (f"training-{one.pk}", f"{one.audience}, {one.held_on:%b} {one.held_on.day}, {one.held_on.year}")
                for one in trainings
            ],
            "SOPs": [(f"sop-{key}", title) for key, title in sops],
        }
        offered = [(name, choices) for name, choices in groups.items() if choices]
        self.fields["known"].choices = [("", "Nothing of it"), *offered]
        if not offered:
            del self.fields["known"]
            self.fields["url"].label, self.fields["file"].label = "A link", "Or a file"

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        given = [name for name in ("known", "url", "file") if found.get(name)]
        if not self.errors and len(given) != 1:
            raise forms.ValidationError("Give one thing: something the portal knows, a link, or a file.")
        return found

    def said(self) -> dict[str, Any]:
        """As `add_evidence` takes it; not for a file."""
        given, label = self.cleaned_data, {"label": self.cleaned_data["label"]}
        if given["url"]:
            return {"url": given["url"], **label}
        kind = given["known"].partition("-")[0]
        return {kind: self.rows[given["known"]], **label}
