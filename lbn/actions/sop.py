"""Standard operating procedures: a draft is written section by section, approved by a named role, and stays as it was from then on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.models import Coalition, Partner
from lbn.models import SopSection, SopVersion
from lbn.selectors.sop import facts_of
from lbn.sop.filling import bullets, frozen, gaps, series
from lbn.sop.sections import MOST, NOTICE, Section, complete, new_section, sections_of
from phast.audit import record
from phast.personal import refuse_personal
from phast.ui.templatetags.ui import local_date
from phast.versions import EditConflict

from .standing import record_for

if TYPE_CHECKING:
    from phast.access.actor import Actor

SAMPLE, MODEL, OWN = "sample", "model", "own"  # what a draft may begin from
EARLIEST = 2000  # a procedure from before this year is a slip of the finger
LISTS = ("kit_contents", "risk_groups", "training_elements")  # names that stand for a list


@transaction.atomic
def begin_sop(*, coalition: Coalition, partner: Partner | None, source: str, by: Actor) -> SopVersion:
    """A draft of the next version, of an agency or, without `partner`, of the coalition's model. The one that is begun already, if there
    is one. `source`: the product's `SAMPLE`, the coalition's approved `MODEL`, or the `OWN` version approved last.

    Raises ValidationError when there is no such source.
    """
    # One after the other, so that numbers follow.
    owner = Partner.objects.filter(pk=partner.pk) if partner else Coalition.objects.filter(pk=coalition.pk)
    list(owner.select_for_update(no_key=True, of=("self",)))
    own = SopVersion.objects.of(coalition).filter(partner=partner)
    if draft := own.filter(approved_at=None).first():
        return draft
    last = own.first()
    version = SopVersion.objects.create(
        coalition=coalition,
        partner=partner,
        number=last.number + 1 if last else 1,
        sections=[section.kept() for section in _begun_from(coalition, last, source)],
        created_by=by.user,
    )
    _tell("sop.begun", version, by, source=source)
    return version


def _begun_from(coalition: Coalition, last: SopVersion | None, source: str) -> list[Section]:
    standard = list(SopSection.objects.all())
    if source == SAMPLE:
        return complete([], standard)
    if source == MODEL:
        last = SopVersion.objects.of(coalition).filter(partner=None, approved_at__isnull=False).first()
    elif source != OWN:
        raise ValidationError("Choose what the draft begins from.")
    if last is None:
        raise ValidationError("There is no such version to begin from. Choose another.")
    return complete([one.with_words(one.title, one.wording) for one in sections_of(last)], standard)


@transaction.atomic
def save_section(
    *, draft: SopVersion, key: str, title: str, text: str, opened: Mapping[str, str], by: Actor
) -> SopVersion:
    """Writes a section anew. `opened`: its `title` and `text` as the person found them.

    Raises EditConflict when somebody else has written it since, ValidationError for the notice, for a version that is approved, and when
    the section is gone.
    """
    draft = _held(draft)
    sections = sections_of(draft)
    now = next((section for section in sections if section.key == key), None)
    if now is None:
        raise ValidationError(
            "Somebody removed this section while you had it open. Your words are below: add them as a new section.",
            code="gone",
        )
    if key == NOTICE:
        raise ValidationError("The notice belongs to every procedure and stays as it is.")
    if (now.title, now.wording) != (opened.get("title"), opened.get("text")):
        raise EditConflict(draft)
    return _keep(draft, [one.with_words(title, text) if one.key == key else one for one in sections])


@transaction.atomic
def add_section(*, draft: SopVersion, title: str, text: str, by: Actor) -> str:
    """Puts a section of the agency's own before the last one. Gives its key. Raises ValidationError when there are too many."""
    draft = _held(draft)
    sections = sections_of(draft)
    if len(sections) >= MOST:
        raise ValidationError(f"A procedure has at most {MOST} sections. Put this into one of them.")
    added = new_section(title, text)
    sections.insert(max(len(sections) - 1, 1), added)
    _keep(draft, sections)
    return added.key


@transaction.atomic
def move_section(*, draft: SopVersion, key: str, up: bool, by: Actor) -> SopVersion:
    """One place up or down. The notice stays first; at the ends nothing changes. Raises ValidationError when the section is gone."""
    draft = _held(draft)
    sections = sections_of(draft)
    at = _place(sections, key)
    to = at - 1 if up else at + 1
    if key == NOTICE or not 0 < to < len(sections):
        return draft
    sections[at], sections[to] = sections[to], sections[at]
    return _keep(draft, sections)


@transaction.atomic
def remove_section(*, draft: SopVersion, key: str, by: Actor) -> SopVersion:
    """Takes a section out that the agency added. Raises ValidationError for one that belongs to every procedure."""
    draft = _held(draft)
    sections = sections_of(draft)
    if not sections[_place(sections, key)].is_own:
        raise ValidationError("This section belongs to every procedure. Write in it what holds for you.")
    return _keep(draft, [section for section in sections if section.key != key])


