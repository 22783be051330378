"""When something breaks, neither the error mail nor the log holds what a person typed (THREATS 50)."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from phast.access.guards import public
from phast.access.table import Role
from phast.audit.models import Event
from tests.factories import sign_in
from tests.world import World

TYPED = "Pat Doe born 1980"


@public
def breaks(request: HttpRequest) -> HttpResponse:
    """A database names what it refuses, and so does the error that follows from it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [request.POST["note"]])
    except Exception as error:
        raise ValueError(f"not a number: {request.POST['note']}") from error
    return HttpResponse()


class BrokenUrls:
    urlpatterns = [path("breaks/", breaks, name="breaks"), path("", include("phast.urls"))]
    handler500 = "phast.health.server_error"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the portal's own log handler writes."""
    handler = next(each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF=BrokenUrls, ADMINS=[("Who runs it", "admin@example.org")])
def test_what_was_typed_is_in_no_error_mail_and_no_log(log: io.StringIO) -> None:
    client = Client(raise_request_exception=False, headers={"Referer": f"http://testserver/?q={TYPED}"})
    client.cookies["seen"] = TYPED.replace(" ", "-")
    response = client.post("/breaks/", {"note": TYPED}, query_params={"q": TYPED})
    assert response.status_code == 500
    sent = mail.outbox[0].subject + mail.outbox[0].body + str(mail.outbox[0].alternatives)
    for words in (sent, log.getvalue(), response.content.decode()):
        assert "Doe" not in words
        assert "1980" not in words
    for words in (sent, log.getvalue()):  # and yet enough to find the place
        assert "ValueError" in words
        assert "in breaks" in words
    assert "InvalidTextRepresentation" in log.getvalue()


@override_settings(ADMINS=[("Who runs it", "admin@example.org")])
def test_what_is_typed_and_uploaded_on_any_day_is_in_no_log(log: io.StringIO, world: World) -> None:
    """Wrong sign-ins, refused forms, searches, files by a person's name: the log tells of addresses and answers only."""
    client = Client()
    client.post("/accounts/login/", {"login": "doe@example.org", "password": TYPED})
    sign_in(client, world.ours.users[Role.LEAD])
    client.get("/c/ours/partners/", {"q": TYPED})
    client.post("/c/ours/naloxone/log/", {"typed_zip": TYPED, "kits": TYPED})
    file = SimpleUploadedFile(f"{TYPED}.csv", f"Name,DOB\n{TYPED},1980-01-01\n".encode())
    client.post("/c/ours/naloxone/import/", {"file": file})
    client.get(f"/c/ours/nothing-here/?q={TYPED}")
    assert "Not Found: /c/ours/nothing-here/" in log.getvalue()
    assert "Doe" not in log.getvalue()
    assert "doe@" not in log.getvalue()
    assert mail.outbox == []
    assert TYPED not in str(list(Event.objects.values()))
