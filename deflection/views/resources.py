"""The directory of local help: found, read, written, verified."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.views.submit import status_of, submitted
from deflection import directory, resource_files
from deflection.actions import add_resource, edit_resource, remove_resource, restore_resource, verify_resource
from deflection.directory import in_words
from deflection.forms.resources import MOST_SITES, ResourceFilter, ResourceForm, SiteSet, kept_up
from deflection.models import Resource, ResourceSite
from deflection.verifying import set_reminders, wants_reminders
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import FORMATS, as_file
from phast.history import Moment, Parts, history

PAGE = 25
NO_LONGER_VERIFIED = (
    "It is no longer verified: what you changed has to be checked first. Until then it is on no new wallet card, "
    "and not on the public page."
)


@require_GET
@requires(Action.RESOURCES_SEE)
def resource_list(request: ActorRequest) -> HttpResponse:
    """The directory, searched and narrowed by what the address says."""
    actor = request.actor
    rows, now = directory.resources_of(actor), directory.now_in(actor.coalition)
    form = ResourceFilter(request.GET, towns=directory.towns(rows), languages=directory.languages(rows))
    asked = form.asked()
    page = Paginator(directory.found(rows, asked, now), PAGE).get_page(request.GET.get("page"))
    page.object_list = directory.entries(page.object_list, now)
    may_edit = actor.can(Action.RESOURCES_EDIT)
    mine = directory.resources_of(actor, Action.RESOURCES_EDIT) if may_edit else Resource.objects.none()
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "is_empty": not asked.narrows and not page.paginator.count,
        "kinds": directory.kinds(directory.found(rows, asked.of_any_kind, now)),
        "may_edit": may_edit,
        "may_import": actor.can(Action.SETTINGS_MANAGE),
        "to_verify": mine.stale(now.date()).count() if may_edit else 0,
        "query": request.GET.urlencode(),
    }
    return render(request, "deflection/resource_list.html", context)


@require_GET
@requires(Action.RESOURCES_SEE)
def resource_file(request: ActorRequest, table_format: str) -> HttpResponse:
    """The entries the list shows, a row for each site. The same file comes in again by the import."""
    actor = request.actor
    if table_format not in FORMATS:
        raise Http404
    rows, now = directory.resources_of(actor), directory.now_in(actor.coalition)
    form = ResourceFilter(request.GET, towns=directory.towns(rows), languages=directory.languages(rows))
    table = resource_files.table(directory.found(rows, form.asked(), now))
    return as_file(table, f"resources-{actor.coalition.slug}", table_format)


@require_GET
@requires(Action.RESOURCES_SEE)
def resource_detail(request: ActorRequest, resource_id: int) -> HttpResponse:
    """One entry: whom to call, where it is, and when somebody last made sure of it."""
    resource = _resource(request, resource_id, Action.RESOURCES_SEE)
    may_edit = _reaches(request, resource)
    if resource.removed_at is not None and not may_edit:
        raise Http404
    [entry] = directory.entries([resource], directory.now_in(request.actor.coalition))
    context = {"entry": entry, "may_edit": may_edit, "moments": history_of(resource) if may_edit else []}
    return render(request, "deflection/resource_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.RESOURCES_EDIT)
def resource_new(request: ActorRequest) -> HttpResponse:
    """Adds an entry with its sites."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@requires(Action.RESOURCES_EDIT)
def resource_edit(request: ActorRequest, resource_id: int) -> HttpResponse:
    """Edits an entry and its sites: the coordinator any, others those their partner keeps."""
    return _edit(request, _listed(request, resource_id))


@require_GET
@requires(Action.RESOURCES_EDIT)
def resource_verify_list(request: ActorRequest) -> HttpResponse:
    """What nobody verified lately, to be gone through with the phone at hand."""
    actor = request.actor
    now = directory.now_in(actor.coalition)
    kept = directory.resources_of(actor, Action.RESOURCES_EDIT)
    page = Paginator(directory.to_verify(kept, now.date()), PAGE).get_page(request.GET.get("page"))
    page.object_list = directory.entries(page.object_list, now)
    keeps_some = bool(page.paginator.count) or kept.exists()
    context = {"page": page, "keeps_some": keeps_some, "wants_reminders": wants_reminders(actor)}
    return render(request, "deflection/resource_verify.html", context)


@require_POST
@requires(Action.RESOURCES_EDIT)
def resource_reminders(request: ActorRequest) -> HttpResponse:
    """Whether this person is reminded by e-mail."""
    wanted = request.POST.get("wanted") == "1"
    set_reminders(wanted=wanted, by=request.actor)
    messages.success(request, "You get reminders again." if wanted else "You get no more reminders to verify.")
    return _to(request, "resources:verify_list")


@require_POST
@requires(Action.RESOURCES_EDIT)
def resource_verify(request: ActorRequest, resource_id: int) -> HttpResponse:
    """Somebody made sure today that all of it is right. One tap."""
    resource = _listed(request, resource_id)
    verify_resource(resource=resource, by=request.actor)
    messages.success(request, f"{resource} is verified as of today.")
    return _back(request, "resources:detail", resource.pk)


