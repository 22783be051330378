"""A roster that somebody keeps in a spreadsheet: upload it, read it, bring it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.db import transaction

from coalitions.importing.reading import Roster, RosterReading
from coalitions.importing.upload import read_upload
from coalitions.models import RosterImport, Sector
from phast.audit import record
from phast.sheets.actions import known_from_earlier, name_of

from .contacts import add_contact, update_contact
from .partners import add_partner, update_partner

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from coalitions.importing.found import Organization, Person
    from coalitions.models import Contact, Partner
    from phast.access.actor import Actor


def start_import(*, file: UploadedFile, sheet: str = "", by: Actor) -> RosterImport:
    """Keeps the cells, not the file. What was said to be the same in earlier imports is known from the start.

    Raises FileRefused: the file is no spreadsheet, is dangerous, too long, or says private things. Then nothing is kept.
    """
    name = name_of(file)
    rows, facts = read_upload(cast("BinaryIO", file), name, sheet)
    with transaction.atomic():
        known = known_from_earlier(RosterImport, by)
        found = RosterImport.objects.create(
            coalition=by.coalition, name=name, rows=rows, answers={**facts, "same": known}, created_by=by.user
        )
        record("roster_import.uploaded", by=by, target=found)
    return found


@transaction.atomic
def bring_in(*, roster_import: RosterImport, by: Actor) -> RosterReading:
    """Puts partners and contacts on the roster, all or none; of the spreadsheet only fingerprints of the answers are kept.

    Raises ValidationError when the import is over, or a question is open.
    """
    found = RosterImport.waiting(roster_import.pk)
    reading = read_import(found, by)
    if reading.open:
        said = "”, “".join(question.said for question in reading.open[:3])
        raise ValidationError(f"Say first what “{said}” is.")
    partners: dict[Organization, Partner] = {}
    for org in reading.organizations.values():
        if org.same_as is None:
            partners[org] = _write_partner(org, by)
    people: dict[Person, Contact] = {}
    for person in reading.people:
        if person.same_as is None:
            people[person] = _write_contact(person, partners, by)
    record(
        "roster_import.brought_in",
        by=by,
        target=found,
        partners=len(reading.new_organizations),
        contacts=len(reading.new_people),
        changed=len(reading.changed),
    )
    found.finish({"same": _remembered(found.answers.get("same", {}), partners, people)})
    return reading


def read_import(roster_import: RosterImport, by: Actor) -> RosterReading:
    """The spreadsheet as the person has said it is read, beside the roster as it is now."""
    return RosterReading(roster_import.rows, roster_import.answers, Roster(by))


def _write_partner(org: Organization, by: Actor) -> Partner:
    if org.partner is None:
        return add_partner(by=by, values={**org.values, "name": org.name, "sectors": org.sectors})
    values = dict(org.changes)
    if org.new_sectors:
        values["sectors"] = [*org.partner.sectors.all(), *Sector.objects.filter(pk__in=org.new_sectors)]
    return update_partner(partner=org.partner, by=by, version=None, values=values) if values else org.partner


def _write_contact(person: Person, partners: dict[Organization, Partner], by: Actor) -> Contact:
    if person.contact is None:
        return add_contact(partner=partners[person.organization], by=by, values=person.values)
    if not person.changes:
        return person.contact
    return update_contact(contact=person.contact, by=by, version=None, values=person.changes)


def _remembered(
    said: dict[str, str], partners: dict[Organization, Partner], people: dict[Person, Contact]
) -> dict[str, str]:
    """What was said, with rows of the roster in place of rows of the file. It holds no name: only fingerprints and keys."""
    rows = {f"o{org.key}": f"p{partner.pk}" for org, partner in partners.items()}
    rows |= {f"n{person.key}": f"c{contact.pk}" for person, contact in people.items()}
    return {key: rows.get(answer, answer) for key, answer in said.items() if answer}
