"""The words a reader meets in a data file or a template, and those the portal does not use about people."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Left: what older texts say. Right: what the portal says instead, for whoever reads a failure.
INSTEAD = {
    r"addicts?|addicted|addiction|abusers?|users?": "person who uses drugs; person with a substance use disorder; a person",
    r"abuse[ds]?|misuse[ds]?|misusing|habits?": "substance use; use disorder",
    r"clean|dirty": "negative or positive test; in recovery",
    r"medication[- ]?assisted treatment": "medications for opioid use disorder",
    r"needle exchanges?": "syringe services program",
    r"opiate treatment programs?": "opioid treatment program",
    r"victims?": "person who experienced an overdose",
    r"refused": "declined",
    r"relapse[ds]?": "return to use",
    r"lives saved": "reported reversals",
    r"you should|you need to": "would you be open to",
}
# A quoted piece of a template tag is read by people only when it is a phrase; "accounts/user.html" is not.
PHRASE_IN_TAG = re.compile(r"""(["'])((?:(?!\1).)*\s(?:(?!\1).)*)\1""")
TEMPLATE_CODE = re.compile(r"{%\s*comment.*?{%\s*endcomment\s*%}|{#.*?#}|{{.*?}}|{%.*?%}", re.DOTALL)
READ_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "content"}


def words_to_mend(text: str) -> list[str]:
    """Each discouraged word in `text`, with what to say instead."""
    found = []
    for pattern, better in INSTEAD.items():
        found += [f"“{match[0]}”: {better}" for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE)]
    return found


class _Reader(HTMLParser):
    """Collects what a person sees or a screen reader says; scripts and styles are neither."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style")
        self.pieces += [value for name, value in attrs if name in READ_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)


def text_of_template(source: str) -> str:
    """What a template says to people: its text, the attributes that are read out, and phrases inside its tags."""
    phrases: list[str] = []

    def lift(code: re.Match[str]) -> str:
        if code[0].startswith(("{%", "{{")) and "endcomment" not in code[0]:
            phrases.extend(found[2] for found in PHRASE_IN_TAG.finditer(code[0]))
        return " "

    reader = _Reader()
    reader.feed(TEMPLATE_CODE.sub(lift, source))
    reader.close()
    return "\n".join([*reader.pieces, *phrases])


def rows(path: str) -> list[dict[str, str]]:
    """The rows of a data file, by its path below the project folder."""
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
