"""A public list of local help: upload it, read it, bring it in; and take back what came in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from deflection.importing.places import Directory, Place
from deflection.importing.reading import ListReading
from deflection.importing.sites import SITE
from deflection.importing.upload import read_upload
from deflection.models import Resource, ResourceImport
from phast.audit import record
from phast.sheets.actions import known_from_earlier, name_of

from .many_resources import Entry, remove_resources, write_resources

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from phast.access.actor import Actor

UNDO_FOR = dt.timedelta(days=7)
TOO_LATE = "This import cannot be taken back any more."


def start_list(*, file: UploadedFile, sheet: str = "", by: Actor) -> ResourceImport:
    """Keeps the cells, not the file. What was answered in earlier imports is known from the start.

    Raises FileRefused: the file is no spreadsheet, is dangerous, too long, or about persons. Then nothing is kept.
    """
    name = name_of(file)
    rows, facts = read_upload(cast("BinaryIO", file), name, sheet)
    with transaction.atomic():
        known = known_from_earlier(ResourceImport, by)
        found = ResourceImport.objects.create(
            coalition=by.coalition, name=name, rows=rows, answers={**facts, "same": known}, created_by=by.user
        )
        record("resource_import.uploaded", by=by, target=found)
    return found


@transaction.atomic
def bring_in_list(*, resource_import: ResourceImport, by: Actor) -> ListReading:
    """Puts the good rows in the directory. Of the file only fingerprints of the answers are kept, and for `UNDO_FOR` what the changed
    entries said before.

    Raises ValidationError when the import is over, a question is open, or an entry cannot be saved: then nothing comes in.
    """
    found = ResourceImport.waiting(resource_import.pk)
    held = Resource.objects.of(by.coalition).listed().select_for_update(of=("self",)).order_by("pk")
    list(held.values_list("pk"))  # what is compared now is what is written below
    reading = read_list(found, by)
    if reading.open:
        said = "”, “".join(question.said for question in reading.open[:3])
        raise ValidationError(f"Say first what “{said}” is.")
    new = {f"p{place.key}": _new(place, by) for place in reading.new}
    changed = [_changed(place, cast("Resource", place.resource)) for place in reading.changed]
    before = [_before(entry) for entry in changed]
    write_resources(entries=[*new.values(), *changed], by=by)
    written = {key: entry.resource.pk for key, entry in new.items()}
    record("resource_import.brought_in", by=by, target=found, added=len(new), changed=len(changed))
    # What was said for all is no answer about each: the next list asks again.
    same = {
        key: f"r{written[answer]}" if answer in written else answer
        for key, answer in found.answers.get("same", {}).items()
        if answer
    }
    added = [[entry.resource.pk, entry.resource.version] for entry in new.values()]
    for one, entry in zip(before, changed, strict=True):
        one["version"] = entry.resource.version
    found.finish({"same": same, "did": {"added": added, "changed": before}})
    return reading


@transaction.atomic
def take_back_list(*, resource_import: ResourceImport, by: Actor) -> tuple[int, list[str]]:
    """Takes the new entries out again, and gives changed ones back what they said. What somebody touched since stays as it is.

    Answers how many entries that are, and the names of those that stay. Raises ValidationError when it is too late.
    """
    found = ResourceImport.objects.select_for_update(of=("self",)).get(pk=resource_import.pk)
    if not can_take_back(found):
        raise ValidationError(TOO_LATE)
    did = found.answers["did"]
    versions = {**dict(did["added"]), **{one["key"]: one["version"] for one in did["changed"]}}
    rows = Resource.objects.of(by.coalition).select_for_update(of=("self",)).order_by("pk").in_bulk(list(versions))
    same = {key: row for key, row in rows.items() if row.version == versions[key]}
    stay = [row.name for key, row in rows.items() if key not in same]
    remove_resources(resources=[same[key] for key, _ in did["added"] if key in same], by=by)
    back = [_as_before(same[one["key"]], one) for one in did["changed"] if one["key"] in same]
    write_resources(entries=back, by=by)
    found.answers = {"same": found.answers.get("same", {})}
    found.save(update_fields=["answers"])
    record("resource_import.taken_back", by=by, target=found, entries=len(same), stayed=len(stay))
    return len(same), stay


def can_take_back(resource_import: ResourceImport) -> bool:
    """Whether what came in can still be taken back."""
    finished = resource_import.finished_at
    return bool(finished and timezone.now() < finished + UNDO_FOR and resource_import.answers.get("did"))


def forget_undo() -> int:
    """Deletes what is kept for taking back once it is too late; answers of how many imports."""
    old = ResourceImport.objects.filter(finished_at__lt=timezone.now() - UNDO_FOR, answers__has_key="did")
    for found in (rows := list(old)):
        found.answers = {"same": found.answers.get("same", {})}
        found.save(update_fields=["answers"])
    return len(rows)


def read_list(resource_import: ResourceImport, by: Actor) -> ListReading:
    """The list as the person has said it is read, beside the directory as it is now."""
    return ListReading(resource_import.rows, resource_import.answers, Directory(by))


def _new(place: Place, by: Actor) -> Entry:
    resource = Resource(coalition=by.coalition, created_by=by.user)
    values = {**place.values, "name": place.name}
    return Entry(resource, values, frozenset(place.kinds), place.sites, place.verified_on)


def _changed(place: Place, resource: Resource) -> Entry:
    kinds = frozenset(place.new_kinds | _kinds(resource)) if place.new_kinds else None
    verified_on = place.verified_on if place.newly_verified else None
    return Entry(resource, place.changes, kinds, place.all_sites, verified_on)


def _before(entry: Entry) -> dict[str, Any]:
    """What the entry says before it is changed, for taking back."""
    resource = entry.resource
    sites = [{name: getattr(site, name) for name in ("pk", *SITE)} for site in resource.sites.all()]
    return {
        "key": resource.pk,
        "values": {name: getattr(resource, "partner_id" if name == "partner" else name) for name in entry.values},
        "kinds": sorted(_kinds(resource)) if entry.kinds is not None else [],
        "sites": sites if entry.sites is not None else None,
        "verified": [str(resource.verified_on or ""), resource.verified_by_id]
        if entry.verified_on or entry.loses_verified
        else None,
    }


def _as_before(resource: Resource, before: dict[str, Any]) -> Entry:
    values = {("partner_id" if name == "partner" else name): value for name, value in before["values"].items()}
    if before["verified"] is not None:
        day, who = before["verified"]
        values |= {"verified_on": dt.date.fromisoformat(day) if day else None, "verified_by_id": who}
    return Entry(resource, values, frozenset(before["kinds"]) or None, before["sites"])


def _kinds(resource: Resource) -> set[str]:
    return {kind.pk for kind in resource.categories.all()}
