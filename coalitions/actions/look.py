"""The coalition's own look: its logo, its colour, what every paper says at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from coalitions.models import Look
from phast import audit
from phast.constraints import readable
from phast.uploads import NO_ROOM

if TYPE_CHECKING:
    from phast.access.actor import Actor


@transaction.atomic
def set_look(
    *, accent: str, confidentiality: str, logo: bytes = b"", drop_logo: bool = False, version: int | None, by: Actor
) -> Look:
    """Saves it. `logo`: a PNG in place of the one there was; `drop_logo`: none from now on.

    Raises EditConflict when somebody saved it since `version`, ValidationError when there is no room for the file.
    """
    look = Look.objects.of(by.coalition).first() or Look(coalition=by.coalition)
    if look.pk:
        look.lock(version)
    before = {"colour": look.accent, "confidentiality": look.confidentiality, "logo": bool(look.logo)}
    was = look.logo.name
    look.accent, look.confidentiality = accent, confidentiality
    if logo:
        try:
            look.logo.save("logo.png", ContentFile(logo), save=False)
        except OSError as error:
            raise ValidationError(NO_ROOM) from error
    elif drop_logo:
        look.logo = ""
    try:
        with readable():
            look.save()
    except BaseException:
        if logo:
            default_storage.delete(str(look.logo.name))
        raise
    after = {"colour": look.accent, "confidentiality": look.confidentiality, "logo": bool(look.logo)}
    changed = sorted({name for name in after if before[name] != after[name]} | ({"logo"} if logo else set()))
    if changed:
        audit.record("settings.look_changed", by=by, target=look, changed=changed)
    if was and was != look.logo.name:
        transaction.on_commit(lambda: default_storage.delete(was))
    return look
