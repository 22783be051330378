"""The counting form and the filters of the list."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from lbn import rules
from lbn.enums import Place, Recipient, Setting, VoidReason
from lbn.models import Count, KitType
from lbn.rules import BESIDES, NotReadable, Problem, month_span, parse_besides, parse_kits, parse_zip
from phast.ui.forms import MonthField, ZipInput

if TYPE_CHECKING:
    from coalitions.models import Partner

ANOTHER_ZIP = "another"
ANOTHER_DAY, MONTH, DATES = "day", "month", "dates"
_LOST_KEY = "This page was incomplete. Please press Save again."
_KEYPAD = {"inputmode": "numeric", "autocomplete": "off"}
_DAY_ERRORS = {"invalid": rules.NOT_A_DAY}
# Why a person corrects or removes an entry, the likely first. The other reasons are the portal's own.
REASONS = (VoidReason.NUMBER, VoidReason.TWICE, VoidReason.PLACE, VoidReason.DAY, VoidReason.OTHER)


class CountForm(forms.Form):
    """A count as a person enters it. What is typed is read here; the rules are `lbn.rules`, the deciding is the action's.

    `when` and `where` are tiles: a day by its date, "day", "month" or "dates" with the boxes below; a ZIP, "another" with a box
    below, "unknown" or "outside". After `is_valid()`, `entry` holds the values that the action takes.
    """

    client_key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _LOST_KEY, "invalid": _LOST_KEY})
    where = forms.CharField(
        label="Where", widget=forms.RadioSelect, error_messages={"required": "Choose where the kits were left."}
    )
    typed_zip = forms.CharField(label="ZIP code", required=False, widget=ZipInput, max_length=20)
    kits = forms.CharField(
        label="Kits",
        widget=forms.TextInput(_KEYPAD),
        max_length=20,
        error_messages={"required": "Enter how many kits. For none, enter 0."},
    )
    when = forms.CharField(label="When", widget=forms.RadioSelect, error_messages={"required": "Choose a day."})
    day = forms.DateField(label="Which day", required=False, error_messages=_DAY_ERRORS)
    month = MonthField(label="Which month", required=False)
    first = forms.DateField(label="First day", required=False, error_messages=_DAY_ERRORS)
    last = forms.DateField(label="Last day", required=False, error_messages=_DAY_ERRORS)
    setting = forms.ChoiceField(choices=Setting, required=False, error_messages={"invalid_choice": rules.NOT_A_SETTING})
    recipient = forms.ChoiceField(
        label="Left with",
        choices=Recipient,
        required=False,
        error_messages={"invalid_choice": rules.NOT_A_RECIPIENT},
    )
    kit_type = forms.ModelChoiceField(
        KitType.objects.none(),
        label="Kit",
        required=False,
        empty_label="Not recorded",
        error_messages={"invalid_choice": rules.NOT_A_KIT},
    )
    declined = forms.CharField(
        label="Offered and declined", required=False, widget=forms.TextInput(_KEYPAD), max_length=20
    )
    none_available = forms.CharField(
        label="No kit available", required=False, widget=forms.TextInput(_KEYPAD), max_length=20
    )
    reversals = forms.CharField(
        label="Reversals reported", required=False, widget=forms.TextInput(_KEYPAD), max_length=20
    )

    def __init__(
        self,
        data: Any = None,
        *,
        partner: Partner,
        places: Sequence[str],
        kit_types: Sequence[KitType],
        count: Count | None = None,
        place: str = "",
    ) -> None:
        """`places`: ZIPs to offer; `count`: the one to correct; `place`: the tile that is chosen already."""
        self.today = partner.coalition.today()
        initial = (
            _initial_of(count, self.today) if count else {"when": self.today.isoformat(), "kits": "1", "where": place}
        )
        super().__init__(data, initial={"client_key": uuid.uuid4()} | initial)
        self.kit_types = list(kit_types)
        known_places = list(dict.fromkeys([*([count.zip_code] if count and count.zip_code else []), *places]))
        self.fields["where"].widget.choices = [
            *((code, code) for code in known_places),
            (ANOTHER_ZIP, "Another ZIP" if known_places else "A ZIP code"),
            (Place.UNKNOWN, "ZIP not known"),
            (Place.OUTSIDE, "Outside our area"),
        ]
        if not known_places and not count:
            self.initial["where"] = ANOTHER_ZIP
        self.fields["when"].widget.choices = self._days(count)
        if count:
            self.fields["reason"] = forms.ChoiceField(
                label="Why",
                choices=[("", "What changed says it"), *((reason.value, reason.label) for reason in REASONS)],
                required=False,
            )
        if len(self.kit_types) > 1:
            self.fields["kit_type"].queryset = KitType.objects.of(partner.coalition).filter(
                pk__in=[kit_type.pk for kit_type in self.kit_types]
            )
        else:
            del self.fields["kit_type"]

    def _days(self, count: Count | None) -> list[tuple[str, str]]:
        yesterday = self.today - dt.timedelta(days=1)
        days = [
            (self.today.isoformat(), f"Today, {self.today:%b} {self.today.day}"),
            (yesterday.isoformat(), f"Yesterday, {yesterday:%b} {yesterday.day}"),
            (ANOTHER_DAY, "Another day"),
            (MONTH, "A whole month"),
        ]
        longer = count is not None and _initial_of(count, self.today)["when"] == DATES
        return [*days, (DATES, "From … to …")] if longer else days

    @property
    def more_is_open(self) -> bool:
        """True when the part that is folded away holds something."""
        return any(
            self[name].value() or self[name].errors
            for name in ("setting", "recipient", "kit_type", *BESIDES)
            if name in self.fields
        )

    def renew_key(self) -> None:
        """Gives the form that is shown again a key of its own: its old one is lost, or has saved something else."""
        self.data = self.data.copy()
        self.data["client_key"] = str(uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        place, zip_code = self._where(cleaned)
        from_on, to_on = self._span(cleaned)
        kits = self._read("kits", parse_kits, cleaned.get("kits"))
        kit_type = cleaned.get("kit_type") or (self.kit_types[0] if len(self.kit_types) == 1 else None)
        self.entry = {
            "from_on": from_on,
            "to_on": to_on,
            "place": place,
            "zip_code": zip_code,
            "kits": kits,
            "setting": cleaned.get("setting", ""),
            "recipient": cleaned.get("recipient", ""),
            "kit_type": kit_type,
            **{name: self._read(name, parse_besides, cleaned.get(name)) for name in BESIDES},
            "client_key": cleaned.get("client_key"),
        }
        if "reason" in self.fields:
            self.entry["reason"] = VoidReason(cleaned["reason"]) if cleaned.get("reason") else None
        return cleaned

    def _where(self, cleaned: dict[str, Any]) -> tuple[str, str]:
        where, typed = cleaned.get("where", ""), cleaned.get("typed_zip", "")
        if where in (Place.UNKNOWN, Place.OUTSIDE) and not typed:
            return where, ""
        if where == ANOTHER_ZIP:
            return Place.ZIP, self._read("typed_zip", parse_zip, typed) or ""
        if where:
            code = self._read("where", parse_zip, where) or ""
            if typed and typed.strip() != code:
                # A browser that shows the box beside the tiles: guessing which one is meant would put kits in the wrong place.
                self.add_error("where", "You chose one place and typed another. Which is it?")
            return Place.ZIP, code
        return "", ""

    def _span(self, cleaned: dict[str, Any]) -> tuple[dt.date | None, dt.date | None]:
        when = cleaned.get("when", "")
        if when == MONTH:
            month = self._given("month", cleaned, "Choose a month.")
            return month_span(month, self.today) if month else (None, None)
        if when == DATES:
            return self._given("first", cleaned, "Enter the first day."), self._given(
                "last", cleaned, "Enter the last day."
            )
        if when == ANOTHER_DAY:
            day = self._given("day", cleaned, "Enter the day.")
            return day, day
        try:
            day = dt.date.fromisoformat(when)
        except ValueError:
            if when:
                self.add_error("when", "Choose a day.")
            return None, None
        return day, day

    def _given(self, name: str, cleaned: dict[str, Any], missing: str) -> Any:
        if cleaned.get(name) is None and name not in self.errors:
            self.add_error(name, missing)
        return cleaned.get(name)

    def _read(self, name: str, read: Callable[[str], Any], text: str | None) -> Any:
        if text is None:  # the field has said why already
            return None
        try:
            return read(text)
        except NotReadable as error:
            self.add_error(name, str(error))
            return None

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Puts what the action found beside the boxes it is about."""
        for problem in problems:
            self.add_error(self._box_of(problem.field), problem.sentence)

    def _box_of(self, field: str) -> str | None:
        if field in ("from_on", "to_on"):
            when = self.cleaned_data.get("when")
            return {ANOTHER_DAY: "day", MONTH: "month", DATES: "first" if field == "from_on" else "last"}.get(
                when, "when"
            )
        if field in ("zip_code", "place"):
            return "typed_zip" if self.cleaned_data.get("where") == ANOTHER_ZIP else "where"
        return field if field in self.fields else None


