"""Reference data of the United States: no coalition owns it, nobody edits it, `load_reference` fills it."""

from django.db import models


class County(models.Model):
    """A county or its equivalent as the Census Bureau drew them in 2016. `name` says what it calls itself ("Albany County",
    "Orleans Parish", "Baltimore city"); `state` is two letters. Connecticut's eight counties stand for its planning regions."""

    fips = models.CharField("FIPS code", primary_key=True, max_length=5)
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=2)

    class Meta:
        verbose_name_plural = "counties"
        ordering = ["state", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fips__regex=r"^[0-9]{5}$"),
                name="county_fips_five_digits",
                violation_error_message="A county's FIPS code has five digits.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.state}"

    @property
    def short_name(self) -> str:
        """The name for a map: "Albany" of "Albany County", but "Baltimore city"."""
        return self.name.removesuffix(" County").removesuffix(" Parish").removesuffix(" Municipio")


class Zip(models.Model):
    """A ZIP code, the place it is named for, and a point inside it. `county` is the one its post office is in; none for
    military addresses. `latitude` and `longitude` are degrees."""

    code = models.CharField("ZIP code", primary_key=True, max_length=5)
    place = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    county = models.ForeignKey(County, on_delete=models.PROTECT, null=True, blank=True, related_name="zips")
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        verbose_name = "ZIP code"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{5}$"),
                name="zip_code_five_digits",
                violation_error_message="A ZIP code has five digits.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.place}".strip()


class Loaded(models.Model):
    """Which version of a data set is in the tables: the SHA-256 of its files, so that an unchanged set is not loaded again."""

    name = models.CharField(primary_key=True, max_length=60)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "loaded data sets"

    def __str__(self) -> str:
        return self.name
