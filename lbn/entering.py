"""One way in for counts that arrive as JSON: from phones that had no signal, and from agencies' records systems.

A count is an object with these members (`MEMBERS`); numbers may come as JSON numbers or as texts, and are read by the parsers of
`lbn.rules` that read the desk page's boxes and the cells of files:

    key             a UUID made by the sender, one for each count; sent again, it answers with the count it has saved
    agency          the agency's number; may be left out by a sender with one agency
    day             "2026-11-20", or `from` and `to`: the first and the last day
    zip             five digits, "unknown" or "outside"
    kits            a whole number; 0 says that none were left
    setting, recipient        a value of `lbn.enums`; empty or left out: not recorded
    kit_type        a kit's number or name; left out: the coalition's only kit, or not recorded
    declined, none_available, reversals     whole numbers; empty or left out: not said
    confirmed       tokens of the questions that were answered with yes

Anything else is refused, so that a slip in a member's name loses nothing and no data about a person is taken in silence.

`enter` tries to save one count and answers with an `Answer`; it raises nothing for what a sender may do wrong. Outcome → HTTP status:

    saved           201
    saved_before    200     the same key and the same count: nothing was added, all is well
    questions       409     nothing saved; send again, same key, with each question's `token` (or `replaces`) in `confirmed`
    problems        422     nothing saved; each with its member and a sentence, some with a `proposal` to confirm
    refused         422 reason "key_reused" (the key has saved another count)
                    409 reason "closed" (the reporting period is closed)
                    403 reason "agency" (not an agency this sender may count for, or one that is no longer active)

Every sentence is the one the desk page shows. A sender keeps what was not answered with `saved` or `saved_before`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lbn import rules
from lbn.actions import log_count
from lbn.enums import Channel, Place
from lbn.models import Count, KitType
from lbn.refusals import KeyReused, NeedsConfirming, PeriodClosed, Unacceptable
from lbn.rules import BESIDES, NotReadable, Problem, Severity
from phast.access.table import Action

if TYPE_CHECKING:
    import datetime as dt

    from coalitions.models import Partner
    from phast.access.actor import Actor

MEMBERS = (
    *("key", "agency", "day", "from", "to", "zip", "kits", "setting", "recipient", "kit_type"),
    *BESIDES,
    "confirmed",
)
# Where the rules speak of a field of `Entry`, the sender knows it by its member. Days depend on how they were sent.
_MEMBER_OF = {"zip_code": "zip", "place": "zip", "from_on": "from", "to_on": "to", "partner": "agency"}
NO_KEY = "Give each count a key of its own: a UUID, kept for when it is sent again."
NOT_YOURS = "You may not enter counts for this agency, or it is no longer active."
NO_JSON = "This is not JSON that can be read. Nothing was saved."
_UNREADABLE = "?"  # stands for a list or an object where a text belongs: no parser takes it


class Outcome(StrEnum):
    SAVED = "saved"
    SAVED_BEFORE = "saved_before"
    QUESTIONS = "questions"
    PROBLEMS = "problems"
    REFUSED = "refused"


_STATUS = {Outcome.SAVED: 201, Outcome.SAVED_BEFORE: 200, Outcome.QUESTIONS: 409, Outcome.PROBLEMS: 422}
_REFUSED = {"key_reused": 422, "closed": 409, "agency": 403}


@dataclass(frozen=True)
class Said:
    """One sentence about one member ("" for the whole). `token` answers a question with yes, `replaces` with "yes, in place of them";
    `proposal` is what may have been meant."""

    field: str
    sentence: str
    token: str = ""
    replaces: str = ""
    proposal: str = ""

    def as_json(self) -> dict[str, str]:
        extras = {"token": self.token, "replaces": self.replaces, "proposal": self.proposal}
        return {"field": self.field, "sentence": self.sentence} | {name: text for name, text in extras.items() if text}


@dataclass(frozen=True)
class Answer:
    """What became of one count. `count` is the row, where there is one; `said` the questions, problems or the refusal's sentence."""

    outcome: Outcome
    key: str = ""
    count: Count | None = None
    said: Sequence[Said] = field(default_factory=tuple)
    reason: str = ""

    @property
    def status(self) -> int:
        return _REFUSED[self.reason] if self.outcome == Outcome.REFUSED else _STATUS[self.outcome]

    @property
    def is_saved(self) -> bool:
        """The sender may forget the count."""
        return self.outcome in (Outcome.SAVED, Outcome.SAVED_BEFORE)

    def as_json(self) -> dict[str, Any]:
        """`saved` says how the count stands in the portal: a ZIP outside the coalition's counties is kept as "outside" only."""
        answer: dict[str, Any] = {"outcome": self.outcome.value, "key": self.key}
        if self.count is not None:
            answer["saved"] = {
                "id": self.count.pk,
                "text": str(self.count),
                "from": self.count.from_on.isoformat(),
                "to": self.count.to_on.isoformat(),
                "zip": self.count.zip_code or self.count.place,
                "kits": self.count.kits,
            }
        if self.outcome == Outcome.QUESTIONS:
            answer["questions"] = [each.as_json() for each in self.said]
        elif self.outcome == Outcome.PROBLEMS:
            answer["problems"] = [each.as_json() for each in self.said]
        elif self.outcome == Outcome.REFUSED:
            answer |= {"reason": self.reason, "sentence": self.said[0].sentence}
        return answer


