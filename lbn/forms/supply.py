"""Forms about kits on shelves: receiving, sending, taking off, sites, and the filters of the pages."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from coalitions.models import FundingSource
from lbn.enums import Movement, Product, StockReason
from lbn.models import Site
from lbn.supply.ledger import MOST
from phast.access.table import Action
from phast.personal import in_words, looks_personal, refuse_personal
from phast.ui.forms import MonthField, VersionedModelForm, WholeNumberField

if TYPE_CHECKING:
    from coalitions.models import Partner
    from lbn.models import StockBalance
    from phast.access.actor import Actor

_LOST_KEY = "This page was incomplete. Please press Save again."
_MONTHS = ("%m/%Y", "%Y-%m", "%m-%Y", "%m/%y", "%b %Y", "%B %Y", "%Y %b", "%m %Y")
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%Y-%b-%d", "%d %b %Y")
# Which box a refusal is about.
_BOXES = {
    "kits": "kits",
    "stock_not_negative": "kits",
    "movement_sign": "kits",
    "lot_number": "number",
    "expiry": "expires_on",
    "future": "on",
    "long_gone": "on",
    "movement_reason": "reason",
    "not_expired": "what",
    "closed": "site",
    "transfer_elsewhere": "site",
    "site_name": "name",
}


class PrintedExpiry(forms.DateField):
    """The expiry as it is printed: a day, or a month, which means its last day."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "usa-input--short"})
    default_error_messages = {"invalid": "Enter it as it is printed, such as 06/2027 or 06/15/2027."}

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        text = re.sub(r"^\s*exp\.?\s*", "", value.strip(), flags=re.IGNORECASE)
        for shape in _DAYS:
            try:
                return dt.datetime.strptime(text, shape).date()  # noqa: DTZ007 -- a day is no moment
            except ValueError:
                continue
        for shape in _MONTHS:
            try:
                month = dt.datetime.strptime(text, shape).date()  # noqa: DTZ007 -- as above
            except ValueError:
                continue
            return month.replace(day=calendar.monthrange(month.year, month.month)[1])
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%m/%d/%Y}" if isinstance(value, dt.date) else value


