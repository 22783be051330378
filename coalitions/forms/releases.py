"""What a release holds."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from coalitions.models import Coalition
from phast import offers
from phast.ui.forms import VersionedModelForm

ALWAYS = "kits_by_zip"


class ReleaseSettingsForm(VersionedModelForm):
    """The closed list of tables, and how far they go."""

    class Meta:
        model = Coalition
        fields: ClassVar = ["release_tables", "release_by_month", "strict_release"]
        help_texts: ClassVar = {
            "release_by_month": "More figures, and more of them hidden: a month’s counts are smaller.",
            "strict_release": "An agency knows its own counts. With this, no agency can work out another’s by taking its own "
            "away. Hides more.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["release_tables"] = forms.MultipleChoiceField(
            label="Tables",
            choices=[(kind.key, kind.title) for kind in offers.release_kinds.values()],
            widget=forms.CheckboxSelectMultiple,
            help_text="Kits by ZIP code are always there. Every further table can mean that more counts must be hidden.",
            required=False,
        )

    def clean_release_tables(self) -> list[str]:
        chosen = {*self.cleaned_data["release_tables"], ALWAYS}
        return [key for key in offers.release_kinds if key in chosen]
