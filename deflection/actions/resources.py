"""The directory of local help."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from deflection.days import is_likely
from deflection.models import Guide, Resource, ResourceSite
from deflection.unverified import NO_LONGER, loses_verified
from phast.audit import record
from phast.constraints import readable
from phast.personal import in_words, looks_personal

if TYPE_CHECKING:
    from phast.access.actor import Actor

NO_CATEGORY = "Choose at least one kind of help."
NOT_YET = "This day has not come yet."
LONG_AGO = "This day is too long ago. Check the year."
# A program's own line, address and mailbox belong in the directory; what is about a person never does.
_ABOUT_PERSONS = frozenset({"names", "dates of birth", "Social Security numbers", "case numbers"})
_FREE_TEXT = ("text", "eligibility", "cost")


@transaction.atomic
def add_resource(*, values: Mapping[str, Any], sites: Sequence[Mapping[str, Any]] = (), by: Actor) -> Resource:
    """An entry with its `categories` and sites. Raises ValidationError without a category, when the name is taken, or for a text that
    looks as if it were about a person."""
    plain, categories = _split(values)
    refuse_about_a_person(plain)
    if not categories:
        raise ValidationError({"categories": NO_CATEGORY})
    resource = Resource(coalition=by.coalition, created_by=by.user, **plain)
    with readable():
        resource.save()
    resource.categories.set(categories)
    _write_sites(resource, sites)
    record("resource.added", by=by, target=resource, sites=len(sites))
    return resource


@transaction.atomic
def edit_resource(
    *,
    resource: Resource,
    values: Mapping[str, Any],
    sites: Sequence[Mapping[str, Any]] | None = None,
    version: int | None,
    verified: bool = False,
    by: Actor,
) -> Resource:
    """Changes what `values` names, `categories` among them. An entry that says something new that callers rely on is verified no longer
    (see `deflection.unverified`), unless it was `verified`: somebody has just made sure of all of it.

    `sites`: where it is from now on, in this order; one with the `pk` of a site of the entry changes that, others are new. None leaves
    them. Raises EditConflict when somebody saved it since `version`, ValidationError when the name is taken, no category is left, a site
    says nothing or has a false ZIP code, or a text looks as if it were about a person.
    """
    plain, categories = _split(values)
    if "categories" in values and not categories:
        raise ValidationError({"categories": NO_CATEGORY})
    resource.lock(version)
    held = Resource.objects.get(pk=resource.pk)  # a form has filled `resource` itself with the new values
    refuse_about_a_person({name: value for name, value in plain.items() if value != getattr(held, name)})
    if not verified and loses_verified(held, plain, sites):
        plain |= NO_LONGER
    for name, value in plain.items():
        setattr(resource, name, value)
    with readable():
        resource.save(update_fields=[*plain, "version"])
    if categories:
        resource.categories.set(categories)
    if sites is not None:
        _write_sites(resource, sites)
    record(
        "resource.edited",
        by=by,
        target=resource,
        fields=sorted({*values, *plain}) + (["sites"] if sites is not None else []),
    )
    return resource


@transaction.atomic
def verify_resource(*, resource: Resource, on: dt.date | None = None, by: Actor) -> Resource:
    """Somebody made sure, on that day or today, that all of it is right. An earlier day than the one there is changes nothing."""
    resource.lock(None)
    resource.refresh_from_db(fields=["verified_on"])
    day = on or by.coalition.today()
    if day > by.coalition.today():
        raise ValidationError({"on": NOT_YET})
    if not is_likely(day, by.coalition.today()):
        raise ValidationError({"on": LONG_AGO})
    if resource.verified_on is None or day >= resource.verified_on:
        resource.verified_on, resource.verified_by = day, by.user
        resource.save(update_fields=["verified_on", "verified_by", "version"])
        record("resource.verified", by=by, target=resource, on=day)
    return resource


@transaction.atomic
def remove_resource(*, resource: Resource, by: Actor) -> None:
    """Takes it out of the directory; `restore_resource` brings it back. Doing so twice changes nothing."""
    resource.lock(None)
    resource.refresh_from_db(fields=["removed_at"])
    if resource.removed_at is None:
        resource.removed_at, resource.removed_by = timezone.now(), by.user
        resource.save(update_fields=["removed_at", "removed_by", "version"])
        record("resource.removed", by=by, target=resource)


@transaction.atomic
def restore_resource(*, resource: Resource, by: Actor) -> None:
    """Brings it back as it was. Raises ValidationError when another entry has its name meanwhile."""
    resource.lock(None)
    resource.refresh_from_db(fields=["removed_at"])
    if resource.removed_at is not None:
        resource.removed_at = resource.removed_by = None
        with readable():
            resource.save(update_fields=["removed_at", "removed_by", "version"])
        record("resource.restored", by=by, target=resource)


@transaction.atomic
def open_guide(*, public: bool, by: Actor) -> Guide:
    """Lets anybody read the directory, or no longer. Doing so twice changes nothing."""
    guide, _ = Guide.objects.select_for_update(of=("self",)).get_or_create(coalition=by.coalition)
    if guide.is_public != public:
        guide.opened_at, guide.opened_by = (timezone.now(), by.user) if public else (None, None)
        guide.save(update_fields=["opened_at", "opened_by"])
        record("guide.opened" if public else "guide.closed", by=by, target=guide)
    return guide


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    plain = {name: value for name, value in values.items() if name != "categories"}
    return plain, list(values.get("categories", ()))


def about_a_person(plain: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first field that looks as if it were about a person, and a sentence that says so; None where none does."""
    for name in _FREE_TEXT:
        found = [what for what in looks_personal(plain.get(name, "")) if what in _ABOUT_PERSONS]
        if found:
            return (
                name,
                f"This looks as if it held {in_words(found)}. The directory says nothing about a person: take it out.",
            )
    return None


def refuse_about_a_person(plain: Mapping[str, Any]) -> None:
    """Raises ValidationError when a text among the values looks as if it were about a person."""
    if about := about_a_person(plain):
        raise ValidationError({about[0]: about[1]})


def _write_sites(resource: Resource, sites: Sequence[Mapping[str, Any]]) -> None:
    there = {site.pk: site for site in ResourceSite.objects.filter(resource=resource)}
    kept = []
    for order, given in enumerate(sites, 1):
        values = dict(given)
        site = there.get(values.pop("pk", None)) or ResourceSite(resource=resource)
        site.order = order
        for name, value in values.items():
            setattr(site, name, value)
        with readable():
            site.save()
        kept.append(site.pk)
    ResourceSite.objects.filter(resource=resource).exclude(pk__in=kept).delete()
