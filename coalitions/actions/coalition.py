"""The coalition itself: opening one, and its settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.validators import validate_email
from django.db import transaction

from coalitions.enums import RoleChoice
from coalitions.models import Coalition, Invitation, Position, PositionKind
from phast import audit
from phast.access.actor import Actor
from phast.accounts.models import User
from phast.constraints import readable
from phast.geo.models import County

from .invitations import send_new


@transaction.atomic
def create_coalition(*, name: str, slug: str, email: str, by: User | None) -> Invitation:
    """Opens a coalition with the usual positions, all vacant, and invites its first coordinator. `by` None: the command line.

    Raises ValidationError when the name or the address cannot be used.
    """
    validate_email(email)
    coalition = Coalition(name=name, slug=slug)
    coalition.full_clean()
    with readable():
        coalition.save()
    kinds = PositionKind.objects.filter(kind=PositionKind.Kind.STANDARD)
    Position.objects.bulk_create(Position(coalition=coalition, kind=kind, title=kind.title) for kind in kinds)
    audit.record("coalition.created", user=by, coalition=coalition, target=coalition)
    invitation = Invitation(coalition=coalition, email=email.lower(), role=RoleChoice.COORDINATOR, created_by=by)
    return send_new(invitation, user=by)


@transaction.atomic
def update_settings(*, by: Actor, version: int | None, values: Mapping[str, Any]) -> Coalition:
    """Saves the coalition's settings. Raises EditConflict when somebody saved them since `version`."""
    coalition = Coalition.objects.get(pk=by.coalition.pk)
    coalition.lock(version)
    changed: dict[str, Any] = {}
    for name, value in values.items():
        if getattr(coalition, name) != value:
            before = _shown(coalition, name)
            setattr(coalition, name, value)
            changed[name] = [before, _shown(coalition, name)]
    coalition.save()
    if changed:
        audit.record("settings.changed", by=by, target=coalition, **changed)
    return coalition


def _shown(coalition: Coalition, name: str) -> Any:
    """A setting as people read it: a choice by its label."""
    label = getattr(coalition, f"get_{name}_display", None)
    return label() if label else getattr(coalition, name)


@transaction.atomic
def set_counties(*, by: Actor, counties: Iterable[County]) -> None:
    """Makes these the coalition's counties."""
    coalition = Coalition.objects.get(pk=by.coalition.pk)
    coalition.lock(None)
    before = {str(county) for county in coalition.counties.all()}
    coalition.counties.set(counties)
    after = {str(county) for county in coalition.counties.all()}
    coalition.save(update_fields=["version"])
    if before != after:
        audit.record(
            "settings.counties_changed",
            by=by,
            target=coalition,
            added=sorted(after - before),
            removed=sorted(before - after),
        )
