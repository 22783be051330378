"""What the portal already knows of an agency's program, element by element of the eight practices.

It says a fact and, where the fact is enough for it, suggests how far the agency is. Nobody is rated by it: people rate themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lbn.enums import Evidence, InPlace
from lbn.models import RiskGroup, TrainingElement
from phast.ui.templatetags.ui import kits, local_date, number

from .known import Known, known_of

if TYPE_CHECKING:
    from coalitions.models import Partner
    from lbn.models import PracticeElement

CARD_IS_FRESH = 90  # days after which what a resource card says is to be checked again
MOST = 0.8  # of the kits with a ZIP code, or of the sectors: from here on "mostly" is fair


@dataclass(frozen=True)
class Part:
    """One of the things an element is made of (a group at risk, a training element), and whether the portal knows it in place."""

    title: str
    text: str
    is_here: bool


@dataclass(frozen=True)
class Shown:
    """What the portal knows of an element: a sentence, perhaps a suggestion, and the parts where the element has any.

    `is_some`: there is something that shows it; otherwise the sentence says what is missing.
    """

    says: str
    suggests: InPlace | None = None
    is_some: bool = True
    parts: tuple[Part, ...] = ()


def evidence_of(partner: Partner, elements: Iterable[PracticeElement]) -> dict[str, Shown]:
    """By the element's key. Six queries, however many elements there are."""
    known = known_of(partner)
    parts = {
        "at-risk-wide": tuple(
            Part(group.title, group.text, group.pk in known.risk_groups) for group in RiskGroup.objects.all()
        ),
        "trained-before": tuple(
            Part(one.title, one.text, one.pk in known.covered) for one in TrainingElement.objects.all()
        ),
    }
    found = {}
    for element in elements:
        says, suggests = _SAYS[Evidence(element.evidence)](known, element.pk) if element.evidence else ("", None)
        is_some = suggests not in {None, InPlace.NOT_YET} or (suggests is None and bool(says))
        found[element.pk] = Shown(says, suggests, is_some, parts.get(element.pk, ()))
    return found


Said = tuple[str, InPlace | None]
_NOT_YET, _STARTED, _MOSTLY, _IN_PLACE = InPlace.NOT_YET, InPlace.STARTED, InPlace.MOSTLY, InPlace.IN_PLACE


# ------------------------------------------------------------------ practice 1: the kit
_NEEDS: Mapping[str, tuple[frozenset[str], str]] = {
    "kit-basics": (frozenset({"naloxone", "instructions", "pouch"}), "naloxone, instructions and a pouch"),
    "kit-good-samaritan": (frozenset({"good-samaritan"}), "Good Samaritan law information"),
}
_WEIGHED: Mapping[str, tuple[frozenset[str], str]] = {
    "kit-strips-shield": (
        frozenset({"fentanyl-strips", "xylazine-strips", "face-shield"}),
        "test strips or a face shield",
    ),
    "kit-basic-care": (frozenset({"basic-care"}), "basic care items"),
}


def _kit(known: Known, key: str) -> Said:
    kit = known.kit
    if kit is None:
        return (
            ("A kit is begun, none is in use yet.", _STARTED)
            if known.kit_draft
            else ("No kit is chosen yet.", _NOT_YET)
        )
    it = f"“{kit.kit_type}”, version {kit.number},"
    if key == "kit-resource-card":
        return _card(known)
    if key in _NEEDS:
        needed, words = _NEEDS[key]
        if needed <= known.kit_items:
            return f"{it} holds {words}.", _IN_PLACE
        return f"{it} lacks some of it: {words}.", _STARTED
    wanted, words = _WEIGHED.get(key, (frozenset(), ""))
    if wanted & known.kit_items:
        return f"{it} holds {words}.", _IN_PLACE
    return (f"{it} holds no {words}. That may be what was decided." if words else ""), None


def _card(known: Known) -> Said:
    kit = known.kit
    if kit is None or not (kit.resource_card or "resource-card" in known.kit_items):
        return "No resource card is chosen for the kit yet.", _NOT_YET
    if kit.card_checked_on is None:
        return "A resource card is in the kit. When it was last checked is not said.", _MOSTLY
    checked = f"The resource card in the kit was last checked on {local_date(kit.card_checked_on)}."
    return checked, _IN_PLACE if (known.today - kit.card_checked_on).days <= CARD_IS_FRESH else _MOSTLY


# ------------------------------------------------------------------ practice 2: at risk
def _at_risk(known: Known, key: str) -> Said:
    groups, of = len(known.risk_groups), known.groups_there_are
    if not groups:
        return "No groups are chosen yet.", _NOT_YET
    chosen = f"{groups} of {of} groups are chosen"
    if known.risk_agreed_on is None:
        return f"{chosen}; not agreed yet.", _STARTED
    return f"{chosen}, agreed on {local_date(known.risk_agreed_on)}.", _IN_PLACE if groups >= of else _MOSTLY


# ------------------------------------------------------------------ practice 3: counts
def _counts(known: Known, key: str) -> Said:
    if not known.entries:
        return "No count in the last 12 months.", _NOT_YET
    if key == "people-before-data":
        each = f"{number(known.entries)} entr{'y' if known.entries == 1 else 'ies'}"
        return f"{kits(known.kits).capitalize()} counted in the last 12 months in {each}, none about a person.", None
    with_zip = known.kits_with_zip / known.kits if known.kits else 1.0
    reported = f"{known.reported} of {known.due} periods reported" if known.due else "no report was due yet"
    says = f"{kits(known.kits).capitalize()} counted in the last 12 months, {with_zip:.0%} with a ZIP code; {reported}."
    if known.reported >= known.due and with_zip >= MOST:
        return says, _IN_PLACE
    return says, _MOSTLY if 2 * known.reported >= known.due else _STARTED


