"""The list as it would come in, beside the directory as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from coalitions.importing import values
from coalitions.importing.found import LEAVE_OUT, NEW, Question, key_of
from coalitions.importing.sheet import SheetReading
from deflection.actions.resources import about_a_person
from deflection.days import is_likely
from deflection.models import Resource, ResourceSite
from deflection.phones import is_phone, written
from deflection.unverified import loses_verified
from phast.sheets.cells import is_total
from phast.ui.templatetags.ui import local_date

from . import cells as meaning
from . import sites as at
from .columns import LIST
from .places import Directory, Line, Marks, Place, Pool

TEXTS = ("text", "languages", "eligibility", "cost")
ROOM: dict[str, int] = {each.name: each.max_length or 0 for each in Resource._meta.concrete_fields}
SITE_ROOM: dict[str, int] = {each.name: each.max_length or 0 for each in ResourceSite._meta.concrete_fields}
SHARED = 3  # programs of a list that may have one number or page in common and still be asked about
IN_LINES = {"address", "phone", "site_phone", "hours", "categories"}  # a line break says something there


class ListReading(SheetReading):
    """Everything the page shows: `lines`, the questions, and what comes in. `answers`: those of the import; `for_all`: what was said for
    all programs that may be there already."""

    DATED = "verified_on"

    def __init__(self, rows: Sequence[Sequence[str]], answers: Mapping[str, Any], directory: Directory) -> None:
        super().__init__(rows, answers)
        self.directory = directory
        self.for_all: str = answers.get("for_all", "")
        self.places: dict[str, Place] = {}
        self.lines: list[Line] = []
        self.place_questions: list[Question] = []
        self.kind_questions: dict[str, Question] = {}
        self._first_of: dict[int, Place] = {}  # by entry of the directory, the first program of the file that is it
        if "name" in self.columns.values():
            self._read()

    @property
    def questions(self) -> list[Question]:
        return [*self.order_questions, *self.place_questions, *self.kind_questions.values()]

    @property
    def refused(self) -> list[Line]:
        """The rows that do not come in."""
        return [line for line in self.lines if line.refused]

    @property
    def new(self) -> list[Place]:
        return [one for one in self._coming if one.standing == "new"]

    @property
    def changed(self) -> list[Place]:
        return [one for one in self._coming if one.standing == "changes it"]

    @property
    def brings(self) -> int:
        """How many entries come in or change."""
        return len(self.new) + len(self.changed)

    @property
    def _coming(self) -> list[Place]:
        return [one for one in self.places.values() if one.same_as is None]

    # ------------------------------------------------------------------ reading
    def _read(self) -> None:
        for row, cells, notes in self._values():
            self._add(row, cells, notes)
        self._decide()
        notes_of = {line.row: line.notes for line in self.lines}
        for place in self.places.values():
            root = _root(place)
            if root is not place:
                root.kinds |= place.kinds
                at.merge(root.sites, place.sites, notes_of[place.rows[0]])
                root.only_hours += place.only_hours
                for name, value in place.values.items():
                    root.values.setdefault(name, value)
                root.verified_on = max(filter(None, [root.verified_on, place.verified_on]), default=None)
        for line in self.lines:
            if line.place is not None:
                line.place = _root(line.place)
        for place in self._coming:
            held = list(place.resource.sites.all()) if place.resource else []
            at.place_hours(place.only_hours, place.sites, held)
            place.about = self._about(place)
            if place.resource is not None:
                self._compare(place, place.resource, notes_of[place.rows[0]])

    def _about(self, place: Place) -> str:
        named = [kind.name for key, kind in self.directory.kinds.by_key.items() if key in place.kinds]
        verified = f"verified {local_date(place.verified_on)}" if place.verified_on else ""
        return " · ".join(filter(None, [place.values.get("phone", ""), ", ".join(named), verified]))

    def _values(self) -> Iterable[tuple[int, dict[str, str], list[str]]]:
        """The rows that hold something, each with its cells by what they mean. One without a name is of the program above."""
        above = ""
        for number, row in enumerate(self.rows[self.header :], self.header + 1):
            cells = {
                key: row[int(index)].strip() if key in IN_LINES else meaning.one_line(row[int(index)])
                for index, key in self.columns.items()
                if int(index) < len(row) and row[int(index)].strip()
            }
            if not cells:
                continue
            if is_total(row):
                self.left_out.append(f"Row {number}: a total, no program.")
                continue
            notes: list[str] = []
            if "name" not in cells:
                if not above or not cells.keys() & {"address", "town", "site", "site_phone", "hours"}:
                    self._refuse(number, "No program is named.")
                    continue
                cells["name"] = above
                notes.append(f"No program is named: a site of the row above, {above}.")
            above = cells["name"] = self._cut(cells["name"], ROOM["name"], "name", notes)
            yield number, cells, notes

    def _add(self, row: int, cells: dict[str, str], notes: list[str]) -> None:
        name, known = cells["name"], self.places.get(cells["name"].casefold())
        found = self._said_of(cells, notes)
        if about := about_a_person(found):
            self._refuse(row, f"{LIST.labels[about[0]]}: {about[1]}", name)
            return
        kinds = self._kinds(row, cells.get("categories", ""), known)
        sites = self._sites(cells, notes)
        if not (found.get("phone") or found.get("website") or sites or known):
            why = ["Nothing says how to reach it: no phone, website or address.", *notes]
            self._refuse(row, " ".join(why), name)
            return
        if kinds is not None and not kinds and not (known and known.kinds):
            self._refuse(row, "It is none of the nine kinds of help.", name)
            return
        place = known or self.places.setdefault(name.casefold(), Place(key_of("place", name), name))
        place.rows.append(row)
        if known and "phone" in found and len(sites) == 1 and at.is_another(sites[0], known.sites):
            # It has its own line.
            number = found.pop("phone")
            if not _same("phone", known.values.setdefault("phone", number), number):
                sites[0]["phone"] = self._cut(number, SITE_ROOM["phone"], "phone", notes)
        place.kinds |= kinds or set()
        at.merge(place.sites, [site for site in sites if not at.says_only_hours(site)], notes)
        place.only_hours += [(site["hours"], notes) for site in sites if at.says_only_hours(site)]
        for field_name, value in found.items():
            kept = place.values.setdefault(field_name, value)
            if not _same(field_name, kept, value):
                notes.append(f"{LIST.labels[field_name]}: row {place.rows[0]} says “{kept}”, which is taken.")
        self._verified(place, cells.get("verified_on", ""), notes)
        self.lines.append(Line(row, place, notes, " · ".join(filter(None, map(at.in_words, sites)))))

    def _said_of(self, cells: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
        """What the row says of the program; what cannot be read is said."""
        found: dict[str, Any] = {
            name: self._cut(cells[name], ROOM[name], name, notes) for name in TEXTS if name in cells
        }
        phone = cells.get("phone", "")
        if "\n" in phone and len(meaning.sites_in(cells.get("address", ""), phone)) > 1:
            phone = phone.splitlines()[0]  # the others are those of the sites
        if number := self._phone(phone, ROOM["phone"], notes):
            found["phone"] = number
        if text := cells.get("website", ""):
            if url := values.website(text.split()[0]):
                found["website"] = url
            else:
                notes.append(f"Website “{text[:40]}” is left out: it cannot be read.")
        if text := cells.get("partner", ""):
            if partner := self.directory.partners.get(text.casefold()):
                found["partner"] = partner
            else:
                notes.append(f"Kept by “{text[:40]}” is left out: no partner has this name.")
        return found

    def _sites(self, cells: Mapping[str, str], notes: list[str]) -> list[dict[str, str]]:
        """The sites of a row: one, or several where a cell lists several addresses."""
        addresses = meaning.sites_in(cells.get("address", ""), cells.get("phone", "")) or [("", "")]
        found = []
        for address, line in addresses:
            street, town, code = meaning.parted(address)
            if "town" in cells and len(addresses) == 1:
                street = street if town.casefold() == cells["town"].casefold() or not town else address
                town = cells["town"]
            said = code or (cells.get("zip_code", "") if len(addresses) == 1 else "")
            zip_code = meaning.zip_code(said)
            if said and not zip_code:
                notes.append(f"ZIP code “{said[:20]}” is left out: it has not five digits.")
            elif zip_code and len(said.partition("-")[0]) < 5:
                notes.append(f"ZIP code {said} is read as {zip_code}.")
            site = {
                "name": cells.get("site", "") if len(addresses) == 1 else "",
                "address": street,
                "town": town,
                "zip_code": zip_code,
                "phone": self._phone(cells.get("site_phone", "") or line, SITE_ROOM["phone"], notes),
                "hours": meaning.one_line(cells.get("hours", ""), "; "),
            }
            kept = {name: self._cut(text, SITE_ROOM[name], name, notes) for name, text in site.items()}
            if any(kept.values()):
                found.append(kept)
        return found

    def _phone(self, text: str, room: int, notes: list[str]) -> str:
        """The number to call; empty for what is none."""
        number, others = meaning.first_phone(text, room)
        if number and not is_phone(number):
            notes.append(f"Phone “{number}” is left out: it is no number that can be called.")
            return ""
        if others:
            notes.append(f"Phone: {others[:80]} did not fit.")
        return written(number)

    def _kinds(self, row: int, cell: str, known: Place | None) -> set[str] | None:
        """The keys of the kinds of help; None while one is open."""
        if not cell and known is not None:
            return set()
        found: set[str] = set()
        is_open = False
        for name in self.directory.kinds.named_in(cell) or [""]:
            if key := self.directory.kinds.of(name):
                found.add(key)
                continue
            question = self._ask_kind(row, name)
            is_open = is_open or not question.answer
            if question.answer not in ("", LEAVE_OUT):
                found.add(question.answer)
        return None if is_open and not found else found

    def _ask_kind(self, row: int, name: str) -> Question:
        question = self.kind_questions.get(name.casefold())
        if question is None:
            kinds = [(key, kind.name) for key, kind in self.directory.kinds.by_key.items()]
            choices = [*kinds, (LEAVE_OUT, "None of these: leave it out")]
            said = name[:60] or "Rows without a kind of help"
            question = self.kind_questions[name.casefold()] = Question(key_of("kind", name), said, [], choices)
            question.answer_from(self._said)
        question.rows.append(row)
        return question

    def _verified(self, place: Place, text: str, notes: list[str]) -> None:
        if not text:
            return
        if self.waits(text):
            notes.append(f"Verified on “{text[:40]}”: say above what comes first.")
            return
        day = self.day(text)
        if day is None:
            notes.append(f"Verified on “{text[:40]}” is left out: it is no day.")
        elif day > self.directory.today:
            notes.append(f"Verified on {local_date(day)} is left out: this day has not come yet.")
        elif not is_likely(day, self.directory.today):
            notes.append(f"Verified on “{text[:40]}” is left out: the year {day.year} is too long ago.")
        elif place.verified_on is None or day > place.verified_on:
            place.verified_on = day

    def _refuse(self, row: int, why: str, name: str = "") -> None:
        self.lines.append(Line(row, None, [], name, why))

    def _cut(self, text: str, room: int, name: str, notes: list[str]) -> str:
        if len(text) > room:
            notes.append(f"{LIST.labels.get(name, name)}: only the first {room} characters fit.")
        return text[:room].strip()

    # ------------------------------------------------------------------ which is which
    def _decide(self) -> None:
        pool = Pool()
        for row in self.directory.resources:
            pool.add(f"r{row.pk}", row, Marks.of(row.name, row.phone, row.website))
        marked = {
            place.key: Marks.of(place.name, place.values.get("phone", ""), place.values.get("website", ""))
            for place in self.places.values()
        }
        # A switchboard, or the page of a whole agency, says nothing about which program it is.
        phones = Counter(marks.phone for marks in marked.values())
        pages = Counter(marks.page for marks in marked.values())
        for place in self.places.values():
            if row := self.directory.by_name.get(place.name.casefold()):
                self._is(place, row)
                continue
            marks = marked[place.key]
            if phones[marks.phone] > SHARED:
                marks = replace(marks, phone="")
            if pages[marks.page] > SHARED:
                marks = replace(marks, page="")
            if alike := pool.alike(marks):
                self._ask_place(place, alike, pool.ones)
            if place.resource is None and place.same_as is None:
                pool.add(f"p{place.key}", place, marks)

    def _ask_place(self, place: Place, alike: Sequence[str], ones: Mapping[str, Resource | Place]) -> None:
        choices = [(key, _called(ones[key])) for key in alike]
        question = Question(place.key, place.name, place.rows, [*choices, (NEW, "An entry of its own")])
        question.answer_from(self._said, self.for_all)
        self.place_questions.append(question)
        place.is_open = not question.answer
        if question.answer in ones:
            chosen = ones[question.answer]
            if isinstance(chosen, Resource):
                self._is(place, chosen)
            else:
                place.same_as = chosen

    def _is(self, place: Place, row: Resource) -> None:
        """The program is this entry; with others of the file that are, it is one."""
        first = self._first_of.setdefault(row.pk, place)
        if first is place:
            place.resource = row
        else:
            place.same_as = first

    # ------------------------------------------------------------------ what an entry gets
    def _compare(self, place: Place, row: Resource, notes: list[str]) -> None:
        place.new_kinds = place.kinds - {kind.pk for kind in row.categories.all()}
        for name, value in place.values.items():
            held = getattr(row, name)
            if _same(name, held, value):
                continue
            if not held or self.takes_files:
                place.changes[name] = value
            if held:
                notes.append(at.both(LIST.labels[name], held, value, takes_files=self.takes_files))
                self.differs = True
        place.newly_verified = place.verified_on is not None and (
            row.verified_on is None or place.verified_on > row.verified_on
        )
        told = len(notes)
        place.all_sites = at.merged(place.sites, list(row.sites.all()), notes, takes_files=self.takes_files)
        self.differs = self.differs or len(notes) > told
        place.loses_verified = not place.newly_verified and loses_verified(row, place.changes, place.all_sites)
        if place.loses_verified:
            notes.append(
                "No longer verified: the file brings something new, and does not say that it was verified since."
            )


def _root(place: Place) -> Place:
    """The program of the file that this one is the same as."""
    while place.same_as is not None:
        place = place.same_as
    return place


def _called(one: Resource | Place) -> str:
    if isinstance(one, Resource):
        return ", ".join(filter(None, [one.name, one.phone, "in the directory"]))
    return f"{one.name}, row {one.rows[0]}"


def _same(name: str, one: Any, other: Any) -> bool:
    return values.alike(name, one, other) if isinstance(one, str) and isinstance(other, str) else one == other
