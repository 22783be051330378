"""What is on the shelves, what expires, and who holds a lot."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coalitions.models import Partner
from lbn.forms.supply import RecallForm, ShelfFilter
from lbn.selectors.shelves import answerable, keepers, of_agency, offers, sites, standing, with_lots
from lbn.selectors.supply import SOON, days_of_supply, expiring, not_drawn, who_holds
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

SITES, LOTS, OFFERS = 10, 50, 5  # on a page


@require_GET
@requires(Action.PROGRAM_SEE)
def supply(request: ActorRequest) -> HttpResponse:
    """The shelves of an agency, or of all: in numbers, offers that wait, and site by site."""
    actor = request.actor
    agency, agencies = pick_keeper(request, Action.PROGRAM_SEE)
    context: dict[str, Any] = shelf_words(request) | {
        "agency": agency,
        "agencies": agencies,
        "several": len(agencies) > 1,
        "form": ShelfFilter(request.GET or None, agencies=agencies),
        "show": request.GET.get("show", ""),
    }
    if context["show"] == "expiring":
        rows = of_agency(expiring(actor), agency, "site__partner")
        return render(request, "lbn/supply_expiring.html", context | {"page": page_of(request, rows, LOTS)})
    if context["show"] == "offers":
        page = page_of(request, offers(actor, agency), LOTS)
        return render(request, "lbn/supply_offers.html", context | {"page": page, "offers": answerable(actor, page)})
    now = standing(actor, agency)
    page = page_of(request, sites(actor, agency, context["show"]), SITES)
    shown: list[Any] = with_lots(actor, page.object_list)
    if context["several"] and not agency:
        lasts = days_of_supply(actor)
        for site in shown:
            site.days = lasts.get(site.partner_id)
    context |= {
        "now": now,
        "coming_note": f"{now.coming:,} more on the way",
        "expired_note": f"{now.expired:,} of them have expired",
        "below_label": "site to fill up" if now.below == 1 else "sites to fill up",
        "page": page,
        "sites": shown,
        "not_drawn": not_drawn(agency) if agency else 0,
        "offers": answerable(actor, offers(actor, agency)[:OFFERS]) if now.waiting else [],
    }
    return render(request, "lbn/supply.html", context)


@require_GET
@requires(Action.PROGRAM_SEE)
def recall(request: ActorRequest) -> HttpResponse:
    """Who holds a lot that is called back."""
    form = RecallForm(request.GET or None)
    number, found = "", None
    if form.is_valid() and (number := form.cleaned_data["lot"].strip()):
        try:
            found = who_holds(request.actor, number)
        except ValidationError as refusal:
            form.add_error("lot", refusal.messages)
    context: dict[str, Any] = {"form": form, "number": number.upper(), "found": found}
    if found:
        context |= {
            "kits": sum(one.kits for one in found),
            "coming": sum(one.coming for one in found),
            "left_behind": sum(one.left_behind for one in found),
            "places": len({(one.agency, one.site) for one in found}),
            "agencies": len({one.agency for one in found}),
        }
    return render(request, "lbn/supply_recall.html", context)


def pick_keeper(
    request: ActorRequest, action: Action, *, to_open: bool = False
) -> tuple[Partner | None, list[Partner]]:
    """The partner of `?agency=` and all whose shelves the person may use (or who may have one `to_open`); the only one needs no
    naming. Another's: 404."""
    partners = keepers(request.actor, action, to_open=to_open)
    asked = request.GET.get("agency", "")
    if asked:
        chosen = next((partner for partner in partners if str(partner.pk) == asked), None)
        if chosen is None:
            raise Http404
        return chosen, partners
    return (partners[0] if len(partners) == 1 else None), partners


def shelf_words(request: ActorRequest) -> dict[str, Any]:
    """What templates that show expiries compare with."""
    today = request.actor.coalition.today()
    return {"today": today, "soon": today + SOON}


def page_of(request: ActorRequest, rows: Any, size: int) -> Any:
    """The page of `?page=`."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
