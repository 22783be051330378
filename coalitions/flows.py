"""Which data flows the coalition has and lacks: from its agreements to a picture, a table and a PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from phast.access.table import Action
from phast.charts.series import WIDTH, Text
from phast.reports.kinds import Choice, ReportKind, Request
from phast.ui.templatetags.ui import local_date

from . import expiry
from .enums import AgreementKind, AgreementStatus, DataDirection, Granularity
from .models import Agreement, Dataset

if TYPE_CHECKING:
    from phast.access.actor import Actor

    from .models import Coalition

# How far a flow is; nothing else of an agreement decides about that.
AGREED, COMING, EXPIRED = "agreed", "coming", "expired"
LACKING = "No agreement yet"
# The picture: columns and rows in pixels, and how many letters of a name have room.
NAME, GIVER, ARROW, RECEIVER = 2.0, 232.0, 420.0, 580.0
ROW, NAME_LINE, HEAD = 46.0, 16.0, 58.0
NAME_LETTERS, PARTY_LETTERS = 31, 25
WHOLE, PARTIES = "Whole coalition", "The parties"


def of(coalition: Coalition) -> list[dict[str, Any]]:
    """Every dataset with its flows, as plain values: first those of the list, then others that an agreement names. A flow is agreed,
    coming (a draft, in review, or signed for later) or expired. Three queries."""
    today = coalition.today()
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in Dataset.objects.values_list("name", flat=True)}
    agreements = Agreement.objects.of(coalition).select_related("dataset", "giver", "receiver")
    for agreement in agreements.exclude(status=AgreementStatus.ENDED):
        if agreement.data:
            found.setdefault(agreement.data, []).append(_flow(agreement, today))
    order = (AGREED, COMING, EXPIRED)
    return [
        {"name": name, "flows": sorted(flows, key=lambda flow: (order.index(flow["state"]), flow["title"]))}
        for name, flows in found.items()
    ]


def _flow(agreement: Agreement, today: dt.date) -> dict[str, Any]:
    state = (
        AGREED
        if agreement.is_in_effect(today)
        else EXPIRED
        if agreement.status == AgreementStatus.SIGNED and agreement.has_expired(today)
        else COMING
    )
    if state == COMING:
        signed = agreement.status == AgreementStatus.SIGNED and agreement.effective_on
        stands = f"From {local_date(agreement.effective_on)}" if signed else agreement.get_status_display()
    elif state == EXPIRED:
        stands = f"Expired {local_date(agreement.expires_on)}"
    else:
        stands = f"Until {local_date(agreement.expires_on)}" if agreement.expires_on else "In effect"
    return {
        "agreement": agreement.pk,
        "title": agreement.title,
        "kind": agreement.kind.upper() if agreement.kind != AgreementKind.OTHER else "Other",
        "giver": agreement.giver.name if agreement.giver else PARTIES,
        "receiver": agreement.receiver.name if agreement.receiver else WHOLE,
        "both_ways": agreement.direction == DataDirection.TWO_WAY,
        "detail": agreement.get_granularity_display(),
        "is_case_level": agreement.granularity == Granularity.CASE_LEVEL,
        "how_often": agreement.get_timeliness_display(),
        "state": state,
        "stands": stands,
    }


def in_words(datasets: Sequence[Mapping[str, Any]]) -> str:
    """What there is, in a sentence, such as: 4 of 11 kinds of data flow under a signed agreement, 2 on the way, 5 lacking."""
    agreed = sum(any(flow["state"] == AGREED for flow in one["flows"]) for one in datasets)
    coming = sum(
        any(flow["state"] == COMING for flow in one["flows"]) and all(flow["state"] != AGREED for flow in one["flows"])
        for one in datasets
    )
    lacking = len(datasets) - agreed - coming
    more = [f"{coming} on the way" if coming else "", f"{lacking} lacking" if lacking else ""]
    return f"{', '.join([f'{agreed} of {len(datasets)} kinds of data flow under a signed agreement', *filter(None, more)])}."


# ------------------------------------------------------------------ the picture
def picture(datasets: Sequence[Mapping[str, Any]], *, prefix: str = "flows") -> SafeString:
    """A row for each flow: who gives, an arrow, who receives. A full line is agreed, a dashed one is on its way; what is lacking is
    said. Presentation attributes only, and nothing depends on colour, so that a page and a PDF in black and white show the same."""
    rows: list[dict[str, Any]] = []
    top = HEAD
    for one in datasets:
        names = _lines(str(one["name"]), NAME_LETTERS)
        shown = [flow for flow in one["flows"] if flow["state"] != EXPIRED]
        high = max(ROW * len(shown), NAME_LINE * len(names) + 16)
        # The name stands beside the first flow, whether it has one line or two.
        first = top + (26 if shown else high / 2) + 4.5 - NAME_LINE * (len(names) - 1) / 2
        rows.append(
            {
                "line": f"{top:.0f}",
                "names": [Text(f"{NAME}", f"{first + NAME_LINE * n:.1f}", line) for n, line in enumerate(names)],
                "flows": [_drawn(flow, top + ROW * n) for n, flow in enumerate(shown)],
                "lacking": None
                if shown
                else Text(
                    f"{GIVER}",
                    f"{top + high / 2 + 4.5:.1f}",
                    one["flows"][0]["stands"] if one["flows"] else LACKING,
                ),
            }
        )
        top += high
    return render_to_string(
        "coalitions/flows.svg",
        {
            "prefix": prefix,
            "title": "Data flows the coalition has and lacks",
            "description": in_words(datasets),
            "width": WIDTH,
            "height": f"{top + 6:.0f}",
            "head": f"{HEAD - 10:.0f}",
            "giver": f"{GIVER:.0f}",
            "arrow": f"{ARROW:.0f}",
            "receiver": f"{RECEIVER:.0f}",
            "rows": rows,
        },
    )


def _drawn(flow: Mapping[str, Any], top: float) -> dict[str, Any]:
    """One flow: two names, the line between them with what is known of it above."""
    middle = top + 26
    known = " · ".join(filter(None, [str(flow["how_often"]), str(flow["detail"])])) or "No details yet"
    return {
        "giver": _party(GIVER, middle, str(flow["giver"])),
        "receiver": _party(RECEIVER, middle, str(flow["receiver"])),
        "known": Text(f"{(ARROW + RECEIVER) / 2 - 6:.0f}", f"{middle - 7:.0f}", known),
        "mark": Text(f"{(ARROW + RECEIVER) / 2 - 6:.0f}", f"{middle:.0f}", ""),
        "line": f"M{ARROW:.0f} {middle:.0f}H{RECEIVER - 14:.0f}",
        "to": f"M{RECEIVER - 12:.0f} {middle:.0f}l-9 -5v10z",
        "back": f"M{ARROW - 2:.0f} {middle:.0f}l9 -5v10z" if flow["both_ways"] else "",
        "is_dashed": flow["state"] == COMING,
        "is_case_level": flow["is_case_level"],
        "stands": Text(f"{(ARROW + RECEIVER) / 2 - 6:.0f}", f"{middle + 15:.0f}", str(flow["stands"]))
        if flow["state"] == COMING
        else None,
        "says": f"{flow['title']}: {flow['giver']} to {flow['receiver']}, {known}, {flow['stands']}",
    }


def _party(left: float, middle: float, name: str) -> list[Text]:
    """A partner's name beside the arrow, in one line or two."""
    lines = _lines(name, PARTY_LETTERS)
    if len(lines) > 2:
        lines = [lines[0], _cut(" ".join(lines[1:]), PARTY_LETTERS)]
    first = middle + 4.5 - NAME_LINE * (len(lines) - 1) / 2
    return [Text(f"{left}", f"{first + NAME_LINE * n:.1f}", line) for n, line in enumerate(lines)]


