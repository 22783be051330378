"""Practice 8 as registers: what agencies learn from leaving kits, and what became better because of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.registers import Column, EntryForm, Register
from lbn.enums import FeedbackState
from lbn.models import Feedback, Improvement
from lbn.selectors.agencies import agencies_for
from phast.access.actor import Actor
from phast.access.table import Action
from phast.ui.forms import MonthField


class _AgencyForm(EntryForm):
    """A form whose agency is one of those the actor writes for."""

    WRITES: ClassVar = Action.FEEDBACK_WRITE

    def _choices(self, queryset: Any) -> Any:
        if queryset.model is Feedback:
            return queryset.visible_to(self.actor, Action.PROGRAM_SEE)
        agencies = agencies_for(self.actor, self.WRITES)
        if len(agencies) == 1:
            self.initial.setdefault("partner", agencies[0].pk)
        return queryset.filter(pk__in=[agency.pk for agency in agencies])


class FeedbackForm(_AgencyForm):
    """A story or what people said. Whoever changes the words of one that reports may use sends it back to be read, but for the
    coordinator, who reads it."""

    IMPERSONAL = ("text",)
    month = MonthField(label="Month")

    class Meta:
        model = Feedback
        fields: ClassVar = ["kind", "text", "month", "partner"]
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 5})}
        labels: ClassVar = {"partner": "Agency"}
        help_texts: ClassVar = {
            "text": "Say what happened so that nobody can tell who it was: no name, no address, no exact day.",
            "month": "When you heard it. The day is not kept.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("month", self.actor.coalition.today().replace(day=1))

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        if self.instance.pk and "text" in self.changed_data and not self.actor.everywhere(Action.FEEDBACK_WRITE):
            values |= {"state": FeedbackState.WAITING, "moderated_at": None, "moderated_by": None}
        return values


class ImprovementForm(_AgencyForm):
    """What is better now. The coordinator may leave the agency empty: then it is the coalition's."""

    IMPERSONAL = ("text", "shared_with")
    WRITES: ClassVar = Action.PRACTICE_EDIT

    class Meta:
        model = Improvement
        fields: ClassVar = ["text", "made_on", "partner", "because", "shared_with"]
        widgets: ClassVar = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "because": forms.CheckboxSelectMultiple,
        }
        labels: ClassVar = {"partner": "Agency", "because": "Because of"}
        help_texts: ClassVar = {"shared_with": "Such as all agencies, at the meeting of partners."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.actor.everywhere(self.WRITES):
            self.fields["partner"].help_text = "Empty: the whole coalition."
        else:
            self.fields["partner"].required = True


def _who(entry: Feedback | Improvement) -> str:
    return entry.partner.name if entry.partner else "The coalition"


def _decides(actor: Actor, entry: Feedback) -> dict[str, Any]:
    return {
        "decides": actor.everywhere(Action.PRACTICE_EDIT),
        "improvements": Improvement.objects.visible_to(actor, Action.PROGRAM_SEE).filter(because=entry),
    }


FEEDBACK = Register(
    model=Feedback,
    form=FeedbackForm,
    segment="evaluation/",
    title="Evaluation",
    lead="What agencies learn from leaving kits. Nothing here tells who anybody is.",
    empty="Write down the first success, a challenge, or what people said about the kits.",
    section="Naloxone",
    one="a story or feedback",
    columns=(
        Column("What", str),
        Column("In short", lambda one: one.text if len(one.text) < 120 else f"{one.text[:117]}…"),
        Column("Agency", _who),
        Column("For reports", lambda one: one.get_state_display(), as_tag=True),
    ),
    facts=("text", "partner", "state"),
    filters=("kind", "state"),
    search=("text", "partner__name"),
    together=("partner",),
    see=Action.PROGRAM_SEE,
    edit=Action.FEEDBACK_WRITE,
    about_entry=_decides,
    list_template="lbn/feedback_list.html",
    entry_template="lbn/feedback_entry.html",
)

IMPROVEMENTS = Register(
    model=Improvement,
    form=ImprovementForm,
    segment="evaluation/improvements/",
    title="Improvements",
    lead="What became better because of what agencies learned, and with whom it was shared.",
    empty="Write down what you changed because of a story or feedback.",
    section="Naloxone",
    columns=(
        Column("Improvement", str),
        Column("What is better", lambda one: one.text if len(one.text) < 120 else f"{one.text[:117]}…"),
        Column("Agency", _who),
        Column("Shared with", lambda one: one.shared_with),
    ),
    facts=("text", "made_on", "partner", "because", "shared_with"),
    search=("text", "shared_with", "partner__name"),
    together=("partner",),
    see=Action.PROGRAM_SEE,
    edit=Action.PRACTICE_EDIT,
    list_template="lbn/improvement_list.html",
)
