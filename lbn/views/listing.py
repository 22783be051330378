"""The list of counts, exact, and the same as a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from lbn.forms.counting import REASONS, CountFilter
from lbn.resources import CountResource
from lbn.selectors.agencies import agencies_for
from lbn.selectors.listing import Listing
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.audit import record
from phast.exports import FORMATS, as_file

from .counting import _done

PAGE_SIZE = 25


@require_GET
@requires(Action.COUNTS_SEE)
def count_list(request: ActorRequest) -> HttpResponse:
    """An agency's counts, newest first; the coordinator's page shows every agency's, a month at a time."""
    form, listing = _asked(request)
    pages = Paginator(listing.counts(), PAGE_SIZE)
    pages.count = listing.summary.rows  # it has counted them already
    page = pages.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "listing": listing,
        "page": page,
        "rows": listing.rows(page.object_list),
        "totals": listing.summary,
        "by_place": listing.summary.by_place,
        "longer": listing.longer(),
        "done": _done(request),
        "reasons": REASONS,
    }
    return render(request, "lbn/count_list.html", context)


@require_POST
@requires(Action.COUNTS_SEE)
def count_file(request: ActorRequest) -> HttpResponse:
    """The filtered list as CSV or XLSX. A POST, because the download is written into the audit log."""
    _, listing = _asked(request)
    kind = request.POST.get("format", "csv")
    if kind not in FORMATS:
        kind = "csv"
    data = CountResource(listing).export(listing.counts())
    data.title = "Counts"
    record("counts.downloaded", by=request.actor, partner=listing.agency, format=kind, rows=len(data))
    return as_file(data, f"counts-{request.actor.coalition.slug}", kind)


def _asked(request: ActorRequest) -> tuple[CountFilter, Listing]:
    actor = request.actor
    agencies = agencies_for(actor, Action.COUNTS_SEE)
    form = CountFilter(_with_month(request, agencies), agencies=agencies)
    form.is_valid()
    wanted: dict[str, Any] = form.cleaned_data
    agency = next((each for each in agencies if str(each.pk) == wanted.get("agency")), None)
    return form, Listing(
        actor=actor,
        agencies=agencies,
        agency=agency or (agencies[0] if len(agencies) == 1 else None),
        month=wanted.get("month"),
        zip_code=wanted.get("zip", ""),
        removed=wanted.get("removed", False),
    )


def _with_month(request: ActorRequest, agencies: list[Any]) -> Any:
    """The address's filters. A list over many agencies always has a month: nobody reads all of them at once."""
    asked = request.GET.copy()
    if len(agencies) > 1 and not asked.get("agency") and not asked.get("month"):
        asked["month"] = f"{request.actor.coalition.today():%Y-%m}"
    return asked
