"""The portal's own tags and filters, in every template without `{% load %}`. Each shows what it is given; none asks a database."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.core.paginator import Page
from django.http import HttpRequest
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from phast.ui import nav

register = template.Library()

COLUMNS_ON_A_PHONE = 12  # more would be narrower than their labels

# Words that statuses are called by → how much they should worry. What is not here is neutral.
TONES = {
    "good": {
        "done",
        "submitted",
        "published",
        "established",
        "adopted",
        "active",
        "confirmed",
        "filled",
        "accepted",
        "closed",
        "ready",
    },
    "busy": {"in progress", "working", "running", "contacted", "open", "draft", "being drawn"},
    "warn": {"due", "due soon", "waiting", "invited", "expiring", "suspected", "vacant", "not reported"},
    "bad": {"late", "overdue", "failed", "expired", "blocked"},
}


# ------------------------------------------------------------------ words and numbers
@register.filter
def local_date(value: dt.date | None) -> str:
    """A day as "Nov 20, 2026"; a moment becomes the day it is in the coalition's time zone. Nothing for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%b} {value.day}, {value.year}"


@register.filter
def local_time(value: dt.datetime | None) -> str:
    """A moment as "Nov 20, 2026, 3:05 pm" in the coalition's time zone. Nothing for None."""
    if value is None or value == "":
        return ""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{local_date(value)}, {value.hour % 12 or 12}:{value.minute:02} {'am' if value.hour < 12 else 'pm'}"


@register.filter
def month(value: dt.date | None) -> str:
    """The month a day is in, as "November 2026". Nothing for None."""
    return f"{value:%B} {value.year}" if value else ""


@register.filter
def number(value: float | None) -> str:
    """A number with thousands separated: 3412 is "3,412". Nothing for None, so that unknown never reads as zero."""
    return "" if value is None or value == "" else number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def released(figure: float | str | None) -> str:
    """A figure of a release: "hidden" for None, a word such as "not reported" as it is, else the number."""
    return "hidden" if figure is None else figure if isinstance(figure, str) else number(figure)


@register.filter
def kits(value: int | None) -> str:
    """A number of kits in words: "1 kit", "3,412 kits". Nothing for None."""
    return "" if value is None or value == "" else f"{number(value)} kit{'' if value == 1 else 's'}"


@register.filter
def tel(phone: str) -> str:
    """The address that dials a phone number written as people write it: "(518) 555-0101 ext. 5" dials 5185550101."""
    number = re.split(r"[A-Za-z]", phone, maxsplit=1)[0]
    return "tel:" + re.sub(r"[^0-9+*#]", "", number)


@register.filter
def device(user_agent: str) -> str:
    """The browser and system a browser says it is, as "Firefox on Windows". A guess: browsers pretend to be one another."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Android": "Android",
        "Windows": "Windows",
        "Mac OS": "Mac",
        "Linux": "Linux",
    }
    browser = next((name for mark, name in browsers.items() if mark in user_agent), "A browser")
    system = next((name for mark, name in systems.items() if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


# ------------------------------------------------------------------ small parts
@cache
def _drawn() -> frozenset[str]:
    """The names in the sprite."""
    return frozenset(re.findall(r'<symbol[^>]* id="([^"]+)"', Path(finders.find("icons/sprite.svg")).read_text()))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture from static/icons/sprite.svg. Decorative unless it has a label, which is then read aloud.

    Raises LookupError for a name that the sprite does not have: it would be an empty gap.
    """
    if name not in _drawn():
        raise LookupError(f"static/icons/sprite.svg has no “{name}”.")
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" {} focusable="false"><use href="{}#{}"></use></svg>',
        spoken,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def status_tag(text: str, tone: str = "") -> SafeString:
    """A status as a small label. `tone` is good, busy, warn or bad; without one it follows from the word."""
    tone = tone or next((tone for tone, words in TONES.items() if str(text).lower() in words), "")
    return format_html('<span class="tag{}">{}</span>', f" tag--{tone}" if tone else "", text)


@register.inclusion_tag("ui/_card.html")
def card(
    number: object, label: str, *, of: object = "", note: str = "", url: str = "", tone: str = ""
) -> dict[str, object]:
    """A big number with what it counts, for a `<ul class="cards">`. With `url` the whole card is a link."""
    return {"number": number, "label": label, "of": of, "note": note, "url": url, "tone": tone}