def read_json(raw: bytes) -> Any:
    """What a sender's bytes say. Numbers stay as they were written, so that 3.5 and 1e3 are judged as on the desk page. Raises
    NotReadable for what is no JSON, for a member that stands twice in an object, and for a NUL."""
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError):
        raise NotReadable(NO_JSON) from None


def enter(body: Any, *, agencies: Sequence[Partner], by: Actor, channel: Channel, key: str = "") -> Answer:
    """Saves the count that `body` tells of, or says why not. See the module for what a body is and what the answers mean.

    `agencies`: those the sender may count for (`lbn.selectors.agencies.agencies_for`). `key`: used where the body has none.
    """
    if not isinstance(body, dict):
        return Answer(Outcome.PROBLEMS, said=[Said("", "A count is an object with a key, a day, a ZIP code and kits.")])
    reader = _Reader(body)
    client_key = reader.read("key", _parse_key, body.get("key") or key)
    answer_key = str(client_key or "")
    partner = _agency(body, agencies)
    if partner is None:
        return Answer(Outcome.REFUSED, answer_key, said=[Said("agency", NOT_YOURS)], reason="agency")
    entry = reader.entry()
    kits = KitType.objects.visible_to(by, Action.COUNTS_WRITE).filter(is_active=True)
    entry["kit_type"] = reader.kit_type(list(kits), partner, client_key)
    confirmed = reader.confirmed()
    if reader.problems:
        return Answer(Outcome.PROBLEMS, answer_key, said=reader.problems)
    try:
        count = log_count(**entry, partner=partner, client_key=client_key, confirmed=confirmed, channel=channel, by=by)
    except Unacceptable as wrong:
        if any(problem.code == "no_agency" for problem in wrong.problems):
            return Answer(Outcome.REFUSED, answer_key, said=[Said("agency", NOT_YOURS)], reason="agency")
        return Answer(Outcome.PROBLEMS, answer_key, said=[reader.said(problem) for problem in wrong.problems])
    except NeedsConfirming as asked:
        return Answer(Outcome.QUESTIONS, answer_key, said=[reader.said(question) for question in asked.questions])
    except KeyReused as reused:
        return Answer(Outcome.REFUSED, answer_key, reused.existing, [Said("key", str(reused))], "key_reused")
    except PeriodClosed as closed:
        return Answer(Outcome.REFUSED, answer_key, said=[Said("", str(closed))], reason="closed")
    return Answer(Outcome.SAVED_BEFORE if count.saved_before else Outcome.SAVED, answer_key, count)


