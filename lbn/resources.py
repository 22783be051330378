"""Which columns a file of counts has."""

from __future__ import annotations

from typing import Any

from import_export.fields import Field
from import_export.resources import Resource

from lbn.models import Count
from lbn.selectors.listing import Listing
from phast.exports import plain


class CountResource(Resource):
    """The list of counts as a file, with what this person may know of who counted."""

    agency = Field(column_name="Agency")
    from_on = Field(column_name="First day")
    to_on = Field(column_name="Last day")
    zip_code = Field(column_name="ZIP code")
    kits = Field(column_name="Kits")
    setting = Field(column_name="Setting")
    recipient = Field(column_name="Left with")
    kit_type = Field(column_name="Kit")
    declined = Field(column_name="Offered and declined")
    none_available = Field(column_name="No kit available")
    reversals = Field(column_name="Reversals reported")
    who = Field(column_name="Counted by")
    channel = Field(column_name="Came in")
    removed = Field(column_name="Removed")
    why = Field(column_name="Why removed")

    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self.listing = listing

    def export_field(self, field: Field, instance: Count, **kwargs: Any) -> Any:
        name = self.get_field_name(field)
        return plain(_VALUES[name](instance) if name in _VALUES else self.listing.who(instance))


_VALUES: dict[str, Any] = {
    "agency": lambda count: count.partner.name,
    "from_on": lambda count: count.from_on,
    "to_on": lambda count: count.to_on,
    "zip_code": lambda count: count.where,
    "kits": lambda count: count.kits,
    "setting": lambda count: count.get_setting_display(),
    "recipient": lambda count: count.get_recipient_display(),
    "kit_type": lambda count: count.kit_type and count.kit_type.name,
    "declined": lambda count: count.declined,
    "none_available": lambda count: count.none_available,
    "reversals": lambda count: count.reversals,
    "channel": lambda count: count.get_channel_display(),
    "why": lambda count: count.get_void_reason_display(),
    "removed": lambda count: "yes" if count.voided_at else "",
}
