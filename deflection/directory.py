"""Reading the directory: searched, narrowed, and as a row of the page shows an entry."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from phast.access.table import Action

from .hours import is_open
from .models import Resource, ResourceCategory, ResourceSite
from .models.resource import FRESH_FOR

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

    from .models.resource import ResourceQuerySet

# The nine kinds of help in a word or two, for a phone; the full names stand with each entry.
SHORT = {
    "inpatient": "Inpatient",
    "outpatient": "Outpatient",
    "opioid-treatment-programs": "Methadone",
    "buprenorphine-vivitrol": "Buprenorphine",
    "self-help": "Self-help",
    "harm-reduction": "Harm reduction",
    "housing": "Housing",
    "social-services": "Social services",
    "work-and-education": "Work and school",
}
FREE, SLIDING, MEDICAID = "free", "sliding", "medicaid"
COSTS = {FREE: "Free", SLIDING: "Sliding fee", MEDICAID: "Takes Medicaid"}
# What the words of the costs are looked for. "Not free" and "toll-free" are not free.
_COST_WORDS = {
    FREE: r"(?<!not )(?<!toll )(?<!toll-)\m(free|no cost|no charge|no fee|without charge)\M",
    SLIDING: r"\m(sliding|ability to pay|income[- ]based|what you can)\M",
    MEDICAID: r"(?<!no )(?<!not )\mmedicaid\M",
}
# What people type for a kind of help that its own words do not say, in English and Spanish.
_ALSO = {
    "inpatient": "rehab detox withdrawal residential rehabilitación",
    "outpatient": "rehab detox withdrawal counseling iop rehabilitación",
    "opioid-treatment-programs": "otp mat moud metadona",
    "buprenorphine-vivitrol": "subutex bupe naltrexone mat moud buprenorfina",
    "self-help": "na aa meeting meetings sponsor reunión reuniones",
    "harm-reduction": "narcan naloxone needle needles syringe syringes naloxona jeringas",
    "housing": "shelter shelters homeless refugio albergue vivienda",
    "social-services": "food pantry insurance comida seguro",
    "work-and-education": "job jobs ged trabajo escuela",
}
_NUMBER = re.compile(r"[\d\s().+-]+")
LEAST_DIGITS = 7  # of what is taken for a phone number, not for a ZIP code
_SEPARATOR = re.compile(r"\s*(?:[,;/&|]|\band\b|\bor\b)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """What is looked for. Empty: everything. `category`: its key; `cost`: a key of COSTS."""

    text: str = ""
    category: str = ""
    town: str = ""
    language: str = ""
    cost: str = ""
    open_now: bool = False

    @property
    def narrows(self) -> bool:
        return self != Asked()

    @property
    def of_any_kind(self) -> Asked:
        """The same, for all kinds of help."""
        return replace(self, category="")


@dataclass(frozen=True)
class Entry:
    """A resource as a page shows it at a moment."""

    resource: Resource
    now: dt.datetime

    @cached_property
    def sites(self) -> Sequence[Place]:
        return [Place(site, is_open(site.hours, self.now)) for site in self.resource.sites.all()]

    @property
    def phone(self) -> str:
        """The number to call first: the program's, else the first site's."""
        return self.resource.phone or next((place.site.phone for place in self.sites if place.site.phone), "")

    def in_town(self, town: str) -> Sequence[Place]:
        """Its sites there, however the town is written."""
        return [place for place in self.sites if place.site.town.casefold() == town.casefold()]

    def phone_in(self, town: str) -> str:
        """The number to call for the town: that of its only site there, else the one to call first."""
        own = [place.site.phone for place in self.in_town(town)] if town else []
        return (own[0] if len(own) == 1 else "") or self.phone

    @property
    def is_fresh(self) -> bool:
        return self.resource.is_fresh(self.now.date())

    @property
    def open_now(self) -> bool | None:
        """Whether any of its sites is open; None where nobody can tell."""
        said = [place.open_now for place in self.sites]
        return True if True in said else False if said and None not in said else None

    @property
    def towns(self) -> str:
        """ "Troy, Albany"."""
        return ", ".join(dict.fromkeys(place.site.town for place in self.sites if place.site.town))


@dataclass(frozen=True)
class Place:
    """A site, and whether it is open; None where its hours do not tell."""

    site: ResourceSite
    open_now: bool | None

    @property
    def where(self) -> str:
        """ "120 River Street, Troy 12180"."""
        town = " ".join(filter(None, [self.site.town, self.site.zip_code]))
        return ", ".join(filter(None, [self.site.address, town]))


def in_words(site: ResourceSite) -> str:
    """Where it is, its number and its hours."""
    where = ", ".join(filter(None, [site.name, Place(site, None).where]))
    return " · ".join(filter(None, [where, site.phone, site.hours]))


def resources_of(actor: Actor, action: Action = Action.RESOURCES_SEE) -> ResourceQuerySet:
    """The entries of the directory this person may see, or use for `action`."""
    return Resource.objects.visible_to(actor, action).listed()


def now_in(coalition: Coalition) -> dt.datetime:
    """The moment, where the coalition is."""
    return timezone.localtime(timezone=ZoneInfo(coalition.time_zone))


def found(rows: ResourceQuerySet, asked: Asked, now: dt.datetime) -> ResourceQuerySet:
    """The entries that fit, those that were verified lately first, then by name."""
    sites = ResourceSite.objects.filter(resource=OuterRef("pk"))
    digits = re.sub(r"\D", "", asked.text) if _NUMBER.fullmatch(asked.text) else ""
    if len(digits) >= LEAST_DIGITS:
        called = sites.annotate(digits=_digits("phone")).filter(digits__contains=digits)
        rows = rows.annotate(digits=_digits("phone")).filter(Q(digits__contains=digits) | Exists(called))
    for word in asked.text.split() if len(digits) < LEAST_DIGITS else ():
        also = [key for key, words in _ALSO.items() if word.casefold() in words.split()]
        named = ResourceCategory.objects.filter(Q(name__icontains=word) | Q(text__icontains=word) | Q(pk__in=also))
        in_category = Resource.categories.through.objects.filter(resource=OuterRef("pk"), resourcecategory__in=named)
        in_site = sites.filter(
            Q(name__icontains=word) | Q(address__icontains=word) | Q(town__icontains=word) | Q(zip_code=word)
        )
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(text__icontains=word)
            | Q(eligibility__icontains=word)
            | Q(languages__icontains=word)
            | Exists(in_category)
            | Exists(in_site)
        )
    if asked.category:
        of_kind = Resource.categories.through.objects.filter(resource=OuterRef("pk"), resourcecategory=asked.category)
        rows = rows.filter(Exists(of_kind))
    if asked.town:
        rows = rows.filter(Exists(sites.filter(town__iexact=asked.town)))
    if asked.language:
        rows = rows.filter(languages__icontains=asked.language)
    if asked.cost:
        rows = rows.filter(cost__iregex=_COST_WORDS[asked.cost])
    if asked.open_now:
        hours = ResourceSite.objects.filter(resource__in=rows.values("pk")).values_list("resource", "hours")
        rows = rows.filter(pk__in={key for key, said in hours if is_open(said, now)})
    fresh = When(verified_on__gte=now.date() - FRESH_FOR, then=Value(0))
    return rows.order_by(Case(fresh, default=Value(1), output_field=IntegerField()), Lower("name"), "pk")


def _digits(field: str) -> Func:
    return Func(F(field), Value(r"\D"), Value(""), Value("g"), function="REGEXP_REPLACE", output_field=TextField())


def entries(rows: Any, now: dt.datetime) -> list[Entry]:
    """The rows as pages show them: three queries."""
    if hasattr(rows, "prefetch_related"):
        rows = rows.prefetch_related("categories", "sites").select_related("partner")
    return [Entry(row, now) for row in rows]


def towns(rows: ResourceQuerySet) -> list[str]:
    """The towns that sites of the entries are in, from A to Z; one however it is written."""
    named = ResourceSite.objects.filter(resource__in=rows.values("pk")).exclude(town="").values_list("town", flat=True)
    return _each_once(named)


def languages(rows: ResourceQuerySet) -> list[str]:
    """The languages entries name, from A to Z."""
    said = rows.exclude(languages="").values_list("languages", flat=True)
    return _each_once(part for text in said for part in _SEPARATOR.split(text))


def kinds(rows: ResourceQuerySet) -> list[tuple[ResourceCategory, str, int]]:
    """The nine kinds of help in their order, each in short and with how many entries it has."""
    through = Resource.categories.through.objects.filter(resource__in=rows.values("pk"))
    counts: Mapping[str, int] = Counter(through.values_list("resourcecategory", flat=True))
    return [(each, SHORT.get(each.pk, each.name), counts.get(each.pk, 0)) for each in ResourceCategory.objects.all()]


def guide_address(coalition: Coalition) -> str:
    """The address of the public page, whether it is open or not."""
    return f"{settings.SITE_URL}{reverse('guide', args=[coalition.slug])}"


def to_verify(rows: ResourceQuerySet, today: dt.date) -> ResourceQuerySet:
    """The entries nobody verified lately, the one that waits longest first."""
    return rows.stale(today).order_by(F("verified_on").asc(nulls_first=True), Lower("name"), "pk")


def _each_once(texts: Iterable[str]) -> list[str]:
    kept: dict[str, str] = {}
    for text in texts:
        if cleaned := " ".join(text.split()).strip(". "):
            kept.setdefault(cleaned.casefold(), cleaned)
    return [kept[key] for key in sorted(kept)]