# ------------------------------------------------------------------ the procedure
_SECTIONS = {"not-enforcement": "never-enforcement", "voluntary": "voluntary"}


def _sop(known: Known, key: str) -> Said:
    sop = known.sop
    if sop is None:
        return (
            ("A procedure is begun, none is in force yet.", _STARTED)
            if known.sop_draft
            else (
                "No procedure is in force yet.",
                _NOT_YET,
            )
        )
    of_it = f"Version {sop.number} of the procedure, in force since {local_date(sop.in_force_from)}"
    if key == "written-procedure":
        return f"{of_it}, approved by the {sop.approved_role}.", _IN_PLACE
    if key in _SECTIONS:
        title = next((one["title"] for one in sop.sections if one.get("key") == _SECTIONS[key]), "")
        return (f"{of_it}, says it under “{title}”.", _IN_PLACE) if title else (f"{of_it}, does not say it.", _STARTED)
    return f"{of_it}. Whether it holds hidden conditions is yours to read.", None


# ------------------------------------------------------------------ training, referrals
_COVERS = {
    "compassionate-words": frozenset({"communication", "empathy"}),
    "teach-prevention": frozenset({"recognition-naloxone"}),
}


def _training(known: Known, key: str) -> Said:
    if not known.sessions and not known.trained:
        return "No training is entered yet.", _NOT_YET
    trained = (
        f"{number(known.trained)} of {number(known.taking_part)} people trained"
        if known.taking_part
        else f"{number(known.sessions)} session{'' if known.sessions == 1 else 's'} held"
    )
    all_trained = bool(known.taking_part) and known.trained >= known.taking_part and not known.training_due
    if key in _COVERS:
        covered = _COVERS[key] <= known.covered
        says = f"{trained}; training {'has covered' if covered else 'has not covered'} it."
        return says, (_IN_PLACE if all_trained else _MOSTLY) if covered else _STARTED
    due = f", {number(known.training_due)} due" if known.training_due else ""
    says = f"{trained}{due}; {len(known.covered)} of {known.elements_there_are} elements covered."
    if all_trained and len(known.covered) >= known.elements_there_are:
        return says, _IN_PLACE
    return says, _MOSTLY if 2 * known.trained >= known.taking_part > 0 else _STARTED


def _referrals(known: Known, key: str) -> Said:
    if not known.refers_to:
        return "No peer or outreach partner is named yet.", _NOT_YET
    named = f"{number(known.refers_to)} organization{'' if known.refers_to == 1 else 's'} named"
    if not known.referrals:
        return f"{named}; no referral counted in the last 12 months.", _STARTED
    made = f"{number(known.referrals)} referral{'' if known.referrals == 1 else 's'}"
    return f"{named}, {made} in the last 12 months.", _IN_PLACE


# ------------------------------------------------------------------ the coalition around it
def _partners(known: Known, key: str) -> Said:
    if not known.sectors:
        return "", None
    filled = known.sectors_filled / known.sectors
    return (
        f"{known.sectors_filled} of {known.sectors} sectors have somebody in the coalition.",
        _IN_PLACE if filled == 1 else _MOSTLY if filled >= MOST else _STARTED if filled else _NOT_YET,
    )


def _shared_work(known: Known, key: str) -> Said:
    if not known.shared_sessions and not known.shared_kits:
        return "No session was held together with another agency yet, and no kits were shared.", _NOT_YET
    shared = [
        f"{number(known.shared_sessions)} training session{'' if known.shared_sessions == 1 else 's'}",
        kits(known.shared_kits),
    ]
    words = " and ".join(
        said for said, some in zip(shared, (known.shared_sessions, known.shared_kits), strict=True) if some
    )
    both = known.shared_sessions and known.shared_kits
    return f"Shared with other agencies in the last two years: {words}.", _IN_PLACE if both else _MOSTLY


def _seats(known: Known, key: str) -> Said:
    if not known.seats:
        return "The coalition has no lived-experience seat yet.", _NOT_YET
    held = f"{number(known.seats)} lived-experience seat{'' if known.seats == 1 else 's'}"
    return f"The coalition has {held}. Whether they are heard here is yours to say.", None


def _resources(known: Known, key: str) -> Said:
    return _card(known)


def _feedback(known: Known, key: str) -> Said:
    if key == "safe-to-ask":
        told = known.from_recipients
        if not told:
            return "Nothing was written down of what recipients said.", _NOT_YET
        return f"Feedback from recipients was written down {number(told)} time{'' if told == 1 else 's'}.", _STARTED
    if not known.feedback:
        return "No feedback is written down yet.", _NOT_YET
    count = f"{number(known.feedback)} piece{'' if known.feedback == 1 else 's'} of feedback"
    better = f"{number(known.improvements)} improvement{'' if known.improvements == 1 else 's'}"
    says = f"{count}, {better}, {number(known.shared_improvements)} of them shared with others."
    if known.shared_improvements:
        return says, _IN_PLACE
    return says, _MOSTLY if known.improvements else _STARTED


_SAYS: Mapping[Evidence, Callable[[Known, str], Said]] = {
    Evidence.KIT_DESIGN: _kit,
    Evidence.AT_RISK: _at_risk,
    Evidence.COUNTS: _counts,
    Evidence.SOP: _sop,
    Evidence.TRAINING: _training,
    Evidence.REFERRALS: _referrals,
    Evidence.PARTNERS: _partners,
    Evidence.SHARED_WORK: _shared_work,
    Evidence.SEATS: _seats,
    Evidence.RESOURCES: _resources,
    Evidence.FEEDBACK: _feedback,
}
