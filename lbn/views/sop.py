"""Standard operating procedures: which is in force, reading a version, what differs between two, and beginning the next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from coalitions.models import Partner
from lbn.actions import sop as actions
from lbn.forms.sop import BeginForm, CompareForm
from lbn.models import SopVersion
from lbn.selectors import sop as selectors
from lbn.sop.comparing import differences, side_of
from lbn.sop.filling import drifts, gaps, read
from lbn.sop.sections import sections_of
from lbn.sop.word_file import TYPE, as_docx, file_name
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .program import agency_of

A_PAGE = 50


# ------------------------------------------------------------------ whose procedure
@require_GET
@requires(Action.PROGRAM_SEE)
def sop_agencies(request: ActorRequest) -> HttpResponse:
    """Every agency's procedure and the coalition's model; who has one agency only goes to that one."""
    actor = request.actor
    agencies = selectors.agencies_seen(actor)
    if not actor.everywhere(Action.PROGRAM_SEE):
        own = list(agencies[:2])
        if len(own) == 1:
            return redirect("lbn:sop_list", actor.coalition.slug, own[0].pk)
    page = Paginator(agencies, A_PAGE).get_page(request.GET.get("page"))
    shelves = selectors.shelves_for(actor, page.object_list)
    nothing = selectors.Shelf([])
    model = selectors.versions_for(actor, None)
    context = {
        "page": page,
        "rows": [(agency, shelves.get(agency.pk, nothing)) for agency in page],
        "model": selectors.shelf_of(model, actor.coalition.today()),
    }
    return render(request, "lbn/sop_agencies.html", context)


@require_GET
@requires(Action.PROGRAM_SEE)
def sop_list(request: ActorRequest, partner_id: int) -> HttpResponse:
    """An agency's procedure: the version in force, the draft of the next one, and those before."""
    return _shelf_page(request, agency_of(request, partner_id, Action.PROGRAM_SEE))


@require_GET
@requires(Action.PROGRAM_SEE)
def sop_model(request: ActorRequest) -> HttpResponse:
    """The coalition's model procedure, from which agencies may begin."""
    return _shelf_page(request, None)


@require_POST
@requires(Action.PRACTICE_EDIT)
def sop_begin(request: ActorRequest, partner_id: int) -> HttpResponse:
    """A draft of an agency's next version."""
    return _begin(request, agency_of(request, partner_id, Action.PRACTICE_EDIT))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def sop_model_begin(request: ActorRequest) -> HttpResponse:
    """A draft of the next version of the coalition's model."""
    return _begin(request, None)


# ------------------------------------------------------------------ reading
@require_GET
@requires(Action.PROGRAM_SEE)
def sop_version(request: ActorRequest, sop_version_id: int) -> HttpResponse:
    """A version as it reads: as it was approved, or a draft as it is now."""
    actor = request.actor
    version = find_version(request, sop_version_id, Action.PROGRAM_SEE)
    sections, facts = sections_of(version), selectors.facts_for(version)
    shelf = selectors.shelf_of(selectors.versions_for(actor, version.partner), actor.coalition.today())
    earlier = next((one.version for one in shelf.standings if one.version.number < version.number), None)
    context = {
        **places(request, version.partner),
        "version": version,
        "standing": next(one for one in shelf.standings if one.version.pk == version.pk),
        "earlier": earlier,
        "parts": read(sections, facts),
        "gaps": gaps(sections, facts) if version.partner and not version.approved_at else [],
        "may_edit": may_edit(request, version.partner) and not version.approved_at,
    }
    return render(request, "lbn/sop_version.html", context)


