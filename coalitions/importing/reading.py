"""The spreadsheet as it would come in, beside the roster as it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from coalitions.enums import AgencyType, PartnerStatus
from coalitions.models import Contact, Partner, Sector
from coalitions.names import Names, organization, site_of, words_of
from phast.access.table import Action
from phast.sheets.cells import is_total
from phast.ui.templatetags.ui import local_date

from . import values
from .cells import CellQuestions
from .columns import LABELS
from .found import NEW, Line, Organization, Person, Question, key_of
from .sheet import SheetReading

if TYPE_CHECKING:
    from phast.access.actor import Actor

EARLIEST = 1990  # coalitions of this kind are younger
MANY = 3  # organizations that share a host: then it is a county's, and says nothing


class Roster:
    """The coalition's partners, contacts and sectors, as an import compares with them. Four queries."""

    def __init__(self, actor: Actor) -> None:
        visible = Partner.objects.visible_to(actor, Action.SETTINGS_MANAGE)
        everybody = list(visible.select_related("merged_into").prefetch_related("sectors").order_by("pk"))
        self.partners = {row.pk: row for row in everybody if row.merged_into_id is None}
        # What was merged is found by the name it had; a name in use goes first.
        self.by_name = {row.name.casefold(): row.merged_into for row in everybody if row.merged_into_id}
        self.by_name |= {row.name.casefold(): row for row in self.partners.values()}
        self.contacts = {
            row.pk: row
            for row in Contact.objects.visible_to(actor, Action.SETTINGS_MANAGE)
            .select_related("partner")
            .order_by("pk")
        }
        self.sectors = {row.pk: row.name for row in Sector.objects.all()}
        self.today = actor.coalition.today()


