"""Fields that choose a partner, a person or a position: whoever does something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from coalitions.enums import PartnerStatus
from coalitions.models import Contact, Partner, Position
from phast.access.table import Action

if TYPE_CHECKING:
    from phast.access.actor import Actor


class PartyField(forms.ChoiceField):
    """One responsible party among the partners, the people and the positions the actor may see; its value is that row or None."""

    def __init__(self, *, choices: list[Any], rows: dict[str, Any], label: str, help_text: str = "") -> None:
        super().__init__(choices=choices, label=label, required=False, help_text=help_text)
        self.rows = rows

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return key_of(value) if hasattr(value, "_meta") else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class Parties:
    """The parties an actor can make responsible, read once for all the fields of a form. Three queries."""

    def __init__(self, actor: Actor) -> None:
        partners = Partner.objects.visible_to(actor, Action.ROSTER_SEE).exclude(status=PartnerStatus.INACTIVE)
        contacts = (
            Contact.objects.visible_to(actor, Action.CONTACTS_SEE)
            .exclude(partner__status=PartnerStatus.INACTIVE)
            .select_related("partner")
        )
        positions = Position.objects.visible_to(actor, Action.ROSTER_SEE).select_related("contact")
        groups = {
            "Positions": [(key_of(p), p, f"{p} ({p.contact or 'nobody holds this yet'})") for p in positions],
            "Partners": [(key_of(p), p, str(p)) for p in partners],
            "People": [(key_of(c), c, f"{c}, {c.partner}") for c in contacts],
        }
        self.rows = {key: row for group in groups.values() for key, row, _ in group}
        self.groups = [(name, [(key, label) for key, _, label in group]) for name, group in groups.items() if group]

    def field(
        self, label: str, *, empty: str, help_text: str = "", without: tuple[str, ...] = (), now: Any = None
    ) -> PartyField:
        """`empty` is what the choice of none is called; `without`: groups to leave out, such as "Partners"; `now`: who it is at present,
        offered even when nobody could choose them any more."""
        groups = [group for group in self.groups if group[0] not in without]
        rows = {key: self.rows[key] for _, choices in groups for key, _ in choices}
        if now is not None and key_of(now) not in rows:
            rows[key_of(now)] = now
            groups = [*groups, ("As it is", [(key_of(now), str(now))])]
        return PartyField(choices=[("", empty), *groups], rows=rows, label=label, help_text=help_text)


def key_of(party: Any) -> str:
    """How a form names a partner, a contact or a position: "partner-7"."""
    return f"{party._meta.model_name}-{party.pk}"