@require_GET
@requires(Action.PROGRAM_SEE)
def sop_word(request: ActorRequest, sop_version_id: int) -> HttpResponse:
    """A version as a Word file."""
    version = find_version(request, sop_version_id, Action.PROGRAM_SEE)
    response = HttpResponse(as_docx(version, today=request.actor.coalition.today()), content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="{file_name(version)}"'
    return response


@require_GET
@requires(Action.PROGRAM_SEE)
def sop_compare(request: ActorRequest, partner_id: int) -> HttpResponse:
    """What differs between two versions of an agency's procedure: `?before=1&after=2`."""
    return _compare(request, agency_of(request, partner_id, Action.PROGRAM_SEE))


@require_GET
@requires(Action.PROGRAM_SEE)
def sop_model_compare(request: ActorRequest) -> HttpResponse:
    """What differs between two versions of the coalition's model."""
    return _compare(request, None)


# ------------------------------------------------------------------ parts
def find_version(request: ActorRequest, key: int, action: Action) -> SopVersion:
    visible = SopVersion.objects.visible_to(request.actor, action).select_related("coalition", "partner")
    return get_object_or_404(visible, pk=key)


def may_edit(request: ActorRequest, partner: Partner | None) -> bool:
    """True for who writes procedures of this agency, or the coalition's model."""
    actor = request.actor
    if actor.everywhere(Action.PRACTICE_EDIT):
        return True
    return partner is not None and partner.pk in actor.partner_ids(Action.PRACTICE_EDIT)


def places(request: ActorRequest, partner: Partner | None) -> dict[str, Any]:
    """Whose procedure it is, and the addresses of its pages."""
    slug = request.actor.coalition.slug
    name, args = ("lbn:sop", [slug, partner.pk]) if partner else ("lbn:sop_model", [slug])
    return {
        "partner": partner,
        "shelf_url": reverse("lbn:sop_list" if partner else "lbn:sop_model", args=args),
        "begin_url": reverse(f"{name}_begin", args=args),
        "compare_url": reverse(f"{name}_compare", args=args),
    }


def _shelf_page(request: ActorRequest, partner: Partner | None) -> HttpResponse:
    actor = request.actor
    shelf = selectors.shelf_of(selectors.versions_for(actor, partner), actor.coalition.today())
    facts = selectors.facts_of(actor.coalition, partner)
    in_force, draft = shelf.in_force, shelf.draft
    edits = may_edit(request, partner)
    context = {
        **places(request, partner),
        "shelf": shelf,
        "drifts": drifts(sections_of(in_force), facts) if in_force and partner else [],
        "gaps": gaps(sections_of(draft), facts) if draft and partner else [],
        "inherited": selectors.inherited_by(actor, partner) if partner else [],
        "may_edit": edits,
        "next_number": shelf.standings[0].version.number + 1 if shelf.standings else 1,
        "form": BeginForm(sources=_sources(request, partner, shelf)) if edits and not draft else None,
        "compare_form": CompareForm(shelf=shelf) if len(shelf.standings) > 1 else None,
    }
    return render(request, "lbn/sop_list.html", context)


def _sources(request: ActorRequest, partner: Partner | None, shelf: selectors.Shelf) -> list[str]:
    """What a draft may begin from, the likeliest first."""
    approved = SopVersion.objects.visible_to(request.actor, Action.PROGRAM_SEE).filter(partner=None)
    has_model = partner is not None and approved.filter(approved_at__isnull=False).exists()
    return [
        *([actions.OWN] if shelf.approved else []),
        *([actions.MODEL] if has_model else []),
        actions.SAMPLE,
    ]


def _begin(request: ActorRequest, partner: Partner | None) -> HttpResponse:
    coalition = request.actor.coalition
    try:
        draft = actions.begin_sop(
            coalition=coalition, partner=partner, source=request.POST.get("source", ""), by=request.actor
        )
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect(places(request, partner)["shelf_url"])
    return redirect("lbn:sop_edit", coalition.slug, draft.pk)


def _compare(request: ActorRequest, partner: Partner | None) -> HttpResponse:
    shelf = selectors.shelf_of(selectors.versions_for(request.actor, partner), request.actor.coalition.today())
    asked = {name: request.GET[name] for name in ("before", "after") if request.GET.get(name)}
    form = CompareForm(asked, shelf=shelf)
    if not form.is_valid():
        raise Http404  # a version that is not there, or not for this reader
    found = {str(one.version.number): one.version for one in shelf.standings}
    sides = [found[asked[name]] for name in ("before", "after") if name in asked]
    if len(sides) < 2:
        form, sides = CompareForm(shelf=shelf), []
    context = {
        **places(request, partner),
        "compare_form": form,
        "sides": sides,
        "differences": differences(*(_side(version) for version in sides)) if sides else None,
    }
    return render(request, "lbn/sop_compare.html", context)


def _side(version: SopVersion) -> Any:
    return side_of(sections_of(version), selectors.facts_for(version))
