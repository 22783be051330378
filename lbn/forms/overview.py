"""What the overview's address asks for: which months, whose kits, of which setting and kit type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from lbn.enums import Setting
from lbn.selectors.overview import MOST_MONTHS, NOT_RECORDED
from lbn.selectors.span import DATES, LAST_YEAR, Span, offered
from phast.ui.forms import MonthField

if TYPE_CHECKING:
    from django.http import QueryDict

    from coalitions.models import Coalition, Partner
    from lbn.models import KitType


class OverviewFilter(forms.Form):
    """What the address leaves out, or says in a way that makes no sense, is the last twelve months of everything."""

    period = forms.ChoiceField(label="Period", required=False)
    first = MonthField(label="From", required=False, help_text="")
    last = MonthField(label="To", required=False, help_text="")
    agency = forms.ChoiceField(label="Agency", required=False)
    setting = forms.ChoiceField(label="Setting", required=False)
    kit_type = forms.ChoiceField(label="Kit", required=False)

    def __init__(
        self,
        asked: QueryDict,
        *,
        coalition: Coalition,
        agencies: Sequence[Partner],
        kit_types: Sequence[KitType],
    ) -> None:
        data: dict[str, Any] = {name: value for name, value in asked.items() if value}
        data.setdefault("period", DATES if "first" in data or "last" in data else LAST_YEAR)
        self.usual = Span.year_to(coalition.today())
        if data["period"] == DATES:
            data = {"first": f"{self.usual.from_on:%Y-%m}", "last": f"{self.usual.to_on:%Y-%m}", **data}
        super().__init__(data)
        self.kits = kit_types
        self.agencies = {str(agency.pk): agency for agency in agencies}
        periods = offered(coalition.today())
        if Span.named(data["period"]) and not any(data["period"] in dict(_flat(each)) for each in periods):
            periods.append((data["period"], str(Span.named(data["period"]))))
        choices: dict[str, list[Any]] = {
            "period": periods,
            "agency": [("", "All agencies"), *((key, agency.name) for key, agency in self.agencies.items())],
            "setting": [
                ("", "All settings"),
                *((v, label) for v, label in Setting.choices if v),
                (NOT_RECORDED, "Not recorded"),
            ],
            "kit_type": [
                ("", "All kits"),
                *((str(kit.pk), kit.name) for kit in kit_types),
                (NOT_RECORDED, "Not recorded"),
            ],
        }
        for name, offers in choices.items():
            self.fields[name].choices = offers
            if (name == "agency" and len(agencies) < 2) or (name == "kit_type" and not kit_types):
                del self.fields[name]
        self.is_valid()

    @property
    def span(self) -> Span:
        """The months asked for."""
        period = self.cleaned_data.get("period") or LAST_YEAR
        if period != DATES:
            return Span.named(period) or self.usual
        first = self.cleaned_data.get("first") or self.usual.from_on
        asked = Span.of_months(first, self.cleaned_data.get("last") or self.usual.to_on)
        return asked if asked.length <= MOST_MONTHS else self.usual

    @property
    def chosen_agency(self) -> Partner | None:
        return self.agencies.get(self.cleaned_data.get("agency", ""))

    @property
    def chosen_setting(self) -> str:
        return self.cleaned_data.get("setting", "")

    @property
    def chosen_kit(self) -> str:
        return self.cleaned_data.get("kit_type", "")

    @property
    def limits(self) -> list[str]:
        """What the figures are limited to, in words."""
        names = [
            dict(self.fields[name].choices)[chosen]
            for name, chosen in (("setting", self.chosen_setting), ("kit_type", self.chosen_kit))
            if chosen
        ]
        return [*([self.chosen_agency.name] if self.chosen_agency else []), *names]


def _flat(choice: tuple[str, Any]) -> list[tuple[str, str]]:
    return choice[1] if isinstance(choice[1], list) else [choice]
