"""What is in a kit: a draft, which becomes the version in use once it is approved, and stays as it was from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from lbn.models import KitDesign, KitType
from phast.audit import record
from phast.constraints import readable

from .standing import record_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coalitions.models import Coalition, Partner
    from phast.access.actor import Actor

STANDARD = "Standard kit"
EDITED = ("doses", "contents", "resource_card", "card_checked_on", "why")


@transaction.atomic
def name_kit(*, coalition: Coalition, name: str, by: Actor) -> KitType:
    """A kind of kit that agencies of the coalition may count and design. Raises ValidationError when there is one of this name."""
    if KitType.objects.of(coalition).filter(name__iexact=name).exists():
        raise ValidationError({"name": "The coalition has a kit of this name."})
    kit_type = KitType.objects.create(coalition=coalition, name=name)
    record("kit.named", by=by, target=kit_type)
    return kit_type


@transaction.atomic
def begin_kit(
    *, coalition: Coalition, partner: Partner | None, kit_type: KitType | None, contents: Sequence[Any], by: Actor
) -> KitDesign:
    """A draft of the next version, for an agency or, without `partner`, for the coalition. The one that is begun already, if there is one.

    It starts as the version in use: the agency's own, else the coalition's, else `contents`. `kit_type` None: the coalition's first
    kind of kit, which is made when there is none.
    """
    kit_type = kit_type or _first_kind(coalition, by)
    KitType.objects.select_for_update(no_key=True).get(pk=kit_type.pk)  # one after the other, so that numbers follow
    own = KitDesign.objects.of(coalition).filter(partner=partner, kit_type=kit_type)
    if draft := own.filter(approved_at=None).first():
        return draft
    shared = KitDesign.objects.of(coalition).filter(partner=None, kit_type=kit_type, approved_at__isnull=False)
    last = own.first()
    model = last or shared.first()
    values: dict[str, Any] = {"contents": list(contents), "doses": 2}
    if model:
        values = {name: getattr(model, name) for name in EDITED if name != "why"}
    design = KitDesign.objects.create(
        coalition=coalition,
        partner=partner,
        kit_type=kit_type,
        number=last.number + 1 if last else 1,
        created_by=by.user,
        **values,
    )
    _tell("kit.begun", design, by)
    return design


@transaction.atomic
def edit_kit(*, design: KitDesign, values: Mapping[str, Any], version: int | None, by: Actor) -> KitDesign:
    """Changes a draft. Raises EditConflict, and ValidationError when it is in use already."""
    design = KitDesign.objects.get(pk=design.pk)
    design.lock(version)
    _check_draft(design)
    for name in EDITED:
        if name in values:
            setattr(design, name, values[name])
    with readable():
        design.save()
    _tell("kit.changed", design, by)
    return design


@transaction.atomic
def approve_kit(*, design: KitDesign, version: int | None, by: Actor) -> KitDesign:
    """Puts a draft in use from now on. Raises EditConflict when it changed since `version`: what was not read is not approved;
    ValidationError when it is empty, or does not say what is new and why though there was a version before."""
    design = KitDesign.objects.get(pk=design.pk)
    design.lock(version)
    _check_draft(design)
    if not design.contents:
        raise ValidationError("Put something in the kit first.")
    if design.number > 1 and not design.why.strip():
        raise ValidationError("Say what is new, and why, before it is put in use.", code="why")
    design.approved_at, design.approved_by = timezone.now(), by.user
    design.save()
    _tell("kit.approved", design, by, number=design.number)
    return design


@transaction.atomic
def discard_kit(*, design: KitDesign, by: Actor) -> None:
    """Throws a draft away. Raises ValidationError when it is in use."""
    design = KitDesign.objects.select_for_update().get(pk=design.pk)
    _check_draft(design)
    _tell("kit.discarded", design, by)
    design.delete()


def _first_kind(coalition: Coalition, by: Actor) -> KitType:
    if found := KitType.objects.of(coalition).filter(is_active=True).order_by("pk").first():
        return found
    kit_type, made = KitType.objects.get_or_create(coalition=coalition, name=STANDARD)
    if made:
        record("kit.named", by=by, target=kit_type)
    return kit_type


def _check_draft(design: KitDesign) -> None:
    if design.approved_at:
        raise ValidationError("This version is in use and stays as it is. Begin a new one.", code="approved")


def _tell(verb: str, design: KitDesign, by: Actor, **detail: Any) -> None:
    if design.partner:
        record_for(verb, partner=design.partner, by=by, target=design, **detail)
    else:
        record(verb, by=by, target=design, **detail)
