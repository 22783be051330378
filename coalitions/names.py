"""Names of organizations as they are compared: what is the same organization is written in many ways."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

NEAR = 0.86  # how alike two names are that may be meant for each other
# Written short and in full.
_LONG = {
    "dept": "department",
    "dep": "department",
    "pd": "police department",
    "fd": "fire department",
    "vfd": "volunteer fire department",
    "so": "sheriffs office",
    "st": "saint",
    "ste": "saint",
    "mt": "mount",
    "co": "county",
    "cty": "county",
    "univ": "university",
    "hosp": "hospital",
    "med": "medical",
    "ctr": "center",
    "centre": "center",
    "svc": "service",
    "svcs": "services",
    "assn": "association",
    "assoc": "association",
    "intl": "international",
    "natl": "national",
    "govt": "government",
    "sheriff": "sheriffs",
}
# Says nothing about which organization it is: "Troy Police" is the Troy Police Department.
_SILENT = {
    "department",
    "office",
    "the",
    "of",
    "for",
    "inc",
    "incorporated",
    "llc",
    "corp",
    "corporation",
    "ltd",
    "pllc",
    "pc",
}


def words_of(text: str) -> str:
    """Small letters, no signs, "&" as "and"."""
    spaced = text.casefold().replace("&", " and ").replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^\w]+", " ", re.sub(r"(?<=\b\w)\.(?=\w\b)", "", spaced)).split())


def organization(name: str) -> str:
    """The same for names that are likely the same organization: "Troy P.D.", "Troy Police Dept." and "The Troy Police Department, Inc."."""
    spelled = " ".join(_LONG.get(word, word) for word in words_of(name).split()).split()
    words = [word for word in spelled if word not in _SILENT]
    # "Department of Health, Rensselaer County" and "Rensselaer County Health Department": the order says nothing.
    return " ".join(sorted(words or spelled))


def site_of(website: str) -> str:
    """The host of a website without "www."; empty for none."""
    return page_of(website).partition("/")[0]


def page_of(website: str) -> str:
    """Host and path: two that share a page are one organization, two that share a county's host need not be. Empty for none."""
    try:
        parts = urlsplit(website if "//" in website else f"https://{website}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return f"{host}{parts.path.rstrip('/').casefold()}" if "." in host else ""


def _numbers(words: str) -> list[str]:
    return sorted(each.lstrip("0") for each in re.findall(r"\d+", words))


def near(text: str, names: Mapping[str, str], most: int = 3) -> list[str]:
    """Keys of names that may be meant by a text, the likeliest first. `names`: key → words as `words_of` or `organization` gives them.

    Numbers are never a slip of the pen: Engine Company 1 is not Engine Company 2.
    """
    matcher = difflib.SequenceMatcher(b=text)
    number = _numbers(text)
    found = []
    for key, words in names.items():
        if number and (other := _numbers(words)) and other != number:
            continue
        matcher.set_seq1(words)
        if matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and (ratio := matcher.ratio()) >= NEAR:
            found.append((-ratio, key))
    return [key for _, key in sorted(found)][:most]