@require_POST
@requires(Action.RESOURCES_EDIT)
def resource_remove(request: ActorRequest, resource_id: int) -> HttpResponse:
    """Takes an entry out of the directory; its page stays and brings it back."""
    resource = _resource(request, resource_id, Action.RESOURCES_EDIT)
    remove_resource(resource=resource, by=request.actor)
    messages.success(request, f"{resource} is no longer in the directory.")
    return _to(request, "resources:detail", resource.pk)


@require_POST
@requires(Action.RESOURCES_EDIT)
def resource_restore(request: ActorRequest, resource_id: int) -> HttpResponse:
    """Brings an entry back."""
    resource = _resource(request, resource_id, Action.RESOURCES_EDIT)
    try:
        restore_resource(resource=resource, by=request.actor)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, f"{resource} is in the directory again.")
    return _to(request, "resources:detail", resource.pk)


def _edit(request: ActorRequest, resource: Resource | None) -> HttpResponse:
    actor, posted = request.actor, request.POST if request.method == "POST" else None
    form = ResourceForm(posted, instance=resource, actor=actor)
    sites = SiteSet(_with_one_more(posted) if posted else None, initial=_sites(resource), prefix="sites")
    context: dict[str, Any] = {"form": form, "sites": sites, "resource": resource, "name": str(resource or "")}
    if posted and "more" in posted:
        form.is_valid()
        form.errors.clear()  # nothing is saved yet: what is missing is said when it is
        return render(request, "deflection/resource_form.html", context)
    saved: list[Resource] = []
    was_verified = bool(resource and resource.verified_on)

    def save() -> None:
        with transaction.atomic():
            saved.append(_save(request, resource, form, sites))

    if posted is not None and not sites.is_valid():
        form.is_valid()
        form.add_error(None, "Look at the sites below: one of them cannot be saved as it is.")
    elif submitted(request, form, save):
        messages.success(request, "Saved." if resource else f"{saved[0]} is in the directory.")
        if was_verified and saved[0].verified_on is None:
            messages.warning(request, NO_LONGER_VERIFIED)
        return _to(request, "resources:detail", saved[0].pk)
    elif form.errors and resource and form.opened_version != resource.version:
        context["saved_sites"] = [in_words(site) for site in resource.sites.all()]
        now = _sites(resource)
        context["sites"] = SiteSet(kept_up(posted, now), initial=now, prefix="sites")
    return render(request, "deflection/resource_form.html", context, status=status_of(form))


def _save(request: ActorRequest, resource: Resource | None, form: ResourceForm, sites: Any) -> Resource:
    by = request.actor
    if resource is None:
        found = add_resource(values=form.values, sites=sites.said, by=by)
    else:
        found = edit_resource(
            resource=resource,
            values=form.values,
            sites=sites.said,
            version=form.opened_version,
            verified=form.is_verified,
            by=by,
        )
    if form.is_verified:
        verify_resource(resource=found, by=by)
    return found


def history_of(resource: Resource) -> list[Moment]:
    """What became of an entry and its sites."""
    return history(resource, parts=Parts("Site", ResourceSite, "resource", in_words))


def _sites(resource: Resource | None) -> list[dict[str, Any]]:
    """What the boxes of the sites hold at first; a new entry has one to fill in."""
    if resource is None:
        return [{}]
    fields = ("pk", "name", "address", "town", "zip_code", "phone", "hours")
    return [{"key": row.pop("pk"), **row} for row in resource.sites.values(*fields)] or [{}]


def _with_one_more(posted: Any) -> Any:
    """With boxes for one more site, where that was asked for."""
    if "more" not in posted:
        return posted
    data, total = posted.copy(), str(posted.get("sites-TOTAL_FORMS", ""))
    data["sites-TOTAL_FORMS"] = str(min(int(total) + 1, MOST_SITES)) if total.isdecimal() else "1"
    return data


def _resource(request: ActorRequest, resource_id: int, action: Action) -> Resource:
    rows = Resource.objects.visible_to(request.actor, action).select_related("partner", "verified_by")
    return get_object_or_404(rows, pk=resource_id)


def _listed(request: ActorRequest, resource_id: int) -> Resource:
    return get_object_or_404(directory.resources_of(request.actor, Action.RESOURCES_EDIT), pk=resource_id)


def _reaches(request: ActorRequest, resource: Resource) -> bool:
    actor = request.actor
    return actor.everywhere(Action.RESOURCES_EDIT) or (
        resource.partner_id is not None and resource.partner_id in actor.partner_ids(Action.RESOURCES_EDIT)
    )


def _to(request: ActorRequest, name: str, *args: int) -> HttpResponse:
    return redirect(name, request.actor.coalition.slug, *args)


def _back(request: ActorRequest, name: str, *args: int) -> HttpResponse:
    """To where the button stood."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return _to(request, name, *args)
