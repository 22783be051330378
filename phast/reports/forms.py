"""Forms of reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms

from phast.access.table import Action
from phast.ui.forms import VersionedModelForm

from .kinds import kind_of
from .models import ReportSchedule
from .schedules import repeating

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .kinds import ReportKind


class MadeForm(forms.Form):
    """Of which kind the reports are that a list shows. `kinds`: keys of those there are; one that is offered no more is not asked for."""

    def __init__(self, *args: Any, kinds: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        known = sorted((kind.label, kind.key) for kind in map(kind_of, kinds) if kind)
        self.fields["kind"] = forms.ChoiceField(
            label="Kind of report", choices=[("", "All"), *((key, label) for label, key in known)], required=False
        )

    @property
    def chosen(self) -> str:
        """The key that was chosen; empty for all."""
        return str(self.cleaned_data["kind"]) if self.is_valid() else ""


class ScheduleForm(VersionedModelForm):
    """A report that is to be made regularly, how often, and who gets a link."""

    choice = forms.ChoiceField(label="What it is about, and for whom")

    class Meta:
        model = ReportSchedule
        fields = ("choice", "every", "people")
        widgets = {"every": forms.RadioSelect, "people": forms.CheckboxSelectMultiple}
        labels = {"every": "How often", "people": "Who gets a link"}
        help_texts = {"people": "By e-mail, without the report in it. They sign in to read it."}

    def __init__(self, *args: Any, kind: ReportKind, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        offered = [choice.key for choice in repeating(kind, actor)]
        held = [self.instance.choice] if self.instance.pk and self.instance.choice not in offered else []
        self.fields["choice"].choices = [(key, key) for key in [*held, *offered]]
        self.fields["choice"].help_text = kind.period and f"{kind.period}."
        self.fields["every"].choices = [choice for choice in self.fields["every"].choices if choice[0]]
        member: Any = ReportSchedule._meta.get_field("people").related_model
        people = member.objects.visible_to(actor, Action.PEOPLE_MANAGE).filter(user__is_active=True)
        self.fields["people"].queryset = people.select_related("user", "partner").order_by("user__name", "pk")
        self.fields["people"].label_from_instance = lambda one: (
            f"{one.user.name or one.user.email}, {one.get_role_display().lower()}"
            + (f" of {one.partner}" if one.partner else "")
        )
