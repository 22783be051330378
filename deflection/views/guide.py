"""The directory handed on: on paper, and as a page for anybody without an account.

The public pages show only what was verified lately, set no cookie, and tell of the coalition nothing but its name.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coalitions.models import Coalition
from deflection import directory
from deflection.actions import open_guide
from deflection.forms.printing import CardForm, GuideForm
from deflection.forms.resources import ResourceFilter
from deflection.models import Guide, Resource
from phast.access.guards import ActorRequest, public, requires
from phast.access.limits import is_too_often
from phast.access.table import Action
from phast.qr import qr_svg

PAGE = 50
OPENED_FROM_ONE_PLACE = 600  # in five minutes: a whole agency may share one address
FIVE_MINUTES = dt.timedelta(minutes=5)


@require_GET
@requires(Action.RESOURCES_SEE)
def resource_share(request: ActorRequest) -> HttpResponse:
    """Wallet cards, the guide, the files; and for the coordinator the public page."""
    actor = request.actor
    coalition, rows = actor.coalition, directory.resources_of(actor)
    towns, today = directory.towns(rows), coalition.today()
    context = {
        "card": CardForm(towns=towns),
        "guide": GuideForm(towns=towns),
        "verified": rows.verified(today).count(),
        "listed": rows.count(),
        "may_edit": actor.can(Action.RESOURCES_EDIT),
        "may_open": actor.can(Action.SETTINGS_MANAGE),
        "is_public": Guide.objects.of(coalition).exclude(opened_at=None).exists(),
        "address": directory.guide_address(coalition),
    }
    return render(request, "deflection/resource_share.html", context)


@require_POST
@requires(Action.SETTINGS_MANAGE)
def guide_open(request: ActorRequest) -> HttpResponse:
    """Opens the public page, or closes it."""
    opens = request.POST.get("public") == "1"
    open_guide(public=opens, by=request.actor)
    messages.success(request, "Anybody can read the directory now." if opens else "The public page is closed.")
    return redirect("resources:share", request.actor.coalition.slug)


# ------------------------------------------------------------------ for anybody
@require_GET
@public
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The directory as anybody reads it: what was verified lately."""
    coalition = _coalition(slug)
    if is_too_often(request, "guide", at_most=OPENED_FROM_ONE_PLACE, within=FIVE_MINUTES):
        return render(request, "429.html", status=429)
    with timezone.override(ZoneInfo(coalition.time_zone)):
        now = directory.now_in(coalition)
        rows = Resource.objects.of(coalition).verified(now.date())
        form = ResourceFilter(request.GET, towns=directory.towns(rows), languages=directory.languages(rows))
        asked = form.asked()
        page = Paginator(directory.found(rows, asked, now), PAGE).get_page(request.GET.get("page"))
        page.object_list = directory.entries(page.object_list, now)
        context = {
            "coalition": coalition,
            "form": form,
            "asked": asked,
            "page": page,
            "kinds": directory.kinds(directory.found(rows, asked.of_any_kind, now)),
        }
        return render(request, "deflection/guide.html", context)


@require_GET
@public
def guide_flyer(request: HttpRequest, slug: str) -> HttpResponse:
    """A page to print: the guide's address and the QR code that opens it."""
    coalition = _coalition(slug)
    context = {"coalition": coalition, "address": directory.guide_address(coalition), "code": _code(coalition)}
    return render(request, "deflection/guide_flyer.html", context)


@require_GET
@public
def guide_code(request: HttpRequest, slug: str) -> HttpResponse:
    """The QR code alone, for a flyer of one's own."""
    response = HttpResponse(_code(_coalition(slug)), content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="local-help-{slug}.svg"'
    return response


def _code(coalition: Coalition) -> str:
    return qr_svg(directory.guide_address(coalition), title=f"QR code that opens the local help of {coalition}")


def _coalition(slug: str) -> Coalition:
    """A coalition whose coordinator opened the guide; any other address does not exist."""
    return get_object_or_404(Coalition, slug=slug, guide__opened_at__isnull=False)