@transaction.atomic
def fill_gaps(*, draft: SopVersion, words: Mapping[str, str], by: Actor) -> SopVersion:
    """Writes words in the place of names the portal has nothing for; others stay. `words`: by name; of a list, a line for each entry."""
    draft = _held(draft)
    asked = {gap.name for gap in gaps(sections_of(draft), facts_of(draft.coalition, draft.partner))}
    put = {name: _written(name, text) for name, text in words.items() if text.strip() and name in asked}
    refuse_personal(" . ".join(put.values()))
    sections = [
        section if section.key == NOTICE else section.with_words(section.title, _put(section.wording, put))
        for section in sections_of(draft)
    ]
    return _keep(draft, sections)


@transaction.atomic
def approve_sop(
    *, draft: SopVersion, version: int | None, role: str, in_force_from: dt.date, why: str, by: Actor
) -> SopVersion:
    """Fills the draft in for good and approves it. `role`: who approved it, no name.

    Raises EditConflict when it changed since `version`: what was not read is not approved. Raises ValidationError while there are gaps,
    when the role looks like a person, for a day before the version it replaces, and when it does not say what is new.
    """
    refuse_personal(role)
    refuse_personal(why)
    held = _held(draft)
    if version is not None and held.version != version:
        raise EditConflict(held)
    _check_day(held, in_force_from)
    if held.number > 1 and not why.strip():
        raise ValidationError({"why": "Say what is new, and why."})
    sections = complete(sections_of(held), list(SopSection.objects.all()))
    if held.partner:  # the coalition's model keeps its names in braces: each agency's own words go there
        facts = facts_of(held.coalition, held.partner)
        facts |= {"version": str(held.number), "approved_role": role, "in_force_from": local_date(in_force_from)}
        if missing := gaps(sections, facts):
            raise ValidationError(f"Fill in first: {series(gap.label for gap in missing)}.", code="gaps")
        sections = frozen(sections, facts)
    held.approved_at, held.approved_by = timezone.now(), by.user
    held.approved_role, held.in_force_from, held.why = role, in_force_from, why
    _keep(held, sections)
    _tell("sop.approved", held, by, number=held.number, in_force_from=str(in_force_from))
    return held


@transaction.atomic
def discard_sop(*, draft: SopVersion, version: int | None, by: Actor) -> None:
    """Throws a draft away. Raises EditConflict when somebody wrote on it since `version`, ValidationError when it is approved."""
    held = _held(draft)
    if version is not None and held.version != version:
        raise EditConflict(held)
    _tell("sop.discarded", held, by)
    held.delete()


# ------------------------------------------------------------------ parts
def _held(draft: SopVersion) -> SopVersion:
    """The draft as it is now, for this transaction alone. Raises ValidationError when it is none any more."""
    rows = SopVersion.objects.select_for_update(of=("self",)).select_related("coalition", "partner")
    held = rows.filter(pk=draft.pk).first()
    if held is None:
        raise ValidationError("Somebody threw this draft away.", code="gone")
    if held.approved_at:
        raise ValidationError(
            f"Version {held.number} is approved and stays as it is. Begin a new version to change it.", code="approved"
        )
    return held


def _keep(draft: SopVersion, sections: list[Section]) -> SopVersion:
    draft.sections = [section.kept() for section in sections]
    draft.version += 1
    draft.save()
    return draft


def _place(sections: list[Section], key: str) -> int:
    found = [n for n, section in enumerate(sections) if section.key == key]
    if not found:
        raise ValidationError("Somebody removed this section.", code="gone")
    return found[0]


def _check_day(draft: SopVersion, day: dt.date) -> None:
    if day.year < EARLIEST:
        raise ValidationError({"in_force_from": "This is too long ago. Check the year."})
    if day > draft.coalition.today() + dt.timedelta(days=366):
        raise ValidationError({"in_force_from": "This is more than a year from now. Choose an earlier day."})
    own = SopVersion.objects.of(draft.coalition).filter(partner=draft.partner, approved_at__isnull=False)
    last = own.first()
    if last and last.in_force_from and day < last.in_force_from:
        raise ValidationError(
            {
                "in_force_from": f"Version {last.number} is in force from {local_date(last.in_force_from)}. "
                "Choose that day or a later one."
            }
        )


def _written(name: str, text: str) -> str:
    lines = [line.strip().lstrip("•*- ") for line in text.splitlines() if line.strip()]
    return bullets(lines) if name in LISTS else " ".join(lines)


def _put(wording: str, put: Mapping[str, str]) -> str:
    for name, words in put.items():
        wording = wording.replace(f"{{{name}}}", words)
    return wording


def _tell(verb: str, version: SopVersion, by: Actor, **detail: Any) -> None:
    if version.partner:
        record_for(verb, partner=version.partner, by=by, target=version, **detail)
    else:
        record(verb, by=by, target=version, **detail)
