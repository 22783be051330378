"""The roster as a file. Its columns are those the import knows, so that what goes out can come in again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.resources import Resource

from coalitions import selectors
from coalitions.importing.columns import COLUMNS, SEPARATOR
from phast.exports import plain

from .models import Contact, Partner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tablib import Dataset

    from phast.access.actor import Actor

OF_PARTNER = ("organization", "agency_type", "sectors", "status", "joined", "website", "address")
OF_CONTACT = ("name", "title", "part", "email", "phone")


class RosterResource(Resource):
    """Rows of the roster; `names`: which columns of `coalitions.importing.columns`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names

    def get_export_fields(self, selected_fields: Any = None) -> list[Field]:
        return [Field(attribute=name, column_name=COLUMNS[name].header) for name in self._names]

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> Any:
        return plain(_VALUES[field.attribute](instance))


def partners_table(found: QuerySet[Partner]) -> Dataset:
    """The partners as given by `selectors.roster`, one row each. Two queries."""
    table = RosterResource(OF_PARTNER).export(list(found))
    table.title = "Partners"
    return table


def contacts_table(actor: Actor) -> Dataset:
    """Every contact whose details the person may see, with its partner; and then the partners without one, so that the file is the
    whole roster. Four queries.

    Without the right to see contacts it is the partners alone.
    """
    contacts = selectors.contacts_of(actor).prefetch_related("partner__sectors")
    rows: list[Any] = sorted(contacts, key=lambda one: (one.partner.name.casefold(), one.name.casefold()))
    alone = selectors.roster(actor).exclude(pk__in={one.partner_id for one in rows})
    table = RosterResource((*OF_PARTNER, *OF_CONTACT)).export([*rows, *alone])
    table.title = "Contacts"
    return table


def _of_partner(row: Partner | Contact) -> Partner:
    return row.partner if isinstance(row, Contact) else row


def _of_contact(name: str) -> Any:
    return lambda row: getattr(row, name) if isinstance(row, Contact) else ""


_VALUES: dict[str, Any] = {
    "organization": lambda row: _of_partner(row).name,
    "agency_type": lambda row: _of_partner(row).get_agency_type_display(),
    "sectors": lambda row: SEPARATOR.join(str(sector) for sector in _of_partner(row).sectors.all()),
    "status": lambda row: _of_partner(row).get_status_display(),
    "joined": lambda row: _of_partner(row).joined_on,
    "website": lambda row: _of_partner(row).website,
    "address": lambda row: _of_partner(row).address,
    **{name: _of_contact(name) for name in OF_CONTACT},
}
