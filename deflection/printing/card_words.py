"""The words of the wallet card in its two languages. The Spanish is plain and speaks of a person first, as the English does.

The programs' own words stay as they were written; only hours that are understood for sure are said in the card's language.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from deflection.directory import SHORT
from deflection.hours import HourWords


@dataclass(frozen=True)
class CardWords:
    """`kinds`: the nine kinds of help by key; `speaks_spanish` says once what the star behind a name means."""

    title: str
    emergency: str
    crisis: str
    lifeline: str
    more_help: str
    scan: str
    checked: str
    sites: str
    free: str
    speaks_spanish: str
    by_appointment: str
    months: tuple[str, ...]
    day: str
    hours: HourWords
    kinds: dict[str, str]

    def day_said(self, day: dt.date) -> str:
        """A day in words."""
        return self.day.format(month=self.months[day.month - 1], day=day.day, year=day.year)


ENGLISH = CardWords(
    title="Local help",
    emergency="Emergency: call 911",
    crisis="Crisis: call or text 988",
    lifeline="988 Suicide & Crisis Lifeline",
    more_help="More help:",
    scan="Scan for all local help",
    checked="Each was verified within 90 days of {day}.",
    sites="{number} sites",
    free="Free",
    speaks_spanish="* Se habla español",
    by_appointment="By appointment",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    day="{month} {day}, {year}",
    hours=HourWords(
        days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        every_day="Every day",
        always="24 hours",
        day_to_day="–",
        noon="noon",
    ),
    kinds=SHORT,
)
SPANISH = CardWords(
    title="Ayuda local",
    emergency="Emergencia: llame al 911",
    crisis="Crisis: llame o mande un texto al 988",
    lifeline="988 Línea de Prevención del Suicidio y Crisis",
    more_help="Más ayuda:",
    scan="Escanee para ver toda la ayuda local",
    checked="Cada lugar se verificó en los 90 días antes del {day}.",
    sites="{number} lugares",
    free="Gratis",
    speaks_spanish="* Se habla español",
    by_appointment="Con cita previa",
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
    day="{day} de {month} de {year}",
    hours=HourWords(
        days=("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        every_day="Todos los días",
        always="Las 24 horas",
        day_to_day=" a ",
        noon="mediodía",
    ),
    kinds={
        "inpatient": "Tratamiento con estadía",
        "outpatient": "Tratamiento con citas",
        "opioid-treatment-programs": "Metadona",
        "buprenorphine-vivitrol": "Buprenorfina o Vivitrol",
        "self-help": "Grupos de apoyo",
        "harm-reduction": "Reducción de daños",
        "housing": "Vivienda y refugio",
        "social-services": "Servicios sociales",
        "work-and-education": "Trabajo y estudios",
    },
)
WORDS = {"en": ENGLISH, "es": SPANISH}
