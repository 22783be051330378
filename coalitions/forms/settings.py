"""The coalition's settings, its counties, and the audit log's filters."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from coalitions.audit_log import people_in, verbs_in
from coalitions.models import Coalition
from phast.access.actor import Actor
from phast.accounts.models import User
from phast.geo.models import County
from phast.ui.forms import VersionedModelForm

# The time zones of the United States as people call them.
TIME_ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain, Arizona (no daylight saving time)",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic (Puerto Rico, U.S. Virgin Islands)",
    "Pacific/Guam": "Chamorro (Guam, Northern Mariana Islands)",
    "Pacific/Pago_Pago": "Samoa",
}


class SettingsForm(VersionedModelForm):
    """The coalition's name and how it counts."""

    class Meta:
        model = Coalition
        fields: ClassVar = [
            "name", "time_zone", "reporting", "due_days", "remind_reports", "threshold", "program_start", "takes_requests"
        ]  # fmt: skip
        help_texts: ClassVar = {
            "time_zone": "Decides when a day begins and ends.",
            "reporting": "Periods that have begun stay as they are. The next one begins after them and ends with the month, quarter "
            "or half year it is in.",
            "due_days": "After the end of a period. Holds for periods that begin from now on.",
            "remind_reports": "Five days before a report is due, on the day, and a week after. To the people who report for the agency.",
            "threshold": "From 5 to 11. In releases, smaller counts are hidden, and as many more as it takes that none can be "
            "worked out. Releases that are published stay as they are.",
            "program_start": "No count can be earlier.",
            "takes_requests": "Opens a public page where they ask for help or register a program. It shows nothing but the "
            "coalition’s name.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = dict(TIME_ZONES)
        zones.setdefault(self.instance.time_zone, self.instance.time_zone)
        self.fields["time_zone"] = forms.ChoiceField(
            choices=list(zones.items()), help_text=self.fields["time_zone"].help_text
        )


class CountyForm(forms.Form):
    """The coalition's counties: those of one state to tick, beside those that are chosen already.

    There are 3,100 counties, so a state is shown at a time. Showing another state keeps what is ticked and saves nothing.
    """

    state = forms.ChoiceField(label="Show the counties of", required=False)
    counties = forms.ModelMultipleChoiceField(
        County.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, label="Counties"
    )

    def __init__(self, *args: Any, chosen: list[str], state: str, **kwargs: Any) -> None:
        """`chosen`: FIPS codes to keep on the page; `state`: two letters, the state to show."""
        super().__init__(*args, **kwargs)
        states = list(County.objects.order_by("state").values_list("state", flat=True).distinct())
        self.fields["state"].choices = [("", "Choose a state"), *((code, code) for code in states)]
        state = state if state in states else ""
        known = County.objects.filter(pk__in=[fips for fips in chosen if fips.isalnum()])
        kept = [(county.pk, str(county)) for county in known]
        others = County.objects.filter(state=state).exclude(pk__in=known)
        more = [(county.pk, county.name) for county in others]
        self.fields["counties"].choices = [(head, group) for head, group in (("Chosen", kept), (state, more)) if group]


# Days that a log can hold.
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2999, 12, 31)


class AuditFilter(forms.Form):
    """What the audit log is narrowed to. Lives in the address."""

    person = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Everybody")
    verb = forms.ChoiceField(label="What", required=False)
    since = forms.DateField(label="From", required=False, validators=[MinValueValidator(EARLIEST)])
    until = forms.DateField(label="To", required=False, validators=[MaxValueValidator(LATEST)])

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_in(actor)
        self.fields["verb"].choices = [("", "Everything"), *((verb, in_words(verb)) for verb in verbs_in(actor))]

    def asked(self) -> dict[str, Any]:
        """The selector's arguments. What makes no sense is left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


def in_words(verb: str) -> str:
    """A verb as people read it: "plan.created" is "Plan created", "account.signed_in" is "Signed in"."""
    words = verb.removeprefix("account.") if verb.startswith("account.sign") else verb
    return words.replace(".", " ").replace("_", " ").capitalize()
