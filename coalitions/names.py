"""Names of organizations as they are compared: what is the same organization is written in many ways."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

import numpy as np

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


class Names:
    """Names that are compared with one text after another; 2,000 with 2,000 take a second. `of`: key → words as `words_of` or
    `organization` gives them."""

    _BUCKETS = 64  # letters that fall into one count as the same: names look more alike than they are, never less

    def __init__(self, of: Mapping[str, str] | None = None) -> None:
        self._keys: list[str] = []
        self._words: list[str] = []
        self._lengths = np.zeros(256, np.int16)
        self._held = np.zeros((self._BUCKETS, 256), np.int16)  # how many letters of each bucket a name has
        for key, words in (of or {}).items():
            self.add(key, words)

    def add(self, key: str, words: str) -> None:
        """One more name."""
        at = len(self._keys)
        if at == len(self._lengths):
            self._lengths = np.concatenate([self._lengths, np.zeros_like(self._lengths)])
            self._held = np.concatenate([self._held, np.zeros_like(self._held)], axis=1)
        self._keys.append(key)
        self._words.append(words)
        self._lengths[at] = len(words)
        for bucket, letters in self._letters(words).items():
            self._held[bucket, at] = letters

    def near(self, text: str, most: int = 3) -> list[str]:
        """Keys of the names that may be meant by a text, the likeliest first.

        Numbers are never a slip of the pen: Engine Company 1 is not Engine Company 2.
        """
        matcher = difflib.SequenceMatcher(b=text)
        number = _numbers(text)
        found = []
        for at in self._likely(text):
            words = self._words[at]
            if number and (other := _numbers(words)) and other != number:
                continue
            matcher.set_seq1(words)
            if (ratio := matcher.ratio()) >= NEAR:
                found.append((-ratio, self._keys[at]))
        return [key for _, key in sorted(found)][:most]

    def _likely(self, text: str) -> list[int]:
        """Where the names stand that share enough letters with the text to be near it, in whatever order these are. Few are left then
        for the comparison that counts, which is slow."""
        letters, many = self._letters(text), len(self._keys)
        if not letters or not many:
            return []
        at_most = np.array(list(letters.values()), np.int16)[:, None]
        shared = np.minimum(self._held[list(letters), :many], at_most).sum(axis=0)
        return [int(at) for at in np.flatnonzero(2.0 * shared / (self._lengths[:many] + len(text)) >= NEAR)]

    def _letters(self, words: str) -> Counter[int]:
        return Counter(ord(letter) % self._BUCKETS for letter in words)


def near(text: str, names: Mapping[str, str]) -> list[str]:
    """Keys of names that may be meant by a text, the likeliest first. For many texts keep a `Names`."""
    return Names(names).near(text)
