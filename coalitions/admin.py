"""The admin opens coalitions and shows reference data. It knows no tenant rows: those are the coalition's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from .actions.coalition import create_coalition
from .models import Coalition, Opportunity, PositionKind, Sector, SectorExample


class NewCoalitionForm(forms.ModelForm):
    """A coalition and who coordinates it first."""

    coordinator = forms.EmailField(help_text="Gets an invitation, good for 72 hours.")

    class Meta:
        model = Coalition
        fields = ("name", "slug")


@admin.register(Coalition)
class CoalitionAdmin(admin.ModelAdmin):
    """Opens coalitions. Their settings are their coordinators' to change, in the portal."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    form = NewCoalitionForm

    def save_model(self, request: HttpRequest, obj: Coalition, form: Any, change: bool) -> None:
        invitation = create_coalition(
            name=obj.name,
            slug=obj.slug,
            email=form.cleaned_data["coordinator"],
            by=request.user,  # type: ignore[arg-type]  # the admin lets nobody else in
        )
        obj.pk, obj.created_at = invitation.coalition.pk, invitation.coalition.created_at

    def has_change_permission(self, request: HttpRequest, obj: Coalition | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Coalition | None = None) -> bool:
        return False


class ReadOnlyAdmin(admin.ModelAdmin):
    """Reference data comes from the files that ship with the portal; a change here would be undone by the next load."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ExampleInline(admin.TabularInline):
    model = SectorExample
    extra = 0


@admin.register(Sector)
class SectorAdmin(ReadOnlyAdmin):
    list_display = ("name", "source")
    inlines = (ExampleInline,)


@admin.register(Opportunity)
class OpportunityAdmin(ReadOnlyAdmin):
    list_display = ("title", "sector", "group")
    list_filter = ("sector",)


@admin.register(PositionKind)
class PositionKindAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind")