class _Reader:
    """Reads the members of one body, and keeps what is wrong with them."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.problems = [
            Said(
                name if name.isidentifier() and len(name) <= 40 else "",
                "This is no part of a count. Leave it out: nothing but counts is taken, and nothing about a person.",
            )
            for name in body
            if name not in MEMBERS
        ]

    def read(self, name: str, parse: Callable[[str], Any], value: Any) -> Any:
        try:
            return parse(_text(value))
        except NotReadable as error:
            self.problems.append(Said(name, str(error), proposal=error.proposal or ""))
            return None

    def entry(self) -> dict[str, Any]:
        """The values that `log_count` takes; what could not be read is None and among the problems."""
        from_on, to_on = self._span()
        place, zip_code = self._where()
        return {
            "from_on": from_on,
            "to_on": to_on,
            "place": place,
            "zip_code": zip_code,
            "kits": self.read("kits", rules.parse_kits, self.body.get("kits")),
            "setting": _text(self.body.get("setting")),
            "recipient": _text(self.body.get("recipient")),
            **{name: self.read(name, rules.parse_besides, self.body.get(name)) for name in BESIDES},
        }

    def _span(self) -> tuple[dt.date | None, dt.date | None]:
        longer = "from" in self.body or "to" in self.body
        if "day" in self.body and longer:
            self.problems.append(Said("day", "Give a day, or the first and the last day, not both."))
            return None, None
        if longer:
            return tuple(self.read(name, rules.parse_day, self.body.get(name)) for name in ("from", "to"))
        day = self.read("day", rules.parse_day, self.body.get("day"))
        return day, day

    def _where(self) -> tuple[str, str]:
        text = _text(self.body.get("zip"))
        if text.lower() in (Place.UNKNOWN, Place.OUTSIDE):
            return text.lower(), ""
        return Place.ZIP, self.read("zip", rules.parse_zip, text) or ""

    def kit_type(self, kits: list[KitType], partner: Partner, client_key: uuid.UUID | None) -> KitType | None:
        """The kit that is named by number or name. Without a name, the only one there is, as on the desk page; what was saved under
        the key before stays what it was, though there be more kits now."""
        named = _text(self.body.get("kit_type"))
        if named:
            found = [kit for kit in kits if named == str(kit.pk) or named.casefold() == kit.name.casefold()]
            if not found:
                self.problems.append(Said("kit_type", rules.NOT_A_KIT))
            return found[0] if found else None
        before = Count.objects.filter(partner=partner, client_key=client_key).select_related("kit_type").first()
        if client_key and before:
            return before.kit_type
        return kits[0] if len(kits) == 1 else None

    def confirmed(self) -> list[str]:
        tokens = self.body.get("confirmed")
        if tokens is None:
            return []
        if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
            self.problems.append(Said("confirmed", "This is a list of the tokens that came with the questions."))
            return []
        return tokens

    def said(self, problem: Problem) -> Said:
        """A problem of the rules, in the sender's words."""
        name = _MEMBER_OF.get(problem.field, problem.field)
        if name in ("from", "to") and "day" in self.body:
            name = "day"
        if problem.severity == Severity.ERROR:
            return Said(name, problem.sentence)
        replaces = problem.token.replace("contains:", "replaces:", 1) if problem.code == "contains" else ""
        return Said(name, problem.sentence, problem.token, replaces)


def _agency(body: dict[str, Any], agencies: Sequence[Partner]) -> Partner | None:
    """The agency the body names; without a name, the sender's only one."""
    named = _text(body.get("agency"))
    if named:
        return next((agency for agency in agencies if str(agency.pk) == named), None)
    return agencies[0] if len(agencies) == 1 else None


def _parse_key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotReadable(NO_KEY) from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return _UNREADABLE


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members have each one value: of two, nobody knows which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotReadable(NO_JSON)
    return found


def _refuse(constant: str) -> None:
    raise NotReadable(NO_JSON)