def _initial_of(count: Count, today: dt.date) -> dict[str, Any]:
    """The boxes as the count fills them."""
    initial: dict[str, Any] = {
        "where": count.zip_code or count.place,
        "kits": str(count.kits),
        "setting": count.setting,
        "recipient": count.recipient,
        "kit_type": count.kit_type_id,
        **{name: getattr(count, name) for name in BESIDES},
        "day": count.from_on,
        "month": count.from_on,
        "first": count.from_on,
        "last": count.to_on,
    }
    if count.from_on == count.to_on:
        near = (today - count.from_on).days in (0, 1)
        return initial | {"when": count.from_on.isoformat() if near else ANOTHER_DAY}
    is_month = (count.from_on, count.to_on) == month_span(count.from_on, today)
    return initial | {"when": MONTH if is_month else DATES}


class CountFilter(forms.Form):
    """Which counts the list shows. Nonsense in the address is told and otherwise ignored."""

    month = MonthField(required=False)
    zip = forms.CharField(label="ZIP code", required=False, widget=ZipInput, max_length=20)
    agency = forms.ChoiceField(required=False)
    removed = forms.BooleanField(label="Show removed ones", required=False)

    def __init__(self, data: Any, *, agencies: Sequence[Partner]) -> None:
        super().__init__(data)
        if len(agencies) > 1:
            self.fields["agency"].choices = [("", "All agencies"), *((str(each.pk), each.name) for each in agencies)]
        else:
            del self.fields["agency"]

    def clean_zip(self) -> str:
        text = self.cleaned_data["zip"]
        try:
            return parse_zip(text) if text else ""
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from None
