"""What counting puts on the home page."""

from __future__ import annotations

from django.urls import reverse

from lbn.models import Period
from lbn.selectors.agencies import agencies_for
from lbn.selectors.overview import kits_this_year
from lbn.selectors.periods import late_agencies, reports_due
from phast.access.actor import Actor
from phast.access.table import Action
from phast.offers import Figure, HomeCard


def cards(actor: Actor) -> list[HomeCard]:
    """For an agency: log kits, reports that are due or late. For the coordinator: who is late."""
    found = []
    if own := _own_agencies(actor):
        found += _agency_cards(actor, own)
    if actor.everywhere(Action.COUNTS_WRITE) and (late := late_agencies(actor.coalition)):
        names = [partner.name for partner, _ in late]
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        text = "An agency is late with its report" if len(late) == 1 else f"{len(late)} agencies are late with reports"
        found.append(HomeCard(10, text, _url("lbn:period_list", actor), "See who", note=shown, urgent=True))
    return found


def figures(actor: Actor) -> list[Figure]:
    """The exact kits of this year: the coalition's for its coordinator, an agency's for its own people."""
    if not actor.can(Action.COUNTS_SEE) or not (kits := kits_this_year(actor)):
        return []
    today = actor.coalition.today()
    note = f"{'All agencies' if actor.everywhere(Action.COUNTS_SEE) else 'Your agency'}, exact"
    url = f"{_url('lbn:overview', actor)}?first={today.year}-01&last={today:%Y-%m}"
    return [Figure(5, f"{kits:,}", f"kits left behind in {today.year}", note=note, url=url)]


def _own_agencies(actor: Actor) -> list:
    own = actor.partner_ids(Action.COUNTS_WRITE)
    return [agency for agency in agencies_for(actor, Action.COUNTS_WRITE) if agency.pk in own] if own else []


def _agency_cards(actor: Actor, own: list) -> list[HomeCard]:
    log = HomeCard(
        1,
        "Left kits behind?",
        _url("lbn:count_log", actor),
        "Log kits",
        note="A place and a number. Nothing about a person.",
    )
    due, slug = reports_due(own), actor.coalition.slug
    found = [log]
    for standing in due[:3]:
        late = standing.days_late
        when = (
            f"was due {_ago(late)}" if late else f"is due on {standing.period.due_on:%B} {standing.period.due_on.day}"
        )
        whose = f" of {standing.partner}" if len(own) > 1 else ""
        whose_page = f"agency={standing.partner.pk}&" if len(own) > 1 else ""
        found.append(
            HomeCard(
                5 if late else 20,
                f"The report{whose} for {standing.period} {when}",
                f"{_url('lbn:month_log', actor)}?{whose_page}month={standing.period.from_on:%Y-%m}",
                "Enter totals",
                note=f"{standing.kits:,} kits logged so far" if standing.entries else "No kits logged",
                urgent=bool(late),
                post="Report as complete" if standing.entries else "Nothing to report",
                post_url=f"{reverse('lbn:period_report', args=[slug, standing.period.pk])}?{whose_page}nothing={int(not standing.entries)}",
            )
        )
    return found


def _ago(days: int) -> str:
    return "yesterday" if days == 1 else f"{days} days ago"


def open_periods(actor: Actor, first: object, last: object) -> list[str]:
    """What to know before a span is released: periods in it that are still open, so that their counts can change."""
    still = Period.objects.of(actor.coalition).filter(from_on__gte=first, to_on__lte=last, closed_at=None)
    return [f"{period} is still open: its counts can change after the release." for period in still.order_by("from_on")]


def _url(name: str, actor: Actor) -> str:
    return reverse(name, args=[actor.coalition.slug])
