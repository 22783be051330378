import pytest

from phast.geo.load import load
from phast.geo.models import County, Zip

PLACES = [
    ("12203", "Albany", "NY", 42.6829, -73.8494),
    ("12207", "Albany", "NY", 42.6555, -73.7476),
    ("12054", "Delmar", "NY", 42.6045, -73.8662),
    ("12110", "Latham", "NY", 42.7506, -73.7761),
    ("12009", "Altamont", "NY", 42.6977, -74.0353),
    ("12180", "Troy", "NY", 42.7486, -73.5995),
    ("12305", "Schenectady", "NY", 42.812, -73.9503),
    ("12306", "Schenectady", "NY", 42.8054, -74.0442),
    ("90210", "Beverly Hills", "CA", 34.1005, -118.4146),
    ("99546", "Adak", "AK", 51.8557, -176.6686),
    ("99685", "Unalaska", "AK", 53.8731, -166.4838),
]


@pytest.fixture
def reference(db):
    """All ZIP codes and counties."""
    load()


@pytest.fixture
def places(db):
    """Three counties of New York and one of Alaska, and a few ZIP codes."""
    for fips, name in (("36001", "Albany County"), ("36083", "Rensselaer County"), ("36093", "Schenectady County")):
        County.objects.create(fips=fips, name=name, state="NY")
    County.objects.create(fips="02016", name="Aleutians West Census Area", state="AK")
    for code, place, state, latitude, longitude in PLACES:
        Zip.objects.create(code=code, place=place, state=state, latitude=latitude, longitude=longitude)
