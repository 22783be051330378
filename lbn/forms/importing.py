"""The forms of an import: the file, what its columns are, and the answers to what the check asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from lbn.enums import Place, Recipient, Setting
from lbn.importing import dates
from lbn.importing.actions import choices_of
from lbn.importing.dates import span_named
from lbn.importing.headers import FIELDS, SPREAD, WIDE_HAS_NOT, Column
from lbn.importing.reading import Reading
from lbn.importing.spread import Spread, with_years
from lbn.importing.units import MENDED, SAID, unit_of
from lbn.importing.upload import Look
from lbn.importing.words import ASKED, IMPORT, KEEP_ONE, LEAVE_OUT
from lbn.rules import NotReadable
from phast.sheets.cells import words_of
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
    """What each column is (`column_0` …), which other sheets are read too, and once for the whole file what no column says. After
    `is_valid()`, `reading` holds it and `whose` the agency."""

    period = forms.CharField(
        label="When the kits were left",
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "class": "usa-input--short"}),
        help_text="For the whole file: a year (2020), a half (H1 2020), a quarter (Q3 2020), a month (July 2020) or a day (7/15/2020). "
        "A year stays one span: it is never divided into months.",
    )
    year = forms.CharField(
        label="Year of the first of these columns",
        required=False,
        max_length=4,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric", "class": "usa-input--short"}),
        help_text="The columns are named for months or quarters without a year. After December comes the next year.",
    )
    partner = forms.ChoiceField(label="Agency", required=False)
    sheets = forms.MultipleChoiceField(
        label="Sheets with the same columns, to be read with this one",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the sheets of the file."},
    )
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
        label: str = "",
    ) -> None:
        """`before`: how a file with the same columns was read last. `partner`: the agency, where it is fixed; `likely`: else a proposal.
        `label`: the file's name."""
        self._look, self._today, self._fixed = look, today, partner
        self._likely, self._label = str(likely.pk) if likely else "", label
        self._agencies = {str(agency.pk): agency for agency in agencies}
        self.columns = look.columns
        self._sheets = {sheet.name: sheet for sheet in look.same_sheets}
        super().__init__(data, initial=self._proposed(before))
        for column in self.columns:
            self.fields[f"column_{column.index}"] = forms.ChoiceField(
                label=f"Column {column.letter}" + (f", “{column.label}”" if column.label else ""),
                required=False,
                choices=[NOT_READ, *_spread_choice(column), *FIELDS.items()],
            )
        self.fields["partner"].choices = [("", "Choose"), *((str(agency.pk), agency.name) for agency in agencies)]
        self.fields["kit_type"].choices = [("", "Not recorded"), *((str(kit.pk), kit.name) for kit in kit_types)]
        self.fields["sheets"].choices = [(name, name) for name in self._sheets]
        if not self._sheets:
            del self.fields["sheets"]
        if partner is not None:
            del self.fields["partner"]
        if not kit_types:
            del self.fields["kit_type"]

    def _proposed(self, before: Reading | None) -> dict[str, Any]:
        chosen = {column.index: column.guess for column in self.columns}
        once: dict[str, Any] = {}
        if before:
            chosen = {index: name if name == SPREAD else "" for index, name in chosen.items()}
            chosen |= {index: name for name, index in self._remembered(before).items()}
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
        once["year"] = self._look.likely_year(self._label)
        once["period"] = _in_words(span_named(self._look.table.sheet, once["year"]))
        once["sheets"] = [name for name in self._sheets if not before or name in {part.sheet for part in before.parts}]
        return once | {f"column_{index}": name for index, name in chosen.items()}

    def rows(self) -> list[tuple[Column, forms.BoundField]]:
        """Each column with its box."""
        return [(column, self[f"column_{column.index}"]) for column in self.columns]

    def once(self) -> list[forms.BoundField]:
        """The boxes for what no column says, as far as it has to be said."""
        chosen = set(self._chosen().values())
        asked = []
        if SPREAD in chosen:
            asked += ["year"] if self._lack_year() else []
        elif "date" not in chosen:
            asked.append("period")
        elif order_of(self._values(self._column_of("date"))) in ("ask", "mixed") or self.errors.get("date_order"):
            asked.append("date_order")
        if "zip" not in chosen:
            asked.append("place")
        if "agency" not in chosen and "partner" in self.fields:
            asked.append("partner")
        return [self[name] for name in asked]

    def others(self) -> forms.BoundField | None:
        """The box of the other sheets, where there are any with the same columns."""
        return self["sheets"] if "sheets" in self.fields else None

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
            if name == SPREAD:
                continue
            if name and name in columns:
                self.add_error(f"column_{column.index}", f"Two columns are said to be “{FIELDS[name]}”. Choose one.")
            elif name:
                columns[name] = column.index
        spread = self._spread(columns, cleaned)
        self._check_kits(columns)
        self._check_spread(columns)
        if "zip" not in columns and not cleaned.get("place"):
            self.add_error("place", "No column holds a ZIP code. Choose one above, or say here that it is not known.")
        if "last" in columns and "date" not in columns:
            self.add_error(f"column_{columns['last']}", "Choose the column with the first day too.")
        if "year" in columns and "date" not in columns and not spread:
            self.add_error(
                f"column_{columns['year']}", "A year alone: choose “Day, month or other period” for this column."
            )
        span = None if spread else self._period(columns, cleaned)
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
            spread=spread,
            more=self._more_sheets(columns, cleaned),
            left_out=self._left_out(columns),
        )
        return cleaned

    def _check_kits(self, columns: dict[str, int]) -> None:
        spread = [each.column for each in self._chosen_spread()]
        if "kits" not in columns and not spread:
            self.add_error(None, "Say which column holds the number of kits.")
        for index in [columns["kits"]] if "kits" in columns else spread:
            label = next((column.label for column in self.columns if column.index == index), "")
            if unit := unit_of(label, self._values(index)):
                self.add_error(f"column_{index}", f"This column holds {SAID[unit]}. {MENDED}")

    def _check_spread(self, columns: dict[str, int]) -> None:
        if not self._chosen_spread():
            return
        for name in WIDE_HAS_NOT.intersection(columns):
            self.add_error(
                f"column_{columns[name]}",
                f"“{FIELDS[name]}” cannot be read beside columns that are named for a month or other period. Choose “Not read”.",
            )

    def _spread(self, columns: dict[str, int], cleaned: dict[str, Any]) -> list[list[Any]]:
        """The columns of periods as `Reading` keeps them."""
        chosen = self._chosen_spread()
        if not chosen or "year" in columns or not self._lack_year():
            spans = [each.period.span for each in chosen]
        elif not re.fullmatch(r"(19|20)\d\d", cleaned.get("year", "")):
            self.add_error("year", "Write the year of the first of these columns, such as 2025.")
            return []
        else:
            spans = with_years(chosen, int(cleaned["year"]))
        return [
            [each.column, *([day.isoformat() for day in span] if span else ["", ""]), each.period.text]
            for each, span in zip(chosen, spans, strict=True)
        ]

    def _chosen_spread(self) -> list[Spread]:
        chosen = self._chosen()
        return [
            Spread(column.index, column.period)
            for column in self.columns
            if column.period and chosen.get(column.index) == SPREAD
        ]

    def _lack_year(self) -> bool:
        has_year = "year" in self._chosen().values()
        return not has_year and any(each.period.span is None for each in self._chosen_spread())

    def _more_sheets(self, columns: dict[str, int], cleaned: dict[str, Any]) -> list[list[Any]]:
        """The other sheets as `Reading` keeps them; where no column has the day, each has to be named for its period."""
        more = []
        for name in cleaned.get("sheets", []):
            span = None
            if "date" not in columns and not self._chosen_spread():
                span = span_named(name, self._look.likely_year(self._label))
                if span is None:
                    self.add_error(
                        "sheets",
                        f"No column holds a date, and the sheet {name} is not named for a month. Import it by itself.",
                    )
                    continue
                span = dates.so_far(span, self._today)
            days = [day.isoformat() for day in span] if span else ["", ""]
            more.append([name, self._sheets[name].header, *days])
        return more

    def _left_out(self, columns: dict[str, int]) -> list[str]:
        chosen = self._chosen()
        return [
            f"Column “{column.label}” is not read. {column.why_not}"
            for column in self.columns
            if column.why_not and not chosen.get(column.index)
        ]

    def _remembered(self, before: Reading) -> dict[str, int]:
        """Which column is what, as in the last file with these columns: by its name, for it may stand elsewhere."""
        labels = {column.index: words_of(column.label) for column in self.columns}
        found = {}
        for name, index in before.columns.items():
            wanted = words_of(before.labels[index]) if index < len(before.labels) else ""
            if labels.get(index) == wanted:
                found[name] = index
            elif places := [own for own, label in labels.items() if label == wanted and wanted]:
                found[name] = places[0]
        return found

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


def _spread_choice(column: Column) -> list[tuple[str, str]]:
    if column.period is None:
        return []
    return [(SPREAD, f"Kits of {_in_words(column.period.span) or column.period.text}")]


def _in_words(span: dates.Span | None) -> str:
    return dates.in_words(*span) if span else ""


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
