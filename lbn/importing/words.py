"""What people write in such files, and what the portal says about their rows."""

from typing import Any

from lbn.enums import Place, Recipient, Setting

# What a person is asked about rows that could be right; one answer for all rows of a kind.
ASKED = {
    "padding": "ZIP codes that lost a leading zero",
    "zip_unknown": "ZIP codes that are not in our list",
    "zip_outside": "ZIP codes outside our counties",
    "kits_unusual": "Unusually large numbers",
    "besides_unusual": "Unusually large numbers besides the kits",
    "serial": "Dates that are Excel's day numbers",
    "choices": "Words that are not in our lists",
    "alike_file": "Rows that look like another row of the file",
    "alike_there": "Rows that look like an entry already there",
    "overlap": "Rows that cover entries already there, or lie within one",
}
# The answers.
IMPORT, LEAVE_OUT, KEEP_ONE = "import", "leave_out", "keep_one"
FLAG = {name: 1 << position for position, name in enumerate(ASKED)}

# Why a row is no entry, and no mistake either.
SKIPPED = {
    "merged": ("blank row of merged cells", "blank rows of merged cells"),
    "blank": ("blank row", "blank rows"),
    "hidden": ("hidden row", "hidden rows"),
    "removed": ("row marked as removed", "rows marked as removed"),
    "total": ("row of totals", "rows of totals"),
    "header": ("repeated header", "repeated headers"),
    "no_number": (
        "row without a number of kits: blank is not zero, so it counts as not reported",
        "rows without a number of kits: blank is not zero, so they count as not reported",
    ),
    "no_number_cell": (
        "cell without a number of kits: blank is not zero, so it counts as not reported",
        "cells without a number of kits: blank is not zero, so they count as not reported",
    ),
    "note": ("note below or between the counts", "notes below or between the counts"),
}

# What people write → what it is, in plain words (`personal.words_of`). The portal's own labels need no entry.
_PLACES = {
    Place.UNKNOWN: "unknown|unk|not known|zip not known|zip unknown|no zip|none given|not recorded",
    Place.OUTSIDE: "outside|outside the area|outside our area|out of area|out of county|out of state|outside county",
}
_SETTINGS = {
    Setting.OVERDOSE_SCENE: "overdose|od|od scene|scene|scene of overdose|overdose call|overdose response|ods|911 overdose",
    Setting.OTHER_ENCOUNTER: "encounter|other call|traffic stop|patrol|wellness check|street outreach|outreach",
    Setting.DEFLECTION: "deflection|diversion|pre arrest diversion|lead program",
    Setting.MASS_GATHERING: "event|community event|concert|festival|fair|large event",
    Setting.REENTRY: "probation|parole|reentry|re entry|jail release|jail|release from jail|community supervision",
    Setting.VENDING: "vending|vending machine|public box|box|naloxbox|wall box|cabinet|kiosk",
    Setting.NOT_RECORDED: "unknown|n a|na|none|not recorded|not known|blank",
}
_RECIPIENTS = {
    Recipient.PERSON_AT_RISK: "at risk|at risk person|at risk individual|individual|self|survivor|overdose survivor|person who uses drugs",
    Recipient.FAMILY: "family member|family members|relative|parent|mother|father|spouse|partner|sibling|household",
    Recipient.FRIEND: "friends|roommate|neighbor|friend or family",
    Recipient.BYSTANDER: "bystanders|witness|passer by|public|community member",
    Recipient.NOT_RECORDED: "unknown|n a|na|none|not recorded|not known|blank",
}


# By these first columns the portal's own export (`lbn.resources`) is known, which comes in again as it went out.
WHO = "Counted by"
EXPORTED = (
    "Agency",
    "First day",
    "Last day",
    "ZIP code",
    "Kits",
    "Setting",
    "Left with",
    "Kit",
)
# What the file of errors adds to the columns of the file.
MENDING = ("Row in the file", "What to mend")
# What the column of an export says of an entry that no longer counts.
REMOVED = frozenset({"yes", "y", "removed", "true", "x", "1"})


def _by_words(words: dict[Any, str]) -> dict[str, Any]:
    return {text: value for value, texts in words.items() for text in texts.split("|")}


PLACES, SETTINGS, RECIPIENTS = _by_words(_PLACES), _by_words(_SETTINGS), _by_words(_RECIPIENTS)
