"""Forms of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from phast.access.table import Action

from .models import Every, ReportSchedule
from .schedules import repeating

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .kinds import ReportKind


class ScheduleForm(forms.Form):
    """A report that is to be made regularly, how often, and who gets a link."""

    choice = forms.ChoiceField(label="What it is about, and for whom")
    every = forms.ChoiceField(label="How often", choices=Every.choices, widget=forms.RadioSelect, initial=Every.MONTH)
    people = forms.ModelMultipleChoiceField(
        None,
        label="Who gets a link",
        help_text="By e-mail, without the report in it. They sign in to read it.",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, kind: ReportKind, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["choice"].choices = [(choice.key, choice.key) for choice in repeating(kind, actor)]
        member: Any = ReportSchedule._meta.get_field("people").related_model
        people = member.objects.visible_to(actor, Action.PEOPLE_MANAGE).filter(user__is_active=True)
        self.fields["people"].queryset = people.select_related("user", "partner").order_by("user__name", "pk")
        self.fields["people"].label_from_instance = lambda one: (
            f"{one.user.name or one.user.email}, {one.get_role_display().lower()}"
            + (f" of {one.partner}" if one.partner else "")
        )
