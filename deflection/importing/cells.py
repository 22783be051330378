"""What a cell of a list of local help means: values as the directory keeps them. Cells may have line breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coalitions.names import words_of
from deflection.directory import SHORT
from deflection.models import ResourceCategory

# Other words for a kind of help that leave no doubt. All others are asked about.
_CALLED = {
    "inpatient": "inpatient|inpatient treatment|residential|residential treatment|inpatient residential",
    "outpatient": "outpatient|outpatient treatment|intensive outpatient|iop",
    "opioid-treatment-programs": "otp|opioid treatment program|methadone|methadone clinic|methadone maintenance|methadone clinics",
    "buprenorphine-vivitrol": "buprenorphine|suboxone|vivitrol|naltrexone|buprenorphine provider|buprenorphine prescriber|"
    "office based opioid treatment|obot",
    "self-help": "self help|self help group|mutual aid|mutual support|support group|support groups|peer support|recovery support|"
    "recovery coaching|12 step",
    "harm-reduction": "harm reduction|syringe services|syringe services program|ssp|naloxone|narcan",
    "housing": "housing|shelter|shelters|emergency shelter|temporary housing|recovery housing|housing services",
    "social-services": "social services|social service|social service agency|food|food pantry|benefits|basic needs",
    "work-and-education": "employment|education|vocational|job training|jobs|employment services|vocational services|"
    "work|school|employment and education",
}
_HOUSE = re.compile(r"\d+[A-Za-z]?(?:-\d+)?\s+\S|p\.?\s?o\.? box", re.IGNORECASE)
_END = re.compile(
    r"^(?P<address>.*?)[,\s]*(?:,|\n|^)\s*(?P<town>[A-Za-z][A-Za-z .'’-]*?),?\s+(?P<state>[A-Z]{2})\.?,?(?:\s+(?P<zip>\d{5})(?:-\d{4})?)?$",
    re.DOTALL,
)
_ZIP = re.compile(r"(\d{3,5})(?:-\d{4})?(?:\.0)?")
_BARE = re.compile(r"1?(\d{3})(\d{3})(\d{4})(?:\.0)?")  # as a spreadsheet keeps a number
_NUMBERS = re.compile(r"\s*(?:\n|;|\bor\b|/)\s*")


def one_line(text: str, between: str = " ") -> str:
    """The lines of a cell as one."""
    return between.join(filter(None, (" ".join(line.split()).strip(" ,;") for line in text.splitlines())))


class Kinds:
    """The nine kinds of help, by what people call them."""

    def __init__(self) -> None:
        self.by_key = {kind.pk: kind for kind in ResourceCategory.objects.all()}
        self._by_words = {words_of(called): key for key, names in _CALLED.items() for called in names.split("|")}
        self._by_words |= {words_of(kind.name): key for key, kind in self.by_key.items()}
        self._by_words |= {words_of(short): key for key, short in SHORT.items()}

    def of(self, text: str) -> str:
        """The key of a kind of help; empty for what is none for sure."""
        return self._by_words.get(words_of(text), "")

    def named_in(self, cell: str) -> list[str]:
        """The names in a cell. A kind's own name may hold a comma or an "or"."""
        found: list[str] = []
        for piece in re.split(r"\s*[;|\n]\s*", cell.strip()):
            parts = (
                [piece] if self.of(piece) or ("," not in piece and "/" not in piece) else re.split(r"\s*[,/]\s*", piece)
            )
            found += [part.strip() for part in parts if part.strip()]
        return list(dict.fromkeys(found))


def sites_in(address: str, phone: str) -> list[tuple[str, str]]:
    """The addresses in a cell, each with its line of the phone cell where that has as many. One that goes over several lines is one."""
    lines = [" ".join(line.split()).strip(" ;") for line in address.splitlines()]
    starts = [n for n, line in enumerate(lines) if _HOUSE.match(line)]
    if len(starts) < 2:
        return [(one_line(address, ", "), "")] if address.strip() else []
    parts = [", ".join(filter(None, lines[a:b])) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    phones = [line.strip() for line in phone.splitlines() if line.strip()]
    return list(zip(parts, phones if len(phones) == len(parts) else [""] * len(parts), strict=True))


def parted(address: str) -> tuple[str, str, str]:
    """Street, town and ZIP of an address that ends with town, state and perhaps a ZIP; the whole and nothing for any other."""
    match = _END.match(address.strip())
    if match is None or not match["town"].strip():
        return address, "", ""
    return match["address"].strip(" ,\n"), match["town"].strip(), match["zip"] or ""


def zip_code(text: str) -> str:
    """Five digits; a spreadsheet drops the zeros in front. Empty for what is no ZIP."""
    match = _ZIP.fullmatch(text.strip())
    return match[1].zfill(5) if match else ""


def first_phone(text: str, room: int) -> tuple[str, str]:
    """The number to call, and the others, where they do not all fit."""
    whole = one_line(text, "; ")
    if bare := _BARE.fullmatch(whole):
        return "-".join(bare.groups()), ""
    if len(whole) <= room:
        return whole, ""
    numbers: Sequence[str] = [number for number in _NUMBERS.split(text) if number]
    return " ".join(numbers[0].split())[:room], "; ".join(" ".join(number.split()) for number in numbers[1:])


def digits(phone: str) -> str:
    """The last ten digits of the first number; empty for less."""
    found = re.sub(r"\D", "", re.split(r"[;/]|\bor\b|ext|x", phone, maxsplit=1, flags=re.IGNORECASE)[0])
    return found[-10:] if len(found) >= 10 else ""
