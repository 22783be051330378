"""The map of kits by ZIP code."""

from collections import Counter
from itertools import combinations
from math import hypot

import pytest

from phast.geo.map import ZipCell, zip_map
from phast.geo.models import County, Zip
from phast.geo.outlines import outlines
from phast.geo.shades import BLUES, Shades
from tests.drawings import SVG, parsed, words

CAPITAL = ["36001", "36083", "36093"]
QUARTER = {"12203": 144, "12207": 4, "12054": 38, "12110": 22, "12009": 0, "12180": 75, "12305": 61, "12306": 12}


def drawn(cells, counties=CAPITAL, **options):
    given = {"title": "Kits by ZIP code", "description": "Third quarter of 2026", "prefix": "kits", **options}
    return zip_map(counties=counties, cells=[ZipCell(*cell) for cell in cells], **given)


def circles_of(root):
    """Those on the map, by ZIP code; the samples in the legend have no tool tip."""
    found = {}
    for circle in root.iter(f"{SVG}circle"):
        title = circle.find(f"{SVG}title")
        if title is not None:
            found[title.text[:5]] = tuple(float(circle.get(name)) for name in ("cx", "cy", "r"))
    return found


def test_the_map_shows_numbers_names_and_legend(places, django_assert_num_queries):
    with django_assert_num_queries(2):
        result = drawn(QUARTER.items())
    root = parsed(result.svg, "kits")
    assert root.find(f"{SVG}title").text == "Kits by ZIP code"
    assert root.find(f"{SVG}desc").text == "Third quarter of 2026"
    said = words(root)
    assert {"144", "12203", "ALBANY", "RENSSELAER", "SCHENECTADY", "none", "12203 Albany: 144 kits"} <= set(said)
    assert set(circles_of(root)) == set(QUARTER)
    assert any("GeoNames" in word for word in said)
    assert result.not_placed == []


def test_hidden_cells_look_all_the_same_and_carry_no_number(places):
    hidden = {"12207", "12306"}
    root = parsed(drawn((QUARTER | dict.fromkeys(hidden)).items()).svg, "kits")
    there = circles_of(root)
    assert len({there[code][2] for code in hidden}) == 1
    tips = [word for word in words(root) if word[:5] in hidden]
    assert sorted(tips) == sorted(
        f"{code} {place}: hidden" for code, place in (("12207", "Albany"), ("12306", "Schenectady"))
    )
    assert "hidden to protect privacy" in words(root)


def test_more_kits_make_a_larger_circle_in_proportion(places):
    there = circles_of(parsed(drawn([("12203", 400), ("12180", 100)]).svg, "kits"))
    assert there["12203"][2] / there["12180"][2] == pytest.approx(2, rel=0.02)


def test_what_has_no_place_is_returned(places):
    result = drawn([("12203", 20), ("unknown", 7), ("90210", 3), ("99998", None)])
    assert [(cell.zip, cell.kits) for cell in result.not_placed] == [("90210", 3), ("99998", None), ("unknown", 7)]
    assert set(circles_of(parsed(result.svg, "kits"))) == {"12203"}


def test_a_whole_state_without_overlaps(reference):
    ohio = list(County.objects.filter(state="OH").values_list("fips", flat=True))
    cells = [
        (place.code, (number * 7919) % 700 if number % 9 else 0)
        for number, place in enumerate(Zip.objects.filter(county__in=ohio))
    ]
    result = drawn(cells, counties=ohio)
    there = circles_of(parsed(result.svg, "kits"))
    assert len(there) + len(result.not_placed) == len(cells) > 1400
    assert not result.not_placed
    for (ax, ay, ar), (bx, by, br) in combinations(there.values(), 2):
        assert hypot(ax - bx, ay - by) > ar + br - 0.3  # positions and radii are rounded to a tenth


def test_letters_can_be_read_on_paper_and_stay_in_their_circle(places):
    """Six points, where the map takes four fifths of a letter page's text (178 mm); what has no room for that has no number."""
    root = parsed(drawn(QUARTER.items()).svg, "kits")
    sizes = [float(text.get("font-size")) for text in root.iter() if text.get("font-size")]
    assert min(sizes) * 0.8 * 178 / 25.4 * 72 / 760 >= 6


def test_text_is_escaped_and_the_order_of_cells_changes_nothing(places):
    one = drawn(QUARTER.items(), title="<script>alert(1)</script>")
    other = drawn(reversed(QUARTER.items()), title="<script>alert(1)</script>")
    assert "<script" not in one.svg
    assert one.svg == other.svg


def test_a_map_without_kits_says_so(places):
    assert "No kits to show on this map" in words(parsed(drawn([]).svg, "kits"))


def test_a_map_without_a_known_county_is_refused(db):
    with pytest.raises(ValueError, match="at least one county"):
        drawn([], counties=["00000"])


def test_islands_beyond_the_date_line_are_beside_their_neighbours(places):
    there = circles_of(parsed(drawn([("99546", 12), ("99685", 30)], counties=["02016"]).svg, "kits"))
    assert there["99546"][0] < there["99685"][0]  # Adak lies west of Unalaska


def test_neighbours_share_their_border():
    source = outlines()
    uses = Counter(max(n, ~n) for rings in source.rings.values() for ring in rings for n in ring)
    assert max(uses.values()) == 2
    arcs = {fips: {max(n, ~n) for ring in source.rings[fips] for n in ring} for fips in CAPITAL}
    assert all(arcs[a] & arcs[b] for a, b in (("36001", "36083"), ("36001", "36093")))


def test_every_outline_is_closed():
    source = outlines()
    for fips, rings in source.rings.items():
        for ring in rings:
            arcs = [source.arc(n) if n >= 0 else source.arc(~n)[::-1] for n in ring]
            assert all(a[-1] == b[0] for a, b in zip(arcs, [*arcs[1:], arcs[0]], strict=True)), fips


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("fill", "line", "ink"), BLUES)
def test_numbers_can_be_read_on_every_shade(fill, line, ink):
    light, dark = sorted((luminance(fill), luminance(ink)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("counts", "labels"), [([], ["1 or more"]), ([5], ["1 or more"]), ([1, 1, 2], ["1", "2 or more"])]
)
def test_few_counts_need_few_shades(counts, labels):
    assert [step.label for step in Shades(counts).steps] == labels


def test_shades_divide_at_round_numbers_without_gaps():
    shades = Shades([1, 3, 8, 12, 20, 33, 47, 90, 144, 250, 747])
    assert shades.steps[0].low == 1
    assert shades.steps[-1].high is None
    assert [step.high for step in shades.steps[:-1]] == [step.low for step in shades.steps[1:]]
    assert all(shades.of(step.low) is step for step in shades.steps)
