"""What is printed of the directory. The fields are those of the report kinds."""

from __future__ import annotations

from typing import Any

from django import forms

from deflection.models import ResourceCategory

ENGLISH, SPANISH = "en", "es"
LANGUAGES = [(ENGLISH, "English"), (SPANISH, "Spanish")]
# Each size is a report kind of its own: one is a page, the other two.
WALLET, LARGE = "wallet_card", "wallet_card_large"
SIZES = [(WALLET, "Wallet: three folding cards to a sheet"), (LARGE, "Large print: one sheet, folded once")]


class _Printed(forms.Form):
    """What both have."""

    town = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, towns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_{self.KIND}_%s", **kwargs)
        self.fields["town"].choices = [("", "All towns"), *((town, town) for town in towns)]

    KIND = ""


class CardForm(_Printed):
    """A wallet card."""

    KIND = "card"

    language = forms.ChoiceField(choices=LANGUAGES, widget=forms.RadioSelect, initial=ENGLISH)
    kind = forms.ChoiceField(label="Size", choices=SIZES, widget=forms.RadioSelect, initial=WALLET)

    field_order = ("language", "kind", "town")


class GuideForm(_Printed):
    """The guide."""

    KIND = "guide"

    category = forms.ChoiceField(label="Kind of help", required=False)
    stale = forms.BooleanField(label="Also what was not verified for 90 days, marked “call first”", required=False)

    field_order = ("category", "town", "stale")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.pk, kind.name) for kind in ResourceCategory.objects.all()]
        self.fields["category"].choices = [("", "All kinds"), *kinds]
