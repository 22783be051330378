"""Taking a text out, everywhere at once."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, models, transaction

from phast import audit
from phast.jobs.models import Job, JobState
from phast.tenancy import (
    belonging,
    file_fields,
    history_models,
    is_history,
    name_field,
    tenant_models,
    tenant_of,
    words_in,
)
from phast.versions import Versioned

from . import people
from .matching import REDACTED, SHORTEST, Needle, texts_of
from .models import Redaction
from .places import find, key_of, rows_with

if TYPE_CHECKING:
    from phast.access.actor import Actor

LONGEST_WAIT = "10s"  # for somebody else who is saving one of the rows
BUSY = "Somebody was saving one of these places at the same moment. Nothing was changed. Please try again."
TWINS = 1000  # rows that may differ in nothing but the text


def redact(*, needle: Needle, places: Collection[str], reason: str, by: Actor) -> Redaction:
    """Takes the text out of the chosen kinds of places (`Places.key`) and deletes the chosen files that hold it.

    All of it or nothing. Names of accounts change for everybody who sees them. Raises ValidationError with a sentence.
    """
    if len(needle.text.strip()) < SHORTEST:
        raise ValidationError(f"Enter at least {SHORTEST} characters.")
    try:
        with transaction.atomic():
            return _redact(needle, set(places), reason, by)
    except OperationalError as busy:
        if getattr(busy.__cause__, "sqlstate", "") not in ("55P03", "40P01"):  # a lock that did not come; a deadlock
            raise
        raise ValidationError(BUSY) from busy


def _redact(needle: Needle, places: set[str], reason: str, by: Actor) -> Redaction:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
    coalition = by.coalition
    found = [group for group in find(coalition, needle).groups if group.key in places]
    if not found:
        raise ValidationError("Nothing is ticked, or the text is gone already. Look for it again.")
    # Files first: which of them the portal made of a text is told by rows that still hold it.
    files = sum(_delete_files(group.key, group.keys, by) for group in found if group.is_files)
    sealed: list[dict[str, Any]] = []
    with pgtrigger.ignore(*_keepers()), transaction.atomic():
        for model in [*tenant_models(), *history_models()]:
            _clean(model, coalition, needle, places, sealed)
    if people.ACCOUNTS in places:
        for account in people.own_accounts(coalition).select_for_update(of=("self",)):
            if needle.spans(account.name):
                name = needle.out_of(account.name)[: get_user_model()._meta.get_field("name").max_length]
                get_user_model()._default_manager.filter(pk=account.pk).update(name=name)
    if people.ADMIN in places:
        people.clear_admin_log(coalition, needle)
    for group in found:
        if group.key == people.REFUSED:
            people.forget_refused_addresses(group.keys)
    if people.SESSIONS in places:
        people.clear_sessions(coalition, needle)
    _begin_again(coalition)
    redaction = Redaction.objects.create(
        coalition=coalition,
        by=by.user,
        reason=reason,
        places=sum(group.count for group in found if not group.is_files),
        files=files,
        found={group.key: group.count for group in found},
        sealed=sealed,
    )
    audit.record("text.redacted", by=by, target=redaction, reason=reason, places=redaction.places, files=files)
    return redaction


def _keepers() -> list[str]:
    """The triggers that refuse changes of frozen and added-only rows: these, and no others, let a redaction through."""
    return [
        f"{model._meta.app_label}.{model.__name__}:{trigger.name}"
        for model in [*tenant_models(), *history_models()]
        for trigger in getattr(model._meta, "triggers", [])
        if isinstance(trigger, pgtrigger.Protect)
    ]


# ------------------------------------------------------------------ rows
def _clean(model: type[Any], coalition: Any, needle: Needle, places: set[str], sealed: list[dict[str, Any]]) -> None:
    fields = {field.name: field for field in words_in(model) if key_of(model, field.name) in places}
    typed_keys = tenant_of(model).typed_keys
    for row in list(rows_with(model, coalition, needle, list(fields), lock=True)):
        changed = {
            name: _cleaned(field, row[name], needle, keys=name in typed_keys)
            for name, field in fields.items()
            if texts_of(row[name], needle, keys=name in typed_keys)
        }
        if not changed:
            continue
        if issubclass(model, Versioned):
            changed["version"] = (
                models.F("version") + 1
            )  # a form that is open with the old words cannot bring them back
        _write(model, row["pk"], changed)
        if not is_history(model):
            _seal(model, row["pk"], sealed)


def _cleaned(field: models.Field, value: Any, needle: Needle, *, keys: bool) -> Any:
    """The value without the text, as its field can hold it."""
    if isinstance(field, models.JSONField):
        return needle.out_of_json(value, keys=keys)
    if isinstance(field, models.EmailField):
        return "" if field.blank else "redacted@redacted.invalid"
    if isinstance(field, models.URLField):
        return "https://redacted.invalid/"
    return needle.out_of(value)[: getattr(field, "max_length", None)]


def _write(model: type[Any], key: Any, changed: dict[str, Any]) -> None:
    """Writes one row. Two that differed in nothing but the text get numbers, where the table wants them to differ."""
    rows = model._base_manager.filter(pk=key)
    if is_history(model):
        rows.update(**changed)
        return
    for n in range(1, TWINS):
        try:
            with transaction.atomic():
                rows.update(**(changed if n == 1 else _numbered(model, changed, n)))
            return
        except IntegrityError as refusal:
            if getattr(refusal.__cause__, "sqlstate", "") != "23505":
                raise
    raise ValidationError("Too many rows differ in nothing but this text. Look for a longer piece of it.")


def _numbered(model: type[Any], changed: dict[str, Any], n: int) -> dict[str, Any]:
    end = f" {n}"
    numbered = {}
    for name, value in changed.items():
        if isinstance(value, str) and REDACTED in value:
            longest = model._meta.get_field(name).max_length
            numbered[name] = (value[: longest - len(end)] if longest else value) + end
        else:
            numbered[name] = value
    return numbered


def _seal(model: type[Any], key: Any, sealed: list[dict[str, Any]]) -> None:
    """A frozen row carries a hash of its words: it gets a new one, and the redaction keeps both."""
    if "sha256" not in {field.name for field in model._meta.concrete_fields}:
        return
    row = model._base_manager.get(pk=key)
    seal = row.seal()
    if seal is not None and seal != row.sha256:
        sealed.append({"table": model._meta.label_lower, "id": key, "before": row.sha256, "after": seal})
        model._base_manager.filter(pk=key).update(sha256=seal)


# ------------------------------------------------------------------ files
def _delete_files(group: str, keys: Collection[Any], by: Actor) -> int:
    """Deletes the files of the rows once everything is written; answers how many."""
    for made in (True, False):
        for model, file in file_fields(made=made):
            if group.rpartition(":")[0] != key_of(model, file.name):
                continue
            rows = belonging(model, by.coalition).filter(pk__in=keys)
            stored = list(rows.select_for_update(of=("self",)).values_list(file.name, flat=True))
            gone: dict[str, Any] = {file.name: "", **model.without_file(by.user)}
            if called := name_field(model, file):
                gone[called] = REDACTED
            if issubclass(model, Versioned):
                gone["version"] = models.F("version") + 1
            model._base_manager.filter(pk__in=keys).update(**gone)
            for name in stored:
                transaction.on_commit(partial(file.storage.delete, name))
            return len(stored)
    return 0


def _begin_again(coalition: Any) -> None:
    """Files that are being made from what was read before are made anew: the worker that makes them finds its job taken away."""
    for model, _ in file_fields(made=True):
        if issubclass(model, Job):
            under_way = belonging(model, coalition).filter(state=JobState.RUNNING)
            under_way.update(state=JobState.WAITING, claim=None, lease_until=None, worker="")
