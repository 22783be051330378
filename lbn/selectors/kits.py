"""Which kits are in use, what they hold, and how two versions differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from lbn.enums import Product
from lbn.models import KitDesign, KitItem
from phast.ui.templatetags.ui import local_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalitions.models import Coalition, Partner

NALOXONE = "naloxone"  # the key of the item whose quantity is the doses in a kit
# What the naloxone in a kit is called.
NALOXONE_NAMES = {
    Product.NASAL_4: "Naloxone, 4 mg nasal dose",
    Product.NASAL_3: "Naloxone, 3 mg nasal dose",
    Product.INJECTABLE: "Naloxone, 0.4 mg/mL dose for injection",
    Product.OTHER: "Naloxone, another product",
}


# An item → its picture in the icons; what an agency adds has a box.
PICTURES = {
    NALOXONE: "kit_naloxone",
    "instructions": "kit_instructions",
    "pouch": "kit_pouch",
    "resource-card": "kit_card",
    "good-samaritan": "kit_law",
    "fentanyl-strips": "kit_strips",
    "xylazine-strips": "kit_strips",
    "face-shield": "kit_breath",
    "basic-care": "kit_care",
}
A_BOX = "kit_other"


@dataclass(frozen=True)
class Shown:
    """A line of a kit's contents as the page shows it. `part`: where practice 1 puts it; "" for what an agency adds."""

    key: str
    name: str
    quantity: int
    part: str
    text: str

    @property
    def icon(self) -> str:
        return PICTURES.get(self.key, A_BOX)


@dataclass(frozen=True)
class Change:
    """Something that differs between two versions, in words; an empty `before` is new, an empty `after` is gone."""

    what: str
    before: str
    after: str


def in_use(partner: Partner) -> list[KitDesign]:
    """The kits an agency uses, by kind of kit: the latest approved version of its own, or else of the coalition's."""
    designs = KitDesign.objects.of(partner.coalition).filter(Q(partner=partner) | Q(partner=None))
    return _latest(designs.filter(approved_at__isnull=False))


def coalitions_kits(coalition: Coalition) -> list[KitDesign]:
    """The coalition's own kits in use."""
    return _latest(KitDesign.objects.of(coalition).filter(partner=None, approved_at__isnull=False))


def _latest(approved: Any) -> list[KitDesign]:
    found: dict[int, KitDesign] = {}
    own_first = sorted(approved.select_related("kit_type", "approved_by"), key=lambda one: one.partner_id is None)
    for design in own_first:  # of each owner the latest number comes first
        found.setdefault(design.kit_type_id, design)
    return sorted(found.values(), key=lambda one: one.kit_type_id)


def standard_contents(items: Sequence[KitItem]) -> list[dict[str, Any]]:
    """What every kit begins with."""
    return [{"item": one.key, "name": one.name, "quantity": one.quantity} for one in items if one.part == "standard"]


def shown_contents(design: KitDesign, items: Sequence[KitItem]) -> list[Shown]:
    """A kit's contents with what is known about each, in its order."""
    known = {one.key: one for one in items}
    return [
        Shown(
            each["item"],
            each["name"],
            each["quantity"],
            known[each["item"]].part if each["item"] in known else "",
            known[each["item"]].text if each["item"] in known else "",
        )
        for each in design.contents
    ]


def left_out(design: KitDesign, items: Sequence[KitItem]) -> list[KitItem]:
    """What practice 1 puts in every kit and this one does not hold."""
    held = {each["item"] for each in design.contents}
    return [one for one in items if one.part == "standard" and one.key not in held]


def differences(before: KitDesign, after: KitDesign) -> list[Change]:
    """What a version has other than an earlier one: contents first, then doses and the resource card."""
    old, new = _by_line(before), _by_line(after)
    found = [Change(name, "", _times(count)) for key, (name, count) in new.items() if key not in old]
    found += [Change(name, _times(count), "") for key, (name, count) in old.items() if key not in new]
    for key in old.keys() & new.keys():
        (name, count), (now, counted) = old[key], new[key]
        if name != now:
            found.append(Change(name, _times(count), f"{now}, {_times(counted)}"))
        elif count != counted:
            found.append(Change(name, _times(count), _times(counted)))
    facts = [
        ("Doses in a kit", str(before.doses), str(after.doses)),
        ("Resource card", before.resource_card, after.resource_card),
        ("Card last checked", local_date(before.card_checked_on), local_date(after.card_checked_on)),
    ]
    return [*sorted(found, key=lambda one: one.what), *(Change(*fact) for fact in facts if fact[1] != fact[2])]


def _by_line(design: KitDesign) -> dict[str, tuple[str, int]]:
    return {each["item"] or each["name"].casefold(): (each["name"], each["quantity"]) for each in design.contents}


def _times(count: int) -> str:
    return f"{count} in a kit"
