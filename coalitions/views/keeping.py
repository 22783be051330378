"""Settings: the export of the whole coalition, and redaction."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.actions import keeping as actions
from coalitions.forms.keeping import FindForm, RedactForm
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.redaction.models import Redaction
from phast.redaction.places import find, resealed
from phast.takeout.models import Takeout
from phast.ui.forms import tell

SHOWN = 20  # earlier exports and redactions
MANY = 200  # places: a text that stands in so many is mostly an ordinary word


@require_GET
@requires(Action.SETTINGS_MANAGE)
def keeping(request: ActorRequest) -> HttpResponse:
    """What there is to do, what was exported, what was redacted."""
    actor = request.actor
    redactions = list(Redaction.objects.visible_to(actor, Action.SETTINGS_MANAGE).select_related("by")[:SHOWN])
    context = {
        "form": FindForm(),
        "takeouts": _takeouts(request).select_related("requested_by")[:SHOWN],
        "redactions": list(zip(redactions, resealed(redactions, actor.coalition), strict=True)),
    }
    return render(request, "coalitions/export.html", context)


# ------------------------------------------------------------------ export
@require_POST
@requires(Action.SETTINGS_MANAGE)
def takeout_request(request: ActorRequest) -> HttpResponse:
    """Asks for an export."""
    takeout = actions.request_takeout(with_history=bool(request.POST.get("with_history")), by=request.actor)
    return redirect("coalitions:takeout_detail", request.actor.coalition.slug, takeout.pk)


@require_GET
@requires(Action.SETTINGS_MANAGE)
def takeout_detail(request: ActorRequest, takeout_id: int) -> HttpResponse:
    """How far an export is, and then the download. The page asks for the fragment while it waits."""
    takeout = get_object_or_404(_takeouts(request).select_related("requested_by"), pk=takeout_id)
    template = "coalitions/_export.html" if request.htmx else "coalitions/export_detail.html"
    return render(request, template, {"takeout": takeout})


@require_GET
@requires(Action.SETTINGS_MANAGE)
def takeout_download(request: ActorRequest, takeout_id: int) -> HttpResponse | FileResponse:
    """The zip, if it is still there and still the one that was made."""
    takeout = get_object_or_404(_takeouts(request), pk=takeout_id)
    try:
        file = actions.open_takeout(takeout=takeout, by=request.actor)
    except actions.FileGone:
        return render(request, "coalitions/export_detail.html", {"takeout": takeout, "is_gone": True}, status=410)
    day = timezone.localtime(takeout.data_as_of)
    name = f"{slugify(request.actor.coalition.name) or 'coalition'}-{day:%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@requires(Action.SETTINGS_MANAGE)
def takeout_delete(request: ActorRequest, takeout_id: int) -> HttpResponse:
    """Deletes the file before its time."""
    takeout = get_object_or_404(_takeouts(request), pk=takeout_id)
    actions.delete_takeout(takeout=takeout, by=request.actor)
    messages.success(request, "The file is deleted.")
    return redirect("coalitions:keeping", request.actor.coalition.slug)


def _takeouts(request: ActorRequest) -> Any:
    return Takeout.objects.visible_to(request.actor, Action.SETTINGS_MANAGE)


# ------------------------------------------------------------------ redaction
@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def redaction(request: ActorRequest) -> HttpResponse:
    """Looks for a text, shows where it stands, and takes it out. The text is never part of an address."""
    form = FindForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        asked = request.method == "POST"
        if asked and not form.is_bound:  # sent without anything
            form = FindForm({})
        return render(request, "coalitions/redaction.html", {"form": form}, status=422 if asked else 200)
    confirm = RedactForm(request.POST if "redact" in request.POST else None)
    ticked = request.POST.getlist("places") if "redact" in request.POST else None
    if confirm.is_valid() and ticked is not None:
        try:
            done = actions.redact(
                needle=form.needle, places=ticked, reason=confirm.cleaned_data["reason"], by=request.actor
            )
        except ValidationError as refused:
            tell(confirm, refused)
        else:
            messages.success(request, _said(done))
            return redirect("coalitions:keeping", request.actor.coalition.slug)
    found = find(request.actor.coalition, form.needle)
    context = {
        "form": form,
        "confirm": confirm,
        "found": found,
        "rows": [(group, ticked is None or group.key in ticked) for group in found.groups],
        "many": found.count >= MANY,
    }
    return render(request, "coalitions/redaction_found.html", context, status=422 if confirm.errors else 200)


def _said(done: Redaction) -> str:
    places = f"Redacted in {done.places:,} place{'' if done.places == 1 else 's'}"
    if not done.files:
        return f"{places}."
    return f"{places}; {done.files:,} file{' is' if done.files == 1 else 's are'} deleted."