def _lines(text: str, letters: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


# ------------------------------------------------------------------ page and PDF
def about(actor: Actor) -> dict[str, Any]:
    """What the page of agreements shows beside the list."""
    datasets = of(actor.coalition)
    for one in datasets:
        for flow in one["flows"]:
            flow["url"] = reverse("coalitions:agreement_detail", args=[actor.coalition.slug, flow["agreement"]])
    return {"datasets": datasets, "flows_in_words": in_words(datasets), "picture": picture(datasets)}


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """No fields: it is about the whole coalition."""
    return Request({}, Action.ENGAGEMENT_SEE, "Data flows and agreements", "For the coalition’s own people.")


def collect(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The flows, and every agreement that has not ended."""
    today = coalition.today()
    agreements = Agreement.objects.of(coalition).exclude(status=AgreementStatus.ENDED).prefetch_related("parties")
    return {
        "datasets": of(coalition),
        "agreements": [
            {
                "title": one.title,
                "kind": one.kind.upper() if one.kind != AgreementKind.OTHER else "Other",
                "status": one.get_status_display(),
                "parties": ", ".join([*(party.name for party in one.parties.all()), *filter(None, [one.others])]),
                "expires": local_date(one.expires_on) if one.expires_on else "",
                "away": expiry.in_words(one, today),
            }
            for one in agreements
        ],
    }


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """The picture and its sentence."""
    return {"picture": picture(data["datasets"]), "in_words": in_words(data["datasets"])}


def choices(actor: Actor) -> list[Choice]:
    """One, for those who see agreements."""
    return [Choice("Data flows and agreements", {})] if actor.can(Action.ENGAGEMENT_SEE) else []


FLOWS = ReportKind(
    "data_flows",
    "Data flows",
    "coalitions/reports/flows.html",
    request,
    collect,
    choices,
    extras,
    right=Action.ENGAGEMENT_SEE,
    topic="Coalition",
    about="Which data go from whom to whom, under which agreement.",
)
