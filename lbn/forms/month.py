"""The desk page: a row for each place of an agency's month, and what the totals do to what is counted already."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from lbn.actions.month import MonthRow
from lbn.enums import Place, Recipient, Setting
from lbn.rules import NotReadable, parse_kits, parse_zip
from lbn.selectors.month import keys_in_order, place_key
from phast.geo.zips import places_of
from phast.ui.forms import ZipInput

from .pasting import MOST, mend_zeros

if TYPE_CHECKING:
    from lbn.models import KitType
    from lbn.rules import Problem
    from lbn.selectors.month import Already, Month

REPLACE, ADD = "replace", "add"
SPARE = 4  # empty rows at the end
PREFIX = "rows"
_FIXED: dict[str, str] = {Place.UNKNOWN: Place.UNKNOWN.label, Place.OUTSIDE: Place.OUTSIDE.label}
_NAMES = ("place", "seen", "zip_code", "kits", "setting", "recipient", "kit_type", "how")
_KEYPAD = {"inputmode": "numeric", "autocomplete": "off"}


def label_of(key: str) -> str:
    """A place without a ZIP, as the page calls it."""
    return _FIXED[key]


class MonthForm(forms.Form):
    """What holds for the page as a whole."""

    page_key = forms.UUIDField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (REPLACE, "includes what is counted already, and takes its place"),
            (ADD, "comes on top: both count"),
        ],
    )


class RowForm(forms.Form):
    """One place. `place` names it where the page does (a ZIP with counts, "unknown", "outside"); else it is typed in `zip_code`."""

    place = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    zip_code = forms.CharField(label="ZIP code", required=False, widget=ZipInput, max_length=20)
    kits = forms.CharField(label="Total", required=False, widget=forms.TextInput(_KEYPAD), max_length=20)
    setting = forms.ChoiceField(choices=Setting, required=False)
    recipient = forms.ChoiceField(label="Left with", choices=Recipient, required=False)
    kit_type = forms.ChoiceField(label="Kit", required=False)
    how = forms.ChoiceField(
        label="What is counted already",
        required=False,
        choices=[("", "As said above"), (REPLACE, "My total includes it"), (ADD, "My total comes on top")],
    )

    row: MonthRow | None = None  # after `is_valid()`, what the row says; None where it says nothing
    town = ""  # what the ZIP's place is called, where it is known

    def __init__(self, *args: Any, kit_types: Sequence[KitType], month: Month, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kit_types = kit_types
        if len(kit_types) > 1:
            names = [("", "Not recorded"), *((str(kit_type.pk), kit_type.name) for kit_type in kit_types)]
            self.fields["kit_type"].choices = names
        else:
            del self.fields["kit_type"]
        key = str(self["place"].value() or "")
        self.key = key if key in month.places or key in _FIXED else ""
        self.already: Already | None = month.places.get(self.key)

    @property
    def name(self) -> str:
        """The place, where the page names it."""
        return _FIXED.get(self.key, self.key)

    @property
    def number(self) -> str:
        """Which row it is, for people; "new" for the one that the script copies."""
        number = self.prefix.rpartition("-")[2]
        return str(int(number) + 1) if number.isdigit() else "new"

    @property
    def detail_boxes(self) -> list[forms.BoundField]:
        """What is folded away behind "More"."""
        names = ["setting", "recipient", "kit_type", *(["how"] if self.already else [])]
        return [self[name] for name in names if name in self.fields]

    @property
    def more_is_open(self) -> bool:
        return any(box.value() or box.errors for box in self.detail_boxes)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed, kits = cleaned.get("zip_code", "").strip(), cleaned.get("kits", "").strip()
        if not kits:  # nothing is said of this place, which is not zero
            return cleaned
        place, code = (self.key, "") if self.key in _FIXED else (Place.ZIP, self.key)
        if not self.key and "zip_code" not in self.errors:
            code = self._read("zip_code", parse_zip, typed) or ""
        number = self._read("kits", parse_kits, kits)
        if self.errors:
            return cleaned
        only_kit = str(self.kit_types[0].pk) if len(self.kit_types) == 1 else ""
        kit_type = cleaned.get("kit_type") or only_kit
        self.row = MonthRow(
            number=int(self.prefix.rpartition("-")[2]),
            place=place,
            zip_code=code,
            kits=number,
            setting=cleaned.get("setting", ""),
            recipient=cleaned.get("recipient", ""),
            kit_type_id=int(kit_type) if kit_type else None,
            replaces={REPLACE: True, ADD: False}.get(cleaned.get("how", "")),
        )
        return cleaned

    def _read(self, name: str, read: Any, text: str) -> Any:
        try:
            return read(text)
        except NotReadable as error:
            sentence = str(error) if text else "Enter a ZIP code, or use “ZIP not known” below."
            self.add_error(name, sentence)
            return None

    def add_problem(self, problem: Problem) -> None:
        """Puts what the action found beside the box it is about."""
        field = problem.field if problem.field in self.fields else "kits"
        if field == "zip_code" and self.key:
            field = "kits"
        self.add_error(field, problem.sentence)


class _Rows(BaseFormSet):
    def name_towns(self) -> None:
        """Puts the names of places beside their ZIPs. One query."""
        codes = {row: row.key or mend_blank(str(row["zip_code"].value() or "")) for row in self.forms}
        names = places_of(code for code in codes.values() if code.isdigit())
        for row, code in codes.items():
            row.town = names.get(code, "")

    def rows(self) -> list[MonthRow]:
        """The rows that say something."""
        return [form.row for form in self.forms if form.row]


RowSet = formset_factory(RowForm, formset=_Rows, extra=0, max_num=2 * MOST, absolute_max=2 * MOST)


def page_form(data: Any = None, how: str = "") -> MonthForm:
    """The page's own boxes; a fresh page has a key of its own."""
    return MonthForm(data, initial={"page_key": uuid.uuid4(), "how": how})


