"""A public list of local help: upload it, read it, bring it in; and take back what came in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from deflection.importing.reading import SITE, Directory, ListReading, Place
from deflection.importing.upload import read_upload
from deflection.models import Resource, ResourceCategory, ResourceImport
from phast.audit import record
from phast.sheets.actions import known_from_earlier, name_of
from phast.versions import EditConflict

from .resources import add_resource, edit_resource, remove_resource, verify_resource

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
    reading = read_list(found, by)
    if reading.open:
        said = "”, “".join(question.said for question in reading.open[:3])
        raise ValidationError(f"Say first what “{said}” is.")
    written: dict[str, int] = {}
    added, changed = [], []
    for place in reading.new:
        resource = _add(place, by)
        written[f"p{place.key}"] = resource.pk
        added.append([resource.pk, resource.version])
    for place in reading.changed:
        changed.append(_change(place, cast("Resource", place.resource), by))
    record("resource_import.brought_in", by=by, target=found, added=len(added), changed=len(changed))
    same = {
        key: f"r{written[answer]}" if answer in written else answer
        for key, answer in found.answers.get("same", {}).items()
        if answer
    }
    found.finish({"same": same, "did": {"added": added, "changed": changed}})
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
    rows = Resource.objects.of(by.coalition).in_bulk(
        [*(key for key, _ in did["added"]), *(one["key"] for one in did["changed"])]
    )
    back, stay = 0, []
    for key, version in did["added"]:
        if rows[key].version == version:
            remove_resource(resource=rows[key], by=by)
            back += 1
        else:
            stay.append(rows[key].name)
    for one in did["changed"]:
        if _give_back(rows[one["key"]], one, by):
            back += 1
        else:
            stay.append(rows[one["key"]].name)
    found.answers = {"same": found.answers.get("same", {})}
    found.save(update_fields=["answers"])
    record("resource_import.taken_back", by=by, target=found, entries=back, stayed=len(stay))
    return back, stay


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


def _add(place: Place, by: Actor) -> Resource:
    values = {**place.values, "name": place.name, "categories": ResourceCategory.objects.filter(pk__in=place.kinds)}
    resource = add_resource(values=values, sites=place.sites, by=by)
    return verify_resource(resource=resource, on=place.verified_on, by=by) if place.verified_on else resource


def _change(place: Place, resource: Resource, by: Actor) -> dict[str, Any]:
    """Writes the changes; answers what the entry said before, for taking back."""
    kinds = [kind.pk for kind in resource.categories.all()]
    before: dict[str, Any] = {
        "key": resource.pk,
        "values": {name: getattr(resource, "partner_id" if name == "partner" else name) for name in place.changes},
        "kinds": kinds,
        "sites": list(resource.sites.values("pk", *SITE)) if place.all_sites is not None else None,
        "verified": [str(resource.verified_on or ""), resource.verified_by_id] if place.newly_verified else None,
    }
    values = dict(place.changes)
    if place.new_kinds:
        values["categories"] = ResourceCategory.objects.filter(pk__in={*kinds, *place.new_kinds})
    if values or place.all_sites is not None:
        resource = edit_resource(resource=resource, values=values, sites=place.all_sites, version=None, by=by)
    if place.newly_verified:
        resource = verify_resource(resource=resource, on=place.verified_on, by=by)
    return {**before, "version": resource.version}


def _give_back(resource: Resource, before: dict[str, Any], by: Actor) -> bool:
    values = {("partner_id" if name == "partner" else name): value for name, value in before["values"].items()}
    values["categories"] = ResourceCategory.objects.filter(pk__in=before["kinds"])
    if before["verified"] is not None:
        day, who = before["verified"]
        values |= {"verified_on": dt.date.fromisoformat(day) if day else None, "verified_by_id": who}
    try:
        edit_resource(resource=resource, values=values, sites=before["sites"], version=before["version"], by=by)
    except EditConflict:
        return False
    return True
