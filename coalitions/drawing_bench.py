"""What `bench_reports` draws, in the portal's way and in the plain way."""

from __future__ import annotations

import gc
import io
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
from django.utils import timezone

from phast import charts, offers
from phast.access.actor import Actor
from phast.access.table import Action
from phast.look import PLAIN
from phast.reports.inspection import independent
from phast.reports.kinds import ReportKind, Request, whole_number
from phast.reports.markup import templates

ACTION = Action.COUNTS_SEE
AUDIENCE = "For coordinators only."
MONTHS = [
    f"{name} 2026" for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
]
ZIPS = 24
PAGES_OWN = ("css/portal.css", "css/app.css", "css/print.css")


# ------------------------------------------------------------------ the content
def agency(at: int) -> dict[str, Any]:
    """An agency's figures, the same each time."""
    months = [(month, (at * 7 + n * 13) % 90 + 11) for n, month in enumerate(MONTHS)]
    zips = [
        {
            "zip": f"{43000 + n}",
            "place": f"Place {n} of {at}",
            "setting": "At the scene",
            "kits": (at + n * 7) % 91 + 11,
        }
        for n in range(ZIPS)
    ]
    return {"name": f"Agency {at + 1}", "kits": sum(kits for _, kits in months), "months": months, "zips": zips}


def with_charts(data: Mapping[str, Any]) -> dict[str, Any]:
    """The agencies, each with its figure."""
    return {
        "is_plain": False,
        "agencies": [
            {
                **one,
                "chart": charts.trend(
                    title="Kits by month",
                    description="The total of each month.",
                    labels=[month[:3] for month, _ in one["months"]],
                    values=[kits for _, kits in one["months"]],
                    prefix=f"trend-{at}",
                ),
            }
            for at, one in enumerate(data["agencies"])
        ],
    }


def request(actor: Actor, fields: Mapping[str, Any]) -> Request:
    at = whole_number(fields, "agency")
    return Request({"agency": at}, ACTION, f"Agency {at}", AUDIENCE)


def collect(coalition: Any, request: Request) -> dict[str, Any]:
    return {"agencies": [agency(request.parameters["agency"])]}


KIND = ReportKind("bench", "Bench", "reports/bench.html", request, collect, lambda actor: [], with_charts)


def register() -> None:
    """For the processes of the command only: no page offers it."""
    offers.register_report(KIND)


def document(sections: int, *, is_plain: bool) -> str:
    """The report in HTML."""
    now = timezone.now()
    report = SimpleNamespace(title="Kits of every agency", drawn_at=now, data_as_of=now, audience=AUDIENCE)
    data = {"agencies": [agency(at) for at in range(sections)]}
    context = {
        "report": report,
        "coalition": SimpleNamespace(name="Bench"),
        "data": data,
        "bar": None,
        "look": PLAIN,
        "check_at": "https://portal.example.org/verify/",
        **with_charts(data),
        "is_plain": is_plain,
    }
    return str(templates().get_template(KIND.template).render(context))


# ------------------------------------------------------------------ drawing it once
def draw(way: str, sections: int) -> None:
    """Draws once, warm as a worker is, and writes a line of figures and the file to the standard output."""
    from phast.reports.pdf import warm

    warm()
    markup = document(sections, is_plain=way == "plain")
    paint = _plain if way == "plain" else _ours
    paint(document(1, is_plain=way == "plain"))
    gc.collect()
    peaks: dict[int, int] = {}
    threading.Thread(target=_watch, args=(peaks,), daemon=True).start()
    began, before = time.perf_counter(), _worked()
    content = paint(markup)
    took, worked = time.perf_counter() - began, _worked() - before
    _look_at_all(peaks)
    with pikepdf.open(io.BytesIO(content)) as drawn:
        pages = len(drawn.pages)
    about = {"seconds": took, "worked": worked, "peak": max(peaks.values()) / 1024, "pages": pages}
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + content)
    _pages_own_look.cache_clear()  # WeasyPrint's fonts complain when they outlive what they came from


def _ours(markup: str) -> bytes:
    from phast.reports.pdf import draw_pdf

    return draw_pdf(markup).content


def _plain(markup: str) -> bytes:
    from weasyprint import HTML

    from phast.reports.assets import BASE, OnlyOurAssets

    fonts, sheets = _pages_own_look()
    html = HTML(string=markup, base_url=BASE, url_fetcher=OnlyOurAssets())
    return bytes(html.write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1"))


@cache
def _pages_own_look() -> tuple[Any, list[Any]]:
    """Read once a process, as ours is."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    from phast.reports.assets import BASE, OnlyOurAssets

    fonts = FontConfiguration()
    names = (*PAGES_OWN, "reports/report.css")
    return fonts, [CSS(url=f"{BASE}{name}", url_fetcher=OnlyOurAssets(), font_config=fonts) for name in names]


def _worked() -> float:
    """Seconds of processors' time that this process and those it started have had."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _watch(peaks: dict[int, int]) -> None:
    while True:
        _look_at_all(peaks)
        time.sleep(0.05)


def _look_at_all(peaks: dict[int, int]) -> None:
    """The most memory (KB) that this process and those it started ever had; Linux counts it."""
    children = [child for task in Path("/proc/self/task").iterdir() for child in _read(task / "children").split()]
    for process in ["self", *children]:
        for line in _read(Path(f"/proc/{process}/status")).splitlines():
            if line.startswith("VmHWM:"):
                peaks[int(process.replace("self", "0"))] = int(line.split()[1])


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it has ended


def check(content: bytes) -> None:
    """Raises RuntimeError unless the file passes every rule of PDF/UA-1 that the independent checker knows."""
    _, findings = independent(content)
    if findings:
        raise RuntimeError("A file is not valid PDF/UA-1:\n" + "\n".join(map(str, findings[:5])))
