"""The places where kits are kept: their shelves, their ledger, and a stock-take."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lbn.forms.stock_take import StockTakeForm
from lbn.forms.supply import LedgerFilter, SiteForm
from lbn.models import Site, StockTake
from lbn.resources import LedgerResource
from lbn.selectors.shelves import described, to_count
from lbn.selectors.stock_ledger import SiteLedger
from lbn.selectors.supply import on_shelves
from lbn.supply import close_site, edit_site, open_site, reopen_site, take_stock
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.audit import record
from phast.exports import FORMATS, as_file
from phast.versions import EditConflict

from .supply import page_of, pick_keeper, shelf_words

LOTS, ENTRIES, BOXES = 50, 50, 100  # on a page


@require_GET
@requires(Action.PROGRAM_SEE)
def site_detail(request: ActorRequest, site_id: int) -> HttpResponse:
    """A site: every lot on its shelves, what expires first first."""
    site: Any = get_object_or_404(described(request.actor), pk=site_id)
    site.is_low = site.par is not None and site.kits - site.past < site.par
    page = page_of(request, on_shelves(request.actor).filter(site=site), LOTS)
    return render(request, "lbn/site_detail.html", shelf_words(request) | {"site": site, "page": page})


@require_GET
@requires(Action.PROGRAM_SEE)
def site_ledger(request: ActorRequest, site_id: int) -> HttpResponse:
    """What came to the site's shelves and left them, newest first."""
    form, ledger = _asked(request, site_id)
    page = page_of(request, ledger.rows(), ENTRIES)
    context = {"site": ledger.site, "form": form, "page": page, "entries": ledger.entries(page.object_list)}
    return render(request, "lbn/site_ledger.html", context)


@require_POST
@requires(Action.PROGRAM_SEE)
def site_ledger_file(request: ActorRequest, site_id: int) -> HttpResponse:
    """The filtered ledger as CSV or XLSX. A POST, because the download is written into the audit log."""
    _, ledger = _asked(request, site_id)
    kind = request.POST.get("format", "csv")
    if kind not in FORMATS:
        kind = "csv"
    data = LedgerResource(ledger).export(ledger.rows())
    data.title = "Ledger"
    record("supply.downloaded", by=request.actor, partner=ledger.site.partner, format=kind, rows=len(data))
    return as_file(data, f"ledger-{request.actor.coalition.slug}-{ledger.site.pk}", kind)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def site_add(request: ActorRequest) -> HttpResponse:
    """A new site of an agency."""
    agency, agencies = pick_keeper(request, Action.SUPPLY_EDIT, to_open=True)
    if agency is None:
        return render(request, "lbn/supply_agency.html", {"agencies": agencies, "to_open": True})
    data = request.POST if request.method == "POST" else None
    form = SiteForm(data, instance=Site(), initial={"tracked_from": request.actor.coalition.today()})
    if data is not None and form.is_valid():
        try:
            site = open_site(partner=agency, **form.values, by=request.actor)
        except ValidationError as refusal:
            form.tell(refusal)
        else:
            messages.success(request, f"{site} is open. Enter the kits that are there.")
            return _to(request, site)
    context = {"form": form, "agency": agency, "several": len(agencies) > 1}
    return render(request, "lbn/site_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def site_edit(request: ActorRequest, site_id: int) -> HttpResponse:
    """Its name, its level, and whether counts draw on it."""
    site = _site(request, site_id)
    form = SiteForm(request.POST if request.method == "POST" else None, instance=site)
    if form.is_bound and form.is_valid():
        try:
            edit_site(site=_site(request, site_id), values=form.values, version=form.opened_version, by=request.actor)
        except EditConflict as conflict:
            form.show_both(conflict.current)
        except ValidationError as refusal:
            form.tell(refusal)
        else:
            messages.success(request, "Saved.")
            return _to(request, site)
    context = {"form": form, "site": _site(request, site_id), "agency": site.partner}
    return render(request, "lbn/site_form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Action.SUPPLY_EDIT)
def site_close(request: ActorRequest, site_id: int) -> HttpResponse:
    """Takes the site off the lists, or puts it back."""
    site = _site(request, site_id)
    try:
        if site.is_active:
            close_site(site=site, by=request.actor)
        else:
            reopen_site(site=site, by=request.actor)
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"{site} is {'open again' if site.is_active else 'closed. Its ledger stays'}.")
    return _to(request, site)


@require_http_methods(["GET", "POST"])
@requires(Action.SUPPLY_EDIT)
def stock_take(request: ActorRequest, site_id: int) -> HttpResponse:
    """What is on the shelf, counted lot by lot: first the numbers, then what differs, then it is saved."""
    site = _site(request, site_id)
    page = page_of(request, to_count(request.actor, site), BOXES)
    form = StockTakeForm(request.POST if request.method == "POST" else None, balances=page.object_list)
    context = shelf_words(request) | {"site": site, "page": page, "form": form}
    if not form.is_bound or "back" in request.POST:
        return render(request, "lbn/stock_take.html", context)
    if not form.is_valid():
        return render(request, "lbn/stock_take.html", context, status=422)
    saved = StockTake.objects.filter(site=site, client_key=form.cleaned_data["client_key"])
    if "save" in request.POST and (form.is_current or saved.exists()):
        take = take_stock(site=site, found=form.found, client_key=form.cleaned_data["client_key"], by=request.actor)
        messages.success(request, "The stock-take is saved.")
        return redirect("lbn:stock_take_detail", slug=request.actor.coalition.slug, stock_take_id=take.pk)
    return render(request, "lbn/stock_take_check.html", context | {"moved": "save" in request.POST})


@require_GET
@requires(Action.PROGRAM_SEE)
def stock_take_detail(request: ActorRequest, stock_take_id: int) -> HttpResponse:
    """A stock-take as it was saved."""
    takes = StockTake.objects.visible_to(request.actor, Action.PROGRAM_SEE).select_related("site__partner")
    take = get_object_or_404(takes, pk=stock_take_id)
    lines: list[Any] = list(take.lines.select_related("lot"))
    for line in lines:
        line.kits = line.found - line.expected
    context = {"take": take, "lines": lines, "differences": sum(line.kits != 0 for line in lines)}
    return render(request, "lbn/stock_take_detail.html", context)


def _asked(request: ActorRequest, site_id: int) -> tuple[LedgerFilter, SiteLedger]:
    sites = Site.objects.visible_to(request.actor, Action.PROGRAM_SEE).select_related("partner")
    site = get_object_or_404(sites, pk=site_id)
    form = LedgerFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    return form, SiteLedger(request.actor, site, wanted.get("kind", ""), wanted.get("month"))


def _site(request: ActorRequest, site_id: int) -> Site:
    sites = Site.objects.visible_to(request.actor, Action.SUPPLY_EDIT).select_related("partner")
    return get_object_or_404(sites, pk=site_id)


def _to(request: ActorRequest, site: Site) -> HttpResponse:
    return redirect("lbn:site_detail", slug=request.actor.coalition.slug, site_id=site.pk)
