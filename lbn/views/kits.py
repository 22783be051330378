"""The kit builder: versions of what is in a kit, of an agency or of the coalition."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.models import Partner
from coalitions.views.submit import status_of, submitted
from lbn.actions import kits as actions
from lbn.forms.kits import KindForm, KitForm
from lbn.models import KitDesign, KitItem, KitType
from lbn.selectors.kits import coalitions_kits, differences, in_use, left_out, shown_contents, standard_contents
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.versions import EditConflict

from .program import agency_of


# ------------------------------------------------------------------ the kits of somebody
@require_GET
@requires(Action.PROGRAM_SEE)
def kit_list(request: ActorRequest, partner_id: int) -> HttpResponse:
    """The kit an agency uses, the draft of its next version, and the versions before."""
    return _list(request, agency_of(request, partner_id, Action.PROGRAM_SEE))


@require_GET
@requires(Action.PROGRAM_SEE)
def coalition_kits(request: ActorRequest) -> HttpResponse:
    """The coalition's own kits, which every agency may use."""
    return _list(request, None)


@require_POST
@requires(Action.PRACTICE_EDIT)
def kit_begin(request: ActorRequest, partner_id: int) -> HttpResponse:
    """A draft of an agency's next version."""
    return _begin(request, agency_of(request, partner_id, Action.PRACTICE_EDIT))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def coalition_kit_begin(request: ActorRequest) -> HttpResponse:
    """A draft of the coalition's next version, or of a new kind of kit."""
    return _begin(request, None)


# ------------------------------------------------------------------ one version
@require_GET
@requires(Action.PROGRAM_SEE)
def kit_detail(request: ActorRequest, kit_design_id: int) -> HttpResponse:
    """What is in it, as pictures to print, and what differs from another version."""
    return _page(request, _design(request, kit_design_id, Action.PROGRAM_SEE))


@require_http_methods(["GET", "POST"])
@requires(Action.PRACTICE_EDIT)
def kit_edit(request: ActorRequest, kit_design_id: int) -> HttpResponse:
    """Changes a draft; what is in use stays as it is."""
    design = _design(request, kit_design_id, Action.PRACTICE_EDIT)
    if design.approved_at:
        messages.info(request, "This version is in use and stays as it is. Begin a new one to change it.")
        return redirect("lbn:kit_detail", request.actor.coalition.slug, design.pk)
    form = KitForm(request.POST or None, instance=design, items=list(KitItem.objects.all()))
    if submitted(
        request,
        form,
        lambda: actions.edit_kit(design=design, values=form.design, version=form.opened_version, by=request.actor),
    ):
        return redirect("lbn:kit_detail", request.actor.coalition.slug, design.pk)
    context = {"form": form, "design": design, "partner": design.partner, **_places(request, design.partner)}
    return render(request, "lbn/kit_edit.html", context, status=status_of(form))


@require_POST
@requires(Action.PRACTICE_EDIT)
def kit_approve(request: ActorRequest, kit_design_id: int) -> HttpResponse:
    """Puts the draft that was on the page in use."""
    design, slug = _design(request, kit_design_id, Action.PRACTICE_EDIT), request.actor.coalition.slug
    read = request.POST.get("version", "")
    try:
        version = int(read) if read.isascii() and read.isdigit() and len(read) < 10 else 0
        actions.approve_kit(design=design, version=version, by=request.actor)
    except EditConflict:
        messages.warning(request, "Somebody changed it while you read. Here is what it holds now.")
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        if refusal.code == "why":
            return redirect("lbn:kit_edit", slug, design.pk)
    else:
        messages.success(request, f"Version {design.number} is in use.")
        if design.partner:
            return redirect("lbn:program_detail", slug, design.partner.pk)
    return redirect("lbn:kit_detail", slug, design.pk)


@require_POST
@requires(Action.PRACTICE_EDIT)
def kit_discard(request: ActorRequest, kit_design_id: int) -> HttpResponse:
    """Throws the draft away."""
    design = _design(request, kit_design_id, Action.PRACTICE_EDIT)
    try:
        actions.discard_kit(design=design, by=request.actor)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect("lbn:kit_detail", request.actor.coalition.slug, design.pk)
    messages.success(request, "The draft is gone.")
    return redirect(_places(request, design.partner)["kits_url"])


