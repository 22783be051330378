"""ZIP codes as people and spreadsheets write them (THREATS 8–11), and the reference data."""

import pytest
from django.core.management import call_command

from phast.geo.load import load
from phast.geo.models import County, Loaded, Zip
from phast.geo.zips import ZipError, known_among, normalise_zip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12203", "12203"),
        (" 12203 ", "12203"),
        ("12201-1234", "12201"),
        ("12201 1234", "12201"),
        ("122011234", "12201"),
        ("12201.0", "12201"),
        ("01201", "01201"),
        ("00501", "00501"),
        ("99999", "99999"),
    ],
)
def test_a_zip_code_is_five_digits_however_it_was_written(typed, code):
    assert normalise_zip(typed) == code


@pytest.mark.parametrize(
    ("typed", "proposal"), [("1201", "01201"), ("501", "00501"), ("1201.0", "01201"), ("1201-1234", "01201")]
)
def test_lost_leading_zeros_are_proposed_and_never_assumed(typed, proposal):
    with pytest.raises(ZipError, match=f"Is this {proposal}") as refused:
        normalise_zip(typed)
    assert refused.value.proposal == proposal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "00000",
        "000",
        "063HH",
        "K1A 0B6",
        "k1a0b6",
        "12",
        "1220O",
        "12203-12",
        "122034",
        "12203.5",
        "１２２０３",
        "12203\n12204",
    ],
)
def test_what_is_no_zip_code_is_refused_with_a_sentence_and_no_guess(typed):
    with pytest.raises(ZipError) as refused:
        normalise_zip(typed)
    assert refused.value.proposal is None
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) > 30


def test_the_message_never_repeats_what_was_typed():
    with pytest.raises(ZipError) as refused:
        normalise_zip("12 Elm St, J. Doe")
    assert "Elm" not in str(refused.value)


def test_reference_data_is_complete_and_loads_once(reference):
    assert Zip.objects.count() == 41_637
    assert County.objects.count() == 3_233
    albany = Zip.objects.get(code="12203")
    assert (albany.place, albany.state, str(albany.county)) == ("Albany", "NY", "Albany County, NY")
    assert load().endswith("unchanged")


def test_loading_again_mends_what_was_changed_and_keeps_what_is_in_use(reference):
    Zip.objects.filter(code="12203").update(place="Nowhere")
    Zip.objects.create(code="00001", place="Retired", latitude=42, longitude=-73)
    Loaded.objects.update(sha256="older")
    load()
    assert Zip.objects.get(code="12203").place == "Albany"
    assert Zip.objects.filter(code="00001").exists()


def test_the_command_says_what_it_loaded(db, capsys):
    call_command("load_reference")
    assert "41,637 ZIP codes and 3,233 counties\n" in capsys.readouterr().out


def test_known_zip_codes(reference, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert known_among(["12203", "99998", "43605"]) == {"12203", "43605"}


def test_zip_codes_of_counties(reference):
    codes = [place.code for place in Zip.objects.filter(county__in=["36093", "36083"])]
    assert codes == sorted(codes)
    assert {"12180", "12305"} <= set(codes)
    assert "12203" not in codes


def test_connecticut_keeps_its_counties(reference):
    assert set(Zip.objects.filter(state="CT").values_list("county__state", flat=True)) == {"CT"}
    assert Zip.objects.get(code="06103").county.name == "Hartford County"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Albany County", "Albany"),
        ("Orleans Parish", "Orleans"),
        ("Baltimore city", "Baltimore city"),
        ("Carson City", "Carson City"),
    ],
)
def test_short_name_of_a_county(name, short):
    assert County(fips="00001", name=name, state="XX").short_name == short
