"""The coalition's own look."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile

from coalitions.look import cleaned_logo, contrast_words
from coalitions.models import Look
from phast.look import READABLE, contrast
from phast.ui.forms import VersionedModelForm

COLOR = re.compile(r"#[0-9a-f]{6}")


class LookForm(VersionedModelForm):
    """`values` has the logo as it is kept: a PNG, drawn anew."""

    upload = forms.FileField(
        label="Logo",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,image/png,image/jpeg"}),
        help_text="PNG or JPEG, at most 1 MB. It is kept at 600 by 200 pixels or smaller, and without what cameras write into pictures.",
    )
    drop_logo = forms.BooleanField(label="Use no logo", required=False)

    class Meta:
        model = Look
        fields: ClassVar = ["accent", "confidentiality"]
        help_texts: ClassVar = {
            "accent": "As your style guide gives it: # and six digits or letters, such as #1f5f3f. Dark enough to read on white "
            "(4.5 to 1). Leave it empty for the portal’s own.",
            "confidentiality": "Stands at the foot of every page of reports, such as “For coalition members. Do not pass on.” "
            "Not on what anybody may have, such as the wallet card.",
        }

    field_order: ClassVar = ["upload", "drop_logo", "accent", "confidentiality"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["drop_logo"]

    def clean_accent(self) -> str:
        color = str(self.cleaned_data["accent"]).strip().lower()
        if not color:
            return ""
        if not COLOR.fullmatch(color):
            raise forms.ValidationError("Enter a colour as # and six digits or letters a to f, such as #1f5f3f.")
        if contrast(color) < READABLE:
            raise forms.ValidationError(contrast_words(color))
        return color

    def clean_upload(self) -> bytes:
        file: UploadedFile | None = self.cleaned_data["upload"]
        return cleaned_logo(file, file.size or 0) if file else b""

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        return {
            "accent": given["accent"],
            "confidentiality": given["confidentiality"],
            "logo": given["upload"],
            "drop_logo": given.get("drop_logo", False),
            "version": self.opened_version,
        }