# ------------------------------------------------------------------ parts
def _list(request: ActorRequest, partner: Partner | None) -> HttpResponse:
    actor = request.actor
    theirs = KitDesign.objects.visible_to(actor, Action.PROGRAM_SEE).filter(partner=partner)
    versions = list(theirs.select_related("kit_type", "approved_by").order_by("kit_type_id", "-number"))
    items = list(KitItem.objects.all())
    kinds = KitType.objects.visible_to(actor, Action.PROGRAM_SEE).filter(is_active=True)
    used = in_use(partner) if partner else coalitions_kits(actor.coalition)
    context = {
        "partner": partner,
        "used": [(design, shown_contents(design, items), partner and not design.partner_id) for design in used],
        "drafts": [design for design in versions if not design.approved_at],
        "versions": [design for design in versions if design.approved_at],
        "may_edit": _may_edit(request, partner),
        "kinds": KindForm(kinds=kinds, may_name=partner is None, auto_id="kind_%s") if kinds or not partner else None,
        "one_kind": len(kinds) <= 1 and partner is not None,
        **_places(request, partner),
    }
    return render(request, "lbn/kit_list.html", context)


def _begin(request: ActorRequest, partner: Partner | None) -> HttpResponse:
    actor, slug = request.actor, request.actor.coalition.slug
    kinds = KitType.objects.visible_to(actor, Action.PROGRAM_SEE).filter(is_active=True)
    form = KindForm(request.POST, kinds=kinds, may_name=partner is None)
    try:
        if not form.is_valid():
            raise ValidationError("Choose one of the kinds of kit.")
        kind = form.cleaned_data["kit_type"]
        if name := form.cleaned_data.get("name"):
            kind = actions.name_kit(coalition=actor.coalition, name=name, by=actor)
        contents = standard_contents(list(KitItem.objects.all()))
        design = actions.begin_kit(
            coalition=actor.coalition, partner=partner, kit_type=kind, contents=contents, by=actor
        )
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
        return redirect(_places(request, partner)["kits_url"])
    return redirect("lbn:kit_edit", slug, design.pk)


def _page(request: ActorRequest, design: KitDesign) -> HttpResponse:
    actor, items = request.actor, list(KitItem.objects.all())
    theirs = KitDesign.objects.visible_to(actor, Action.PROGRAM_SEE)
    kin = theirs.filter(partner=design.partner, kit_type=design.kit_type, approved_at__isnull=False)
    others = list(kin.exclude(pk=design.pk))
    asked = request.GET.get("against", "")
    earlier = next((one for one in others if one.number < design.number), None)
    against = next((one for one in others if str(one.pk) == asked), earlier)
    today = actor.coalition.today()
    context = {
        "design": design,
        "partner": design.partner,
        "contents": shown_contents(design, items),
        "missing": left_out(design, items),
        "others": others,
        "against": against,
        "changes": differences(against, design) if against else [],
        "is_latest": bool(design.approved_at) and not any(one.number > design.number for one in others),
        "card_age": (today - design.card_checked_on).days if design.card_checked_on else None,
        "may_edit": _may_edit(request, design.partner),
        **_places(request, design.partner),
    }
    return render(request, "lbn/kit_detail.html", context)


def _design(request: ActorRequest, pk: int, action: Action) -> KitDesign:
    designs = KitDesign.objects.visible_to(request.actor, action)
    return get_object_or_404(designs.select_related("kit_type", "partner", "approved_by", "created_by"), pk=pk)


def _may_edit(request: ActorRequest, partner: Partner | None) -> bool:
    actor, action = request.actor, Action.PRACTICE_EDIT
    return actor.everywhere(action) or (partner is not None and partner.pk in actor.partner_ids(action))


def _places(request: ActorRequest, partner: Partner | None) -> dict[str, Any]:
    """Where the kits of the same owner are, and where one begins."""
    slug = request.actor.coalition.slug
    if partner is None:
        return {
            "kits_url": reverse("lbn:coalition_kits", args=[slug]),
            "begin_url": reverse("lbn:coalition_kit_begin", args=[slug]),
        }
    key = [slug, partner.pk]
    return {"kits_url": reverse("lbn:kit_list", args=key), "begin_url": reverse("lbn:kit_begin", args=key)}
