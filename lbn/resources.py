"""Which columns a file of counts has, and a file of a ledger."""

from __future__ import annotations

from typing import Any

from import_export.fields import Field
from import_export.resources import Resource

from lbn.models import Count, StockMovement
from lbn.selectors.listing import Listing
from lbn.selectors.stock_ledger import SiteLedger
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


class LedgerResource(Resource):
    """A site's ledger as a file, with what this person may know of who made an entry."""

    happened_on = Field(column_name="Day")
    kind = Field(column_name="What")
    about = Field(column_name="From, to, why")
    lot = Field(column_name="Lot")
    product = Field(column_name="Product")
    expires_on = Field(column_name="Printed expiry")
    doses = Field(column_name="Doses in a kit")
    kits = Field(column_name="Kits")
    who = Field(column_name="Entered by")

    def __init__(self, ledger: SiteLedger) -> None:
        super().__init__()
        self.ledger = ledger

    def export_field(self, field: Field, instance: StockMovement, **kwargs: Any) -> Any:
        name = self.get_field_name(field)
        if name in ("about", "who"):
            return plain(getattr(self.ledger, name)(instance))
        return plain(_OF_THE_LEDGER[name](instance))


_OF_THE_LEDGER: dict[str, Any] = {
    "happened_on": lambda row: row.happened_on,
    "kind": lambda row: row.get_kind_display(),
    "lot": lambda row: row.lot.number,
    "product": lambda row: row.lot.get_product_display(),
    "expires_on": lambda row: row.lot.expires_on,
    "doses": lambda row: row.lot.doses,
    "kits": lambda row: row.kits,
}