def row_set(data: Any = None, *, kit_types: Sequence[KitType], month: Month, initial: Any = None) -> _Rows:
    """The rows as they were sent, or as `initial` says."""
    return RowSet(data, initial=initial, prefix=PREFIX, form_kwargs={"kit_types": kit_types, "month": month})


# ------------------------------------------------------------------ rows that are laid out anew
Values = dict[str, str]


def sent_rows(data: Mapping[str, str]) -> list[Values]:
    """What the boxes held, without a look at what it means."""
    number = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    total = min(int(number), 2 * MOST) if number.isascii() and number.isdigit() and len(number) < 5 else 0
    return [{name: data.get(f"{PREFIX}-{n}-{name}", "") for name in _NAMES} for n in range(total)]


def laid_out(month: Month, kept: Sequence[Values] = (), *, spare: int = SPARE) -> list[Values]:
    """The page's rows: places with counts, what was typed, empty rows, and at the end the two places without a ZIP.

    Of `kept` nothing is lost but empty rows. What is counted in a place, and the mark of it, is as it is now.
    """
    named: dict[str, Values] = {key: {} for key in keys_in_order(key for key in month.places if key not in _FIXED)}
    fixed: dict[str, Values] = {str(key): {} for key in _FIXED}
    typed = []
    for values in kept:
        key = values["place"] or mend_blank(values["zip_code"])
        spot = named if key in named else fixed if key in fixed else None
        if spot is not None and not spot[key]:
            spot[key] = values
        elif values["zip_code"].strip() or values["kits"].strip():
            typed.append(values | {"place": "", "zip_code": values["zip_code"] or values["place"]})
    return [
        *(_values(**values | {"place": key, "seen": month.seen(key)}) for key, values in named.items()),
        *typed,
        *(_values() for _ in range(spare)),
        *(_values(**values | {"place": key, "seen": month.seen(key)}) for key, values in fixed.items()),
    ]


def mend_blank(zip_code: str) -> str:
    """The ZIP that was typed, where it can be read."""
    try:
        return place_key(Place.ZIP, parse_zip(zip_code))
    except NotReadable:
        return ""


def with_zips(kept: Sequence[Values], codes: Sequence[str]) -> list[Values]:
    """The rows and one more for each of the ZIPs that has none."""
    there = {values["place"] or mend_blank(values["zip_code"]) for values in kept}
    return [*kept, *(_values(zip_code=code) for code in codes if code not in there)]


def with_pasted(kept: Sequence[Values], pasted: Sequence[Any]) -> list[Values]:
    """The rows and what was pasted. A place that has a row without a number gets the number there."""
    rows = [dict(values) for values in kept]
    waiting = {
        values["place"] or mend_blank(values["zip_code"]): values for values in rows if not values["kits"].strip()
    }
    for each in pasted:
        if each.where and (row := waiting.pop(each.where, None)):
            row["kits"] = each.kits
        else:
            fixed = each.where if each.where in _FIXED else ""
            rows.append(_values(place=fixed, zip_code="" if fixed else each.where, kits=each.kits))
    return rows


def with_zeros(kept: Sequence[Values]) -> list[Values]:
    """The rows with the zeros that a spreadsheet has dropped from their ZIPs."""
    return [values | {"zip_code": mend_zeros(values["zip_code"])} for values in kept]


def zeros_lost(kept: Sequence[Values]) -> int:
    """How many of the ZIPs have lost a zero."""
    return sum(
        mend_zeros(values["zip_code"]) != values["zip_code"] and not mend_blank(values["zip_code"]) for values in kept
    )


def _values(**given: str) -> Values:
    return dict.fromkeys(_NAMES, "") | given
