"""The forms of an import: the file, what its columns are, and the answers to what the check asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from lbn.enums import Place, Recipient, Setting
from lbn.importing import dates
from lbn.importing.actions import choices_of
from lbn.importing.headers import FIELDS, Column, are_rates
from lbn.importing.reading import Reading
from lbn.importing.upload import Look
from lbn.importing.words import ASKED, IMPORT, KEEP_ONE, LEAVE_OUT
from lbn.rules import NotReadable
from phast.sheets.days import order_of
from phast.ui.templatetags.ui import number

if TYPE_CHECKING:
    import datetime as dt

    from coalitions.models import Partner
    from lbn.models import KitType

NOT_READ = ("", "Not read")
_ORDERS = [("mdy", "the month: 3/4/2025 is March 4"), ("dmy", "the day: 3/4/2025 is April 3")]


class UploadForm(forms.Form):
    """A file. A person with several agencies says for which."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="CSV or Excel (.xlsx), up to 50 MB: counts, no persons. You see what happens to each row before anything is saved.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
        max_length=255,
    )
    partner = forms.ChoiceField(label="Agency", error_messages={"required": "Choose the agency."})

    def __init__(self, *args: Any, agencies: Sequence[Partner] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx,.xlsm"
        if len(agencies) > 1:
            self.fields["partner"].choices = [("", "Choose"), *((agency.pk, agency.name) for agency in agencies)]
        else:
            del self.fields["partner"]


class ReadingForm(forms.Form):
    """What each column is (`column_0` …), and once for the whole file what no column says. After `is_valid()`, `reading` holds it
    and `whose` the agency."""

    period = forms.CharField(
        label="When the kits were left",
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "class": "usa-input--short"}),
        help_text="For the whole file: a year (2020), a half (H1 2020), a quarter (Q3 2020), a month (July 2020) or a day (7/15/2020). "
        "A year stays one span: it is never divided into months.",
    )
    partner = forms.ChoiceField(label="Agency", required=False)
    place = forms.ChoiceField(
        label="Where the kits were left",
        required=False,
        choices=[("", "Choose"), (Place.UNKNOWN, Place.UNKNOWN.label), (Place.OUTSIDE, Place.OUTSIDE.label)],
    )
    date_order = forms.ChoiceField(
        label="In dates such as 3/4/2025, first comes", required=False, widget=forms.RadioSelect, choices=_ORDERS
    )
    setting = forms.ChoiceField(label="Setting of all rows", required=False, choices=Setting)
    recipient = forms.ChoiceField(label="Recipient of all rows", required=False, choices=Recipient)
    kit_type = forms.ChoiceField(label="Kit of all rows", required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        look: Look,
        agencies: Sequence[Partner],
        kit_types: Sequence[KitType],
        today: dt.date,
        before: Reading | None = None,
        partner: Partner | None = None,
        likely: Partner | None = None,
    ) -> None:
        """`before`: how a file with the same columns was read last. `partner`: the agency, where it is fixed; `likely`: else a proposal."""
        self._look, self._today, self._fixed = look, today, partner
        self._likely = str(likely.pk) if likely else ""
        self._agencies = {str(agency.pk): agency for agency in agencies}
        self.columns = look.columns
        super().__init__(data, initial=self._proposed(before))
        for column in self.columns:
            self.fields[f"column_{column.index}"] = forms.ChoiceField(
                label=f"Column {column.letter}" + (f", “{column.label}”" if column.label else ""),
                required=False,
                choices=[NOT_READ, *FIELDS.items()],
            )
        self.fields["partner"].choices = [("", "Choose"), *((str(agency.pk), agency.name) for agency in agencies)]
        self.fields["kit_type"].choices = [("", "Not recorded"), *((str(kit.pk), kit.name) for kit in kit_types)]
        if partner is not None:
            del self.fields["partner"]
        if not kit_types:
            del self.fields["kit_type"]

    def _proposed(self, before: Reading | None) -> dict[str, Any]:
        chosen = {column.index: column.guess for column in self.columns}
        once: dict[str, Any] = {}
        if before:
            chosen |= dict.fromkeys(chosen, "") | {index: name for name, index in before.columns.items()}
            once = {"date_order": before.date_order, "place": before.place, "setting": before.setting}
            once |= {"recipient": before.recipient, "kit_type": str(before.kit_type or "")}
        date = next((index for index, name in chosen.items() if name == "date"), None)
        order = order_of(self._values(date))
        if order in ("mdy", "dmy"):
            once["date_order"] = order
        elif order == "mixed":
            once["date_order"] = "mdy"
        likely = next(iter(self._agencies)) if len(self._agencies) == 1 else self._likely
        once["partner"] = likely
        return once | {f"column_{index}": name for index, name in chosen.items()}

    def rows(self) -> list[tuple[Column, forms.BoundField]]:
        """Each column with its box."""
        return [(column, self[f"column_{column.index}"]) for column in self.columns]

    def once(self) -> list[forms.BoundField]:
        """The boxes for what no column says, as far as it has to be said."""
        chosen = set(self._chosen().values())
        asked = []
        if "date" not in chosen:
            asked.append("period")
        elif order_of(self._values(self._column_of("date"))) in ("ask", "mixed") or self.errors.get("date_order"):
            asked.append("date_order")
        if "zip" not in chosen:
            asked.append("place")
        if "agency" not in chosen and "partner" in self.fields:
            asked.append("partner")
        return [self[name] for name in asked]

    def more(self) -> list[forms.BoundField]:
        """Boxes for what may stay "not recorded"."""
        chosen = set(self._chosen().values())
        return [
            self[name] for name in ("setting", "recipient", "kit_type") if name not in chosen and name in self.fields
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        columns: dict[str, int] = {}
        for column in self.columns:
            name = cleaned.get(f"column_{column.index}")
            if name and name in columns:
                self.add_error(f"column_{column.index}", f"Two columns are said to be “{FIELDS[name]}”. Choose one.")
            elif name:
                columns[name] = column.index
        self._check_kits(columns)
        if "zip" not in columns and not cleaned.get("place"):
            self.add_error("place", "No column holds a ZIP code. Choose one above, or say here that it is not known.")
        if "year" in columns and "date" not in columns:
            self.add_error(
                f"column_{columns['year']}", "A year alone: choose “Day, month or other period” for this column."
            )
        span = self._period(columns, cleaned)
        order = order_of(self._values(columns.get("date")))
        if order in ("ask", "mixed") and not cleaned.get("date_order"):
            self.add_error("date_order", "The dates can be read in two ways. Say once which part is the month.")
        self._choose_partner(columns, cleaned)
        self.reading = Reading(
            columns=columns,
            labels=self._look.labels,
            signature=self._look.signature,
            sheet=self._look.table.sheet,
            header=self._look.header,
            width=self._look.width,
            from_on=span[0].isoformat() if span else "",
            to_on=span[1].isoformat() if span else "",
            date_order=cleaned.get("date_order", "") if order in ("ask", "mixed") else order,
            place="" if "zip" in columns else cleaned.get("place", ""),
            setting="" if "setting" in columns else cleaned.get("setting", ""),
            recipient="" if "recipient" in columns else cleaned.get("recipient", ""),
            kit_type=int(cleaned["kit_type"]) if cleaned.get("kit_type") and "kit_type" not in columns else None,
        )
        return cleaned

    def _check_kits(self, columns: dict[str, int]) -> None:
        if "kits" not in columns:
            self.add_error(None, "Say which column holds the number of kits.")
        elif are_rates(self._values(columns["kits"])):
            self.add_error(
                f"column_{columns['kits']}",
                "This column holds decimals or percentages: rates, not counts. Choose the column with whole numbers.",
            )

    def _period(self, columns: dict[str, int], cleaned: dict[str, Any]) -> dates.Span | None:
        if "date" in columns:
            return None
        text = cleaned.get("period", "")
        if not text:
            self.add_error(
                "period", "No column holds a date. Say once when the kits were left, such as 2020 or July 2020."
            )
            return None
        try:
            span, _ = dates.span_of(text, "mdy")
        except NotReadable:
            self.add_error(
                "period", "Write a year, a half, a quarter, a month or a day, such as 2020, Q3 2020 or July 2020."
            )
            return None
        if span[0] > self._today:
            self.add_error("period", "This is in the future. Check the year.")
        return dates.so_far(span, self._today)

    def _choose_partner(self, columns: dict[str, int], cleaned: dict[str, Any]) -> None:
        self.whose = self._fixed
        if self._fixed is None and "agency" not in columns:
            self.whose = self._agencies.get(cleaned.get("partner", ""))
            if self.whose is None and "partner" not in self.errors:
                self.add_error("partner", "No column holds the agency. Choose whose counts these are.")

    def _chosen(self) -> dict[int, str]:
        return {column.index: self[f"column_{column.index}"].value() or "" for column in self.columns}

    def _column_of(self, name: str) -> int | None:
        return next((index for index, chosen in self._chosen().items() if chosen == name), None)

    def _values(self, index: int | None) -> list[Any]:
        return [] if index is None else [cells[index] for cells in self._look.data if index < len(cells)]


class AgreeForm(forms.Form):
    """One answer for each question of the check."""

    def __init__(self, data: Any = None, *, questions: dict[str, Any]) -> None:
        super().__init__(data)
        self._questions = {name: questions[name] for name in ASKED if name in questions}
        for name, question in self._questions.items():
            self.fields[name] = forms.ChoiceField(
                label=ASKED[name],
                widget=forms.RadioSelect,
                choices=[(answer, _answer(name, answer, question["rows"])) for answer in choices_of(name)],
                error_messages={"required": "Choose what happens to these rows."},
            )

    def asked(self) -> list[tuple[forms.BoundField, dict[str, Any]]]:
        """Each question with what is asked about."""
        return [(self[name], question) for name, question in self._questions.items()]


def _answer(name: str, answer: str, rows: int) -> str:
    these = "this row" if rows == 1 else f"these {number(rows)} rows"
    if answer == LEAVE_OUT:
        return f"Leave {these} out"
    if answer == KEEP_ONE:
        return "Keep the first of each"
    if answer == IMPORT and name == "padding":
        return f"Yes, put the zero back and import {these}"
    if answer == IMPORT and name == "alike_file":
        return f"Import {these} too: they are other kits"
    return f"Import {these}"
