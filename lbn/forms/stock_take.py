"""The form of a stock-take: a box for each lot, and what was found against what the portal expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from lbn.supply.ledger import MOST
from phast.ui.forms import WholeNumberField

from .supply import Keyed

if TYPE_CHECKING:
    from lbn.models import Lot, StockBalance


@dataclass(frozen=True)
class Line:
    """A lot on the shelf with its box."""

    balance: StockBalance
    box: forms.BoundField
    seen: forms.BoundField


@dataclass(frozen=True)
class Difference:
    """A lot of which more or fewer kits were found than expected."""

    balance: StockBalance
    found: int

    @property
    def kits(self) -> int:
        return self.found - self.balance.kits


class StockTakeForm(Keyed):
    """`found-<balance>`: how many kits there are; an empty box was not counted. `seen-<balance>`: how many were expected when the
    differences were shown."""

    def __init__(self, data: Any = None, *, balances: Sequence[StockBalance]) -> None:
        super().__init__(data)
        self.balances = list(balances)
        for balance in self.balances:
            self.fields[f"found-{balance.pk}"] = WholeNumberField(
                label=f"Kits of lot {balance.lot.number}", min_value=0, max_value=MOST, required=False
            )
            self.fields[f"seen-{balance.pk}"] = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def lines(self) -> list[Line]:
        return [Line(balance, self[f"found-{balance.pk}"], self[f"seen-{balance.pk}"]) for balance in self.balances]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not self.counted:
            self.add_error(None, "Enter how many kits there are of at least one lot.")
        return cleaned

    @property
    def counted(self) -> list[tuple[StockBalance, int]]:
        """Lots that were counted, each with what was found."""
        boxes = [(balance, self.cleaned_data.get(f"found-{balance.pk}")) for balance in self.balances]
        return [(balance, found) for balance, found in boxes if found is not None]

    @property
    def found(self) -> dict[Lot, int]:
        """What the action takes."""
        return {balance.lot: found for balance, found in self.counted}

    @property
    def differences(self) -> list[Difference]:
        return [Difference(balance, found) for balance, found in self.counted if found != balance.kits]

    @property
    def is_current(self) -> bool:
        """Whether the shelf still holds what it held when the differences were shown."""
        return all(self.cleaned_data.get(f"seen-{balance.pk}") == balance.kits for balance, _ in self.counted)
