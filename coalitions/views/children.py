"""A state over counties: who is whose parent, and what a parent's people see of its children: releases and requests for help."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import parents
from coalitions.actions import parents as actions
from coalitions.forms.requests import ParentForm
from coalitions.models import Coalition, Release
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .releases import about, as_download, shown
from .submit import status_of, submitted


# ------------------------------------------------------------------ what a parent sees
@require_GET
@requires(Action.RELEASES_SEE)
def child_list(request: ActorRequest) -> HttpResponse:
    """The children with their releases."""
    context = {
        "children": parents.children_with_releases(request.actor),
        "sees_requests": request.actor.can(Action.REQUESTS_HANDLE),
    }
    return render(request, "coalitions/child_list.html", context)


@require_GET
@requires(Action.RELEASES_SEE)
def child_release(request: ActorRequest, child: str, release_number: int) -> HttpResponse:
    """A child's release as its own people read it: the same hidden counts."""
    visible = _releases_of(request, child)
    release = get_object_or_404(visible, number=release_number)
    context = {**about(release, visible), **shown(release.coalition, release)}
    return render(request, "coalitions/child_release.html", context)


@require_GET
@requires(Action.RELEASES_SEE)
def child_release_file(request: ActorRequest, child: str, release_number: int, table_format: str) -> HttpResponse:
    """The same as a file."""
    return as_download(request, get_object_or_404(_releases_of(request, child), number=release_number), table_format)


def _releases_of(request: ActorRequest, child: str) -> QuerySet[Release]:
    visible = Release.objects.of_children(request.actor, Action.RELEASES_SEE).filter(coalition__slug=child)
    return visible.select_related("coalition")


# ------------------------------------------------------------------ who is whose parent
@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def parent(request: ActorRequest) -> HttpResponse:
    """The coalition's parent and its children; POST asks for a parent, or takes that back."""
    actor = request.actor
    coalition = Coalition.objects.select_related("parent").get(pk=actor.coalition.pk)
    form = ParentForm(request.POST or None, initial={"slug": coalition.parent_asked})
    if submitted(request, form, lambda: actions.ask_parent(slug=form.cleaned_data["slug"], by=actor)):
        asked = form.cleaned_data["slug"]
        messages.success(
            request,
            f"If there is a coalition at “{asked}”, its coordinators can accept now." if asked else "Taken back.",
        )
        return redirect("coalitions:parent", actor.coalition.slug)
    context = {
        "coalition": coalition,
        "form": form,
        "children": parents.children_of(actor),
        "waiting": parents.waiting_for(actor),
    }
    return render(request, "coalitions/parent.html", context, status=status_of(form))


@require_POST
@requires(Action.SETTINGS_MANAGE)
def parent_leave(request: ActorRequest) -> HttpResponse:
    """Leaves the parent."""
    return _done(
        request, lambda: actions.leave_parent(by=request.actor), "The parent’s people see nothing of yours any more."
    )


@require_POST
@requires(Action.SETTINGS_MANAGE)
def child_decide(request: ActorRequest) -> HttpResponse:
    """Accepts or declines a coalition that asked, or lets a child go; which one and what, the post says."""
    actor, wanted = request.actor, request.POST.get("child", "")
    does = {
        "accept": (parents.waiting_for, actions.accept_child, "{} stands under your coalition now."),
        "decline": (parents.waiting_for, actions.decline_child, "{} is told that you declined."),
        "end": (parents.children_of, actions.end_child, "{} no longer stands under your coalition."),
    }
    if request.POST.get("do") not in does:
        return redirect("coalitions:parent", actor.coalition.slug)
    among, act, said = does[request.POST["do"]]
    child = among(actor).filter(slug=wanted).first()
    if child is None:
        raise Http404
    return _done(request, lambda: act(child=child, by=actor), said.format(child))


def _done(request: ActorRequest, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:parent", request.actor.coalition.slug)