class Keyed(forms.Form):
    """A form that saves once, however often it is sent."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": _LOST_KEY, "invalid": _LOST_KEY})

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"client_key": uuid.uuid4(), **(initial or {})})
        if self.is_bound and not _is_key(self.data.get("client_key", "")):
            self.data = self.data.copy()
            self.data["client_key"] = str(uuid.uuid4())
            self.lost_key = True

    lost_key = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.lost_key:
            self.add_error(None, _LOST_KEY)
        return cleaned

    def tell(self, refusal: ValidationError) -> None:
        """Puts what an action refused beside the box it is about."""
        box = _BOXES.get(getattr(refusal, "code", None) or "")
        self.add_error(box if box in self.fields else None, refusal.messages)


class ReceiveForm(Keyed):
    """Kits that came: where they are, what is printed on them, how many, from whom."""

    site = forms.ModelChoiceField(
        Site.objects.none(), empty_label=None, error_messages={"required": "Choose where the kits are kept."}
    )
    kits = WholeNumberField(min_value=1, max_value=MOST, label="Kits")
    number = forms.CharField(
        label="Lot number",
        max_length=40,
        help_text="As it is printed on the box.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    expires_on = PrintedExpiry(
        label="Printed expiry",
        help_text="Such as 06/2027, or a day.",
        error_messages={"required": "Enter the expiry that is printed on the box."},
    )
    came_from = forms.CharField(
        label="Who gave them",
        required=False,
        max_length=120,
        help_text="An organization, such as the health department.",
        widget=forms.TextInput(attrs={"list": "sources"}),
    )
    product = forms.ChoiceField(choices=Product, initial=Product.NASAL_4)
    doses = WholeNumberField(label="Doses in a kit", min_value=1, max_value=20, initial=2)
    funding = forms.ModelChoiceField(
        FundingSource.objects.none(), label="What paid for them", required=False, empty_label="Not recorded"
    )
    on = forms.DateField(label="Day they came")

    def __init__(self, data: Any = None, *, actor: Actor, sites: Any, site: Site | None = None) -> None:
        super().__init__(data, initial={"on": actor.coalition.today(), "site": site})
        self.fields["site"].queryset = sites
        self.only_site = sites[0] if len(sites) == 1 else None
        if self.only_site:
            self.fields["site"].widget = forms.HiddenInput()
            self.initial["site"] = self.only_site.pk
        if actor.can(Action.ENGAGEMENT_SEE):
            self.fields["funding"].queryset = FundingSource.objects.visible_to(actor, Action.ENGAGEMENT_SEE)
        else:
            del self.fields["funding"]

    @property
    def more_is_open(self) -> bool:
        """True when the part that is folded away needs a look."""
        return any(self.errors.get(name) for name in ("product", "doses", "funding", "on"))

    def clean_came_from(self) -> str:
        text: str = self.cleaned_data["came_from"].strip()
        refuse_personal(text, names=False)
        return text

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return {"funding": None, **self.cleaned_data}


class SendForm(Keyed):
    """Kits of one shelf that go to another site."""

    site = forms.ChoiceField(label="Where to", error_messages={"required": "Choose where the kits go."})
    kits = WholeNumberField(min_value=1, max_value=MOST, label="Kits")

    def __init__(self, data: Any = None, *, balance: StockBalance, destinations: Sequence[Any]) -> None:
        super().__init__(data)
        self.fields["site"].choices = [("", "Choose a site"), *destinations]
        self.fields["kits"].help_text = f"{balance.kits:,} are here."


class ChangeForm(Keyed):
    """Kits of one shelf that got lost or expired, or a number that was wrong."""

    LOST, EXPIRED, FEWER, MORE = "lost", "expired", "fewer", "more"

    what = forms.ChoiceField(
        label="What happened", widget=forms.RadioSelect, error_messages={"required": "Choose what happened."}
    )
    kits = WholeNumberField(min_value=1, max_value=MOST, label="Kits")
    reason = forms.ChoiceField(
        label="Why",
        required=False,
        choices=[("", "Choose a reason"), *((r.value, r.label) for r in StockReason if r not in ("", "settled"))],
        error_messages={"required": "Choose a reason."},
    )
    on = forms.DateField(label="Day it happened")

    def __init__(self, data: Any = None, *, balance: StockBalance, today: dt.date, reason: str = "") -> None:
        past = balance.lot.expires_on < today
        chosen = self.EXPIRED if past else self.LOST if reason else None
        super().__init__(data, initial={"on": today, "what": chosen, "reason": reason})
        if past or reason:
            self.initial["kits"] = balance.kits
        whats = [
            (self.LOST, "Kits were lost, damaged or recalled"),
            (self.FEWER, "There are fewer kits than it says"),
            (self.MORE, "There are more kits than it says"),
        ]
        self.fields["what"].choices = [(self.EXPIRED, "Kits expired"), *whats] if past else whats
        self.fields["reason"].required = not past
        self.fields["reason"].help_text = "Not needed for kits that expired." if past else ""
        self.fields["kits"].help_text = f"How many it is about. On the shelf: {balance.kits:,}."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("what") in (self.LOST, self.FEWER, self.MORE) and cleaned.get("reason") == "":
            self.add_error("reason", "Choose a reason.")
        return cleaned


class SiteForm(VersionedModelForm):
    """A place where kits are kept. `tracked_from` is asked once, when it is opened."""

    class Meta:
        model = Site
        fields = ("name", "par", "gives_out", "tracked_from")
        labels = {"name": "Name", "gives_out": "Kits are left behind from here", "tracked_from": "Kept here since"}
        help_texts = {
            "name": "Such as Station 1, or Store room.",
            "gives_out": "Counts draw on this site’s shelves, what expires first goes first. Leave it off for a store room.",
            "par": "The portal tells you when fewer kits can be used. Leave it empty for no level.",
            "tracked_from": "Counts from this day on draw on its shelves.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["par"] = WholeNumberField(
            label="Fill up below",
            min_value=1,
            max_value=MOST,
            required=False,
            help_text=self.Meta.help_texts["par"],
            initial=self.instance.par,
        )
        if self.instance.pk:
            del self.fields["tracked_from"]

    def clean_name(self) -> str:
        """A place may be called by its address, and after somebody; nobody's phone belongs here."""
        name: str = self.cleaned_data["name"]
        found = [kind for kind in looks_personal(name, names=False) if kind != "street addresses"]
        if found:
            raise ValidationError(
                f"This looks as if it held {in_words(found)}. Take it out, then save again.", code="personal"
            )
        return name

    def tell(self, refusal: ValidationError) -> None:
        """Puts what the action refused beside the box it is about."""
        box = _BOXES.get(getattr(refusal, "code", None) or "")
        self.add_error(box if box in self.fields else None, refusal.messages)


class ShelfFilter(forms.Form):
    """Whose shelves the page shows. Nonsense in the address is told and otherwise ignored."""

    agency = forms.ChoiceField(required=False)

    def __init__(self, data: Any, *, agencies: Sequence[Partner]) -> None:
        super().__init__(data)
        self.fields["agency"].choices = [("", "All agencies"), *((str(each.pk), each.name) for each in agencies)]


class LedgerFilter(forms.Form):
    """Which entries of a ledger are shown."""

    kind = forms.ChoiceField(label="What", choices=[("", "Everything"), *Movement.choices], required=False)
    month = MonthField(required=False, help_text="")


class RecallForm(forms.Form):
    """A lot that is called back."""

    lot = forms.CharField(label="Lot number", max_length=40, required=False)


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