@register.inclusion_tag("ui/_breadcrumbs.html")
def breadcrumbs(*parts: str) -> dict[str, object]:
    """The way here: label, address, label, address, …, and last the label of this page."""
    return {"links": list(zip(parts[:-1:2], parts[1:-1:2], strict=True)), "here": parts[-1]}


@register.inclusion_tag("ui/_subnav.html", takes_context=True)
def subnav(context: RequestContext, name: str, *parts: str) -> dict[str, object]:
    """The pages of one section, as tabs: the section's name, then label, address, label, address… An empty address leaves its page out."""
    pages = [(label, url) for label, url in zip(parts[::2], parts[1::2], strict=True) if url]
    return {"name": name, "links": nav.marked(pages, context["request"].path)}


@register.inclusion_tag("ui/_subnav.html", takes_context=True)
def section_tabs(context: RequestContext, name: str) -> dict[str, object]:
    """The pages of this section that the person may open, as apps registered them in `phast.offers`."""
    request = context["request"]
    return {"name": name, "links": nav.tabs(request.actor, request.path)}


# ------------------------------------------------------------------ blocks
@register.simple_block_tag
def nothing(content: str, title: str) -> SafeString:
    """An empty state: what is not here yet, and inside the block what to do first."""
    return format_html('<div class="nothing"><p class="nothing__title">{}</p>{}</div>', title, content)


@register.simple_block_tag
def table(
    content: str, caption: str, *, hide_caption: bool = False, stacked: bool = False, name: str = ""
) -> SafeString:
    """A table in a region that scrolls sideways on a phone and can be reached by keyboard.

    `stacked` shows each row as a block on a phone instead; its cells then carry `data-label`. `name` makes the id when one page
    has two tables with the same caption.
    """
    spot = f"table-{slugify(name or caption)}"
    return format_html(
        '<div class="table{}" role="region" tabindex="0" aria-labelledby="{}">'
        '<table><caption id="{}"{}>{}</caption>{}</table></div>',
        " table--stacked" if stacked else "",
        spot,
        spot,
        mark_safe(' class="usa-sr-only"') if hide_caption else "",
        caption,
        content,
    )


@register.simple_tag
def drawing(svg: SafeString, label: str, *, columns: int = 0) -> SafeString:
    """A map or a chart. On a phone it is shown whole, with larger letters and without its `data-fine` parts, which the table
    beside it tells; a chart of more than twelve `columns` scrolls sideways. `label` names the region for keyboard and ear.
    """
    if columns <= COLUMNS_ON_A_PHONE:
        return format_html('<div class="drawing">{}</div>', svg)
    return format_html(
        '<div class="drawing drawing--wide" role="region" tabindex="0" aria-label="{}">{}</div>'
        '<p class="on-phone muted small">Swipe sideways to see all of it.</p>',
        label,
        svg,
    )


# ------------------------------------------------------------------ lists in pages and orders
def _query(request: HttpRequest, **changes: object) -> str:
    """This page's query string with some values replaced; a value of None takes one out."""
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value is not None:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/_pager.html", takes_context=True)
def pager(context: RequestContext, page: Page, what: str = "", *, at: str = "") -> dict[str, object]:
    """Links to the other pages of a list (`?page=`), keeping the filters. Says how much there is; `what` names it in the plural.

    `at`: the id where the list begins, when much stands above it on the page."""
    request = context["request"]

    def url(number: int) -> str:
        return _query(request, page=number) + (f"#{at}" if at else "")

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    steps = [{"number": n, "url": url(n) if isinstance(n, int) else ""} for n in numbers]
    return {
        "page": page,
        "what": what,
        "steps": steps,
        "before": url(page.number - 1) if page.has_previous() else "",
        "after": url(page.number + 1) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def sortable(context: RequestContext, label: str, key: str, *, css: str = "") -> SafeString:
    """A column head that sorts by `?sort=key`, and by `?sort=-key` when pressed again."""
    request = context["request"]
    now = request.GET.get("sort", "")
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    url = _query(request, sort=f"-{key}" if now == key else key, page=None)
    arrow = icon({"ascending": "arrow_upward", "descending": "arrow_downward"}.get(order, "unfold_more"))
    return format_html(
        '<th scope="col" aria-sort="{}"{}><a class="sort" href="{}">{} {}</a></th>',
        order,
        format_html(' class="{}"', css) if css else "",
        url,
        label,
        arrow,
    )
