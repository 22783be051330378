"""Settings: the coalition's own look; and its logo and colour as files that pages ask for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_GET, require_http_methods

from coalitions.actions import look as actions
from coalitions.forms.look import LookForm
from coalitions.look import logo_of, sample, style_sheet
from coalitions.models import Look
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .submit import status_of, submitted

# A browser keeps it: the address changes with every change.
KEPT = cache_control(private=True, max_age=365 * 24 * 3600, immutable=True)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def look(request: ActorRequest) -> HttpResponse:
    """The logo, the colour and the text; the button "preview" shows a colour and saves nothing."""
    actor = request.actor
    row = Look.objects.visible_to(actor, Action.SETTINGS_MANAGE).first() or Look(coalition=actor.coalition)
    saved = row.accent  # the form writes on the row before it is saved
    form = LookForm(request.POST or None, request.FILES or None, instance=row)
    if "preview" in request.POST:
        form.is_valid()
        shown = form.cleaned_data.get("accent", "")
        context = {"form": form, "sample": sample(shown) if shown else None, "is_preview": True}
        return render(request, "coalitions/look.html", context, status=status_of(form))
    if submitted(request, form, lambda: actions.set_look(by=actor, **form.asked)):
        messages.success(request, "Saved. Pages show it from now on, and reports that are made from now on.")
        return redirect("coalitions:look", actor.coalition.slug)
    context = {"form": form, "sample": sample(saved) if saved else None, "is_preview": False}
    return render(request, "coalitions/look.html", context, status=status_of(form))


def _version(request: ActorRequest) -> str:
    """Also what the two files are known by: they change with every change of the look."""
    row = _row(request)
    return f'"{row.pk}-{row.version}"'


def _row(request: ActorRequest) -> Look:
    row = Look.objects.visible_to(request.actor, Action.ROSTER_SEE).first()
    if row is None:
        raise Http404
    return row


@require_GET
@requires(Action.ROSTER_SEE)
@KEPT
@condition(etag_func=_version)
def look_logo(request: ActorRequest) -> HttpResponse:
    """The logo, for everybody in the coalition."""
    content = logo_of(_row(request))
    if not content:
        raise Http404
    return HttpResponse(content, content_type="image/png")


@require_GET
@requires(Action.ROSTER_SEE)
@KEPT
@condition(etag_func=_version)
def look_style(request: ActorRequest) -> HttpResponse:
    """The colour as a style sheet, for everybody in the coalition."""
    row = _row(request)
    if not row.accent:
        raise Http404
    return HttpResponse(style_sheet(row.accent), content_type="text/css; charset=utf-8")
