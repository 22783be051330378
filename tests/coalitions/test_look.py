"""The coalition's own look: logo, colour and the line at the foot, on pages and papers."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from coalitions import releases
from coalitions.look import KEPT, cleaned_logo
from coalitions.models import Look
from phast.audit.models import Event
from phast.jobs.lease import run
from phast.jobs.models import JobState
from phast.look import ON_TINT, OURS, READABLE, SHADES, at_least, contrast, in_colour
from phast.reports.actions import preview, request_report
from phast.reports.models import Report
from phast.reports.summary import AUDIENCES
from tests.reports.pdfua import assert_pdf_ua, elements, name, words

from .conftest import Cast, make_cast
from .pictures import picture
from .test_roster import opened

GREEN = "#1f5f3f"
LINE = "For members of the coalition. Do not pass on."


def drawn_in(ink: tuple[int, int, int, int]) -> bytes:
    """A disc on nothing."""
    drawing = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    ImageDraw.Draw(drawing).ellipse((5, 5, 55, 55), fill=ink)
    file = io.BytesIO()
    drawing.save(file, "PNG")
    return file.getvalue()


def saved(cast: Cast, *, logo: bytes = b"", **values: str) -> Look:
    """Saved through the page."""
    sent = opened(cast, "coordinator", "look") | {"accent": GREEN, "confidentiality": LINE} | values
    if logo:
        sent["upload"] = SimpleUploadedFile("logo.png", logo)
    answer = cast.client("coordinator").post(cast.url("look"), sent)
    assert answer.status_code == 302, answer.content.decode()
    return Look.objects.get(coalition=cast.coalition)


# ------------------------------------------------------------------ colour
def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#ffffff") == pytest.approx(1)
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("color", ["#ff9900", "#ffffff", "#00ff00", "#767676", GREEN])
def test_a_darkened_colour_can_be_read_on_white_and_on_tinted_grounds(color: str) -> None:
    assert contrast(at_least(color, READABLE)) >= READABLE
    on_tint = contrast(at_least(color, ON_TINT)) / contrast("#f1f3f6")
    assert on_tint >= READABLE


@pytest.mark.parametrize(("color", "said"), [("#ff9900", "Text needs 4.5 to 1"), ("green", "# and six digits")])
def test_a_colour_that_cannot_be_read_is_refused_in_a_sentence(cast: Cast, color: str, said: str) -> None:
    sent = opened(cast, "coordinator", "look") | {"accent": color, "confidentiality": LINE}
    answer = cast.client("coordinator").post(cast.url("look"), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert LINE in page  # what was typed is kept
    assert not Look.objects.exists()


def test_the_preview_shows_a_colour_and_saves_nothing(cast: Cast) -> None:
    sent = opened(cast, "coordinator", "look") | {"accent": GREEN.upper(), "confidentiality": LINE, "preview": "1"}
    page = cast.client("coordinator").post(cast.url("look"), sent).content.decode()
    assert f'fill="{GREEN}"' in page
    assert "can be read well" in page
    assert not Look.objects.exists()


@pytest.mark.parametrize("color", [GREEN, "#8a5a00", "#b50909", "#00204d", "#1b2b85"])
def test_a_drawing_in_another_colour_is_as_light_and_dark_as_before(color: str) -> None:
    """So that letters on it can be read, and its steps told apart in black and white."""
    turned = dict(zip(SHADES, in_colour(" ".join(SHADES), color).split(), strict=True))
    for before, after in turned.items():
        wide = 0.35 if before == OURS else 0.06  # the colour itself, where it is neither pale nor very dark
        assert contrast(after) == pytest.approx(contrast(before), rel=wide), before
    assert in_colour("<path fill='#c44900'/>", color) == "<path fill='#c44900'/>"
    assert in_colour(OURS, "") == OURS


# ------------------------------------------------------------------ logo
@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK")]
)
def test_a_logo_is_drawn_anew_and_small_enough(kind: str, mode: str) -> None:
    sent = picture(1800, 300, kind, mode)
    with Image.open(io.BytesIO(cleaned_logo(io.BytesIO(sent), len(sent)))) as kept:
        assert (kept.format, kept.size) == ("PNG", (600, 100))
        assert kept.width <= KEPT[0]
        assert kept.height <= KEPT[1]


def test_what_a_camera_wrote_into_a_picture_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Taken at 12 Elm Street"
    sent = picture(60, 40, "JPEG", exif=exif, comment=b"by Ana Reyes")
    assert b"Elm Street" in sent
    kept = cleaned_logo(io.BytesIO(sent), len(sent))
    assert b"Elm Street" not in kept
    assert b"Ana Reyes" not in kept


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 no picture", "Save it as PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Save it as PNG or JPEG"),
        (picture(40, 20, "GIF", "P"), "Save it as PNG or JPEG"),
        (drawn_in((255, 255, 255, 255)), "cannot be seen"),
        (drawn_in((0, 0, 0, 0)), "cannot be seen"),
        (picture(400, 200)[:200], "Save it as PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1024 * 1024), "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_good_picture_is_refused(cast: Cast, content: bytes, said: str) -> None:
    sent = opened(cast, "coordinator", "look") | {"accent": GREEN, "confidentiality": LINE}
    sent["upload"] = SimpleUploadedFile("logo.png", content)
    answer = cast.client("coordinator").post(cast.url("look"), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Look.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_logo_can_be_replaced_and_taken_away() -> None:
    cast = make_cast()
    first = saved(cast, logo=picture(40, 20))
    second = saved(cast, logo=picture(80, 20))
    assert second.logo.name != first.logo.name
    assert second.version > first.version
    assert not default_storage.exists(first.logo.name)  # no file stays that no row points to
    assert not saved(cast, drop_logo="on").logo
    assert not default_storage.exists(second.logo.name)
    changes = Event.objects.filter(verb="settings.look_changed").order_by("pk")
    assert [event.detail["changed"] for event in changes] == [
        ["colour", "confidentiality", "logo"],
        ["logo"],
        ["logo"],
    ]


# ------------------------------------------------------------------ on pages
def test_every_page_of_the_coalition_wears_it_for_everybody(cast: Cast) -> None:
    look = saved(cast, logo=picture(40, 20))
    for role in ("coordinator", "lead", "reporter", "member", "observer"):
        client = cast.client(role)
        page = client.get(cast.url("home")).content.decode()
        logo = re.search(r'<img class="site-logo" src="([^"]+)" alt="">', page)  # the name stands beside it
        assert logo is not None
        style = re.search(r'<link rel="stylesheet" href="([^"]+colour\.css\?v=\d+)">', page)
        assert style is not None
        assert f"?v={look.version}" in logo[1]
        answer = client.get(logo[1])
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
        sheet = client.get(style[1])
        assert GREEN in sheet.content.decode()
        assert "private" in sheet.headers["Cache-Control"]
        assert "immutable" in sheet.headers["Cache-Control"]
        again = client.get(style[1], headers={"If-None-Match": sheet.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "no-store" not in again.headers["Cache-Control"]


def test_a_coalition_without_a_look_has_the_portals_own(cast: Cast) -> None:
    page = cast.client("observer").get(cast.url("home")).content.decode()
    assert "site-logo" not in page
    assert "colour.css" not in page
    assert cast.client("observer").get(cast.url("look_logo")).status_code == 404
    assert cast.client("observer").get(cast.url("look_style")).status_code == 404


@pytest.mark.parametrize("role", ["lead", "reporter", "member", "observer"])
def test_only_the_coordinator_changes_it(cast: Cast, role: str) -> None:
    assert cast.client(role).get(cast.url("look")).status_code == 403
    assert cast.client(role).post(cast.url("look"), {"accent": GREEN}).status_code == 403


# ------------------------------------------------------------------ on papers
def test_a_report_wears_logo_colour_and_line_and_can_still_be_read_out(transactional_db: None) -> None:
    import pikepdf

    cast = make_cast()
    saved(cast, logo=picture(120, 40, mode="RGBA"))
    report = request_report(kind="roster", fields={}, by=cast.actor("observer"))
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    with report.file.open() as file:
        pdf = file.read()
    assert_pdf_ua(pdf)
    assert words(pdf).count(LINE) >= report.pages
    with pikepdf.open(io.BytesIO(pdf)) as document:
        said = [str(tag.Alt) for tag in elements(document) if name(tag) == "Figure"]
    assert said == [cast.coalition.name]


def test_what_is_for_everybody_does_not_say_that_it_is_confidential(transactional_db: None) -> None:
    cast = make_cast()
    saved(cast)
    by = cast.actor("coordinator")
    told = {
        audience: preview(kind="coalition_summary", fields={"time": last_quarter(cast), "for": audience}, by=by)
        for audience in AUDIENCES
    }
    assert {audience: LINE in page for audience, page in told.items()} == {
        "everybody": False,
        "coalition": True,
        "exact": True,
    }
    # What observers read is the coalition's own paper.
    assert LINE in preview(kind="roster", fields={}, by=cast.actor("observer"))


def last_quarter(cast: Cast) -> str:
    return releases.Span.quarter_of(cast.coalition.today()).quarter_before.slug


def test_a_logo_whose_file_is_gone_stops_no_report(transactional_db: None) -> None:
    cast = make_cast()
    look = saved(cast, logo=picture(40, 20))
    look.logo.storage.delete(look.logo.name)
    report = request_report(kind="roster", fields={}, by=cast.actor("observer"))
    run(Report, report.pk)
    report.refresh_from_db()
    assert report.state == JobState.DONE, report.message
    assert cast.client("observer").get(cast.url("look_logo")).status_code == 404
