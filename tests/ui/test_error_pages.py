"""Pages for what went wrong: in our look, in plain words, and needing nothing that may be broken."""

from __future__ import annotations

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory

from phast.ui import views

# No test here may use the database: pytest-django fails one that tries.


@pytest.mark.parametrize(
    ("view", "status", "says"),
    [
        (lambda request: views.bad_request(request, ValueError()), 400, "could not read what was sent"),
        (lambda request: views.permission_denied(request, PermissionDenied()), 403, "Your role does not include this"),
        (lambda request: views.page_not_found(request, Http404()), 404, "There is no page here for you"),
        (lambda request: views.method_not_allowed(request, "POST"), 405, "There is nothing to open at this address"),
        (views.server_error, 500, "Something went wrong on our side"),
        (views.csrf_failure, 403, "Please send the form again"),
    ],
)
def test_error_pages_need_no_database_and_say_what_to_do(view, status: int, says: str) -> None:
    response = view(RequestFactory().get("/c/river/"))
    page = response.content.decode()
    assert response.status_code == status
    assert says in page
    assert 'href="/"' in page
    assert "css/app.css" in page
    assert "UNDEFINED" not in page


def test_a_server_error_has_a_reference_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="phast.ui.views"):
        page = views.server_error(RequestFactory().get("/")).content.decode()
    reference = caplog.records[-1].getMessage().rsplit(" ", 1)[-1]
    assert len(reference) == 8
    assert f"<strong>{reference}</strong>" in page


def test_a_refusal_gives_its_reason_as_text() -> None:
    page = views.permission_denied(
        RequestFactory().get("/"), PermissionDenied("The period is <b>closed</b>.")
    ).content.decode()
    assert "The period is &lt;b&gt;closed&lt;/b&gt;." in page
