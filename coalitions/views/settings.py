"""The coalition's settings and its audit log."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from coalitions import audit_log
from coalitions.actions import coalition as actions
from coalitions.forms.settings import AuditFilter, CountyForm, SettingsForm, in_words
from coalitions.models import Coalition
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.geo.models import County

from .submit import status_of, submitted

PAGE = 50


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def settings(request: ActorRequest) -> HttpResponse:
    """Name, time zone, reporting, threshold."""
    actor = request.actor
    coalition = Coalition.objects.get(pk=actor.coalition.pk)  # the form writes on it before it is saved
    form = SettingsForm(request.POST or None, instance=coalition)
    if submitted(
        request,
        form,
        lambda: actions.update_settings(by=actor, version=form.opened_version, values=form.values),
    ):
        messages.success(request, "Saved.")
        return redirect("coalitions:settings", actor.coalition.slug)
    context = {"form": form, "counties": actor.coalition.counties.all()}
    return render(request, "coalitions/settings.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def county_list(request: ActorRequest) -> HttpResponse:
    """The coalition's counties, a state's at a time. The buttons "show" and "whole" change what is shown and ticked, and save
    nothing."""
    actor = request.actor
    now = list(actor.coalition.counties.values_list("pk", flat=True))
    if request.method == "GET":
        state = request.GET.get("state", "") or (actor.coalition.counties.values_list("state", flat=True).first() or "")
        form = CountyForm(initial={"state": state, "counties": now}, chosen=now, state=state)
        return render(request, "coalitions/county_list.html", {"form": form})
    chosen, state = request.POST.getlist("counties"), request.POST.get("state", "")
    if "whole" in request.POST:
        chosen = [*chosen, *County.objects.filter(state=state).values_list("pk", flat=True)]
        form = CountyForm(initial={"state": state, "counties": chosen}, chosen=chosen, state=state)
        return render(request, "coalitions/county_list.html", {"form": form})
    form = CountyForm(request.POST, chosen=chosen, state=state)
    if "show" in request.POST:
        return render(request, "coalitions/county_list.html", {"form": form})
    if submitted(request, form, lambda: actions.set_counties(by=actor, counties=form.cleaned_data["counties"])):
        messages.success(request, "The coalition’s counties are saved.")
        return redirect("coalitions:settings", actor.coalition.slug)
    return render(request, "coalitions/county_list.html", {"form": form}, status=status_of(form))


@require_GET
@requires(Action.SETTINGS_MANAGE)
def audit_list(request: ActorRequest) -> HttpResponse:
    """Who did what, and when."""
    actor = request.actor
    form = AuditFilter(request.GET, actor=actor)
    asked = form.asked()
    page = Paginator(audit_log.events_for(actor, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [{"event": event, "who": audit_log.who(event, actor), "what": in_words(event.verb)} for event in page],
        "narrowed": any(asked.values()),
    }
    return render(request, "coalitions/audit_list.html", context)
