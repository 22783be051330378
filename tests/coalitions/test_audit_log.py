"""The audit log: complete for the coordinator, silent about who counted."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from coalitions.templatetags.coalition import in_plain
from phast import audit
from phast.accounts.models import User
from tests.client import ReadingClient
from tests.factories import PASSWORD, make_coalition

from .conftest import Cast


def log_of(cast: Cast, **query: object) -> str:
    response = cast.client("coordinator").get(cast.url("audit_list"), query)
    assert response.status_code == 200
    return response.content.decode().split("<tbody>")[-1]


def count_by_reporter(cast: Cast) -> None:
    actor = cast.actor("reporter")
    audit.record("counts.logged", by=actor, partner=cast.police, as_agency=True)


def test_a_count_is_the_agencys_to_everybody_else(cast: Cast) -> None:
    count_by_reporter(cast)
    log = log_of(cast)
    assert "Counts logged" in log
    assert "Troy Police" in log
    assert "Reporter Person" not in log


def test_a_search_by_person_does_not_give_away_who_counted(cast: Cast) -> None:
    count_by_reporter(cast)
    reporter = cast.people["reporter"]
    page = cast.client("coordinator").get(cast.url("audit_list"), {"person": reporter.pk}).content.decode()
    assert f'value="{reporter.pk}"' not in page  # they are not offered either
    audit.record("contact.changed", by=cast.actor("reporter"))
    log = log_of(cast, person=reporter.pk)
    assert "Contact changed" in log
    assert "Counts logged" not in log


def test_the_own_agency_reads_the_name(cast: Cast) -> None:
    count_by_reporter(cast)
    cast.people["coordinator"].memberships.update(partner=cast.police)
    assert "Reporter Person" in log_of(cast)


def test_sign_ins_of_the_coalitions_people_are_in_the_log_and_of_nobody_else(cast: Cast) -> None:
    for email in ("member@example.org", "stranger@example.org"):
        User.objects.filter(email=email).exists() or User.objects.create_user(email, PASSWORD, name="A Stranger")
        ReadingClient().force_login(User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    log = log_of(cast, verb="account.signed_in")
    assert "Member Person" in log
    assert "A Stranger" not in log


def test_another_coalitions_events_are_not_in_the_log(cast: Cast) -> None:
    audit.record("partner.changed", user=cast.people["coordinator"], coalition=make_coalition("theirs"))
    assert "Partner changed" not in log_of(cast)


def test_days_are_the_coalitions_days(cast: Cast) -> None:
    # 03:30 in UTC on the 2nd is still the 1st in New York.
    with time_machine.travel(dt.datetime(2026, 7, 2, 3, 30, tzinfo=dt.UTC), tick=False):
        audit.record("partner.changed", by=cast.actor("coordinator"))
    assert "Partner changed" in log_of(cast, since="2026-07-01", until="2026-07-01")
    assert "Partner changed" not in log_of(cast, since="2026-07-02")


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"nothing_to_report": False, "reason": "", "parties": []}, ""),
        ({"nothing_to_report": True, "on_behalf": True}, "nothing to report; on behalf"),
        ({"reports": 8}, "8 reports"),
        ({"reports": 1, "plan": 12}, "1 report"),
        ({"reports": 0}, "0 reports"),
        ({"status": "in_progress"}, "status: in progress"),
        ({"threshold": [11, 5]}, "threshold: 11 → 5"),
        ({"fields": ["due_said", "title"]}, "fields: due said, title"),
        ({"replaced": [31, 32]}, "replaced 2 entries"),
    ],
)
def test_details_read_as_words(detail: dict, words: str) -> None:
    assert in_plain(detail) == words


def test_roles_read_as_what_they_were_and_became(cast: Cast) -> None:
    membership = cast.people["member"].memberships.get()
    cast.client("coordinator").post(cast.url("person_edit", membership.pk), {"role": "observer", "partner": ""})
    assert "role: Member at Troy Police → Observer" in log_of(cast)
