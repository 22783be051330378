"""The kit builder's form: what is in a kit, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from coalitions.forms.requests import OneLine
from lbn.enums import KitPart, Product
from lbn.models import KitDesign, KitItem, KitType
from lbn.selectors.kits import NALOXONE, NALOXONE_NAMES
from phast.personal import refuse_personal
from phast.ui.forms import VersionedModelForm, WholeNumberField

OWN_ROWS = 4  # things an agency adds itself
MOST = 99  # of one thing in a kit


class KitForm(VersionedModelForm):
    """A draft of a kit. Naloxone is always in it, as many doses as the kit has; the rest is ticked, with how many of it."""

    product = forms.ChoiceField(label="Naloxone", choices=Product.choices)
    doses = WholeNumberField(label="Doses in a kit", min_value=1, max_value=20)
    resource_card = OneLine(
        label="Resource card that goes in",
        max_length=120,
        required=False,
        help_text="Such as: Local services, fall 2026.",
    )
    why = OneLine(label="What is new, and why", max_length=300, required=False)

    class Meta:
        model = KitDesign
        fields: ClassVar = ["doses", "resource_card", "card_checked_on", "why"]
        labels: ClassVar = {"card_checked_on": "What it says was last checked on"}

    def __init__(self, *args: Any, items: Sequence[KitItem], **kwargs: Any) -> None:
        self.items = [item for item in items if item.key != NALOXONE]
        instance = kwargs["instance"]
        kwargs["initial"] = self._of(instance)
        super().__init__(*args, **kwargs)
        for item in self.items:
            self.fields[f"has_{item.key}"] = forms.BooleanField(label=item.name, required=False)
            self.fields[f"many_{item.key}"] = self._many(item.name)
        for row in range(1, OWN_ROWS + 1):
            self.fields[f"own_{row}"] = OneLine(label=f"Something else, {row}", max_length=80, required=False)
            self.fields[f"own_many_{row}"] = self._many(f"something else, {row}")
        for name in self.fields:  # of what was added here, too, the page says what it held
            self.fields[name].show_hidden_initial = name != "version"
        if instance.number == 1:
            del self.fields["why"]

    @property
    def parts(self) -> Iterator[tuple[str, list[tuple[Any, Any, KitItem]]]]:
        """The items by where practice 1 puts them, each with its box and its number."""
        for part in KitPart:
            rows = [
                (self[f"has_{item.key}"], self[f"many_{item.key}"], item) for item in self.items if item.part == part
            ]
            yield part.label, rows

    @property
    def own(self) -> list[tuple[Any, Any]]:
        return [(self[f"own_{row}"], self[f"own_many_{row}"]) for row in range(1, OWN_ROWS + 1)]

    @property
    def design(self) -> dict[str, Any]:
        """What was entered, for the action."""
        said = self.cleaned_data
        name = NALOXONE_NAMES[Product(said["product"])]
        contents = [{"item": NALOXONE, "name": name, "quantity": said["doses"]}]
        contents += [
            {"item": item.key, "name": item.name, "quantity": said[f"many_{item.key}"] or 1}
            for item in self.items
            if said[f"has_{item.key}"]
        ]
        contents += [
            {"item": "", "name": own, "quantity": said[f"own_many_{row}"] or 1}
            for row in range(1, OWN_ROWS + 1)
            if (own := said[f"own_{row}"])
        ]
        kept = ("doses", "resource_card", "card_checked_on", "why")
        return {"contents": contents, **{name: said[name] for name in kept if name in said}}

    def saved(self, current: Any) -> dict[str, Any]:
        return {**super().saved(current), **self._of(current)}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in ("resource_card", "why", *(f"own_{row}" for row in range(1, OWN_ROWS + 1))):
            try:
                refuse_personal(found.get(name) or "")
            except forms.ValidationError as refusal:
                self.add_error(name, refusal)
        return found

    def _of(self, design: KitDesign) -> dict[str, Any]:
        held: Mapping[str, Any] = {each["item"]: each for each in design.contents if each["item"]}
        known = {item.key for item in self.items} | {NALOXONE}
        # What left the list of items since stays in the kit, as something of its own.
        own = [each for each in design.contents if each["item"] not in known][:OWN_ROWS]
        name = held[NALOXONE]["name"] if NALOXONE in held else ""
        products = {shown: product for product, shown in NALOXONE_NAMES.items()}
        values: dict[str, Any] = {"product": products.get(name, Product.NASAL_4)}
        for item in self.items:
            values[f"has_{item.key}"] = item.key in held
            values[f"many_{item.key}"] = held[item.key]["quantity"] if item.key in held else item.quantity
        for row in range(1, OWN_ROWS + 1):
            each = own[row - 1] if row <= len(own) else {}
            values[f"own_{row}"], values[f"own_many_{row}"] = each.get("name", ""), each.get("quantity", 1)
        return values

    def _many(self, what: str) -> forms.IntegerField:
        return WholeNumberField(label=f"How many: {what}", min_value=1, max_value=MOST, required=False)


class KindForm(forms.Form):
    """Of which kind of kit a version is begun; the coalition may name a new kind."""

    kit_type = forms.ModelChoiceField(KitType.objects.none(), label="Kind of kit", required=False)
    name = OneLine(label="Or a new kind of kit", max_length=80, required=False)

    def __init__(self, *args: Any, kinds: Any, may_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kit_type"].queryset = kinds
        self.fields["kit_type"].empty_label = None if not may_name else "Choose…"
        if not may_name:
            del self.fields["name"]
