"""Figures by area that stand beside the counts: residents, overdose deaths, EMS runs. Aggregate, by year, from a public source."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from coalitions.models import Coalition
from lbn.enums import AreaKind
from phast.access.funnel import Tenant

_YEAR = [MinValueValidator(1990), MaxValueValidator(2100)]


class AreaFile(Tenant):
    """A file of figures by area as somebody loaded it. `findings`: what the check found, and the rows until they are agreed to."""

    codes = frozenset({"sha256"})

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("what it holds", max_length=10, choices=AreaKind)
    origin = models.CharField("where the figures come from", max_length=200)
    file_label = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    findings = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, file {self.pk}"


class AreaFigure(Tenant):
    """One figure of one year: of a ZIP, of a county (its five-digit FIPS code), never of both. A burden obeys the rules of counts:
    others read it only as a table of a release."""

    codes = frozenset({"zip_code", "county"})

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(AreaFile, on_delete=models.CASCADE, related_name="figures")
    kind = models.CharField(max_length=10, choices=AreaKind)
    year = models.PositiveSmallIntegerField(validators=_YEAR)
    zip_code = models.CharField("ZIP code", max_length=5, blank=True)
    county = models.CharField("county", max_length=5, blank=True)
    figure = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "kind", "year", "zip_code", "county"], name="area_figure_once"
            ),
            models.CheckConstraint(
                condition=Q(zip_code__regex=r"^[0-9]{5}$", county="") | Q(zip_code="", county__regex=r"^[0-9]{5}$"),
                name="zip_or_county",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}, {self.zip_code or self.county}: {self.figure:,}"


class AnnualDeaths(Tenant):
    """Opioid-related deaths of the coalition's area in a year, as the coordinator enters them for the saturation gauge."""

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(validators=_YEAR)
    deaths = models.PositiveIntegerField("opioid-related deaths", validators=[MinValueValidator(1)])
    origin = models.CharField("where the figure comes from", max_length=200)

    class Meta:
        ordering: ClassVar = ["-year"]
        verbose_name_plural = "annual deaths"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["coalition", "year"],
                name="deaths_of_year",
                violation_error_message="This year has a figure already. Change that one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.deaths:,}"
