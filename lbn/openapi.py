"""The API's description in OpenAPI 3.1, made from the choice lists and limits that the counts obey."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from lbn.entering import MEMBERS
from lbn.enums import Recipient, Setting
from lbn.rules import HARD_CAP
from lbn.tokens import MOST

# What each member of a count is, for people and for programs. `lbn.entering` says what they mean together.
_WHOLE = {"type": ["integer", "string"], "minimum": 0, "maximum": HARD_CAP, "pattern": "^ *[0-9,]+ *$"}
_NOT_SAID = {"type": ["integer", "string", "null"], "minimum": 0, "maximum": HARD_CAP, "pattern": "^ *[0-9,]* *$"}
_DAY = {"type": "string", "format": "date", "examples": ["2026-11-20"]}
FIELDS: dict[str, dict[str, Any]] = {
    "key": {
        "type": "string",
        "format": "uuid",
        "description": "Made by you, one for each count, and kept with it. The same key and count again add nothing; the same key with "
        "another count is refused. May be left out when the request has an Idempotency-Key.",
    },
    "agency": {"type": ["integer", "string"], "description": "May be left out: the token names the agency."},
    "day": _DAY | {"description": "The day the kits were left. Or say “from” and “to” instead."},
    "from": _DAY | {"description": "The first day of a longer time, up to a year."},
    "to": _DAY | {"description": "The last day of it."},
    "zip": {
        "type": ["string", "integer"],
        "description": "Five digits, “unknown” or “outside” (outside the coalition's area). Never a made-up ZIP code. The four digits "
        "after a hyphen are dropped.",
        "examples": ["12207", "unknown", "outside"],
    },
    "kits": _WHOLE
    | {"description": "Kits left. Several kits may go to one person; kits are not doses. 0 says that none were left."},
    "setting": {
        "type": ["string", "null"],
        "enum": [*Setting.values, None],
        "description": "Where it happened. Empty: not recorded.",
    },
    "recipient": {
        "type": ["string", "null"],
        "enum": [*Recipient.values, None],
        "description": "With whom the kits were left, in one word for all of them. Empty: not recorded. Nothing about a person is taken.",
    },
    "kit_type": {
        "type": ["string", "integer", "null"],
        "description": "The name or number of one of the coalition's kits. Left out: its only one, or not recorded.",
    },
    "declined": _NOT_SAID | {"description": "How often a kit was offered and declined. Left out: not said."},
    "none_available": _NOT_SAID | {"description": "How often there was no kit to leave. Left out: not said."},
    "reversals": _NOT_SAID | {"description": "Reversals reported. Left out: not said."},
    "confirmed": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "The tokens of the questions you answer with yes.",
    },
}
_SAID = {
    "type": "object",
    "required": ["field", "sentence"],
    "properties": {
        "field": {"type": "string", "description": "The member it is about; empty for the whole count."},
        "sentence": {"type": "string", "description": "For people: what is wrong or asked, and what to do."},
        "token": {"type": "string", "description": "Send it in `confirmed` to say yes."},
        "replaces": {
            "type": "string",
            "description": "Send it instead of `token` to say: yes, and the total takes the place of those entries.",
        },
        "proposal": {"type": "string", "description": "What may have been meant. Ask a person."},
    },
}
_ANSWER = {
    "type": "object",
    "required": ["outcome", "key"],
    "properties": {
        "outcome": {"enum": ["saved", "saved_before", "questions", "problems", "refused"]},
        "key": {"type": "string"},
        "saved": {
            "type": "object",
            "description": "The count as it stands in the portal.",
            "properties": {
                "id": {"type": "integer"},
                "text": {"type": "string"},
                "from": {"type": "string", "format": "date"},
                "to": {"type": "string", "format": "date"},
                "zip": {"type": "string"},
                "kits": {"type": "integer"},
            },
        },
        "questions": {"type": "array", "items": {"$ref": "#/components/schemas/Said"}},
        "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Said"}},
        "reason": {"enum": ["key_reused", "closed", "agency"]},
        "sentence": {"type": "string"},
        "status": {"type": "integer", "description": "In a list: what this count alone would have been answered with."},
    },
}
_ANSWERS = {
    "type": "object",
    "required": ["saved", "not_saved", "results"],
    "properties": {
        "saved": {"type": "integer", "description": "Counts you may forget: they are saved, now or before."},
        "not_saved": {"type": "integer"},
        "results": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Answer"},
            "description": "One for each count, in the order you sent them.",
        },
    },
}


def document() -> dict[str, Any]:
    """The whole document."""
    either = {"oneOf": [{"$ref": "#/components/schemas/Answer"}, {"$ref": "#/components/schemas/Answers"}]}
    answer = {"content": {"application/json": {"schema": either}}}
    ways = [{"$ref": f"#/components/schemas/{name}"} for name in ("Answer", "Answers", "Error")]
    wrong = {"content": {"application/json": {"schema": {"anyOf": ways}}}}
    error = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    later = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Leave-behind naloxone counts",
            "version": "1",
            "description": "Send an agency's counts of leave-behind naloxone from its records system. Counts only: nothing about a person "
            "is taken, and counts are never used for enforcement or investigation.",
        },
        "servers": [{"url": settings.SITE_URL or "/"}],
        "security": [{"token": []}],
        "paths": {
            "/api/v1/counts": {
                "post": {
                    "operationId": "sendCounts",
                    "summary": f"Send one count, or up to {MOST}",
                    "description": "Each count stands for itself: those that can be saved are. Send the whole request again until all are "
                    "saved; nothing is doubled.",
                    "parameters": [
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "schema": {"type": "string", "maxLength": 200},
                            "description": "Gives a key to each count that has none, by its place in the request.",
                        }
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {
                                "schema": {
                                    "oneOf": [
                                        {"$ref": "#/components/schemas/Count"},
                                        {
                                            "type": "array",
                                            "minItems": 1,
                                            "maxItems": MOST,
                                            "items": {"$ref": "#/components/schemas/Count"},
                                        },
                                    ]
                                }
                            }
                        },
                    },
                    "responses": {
                        "200": {"description": "Saved before; nothing was added.", **answer},
                        "201": {"description": "Saved.", **answer},
                        "401": {"description": "No token, or one that does not exist or was revoked.", **error},
                        "403": {"description": "Not an active agency of this token.", **answer},
                        "409": {
                            "description": "Questions to answer with `confirmed`, or the reporting period is closed.",
                            **answer,
                        },
                        "413": {"description": "Too much at once.", **error},
                        "415": {"description": "Not JSON.", **error},
                        "422": {"description": "Something is wrong; the sentence says what.", **wrong},
                        "429": {"description": "Too many requests.", "headers": later, **error},
                        "503": {"description": "Try again: the same request.", "headers": later, **error},
                    },
                }
            }
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Count": {
                    "type": "object",
                    "required": ["zip", "kits"],
                    "anyOf": [{"required": ["day"]}, {"required": ["from", "to"]}],
                    "additionalProperties": False,
                    "properties": {name: FIELDS[name] for name in MEMBERS},
                    "examples": [EXAMPLE],
                },
                "Said": _SAID,
                "Answer": _ANSWER,
                "Answers": _ANSWERS,
                "Error": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {"error": {"type": "string"}},
                },
            },
        },
    }


EXAMPLE = {
    "key": "5f0c7a3e-8d1b-4a52-9c37-1f2e6b9d4a10",
    "day": "2026-11-20",
    "zip": "12207",
    "kits": 3,
    "setting": "overdose_scene",
}
