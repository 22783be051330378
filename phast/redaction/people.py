"""What stands outside a coalition's own tables: names of accounts, what the admin noted of them, addresses that refused mail, and what
browsers have not sent yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import CharField, EmailField, Q, QuerySet
from django.db.models.functions import Cast, Lower
from django.utils import timezone

from phast.access.held import KEY as HELD
from phast.mail.models import RefusedAddress
from phast.tenancy import belonging, history_models, tenant_models, tenant_of, words_in

from .found import Places
from .matching import Needle, texts_of

ACCOUNTS = "accounts"
SESSIONS = "sessions"
ADMIN = "admin"
REFUSED = "refused"
KEPT_IN_SESSIONS = (HELD, "_messages")


def _standing() -> type[Any]:
    """The model that makes an account a member: the tenant table that gives roles. `phast` knows it by the setting alone."""
    return apps.get_model(settings.MEMBERSHIP_MODEL)


def own_accounts(coalition: Any) -> QuerySet:
    """Accounts of this coalition alone: of people who are, or were, in it and in no other."""
    membership = _standing()
    here = Q(pk__in=belonging(membership, coalition).order_by().values("user_id"))
    for history in history_models():
        if tenant_of(history) is membership:
            here |= Q(pk__in=belonging(history, coalition).order_by().values("user_id"))
    elsewhere = membership._base_manager.exclude(coalition=coalition.pk).values("user_id")
    return get_user_model()._default_manager.filter(here).exclude(pk__in=elsewhere)


def shared_accounts(coalition: Any) -> QuerySet:
    """Accounts of members who are in another coalition, too."""
    members = belonging(_standing(), coalition).order_by().values("user_id")
    return get_user_model()._default_manager.filter(pk__in=members).exclude(pk__in=own_accounts(coalition).values("pk"))


def in_accounts(coalition: Any, needle: Needle) -> list[Places]:
    """Names of accounts."""
    group = Places(ACCOUNTS, "People: the name of their account")
    for key, name in own_accounts(coalition).order_by("pk").values_list("pk", "name"):
        if preview := needle.preview(name):
            group.add(key, preview)
    return [group]


def stays(coalition: Any, needle: Needle) -> list[str]:
    """Where it stands and this coalition cannot take it out."""
    said = []
    if any(needle.spans(name) for name in shared_accounts(coalition).values_list("name", flat=True)):
        said.append(
            "The name of an account whose owner is in another coalition, too. Ask that person to change their name."
        )
    everybody = own_accounts(coalition) | shared_accounts(coalition)
    if any(needle.spans(email) for email in everybody.values_list("email", flat=True)):
        said.append("The e-mail address with which somebody signs in. They change it themselves in their account.")
    return said


def in_admin_log(coalition: Any, needle: Needle) -> list[Places]:
    """What the admin noted when it opened the coalition or changed one of its accounts."""
    group = Places(ADMIN, "The log of the portal’s admin")
    for entry in _admin_log(coalition):
        texts = texts_of([entry.object_repr, entry.change_message], needle)
        if texts:
            group.add(entry.pk, needle.preview(texts[0]))
    return [group]


def clear_admin_log(coalition: Any, needle: Needle) -> None:
    """Takes it out of them."""
    longest = LogEntry._meta.get_field("object_repr").max_length
    for entry in _admin_log(coalition).select_for_update(of=("self",)):
        name, said = needle.out_of(entry.object_repr)[:longest], needle.out_of(entry.change_message)
        if (name, said) != (entry.object_repr, entry.change_message):
            LogEntry.objects.filter(pk=entry.pk).update(object_repr=name, change_message=said)


def _admin_log(coalition: Any) -> QuerySet:
    kinds = ContentType.objects.get_for_models(type(coalition), get_user_model())
    accounts = own_accounts(coalition).annotate(key=Cast("pk", CharField())).values("key")
    return LogEntry.objects.filter(
        Q(content_type=kinds[type(coalition)], object_id=str(coalition.pk))
        | Q(content_type=kinds[get_user_model()], object_id__in=accounts)
    ).order_by("pk")


def in_refused_addresses(coalition: Any, needle: Needle) -> list[Places]:
    """Addresses of this coalition from which mail came back. Of others nothing is told, not even that they did."""
    group = Places(REFUSED, "Addresses from which mail came back", "Forgotten: the next mail to it is tried again.")
    known = {one.address: one.pk for one in RefusedAddress.objects.order_by("pk") if needle.spans(one.address)}
    for address in sorted(_held_here(coalition, known)):
        group.add(known[address], needle.preview(address))
    return [group]


def forget_refused_addresses(keys: Collection[Any]) -> None:
    """A refusal that is forgotten costs one mail that comes back again."""
    RefusedAddress.objects.filter(pk__in=keys).delete()


def _held_here(coalition: Any, addresses: Collection[str]) -> set[str]:
    """Which of the addresses stand, or stood, in a field for an address in the coalition, or are how its people sign in."""
    if not addresses:
        return set()
    held: set[str] = set()
    for model in [*tenant_models(), *history_models()]:
        for field in words_in(model):
            if isinstance(field, EmailField):
                rows = belonging(model, coalition).order_by().annotate(_address=Lower(field.name))
                held |= set(rows.filter(_address__in=addresses).values_list("_address", flat=True))
    people = (own_accounts(coalition) | shared_accounts(coalition)).annotate(_address=Lower("email"))
    return held | set(people.filter(_address__in=addresses).values_list("_address", flat=True))


def in_sessions(coalition: Any, needle: Needle) -> list[Places]:
    """Forms that wait for somebody to sign in again, and messages nobody has read yet."""
    group = Places(SESSIONS, "Forms that wait until somebody signs in again")
    for session, kept in _kept(coalition):
        if texts := texts_of(kept, needle):
            group.add(session.pk, needle.preview(texts[0]))
    return [group]


def clear_sessions(coalition: Any, needle: Needle) -> None:
    """Takes it out of them."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session, kept in _kept(coalition):
        if texts_of(kept, needle):
            data = session.get_decoded() | needle.out_of_json(kept)
            Session.objects.filter(pk=session.pk).update(session_data=store().encode(data))


def _kept(coalition: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Sessions with what they keep of this coalition: a form on its way to it, or messages of one of its people."""
    people = {str(key) for key in belonging(_standing(), coalition).order_by().values_list("user_id", flat=True)}
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        data = session.get_decoded()
        for_it = str(data.get(HELD, {}).get("path", "")).startswith(f"/c/{coalition.slug}/")
        if for_it or str(data.get(SESSION_KEY)) in people:
            kept = {name: data[name] for name in KEPT_IN_SESSIONS if name in data}
            if kept:
                yield session, kept
