"""The tables of the overview as files: a sheet for each in a workbook, one below the other in a text file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tablib import Dataset

from lbn.pictures import setting_names
from lbn.selectors.areas import WORDS
from lbn.selectors.overview import Overview, Sums
from lbn.selectors.places import Line, Places

BESIDES = ("Offered and declined", "No kit available", "Reversals reported")


def sheets(
    seen: Overview, where: Places, kit_names: Mapping[str, str], limits: Sequence[str], missing: str
) -> list[Dataset]:
    """What the page shows, table by table. What is not known is empty, never zero; a sum of what is said besides the kits may be 0
    because nobody said anything. `missing`: which reports are not in, as a sentence."""
    about = ", ".join([str(seen.span), *limits])
    rates = ["Kits per 1,000 residents"] if where.has_rates else []
    burden = [f"{WORDS[where.burden_kind][1]} {where.burden.year}"] if where.burden and where.burden_kind else []

    def beside(line: Line) -> list[Any]:
        rate = [round(line.per_1000, 1) if line.per_1000 is not None else ""] if rates else []
        return rate + ([line.burden if line.burden is not None else ""] if burden else [])

    nothing = [""] * (len(rates) + len(burden))
    by_zip = [[line.code, line.name, line.kits, *beside(line)] for line in where.zips]
    by_zip += [[label, "", kits, *nothing] for label, kits in where.without_zip]
    by_month = [
        [f"{month:%Y-%m}", *([""] * 4 if month in seen.silent else _numbers(sums))]
        for month, sums in seen.by_month.items()
    ]
    if seen.no_month:
        by_month.append(["In no single month", seen.no_month, "", "", ""])
    tables = [
        ("Summary", ["Figure", "Value"], _summary(seen, where, about, missing)),
        ("By ZIP code", ["ZIP code", "Place", "Kits", *rates, *burden], by_zip),
        ("ZIP codes not reached", ["ZIP code", "Place"], [[line.code, line.name] for line in where.not_reached]),
        (
            "By county",
            ["County", "Kits", "ZIP codes reached", *rates, *burden],
            [] if seen.is_silent else [[line.name, line.kits, line.reached, *beside(line)] for line in where.counties],
        ),
        ("By month", ["Month", "Kits", *BESIDES], [] if seen.months_unknown else by_month),
        ("By agency", ["Agency", "Kits", *BESIDES], [[name, *_numbers(sums)] for name, sums in seen.agencies.items()]),
        ("By setting", ["Setting", "Kits"], [list(each) for each in setting_names(seen.settings).items()]),
        (
            "By kit",
            ["Kit", "Kits"],
            [[kit_names.get(key, "Not recorded"), kits] for key, kits in seen.kit_types.items()],
        ),
    ]
    return [_dataset(title, headers, rows) for title, headers, rows in tables if rows]


def _summary(seen: Overview, where: Places, about: str, missing: str) -> list[list[Any]]:
    known = {
        "Kits left behind": seen.total,
        "ZIP codes reached": seen.reached,
        "ZIP codes of our counties not reached": len(where.not_reached),
        "Reversals reported": seen.all.reversals or "",
        "Offered and declined": seen.all.declined or "",
        "No kit available": seen.all.none_available or "",
        "Kits in no single month": seen.no_month,
    }
    listed: list[list[Any]] = [
        ["Period", about],
        *([["Reports", missing]] if missing else []),
        *([name, "" if seen.is_silent else figure] for name, figure in known.items()),
        ["Kits in the period before", "" if seen.before is None else seen.before],
        [
            "Kits counted for a span that reaches beyond, in no other figure",
            seen.across or ("" if seen.is_silent else 0),
        ],
    ]
    return listed


def _numbers(sums: Sums) -> list[Any]:
    return [sums.kits, *(number or "" for number in (sums.declined, sums.none_available, sums.reversals))]


def _dataset(title: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> Dataset:
    data = Dataset(title=title, headers=headers)
    data.extend(rows)
    return data
