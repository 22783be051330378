"""Approved versions: reading them, comparing them, making the next one, taking one back.

Who follows plans reads versions with the names of people; observers read the standing ones without, and nothing that is live.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from plans import actions, selectors, versions
from plans.differences import differences
from plans.forms.versions import NOW, ApproveForm, CompareForm
from plans.models import Plan, PlanVersion

from .common import find_plan, tried

PER_PAGE = 25


def shelf_page(request: ActorRequest) -> HttpResponse:
    """The list of plans as observers read it."""
    page = Paginator(versions.shelf(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/version_shelf.html", {"page": page})


def latest_page(request: ActorRequest, plan_id: int) -> HttpResponse:
    """The plan's address as observers read it: the version that stands."""
    visible = PlanVersion.objects.visible_to(request.actor, Action.PLANS_SEE).filter(plan=plan_id, withdrawn_at=None)
    version = visible.select_related("plan", "approved_by", "withdrawn_by").order_by("-number").first()
    if version is None:
        raise Http404
    return _version_page(request, version)


def facts(plan: Plan) -> dict[str, Any]:
    """For the plan's own page: the version observers read now, and how much was changed since it was approved."""
    read_now = PlanVersion.objects.filter(plan=plan, withdrawn_at=None).defer("content").order_by("-number").first()
    return {"read_now": read_now, "changes_since": versions.changes_since(read_now) if read_now else 0}


@require_GET
@requires(Action.PLANS_SEE)
def version_list(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Every version this reader may read, newest first, and two of them to compare."""
    plan = find_plan(request, plan_id, Action.PLANS_SEE)
    follows = selectors.sees_names(request.actor)
    found = versions.versions_of(plan, request.actor)
    standing = [version for version in found if version.withdrawn_at is None]
    context = {
        **_about(request, plan, versions.title_for(plan, found, names=follows)),
        "versions": found,
        "read_now": standing[0] if standing else None,
        "compare_form": _compare_form(found, with_now=follows) if len(found) + follows > 1 else None,
    }
    return render(request, "plans/versions.html", context)


@require_GET
@requires(Action.PLANS_SEE)
def version_detail(request: ActorRequest, plan_version_id: int) -> HttpResponse:
    """One version as it was approved."""
    return _version_page(request, _find(request, plan_version_id, Action.PLANS_SEE))


@require_GET
@requires(Action.PLANS_SEE)
def version_compare(request: ActorRequest, plan_id: int) -> HttpResponse:
    """What is different between two versions, or between one and the plan as it is now. `?before=2&after=3` or `after=now`."""
    plan = find_plan(request, plan_id, Action.PLANS_SEE)
    follows = selectors.sees_names(request.actor)
    found = versions.versions_of(plan, request.actor)
    asked = {"before": request.GET.get("before"), "after": request.GET.get("after")}
    form = CompareForm(asked, versions=found, with_now=follows)
    if not form.is_valid():
        raise Http404  # a version that is not there, or not for this reader
    chosen = form.cleaned_data
    if not all(chosen.values()):
        form, chosen = _compare_form(found, with_now=follows), {}
    sides = [_side(request, plan, found, chosen[side]) for side in ("before", "after")] if chosen else []
    context = {
        **_about(request, plan, versions.title_for(plan, found, names=follows)),
        "compare_form": form,
        "sides": [name for name, _ in sides],
        "differences": differences(*(words for _, words in sides)) if sides else None,
        "versions": found,
    }
    return render(request, "plans/version_compare.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.SETTINGS_MANAGE)
def plan_approve(request: ActorRequest, plan_id: int) -> HttpResponse:
    """What observers will read; POST approves just that."""
    plan = find_plan(request, plan_id, Action.SETTINGS_MANAGE)
    form, status = ApproveForm(), 200
    if request.method == "POST":
        form = ApproveForm(request.POST)
        if form.is_valid() and tried(form, actions.approve_plan, plan=plan, by=request.actor, **form.cleaned_data):
            messages.success(request, "Approved. Observers read this version from now on, without the names of people.")
            return redirect("plans:versions", slug=request.actor.coalition.slug, plan_id=plan.pk)
        status = 422
    content = versions.content_of(plan, today=request.actor.coalition.today())
    standing = versions.standing_version(plan)
    public = versions.complete(content["public"])
    context = {
        **_about(request, plan, plan.title),
        "form": form,
        "seen": versions.sha256(content),
        "words": public,
        "standing": standing,
        "unchanged": standing is not None and versions.same(standing.content, content),
        "differences": differences(versions.words_for(standing, names=False), public) if standing else None,
    }
    return render(request, "plans/version_approve.html", context, status=status)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def version_withdraw(request: ActorRequest, plan_version_id: int) -> HttpResponse:
    """Takes the version back from observers."""
    version = _find(request, plan_version_id, Action.SETTINGS_MANAGE)
    actions.withdraw_version(version=version, by=request.actor)
    left = versions.standing_version(version.plan)
    now = f"now read version {left.number}" if left else "no longer see this plan"
    messages.success(request, f"Version {version.number} is withdrawn. Observers {now}.")
    return redirect("plans:versions", slug=request.actor.coalition.slug, plan_id=version.plan_id)


# ------------------------------------------------------------------ parts
def _find(request: ActorRequest, key: int, action: Action) -> PlanVersion:
    visible = PlanVersion.objects.visible_to(request.actor, action)
    return get_object_or_404(visible.select_related("plan", "approved_by", "withdrawn_by"), pk=key)


def _version_page(request: ActorRequest, version: PlanVersion) -> HttpResponse:
    found = versions.versions_of(version.plan, request.actor)
    standing = [other for other in found if other.withdrawn_at is None]
    earlier = [other for other in found if other.number < version.number]
    words = versions.words_for(version, names=selectors.sees_names(request.actor))
    context = {
        **_about(request, version.plan, words["title"]),
        "version": version,
        "words": words,
        "name": f"Version {version.number}",
        "read_now": standing[0] if standing else None,
        "earlier": earlier[0] if earlier else None,
    }
    return render(request, "plans/version.html", context)


def _about(request: ActorRequest, plan: Plan, title: str) -> dict[str, Any]:
    """What every page here needs. `title` is the version's own wherever the reader is an observer."""
    follows = selectors.sees_names(request.actor)
    return {
        "plan": plan,
        "title": title,
        "follows": follows,
        "can_approve": request.actor.can(Action.SETTINGS_MANAGE) and not plan.is_template,
        "can_edit": Plan.objects.visible_to(request.actor, Action.PLANS_EDIT).filter(pk=plan.pk).exists()
        if follows
        else False,
        "sees_adoption": request.actor.can(Action.ADOPTION_SEE),
    }


def _compare_form(found: list[PlanVersion], *, with_now: bool) -> CompareForm:
    """Offers what people mostly want to know: what is new in the newest, or since it."""
    newest = str(found[0].number) if found else ""
    initial = {"before": newest, "after": NOW}
    if not with_now:
        initial = {"before": str(found[1].number) if len(found) > 1 else newest, "after": newest}
    return CompareForm(initial=initial, versions=found, with_now=with_now)


def _side(request: ActorRequest, plan: Plan, found: list[PlanVersion], which: str) -> tuple[str, dict[str, Any]]:
    """What one side is called, and its words."""
    names = selectors.sees_names(request.actor)
    if which == NOW:
        words = versions.words_of(plan, names=names, today=request.actor.coalition.today())
        return "the plan as it is now", versions.complete(words)
    version = next(version for version in found if str(version.number) == which)
    return f"version {version.number}", versions.words_for(version, names=names)
