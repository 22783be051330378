"""Writing a draft of a procedure: section by section, filling the gaps, approving it, or throwing it away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.views.submit import status_of, submitted
from lbn.actions import sop as actions
from lbn.forms.sop import ApproveForm, GapsForm, SectionForm
from lbn.models import KitItem, SopSection, SopVersion
from lbn.reference import SOP_NAMES
from lbn.selectors import sop as selectors
from lbn.selectors.kits import NALOXONE, standard_contents
from lbn.sop.comparing import differences, side_of
from lbn.sop.filling import BY_APPROVAL, Gap, blocks, bullets, gaps, names_in, read
from lbn.sop.sections import NOTICE, OWN, Section, numbered, sections_of
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.versions import EditConflict

from .sop import find_version, places

# Something that is not known yet → where it is decided.
DOORS = {
    "risk_groups": ("the definition of at risk", "lbn:program_at_risk"),
    "doses": ("the kit", "lbn:kit_list"),
    "kit_contents": ("the kit", "lbn:kit_list"),
    "referral_partners": ("whom you refer to", "lbn:referral_list"),
}
CHANGED = "Somebody changed the draft while you read it. Here is what it says now."


@require_GET
@requires(Action.PRACTICE_EDIT)
def sop_edit(request: ActorRequest, sop_version_id: int) -> HttpResponse:
    """A draft at a glance: its sections, and what is not filled in yet."""
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    if draft.approved_at:
        return _as_approved(request, draft)
    return _draft_page(request, draft)


@require_POST
@requires(Action.PRACTICE_EDIT)
def sop_fill(request: ActorRequest, sop_version_id: int) -> HttpResponse:
    """Puts words in the place of gaps."""
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    if draft.approved_at:
        return _as_approved(request, draft)
    form = GapsForm(request.POST, gaps=_gaps(draft), suggested={})
    if submitted(request, form, lambda: actions.fill_gaps(draft=draft, words=form.cleaned_data, by=request.actor)):
        messages.success(request, "Filled in.")
        return redirect("lbn:sop_edit", request.actor.coalition.slug, draft.pk)
    return _draft_page(request, draft, form)


# ------------------------------------------------------------------ sections
@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def sop_section(request: ActorRequest, sop_version_id: int, section: str) -> HttpResponse:
    """Writes a section. One that somebody removed meanwhile can be added again, with what was typed."""
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    sections = sections_of(draft)
    now = next((one for one in sections if one.key == section), None)
    if request.method == "GET" and draft.approved_at:
        return _as_approved(request, draft)
    if now is None and (request.method == "GET" or not section.startswith(OWN)):
        raise Http404
    form = SectionForm(request.POST or None, instance=draft, actor=request.actor, section=now)

    def save() -> None:
        words = {name: form.values[name] for name in ("title", "text")}
        if now is None and request.POST.get("do") == "again":
            actions.add_section(draft=draft, by=request.actor, **words)
        else:
            actions.save_section(draft=draft, key=section, opened=form.opened, by=request.actor, **words)

    if submitted(request, form, save):
        return _go_on(request, draft, section)
    context = {
        **places(request, draft.partner),
        "draft": draft,
        "form": form,
        "section": now,
        "is_gone": now is None,
        **(_around(draft, sections, now) if now else {}),
    }
    return render(request, "lbn/sop_section.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def sop_add(request: ActorRequest, sop_version_id: int) -> HttpResponse:
    """Adds a section of the agency's own."""
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    if request.method == "GET" and draft.approved_at:
        return _as_approved(request, draft)
    form = SectionForm(request.POST or None, instance=draft, actor=request.actor)

    def save() -> None:
        words = {name: form.values[name] for name in ("title", "text")}
        actions.add_section(draft=draft, by=request.actor, **words)

    if submitted(request, form, save):
        messages.success(request, "Added. Move it to where it belongs.")
        return redirect("lbn:sop_edit", request.actor.coalition.slug, draft.pk)
    context = {**places(request, draft.partner), "draft": draft, "form": form, "section": None, "is_gone": False}
    return render(request, "lbn/sop_section.html", context, status=status_of(form))


@require_POST
@requires(Action.PRACTICE_EDIT)
def sop_move(request: ActorRequest, sop_version_id: int, section: str) -> HttpResponse:
    """One place up or down."""
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    to = "up" if request.POST.get("to") == "up" else "down"
    page = reverse("lbn:sop_edit", args=[request.actor.coalition.slug, draft.pk])
    try:
        actions.move_section(draft=draft, key=section, up=to == "up", by=request.actor)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect(page)
    return redirect(
        f"{page}?{urlencode({'moved': section, 'to': to})}#{section}"
    )  # the same button has the focus again


@require_POST
@requires(Action.PRACTICE_EDIT)
def sop_remove(request: ActorRequest, sop_version_id: int, section: str) -> HttpResponse:
    """Takes a section out that the agency added."""
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    try:
        actions.remove_section(draft=draft, key=section, by=request.actor)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        messages.success(request, "The section is gone.")
    return redirect("lbn:sop_edit", request.actor.coalition.slug, draft.pk)