class RosterReading(SheetReading):
    """Everything the page shows: `lines`, the questions, and what comes in. `answers`: those of the import."""

    DATED = "joined"

    def __init__(self, rows: Sequence[Sequence[str]], answers: Mapping[str, Any], roster: Roster) -> None:
        super().__init__(rows, answers)
        self.roster = roster
        self.organizations: dict[str, Organization] = {}
        self.people: list[Person] = []
        self.lines: list[Line] = []
        self.partner_questions: list[Question] = []
        self.person_questions: list[Question] = []
        self.cells = CellQuestions(roster.sectors, self._said)
        if "organization" in self.columns.values():
            self._read()

    # ------------------------------------------------------------------ what the page asks
    @property
    def questions(self) -> list[Question]:
        return [*self.order_questions, *self.partner_questions, *self.person_questions, *self.cells.questions]

    # ------------------------------------------------------------------ what comes in
    @property
    def new_organizations(self) -> list[Organization]:
        return [one for one in self.organizations.values() if one.standing == "new" and one.same_as is None]

    @property
    def new_people(self) -> list[Person]:
        return [one for one in self.people if one.standing == "new"]

    @property
    def changed(self) -> list[Any]:
        return [one for one in (*self.organizations.values(), *self.people) if one.standing == "changes it"]

    @property
    def brings(self) -> int:
        """How many records come in or change."""
        return len(self.new_organizations) + len(self.new_people) + len(self.changed)

    # ------------------------------------------------------------------ reading
    def _read(self) -> None:
        rows = list(self._values())
        for row, cells, notes in rows:
            self._add_organization(row, cells, notes)
        self._decide_partners()
        for row, cells, notes in rows:
            org = _root(self.organizations[cells["organization"].casefold()])
            self.lines.append(Line(row, org, self._add_person(row, cells, org, notes), notes))
        self._decide_people()
        self._compare()

    def _values(self) -> Iterable[tuple[int, dict[str, str], list[str]]]:
        """The rows that hold something, each with its cells by what they mean. One without an organization is of the one above."""
        above = ""
        for number, row in enumerate(self.rows[self.header :], self.header + 1):
            cells = {
                key: " ".join(row[int(index)].split()) if key != "sectors" else row[int(index)].strip()
                for index, key in self.columns.items()
                if int(index) < len(row) and row[int(index)].strip()
            }
            if not cells:
                continue
            if is_total(self.rows[number - 1]):
                self.left_out.append(f"Row {number}: a total, no partner.")
                continue
            notes = []
            if "organization" not in cells:
                if not above or not cells.keys() & {"name", "first", "last", "email"}:
                    self.left_out.append(f"Row {number}: no organization is named.")
                    continue
                cells["organization"] = above
                notes.append(f"No organization is named: that of the row above, {above}.")
            above = cells["organization"] = self._cut(cells["organization"], "name", notes)
            yield number, cells, notes

    def _add_organization(self, row: int, cells: dict[str, str], notes: list[str]) -> None:
        name = cells["organization"]
        org = self.organizations.setdefault(name.casefold(), Organization(key_of("partner", name), name))
        org.rows.append(row)
        for field, value in self._of_partner(row, cells, notes).items():
            kept = org.values.setdefault(field, value)
            if not _same(field, kept, value):
                notes.append(
                    f"{_label(field)}: row {org.rows[0]} says {_words(kept)}, which is taken; this one {_words(value)}."
                )
        known = self.roster.by_name.get(name.casefold())
        there = {sector.pk for sector in known.sectors.all()} if known else set()
        org.sectors |= self.cells.sectors_in(
            row, cells.get("sectors", ""), organization=name, there=there, who=_named(cells)
        )

    def _of_partner(self, row: int, cells: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
        """What the row says of the organization; what cannot be read is said."""
        read = {
            "agency_type": values.agency_type,
            "status": values.status,
            "website": values.website,
            "joined_on": self.day,
            "address": lambda text: self._cut(text, "address", notes),
        }
        found: dict[str, Any] = {}
        for field, meaning in read.items():
            text = cells.get("joined" if field == "joined_on" else field, "")
            if field == "joined_on" and (asked := self.cells.day_asked(row, text)):
                if day := asked.day:
                    found[field] = day
            elif field == "joined_on" and self.waits(text):
                notes.append(f"{_label(field)} “{text[:40]}”: say above what comes first.")
            elif text and not (value := meaning(text)):
                notes.append(f"{_label(field)} “{text[:40]}” is left out: it cannot be read.")
            elif field == "joined_on" and text and (why := self._odd(value)):
                notes.append(f"{_label(field)} {local_date(value)} is left out: {why}.")
            elif text:
                found[field] = value
        return found

    def _odd(self, day: dt.date) -> str:
        """Why nobody can have joined on this day; empty when somebody can."""
        if day > self.roster.today:
            return "this day has not come yet"
        return f"the year {day.year} is too long ago" if day.year < EARLIEST else ""

    def _add_person(self, row: int, cells: Mapping[str, str], org: Organization, notes: list[str]) -> Person | None:
        said = _named(cells)
        found = {field: self._cut(cells[field], field, notes) for field in ("title", "part", "phone") if field in cells}
        for field in [field for field in ("title", "part") if self.cells.tells_a_life(found.get(field, ""))]:
            notes.append(f"{_label(field)} is left out: what somebody has lived through never stands beside a name.")
            del found[field]
        if text := cells.get("email", ""):
            if address := values.email(text):
                found["email"] = address
            else:
                notes.append(f"E-mail “{text[:40]}” is left out: it is no address.")
        if not said and not found.get("email"):
            if found:
                notes.append("Nobody is named, so nobody is added.")
            return None
        if not said:
            notes.append("Nobody is named: the e-mail address stands for the name.")
        found["name"] = self._cut(said or found["email"], "name", notes)
        person = Person(key_of("person", org.name, found["name"], found.get("email", "")), row, org, found)
        self.people.append(person)
        return person

    def _cut(self, text: str, field: str, notes: list[str]) -> str:
        if len(text) > values.ROOM[field]:
            notes.append(f"{_label(field)}: only the first {values.ROOM[field]} characters fit.")
        return text[: values.ROOM[field]]

    # ------------------------------------------------------------------ who is who
    def _decide_partners(self) -> None:
        known = {
            f"p{key}": (organization(row.name), site_of(row.website), row) for key, row in self.roster.partners.items()
        }
        hosts = Counter(site for _, site, _ in known.values())
        hosts.update(site_of(org.values.get("website", "")) for org in self.organizations.values())
        pool = dict(known)
        names = Names({key: words for key, (words, _, _) in known.items()})
        for org in self.organizations.values():
            words, site = organization(org.name), site_of(org.values.get("website", ""))
            org.partner = self.roster.by_name.get(org.name.casefold())
            if org.partner is None:
                shared = site and hosts[site] <= MANY
                alike = [key for key, (w, s, _) in pool.items() if w == words or (shared and s == site)]
                alike += [key for key in names.near(words) if key not in alike]
                if alike:
                    self._ask_partner(org, alike, pool)
                if org.partner is None and org.same_as is None:
                    pool[f"o{org.key}"] = (words, site, org)
                    names.add(f"o{org.key}", words)

    def _ask_partner(self, org: Organization, alike: list[str], pool: Mapping[str, tuple[str, str, Any]]) -> None:
        choices = [(key, _called(pool[key][2])) for key in alike]
        question = Question(org.key, org.name, org.rows, [*choices, (NEW, "A partner of its own")])
        question.answer_from(self._said)
        self.partner_questions.append(question)
        org.is_open = not question.answer
        if question.answer in pool:
            chosen = pool[question.answer][2]
            if isinstance(chosen, Partner):
                org.partner = chosen
            else:
                org.same_as = chosen

    def _decide_people(self) -> None:
        by_mail: dict[str, list[Contact]] = {}
        by_name: dict[tuple[int, str], list[Contact]] = {}
        for row in self.roster.contacts.values():
            if row.email:
                by_mail.setdefault(row.email.casefold(), []).append(row)
            by_name.setdefault((row.partner_id, words_of(row.name)), []).append(row)
        earlier: list[Person] = []
        for person in self.people:
            mail, partner = person.values.get("email", "").casefold(), person.organization.partner
            rows = [*by_mail.get(mail, [])] if mail else []
            rows += [
                row for row in by_name.get((partner.pk if partner else 0, words_of(person.name)), []) if row not in rows
            ]
            person.contact = next((row for row in rows if _nothing_new(person, row)), None)
            again = [
                one
                for one in earlier
                if (mail and mail == one.values.get("email", "").casefold())
                or (one.organization is person.organization and words_of(one.name) == words_of(person.name))
            ]
            person.same_as = next((one for one in again if _says_the_same(person, one)), None)
            if person.contact is None and person.same_as is None:
                if rows or again:
                    self._ask_person(person, rows, again)
                if person.contact is None and person.same_as is None:
                    earlier.append(person)

    def _ask_person(self, person: Person, rows: list[Contact], again: list[Person]) -> None:
        pool: dict[str, Any] = {f"c{row.pk}": row for row in rows} | {f"n{one.key}": one for one in again}
        choices = [(key, _called(one)) for key, one in pool.items()]
        said = f"{person.name}, {person.organization.name}"
        question = Question(person.key, said, [person.row], [*choices, (NEW, "Another person")])
        question.answer_from(self._said)
        self.person_questions.append(question)
        person.is_open = not question.answer
        chosen = pool.get(question.answer)
        if isinstance(chosen, Contact):
            person.contact = chosen
        elif chosen is not None:
            person.same_as = chosen
            for field, value in person.values.items():
                chosen.values.setdefault(field, value)

    # ------------------------------------------------------------------ what changes
    def _compare(self) -> None:
        notes = {line.row: line.notes for line in self.lines}
        for org in self.organizations.values():
            root = _root(org)
            if root is not org:
                root.sectors |= org.sectors
                for field, value in org.values.items():
                    root.values.setdefault(field, value)
        for org in self.organizations.values():
            if org.partner is not None:
                org.new_sectors = org.sectors - {sector.pk for sector in org.partner.sectors.all()}
                org.changes = self._changes(org.values, org.partner, notes[org.rows[0]])
                if org.partner.name.casefold() != org.name.casefold():
                    notes[org.rows[0]].append(f"Called {org.partner.name} on the roster.")
        for person in self.people:
            if person.contact is not None:
                person.changes = self._changes(person.values, person.contact, notes[person.row])
                if person.organization.partner != person.contact.partner and not person.organization.is_open:
                    notes[person.row].append(f"Stays a contact of {person.contact.partner}.")

    def _changes(self, said: Mapping[str, Any], row: Partner | Contact, notes: list[str]) -> dict[str, Any]:
        """What an existing record gets: what it lacks, and where both have a value, the file's only if the person says so."""
        found = {}
        for field, value in said.items():
            held = getattr(row, field)
            if not held:
                found[field] = value
            elif _same(field, held, value):
                continue
            elif self.takes_files:
                found[field] = value
                notes.append(f"{_label(field)} {_words(held)} becomes {_words(value)}.")
            else:
                notes.append(f"{_label(field)} stays {_words(held)}; the file says {_words(value)}.")
            self.differs = self.differs or bool(held)
        return found


def _named(cells: Mapping[str, str]) -> str:
    """Who the row names."""
    return cells.get("name") or " ".join(filter(None, [cells.get("first"), cells.get("last")]))


def _root(org: Organization) -> Organization:
    """The organization of the file that this one is the same as."""
    while org.same_as is not None:
        org = org.same_as
    return org


def _called(one: Any) -> str:
    if isinstance(one, Partner):
        return f"{one.name}, on the roster"
    if isinstance(one, Organization):
        return f"{one.name}, row {one.rows[0]}"
    if isinstance(one, Contact):
        return ", ".join(filter(None, [one.name, one.email, one.partner.name]))
    return ", ".join(filter(None, [one.name, one.values.get("email", ""), f"row {one.row}"]))


def _nothing_new(person: Person, row: Contact) -> bool:
    """True when the roster has exactly this person: the same name at the same partner, and nothing that differs or is missing."""
    here = person.organization.partner is not None and person.organization.partner.pk == row.partner_id
    return here and all(_same(field, getattr(row, field), value) for field, value in person.values.items())


def _says_the_same(person: Person, earlier: Person) -> bool:
    if person.organization is not earlier.organization:
        return False
    return all(_same(field, earlier.values.get(field, ""), value) for field, value in person.values.items())


def _same(field: str, one: Any, other: Any) -> bool:
    return values.alike(field, one, other) if isinstance(one, str) and isinstance(other, str) else one == other


def _label(field: str) -> str:
    return LABELS["joined" if field == "joined_on" else field]


def _words(value: Any) -> str:
    value = {**dict(AgencyType.choices), **dict(PartnerStatus.choices)}.get(value, value)
    return local_date(value) if hasattr(value, "year") else f"“{value}”"