# ------------------------------------------------------------------ the end of a draft
@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def sop_approve(request: ActorRequest, sop_version_id: int) -> HttpResponse:
    """What will be in force, what is new in it; POST approves just that."""
    actor = request.actor
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    if draft.approved_at:
        return _as_approved(request, draft)
    initial = {"version": draft.version, "in_force_from": actor.coalition.today()}
    form = ApproveForm(request.POST or None, initial=initial, is_first=draft.number == 1)

    def save() -> None:
        said = form.cleaned_data
        try:
            actions.approve_sop(
                draft=draft,
                version=said["version"] or 0,
                role=said["role"],
                in_force_from=said["in_force_from"],
                why=said.get("why", ""),
                by=actor,
            )
        except EditConflict as conflict:
            form.data = form.data.copy()
            form.data["version"] = str(conflict.current.version)
            raise ValidationError(CHANGED) from None

    if submitted(request, form, save):
        messages.success(request, f"Version {draft.number} is approved.")
        return redirect("lbn:sop_version", actor.coalition.slug, draft.pk)
    draft.refresh_from_db()
    sections, facts = sections_of(draft), selectors.facts_for(draft)
    shelf = selectors.shelf_of(selectors.versions_for(actor, draft.partner), actor.coalition.today())
    before = shelf.approved
    context = {
        **places(request, draft.partner),
        "draft": draft,
        "form": form,
        "gaps": _gaps(draft),
        "before": before,
        "differences": differences(_side(before), side_of(sections, facts)) if before else None,
        "parts": read(sections, facts),
    }
    return render(request, "lbn/sop_approve.html", context, status=status_of(form))


@require_POST
@requires(Action.PRACTICE_EDIT)
def sop_discard(request: ActorRequest, sop_version_id: int) -> HttpResponse:
    """Throws the draft away that was on the page."""
    draft = find_version(request, sop_version_id, Action.PRACTICE_EDIT)
    read_version = request.POST.get("version", "")
    try:
        is_number = read_version.isascii() and read_version.isdigit() and len(read_version) < 10
        actions.discard_sop(draft=draft, version=int(read_version) if is_number else 0, by=request.actor)
    except EditConflict:
        messages.warning(request, CHANGED)
        return redirect("lbn:sop_edit", request.actor.coalition.slug, draft.pk)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        messages.success(request, "The draft is gone.")
    return redirect(places(request, draft.partner)["shelf_url"])


# ------------------------------------------------------------------ parts
def _as_approved(request: ActorRequest, version: SopVersion) -> HttpResponse:
    messages.info(request, f"Version {version.number} is approved and stays as it is. Begin a new one to change it.")
    return redirect("lbn:sop_version", request.actor.coalition.slug, version.pk)


def _draft_page(request: ActorRequest, draft: SopVersion, form: GapsForm | None = None) -> HttpResponse:
    sections, facts = sections_of(draft), selectors.facts_for(draft)
    found = gaps(sections, facts) if draft.partner else []
    waiting = {title for gap in found for title in gap.sections}
    context = {
        **places(request, draft.partner),
        "draft": draft,
        "rows": [(number, one, one.title in waiting) for number, one in numbered(sections)],
        "first": next((one.key for one in sections if one.key != NOTICE), ""),
        "last": sections[-1].key if sections else "",
        "moved": (request.GET.get("moved", ""), request.GET.get("to", "")),
        "gaps": found,
        "doors": _doors(draft, found),
        "gaps_form": form or (GapsForm(gaps=found, suggested=_suggested(found)) if found else None),
    }
    return render(request, "lbn/sop_edit.html", context, status=status_of(form) if form else 200)


def _doors(draft: SopVersion, found: list[Gap]) -> dict[str, str]:
    """Where to decide what is not known: a few words → an address."""
    if draft.partner is None:
        return {}
    args = [draft.coalition.slug, draft.partner.pk]
    doors = [DOORS[gap.name] for gap in found if gap.name in DOORS]
    return {label: reverse(name, args=args) for label, name in doors}


def _gaps(draft: SopVersion) -> list[Gap]:
    return gaps(sections_of(draft), selectors.facts_for(draft)) if draft.partner else []


def _suggested(found: list[Gap]) -> dict[str, str]:
    """A standard kit's words, to be changed or taken; what only the agency knows stays empty."""
    if "kit_contents" not in {gap.name for gap in found}:
        return {}
    contents = standard_contents(list(KitItem.objects.all()))
    doses = next((each["quantity"] for each in contents if each["item"] == NALOXONE), 2)
    listed = [each["name"] for each in contents if each["item"] != NALOXONE]
    return {"doses": str(doses), "kit_contents": bullets(listed)}


def _side(version: SopVersion) -> Any:
    return side_of(sections_of(version), selectors.facts_for(version))


def _around(draft: SopVersion, sections: list[Section], now: Section) -> dict[str, Any]:
    """What stands beside a section: its guide, what is filled in, how it reads, and the sections before and after."""
    facts = selectors.facts_for(draft)
    at = sections.index(now)
    number = {one.key: n for n, one in numbered(sections)}.get(now.key)
    return {
        "guide": SopSection.objects.filter(pk=now.key).values_list("guide", flat=True).first() or "",
        "is_fixed": now.key == NOTICE,
        "number": number,
        "of": len(sections) - any(one.key == NOTICE for one in sections),
        "names": [
            (f"{{{name}}}", SOP_NAMES[name], facts.get(name, ""), name in BY_APPROVAL) for name in names_in(now.wording)
        ],
        "parts": blocks(now.wording, facts),
        "before": sections[at - 1] if at else None,
        "after": sections[at + 1] if at + 1 < len(sections) else None,
    }


def _go_on(request: ActorRequest, draft: SopVersion, key: str) -> HttpResponse:
    """To the section after this one, or back to all of them."""
    slug = request.actor.coalition.slug
    keys = [section.key for section in sections_of(draft)]
    at = keys.index(key) + 1 if key in keys else len(keys)
    if request.POST.get("do") == "next" and at < len(keys):
        return redirect("lbn:sop_section", slug, draft.pk, keys[at])
    messages.success(request, "Saved.")
    return redirect("lbn:sop_edit", slug, draft.pk)
