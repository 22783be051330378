"""When a place is open, as people write it: "Mon–Fri 8 am–5 pm; Sat 9-noon". What is not understood for sure is not guessed at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes
_DAYS = (
    ("mondays", "monday", "mon", "mo", "m"),
    ("tuesdays", "tuesday", "tues", "tue", "tu"),
    ("wednesdays", "wednesday", "weds", "wed", "we", "w"),
    ("thursdays", "thursday", "thurs", "thur", "thu", "th"),
    ("fridays", "friday", "fri", "fr", "f"),
    ("saturdays", "saturday", "sat", "sa"),
    ("sundays", "sunday", "sun", "su"),
)
_NUMBERS = {word: number for number, words in enumerate(_DAYS) for word in words}
_SEVERAL = {"daily": range(7), "everyday": range(7), "weekdays": range(5), "weekends": range(5, 7)}
_ALWAYS = re.compile(
    r"(open )?(24/7|24 hours( a day)?([ ,]+(7 days( a week)?|every ?day|daily))?|always open|around the clock)"
)
_BY_APPOINTMENT = re.compile(r"(only )?by appointment( only)?|appointments? only")
_TOKEN = re.compile(r"\s*(?:(?P<time>\d{1,2}(?::\d\d)?\s*(?:am|pm)?(?![\w:]))|(?P<word>[a-z]+)|(?P<sign>[-,]))")


@dataclass(frozen=True)
class Span:
    """From a minute of the week (Monday's midnight is 0) to another; one that goes over midnight ends on the next day."""

    start: int
    end: int

    @property
    def day(self) -> int:
        return self.start // DAY

    @property
    def times(self) -> tuple[int, int]:
        """The minutes of the day."""
        return self.start % DAY, self.end - self.day * DAY


Spans = tuple[Span, ...]
ALWAYS: Spans = tuple(Span(day * DAY, (day + 1) * DAY) for day in range(7))


def is_open(hours: str, at: dt.datetime) -> bool | None:
    """Whether it is open at this moment, in local time; None where the words are not understood."""
    spans = understood(hours)
    if spans is None:
        return None
    minute = at.weekday() * DAY + at.hour * 60 + at.minute
    return any(span.start <= now < span.end for span in spans for now in (minute, minute + WEEK))


@lru_cache(maxsize=4096)
def understood(hours: str) -> Spans | None:
    """The times somebody wrote; None where there is a word more than days and times, or a day is missing."""
    text = _plain(hours)
    if _ALWAYS.fullmatch(text):
        return ALWAYS
    found: list[Span] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        spans = _part(part)
        if spans is None:
            return None
        found += spans
    return tuple(sorted(set(found), key=lambda span: (span.start, span.end))) if text else None


def is_by_appointment(hours: str) -> bool:
    """Whether that is all they say."""
    return _BY_APPOINTMENT.fullmatch(_plain(hours)) is not None


def _plain(text: str) -> str:
    text = text.casefold().replace("\n", ";").replace(".", "").replace(":00", "")
    text = re.sub(r"[–—−‐]| to | through | thru | until ", "-", text)
    text = re.sub(r"&| and |/(?!7)|\+", ",", text)
    text = re.sub(r"\bnoon\b", "12 pm", text)
    text = re.sub(r"(?<=-)\s*midnight\b", "12 am", text)
    text = re.sub(r"(?<=\d)\s*([ap])m?\b", r" \1m", text)
    text = re.sub(r"\b(every day|7 days a week|7 days|seven days a week)\b", "everyday", text)
    text = re.sub(r"^(hours|open)[: ]+", "", text.strip())
    return re.sub(r"(?<=[a-z]):", " ", " ".join(text.split())).strip(" ;,")


def _part(text: str) -> list[Span] | None:
    """Days and then their times, perhaps several of both: "mon,wed 9-5,sat 10-2"."""
    tokens = _tokens(text)
    if not tokens:
        return None
    found: list[Span] = []
    days: list[int] = []
    at, had_times = 0, True
    while at < len(tokens):
        kind, value = tokens[at]
        if kind == "sign":
            at += 1
        elif kind == "word" and value == "closed" and days:
            days, had_times, at = [], True, at + 1
        elif kind == "word":
            more, at = _days(tokens, at)
            if not more:
                return None
            days, had_times = (more, False) if had_times else ([*days, *more], False)
        else:
            span, at = _times(tokens, at)
            if span is None or not days:
                return None
            found += [Span(day * DAY + span[0], day * DAY + span[1]) for day in days]
            had_times = True
    return found if had_times else None


def _tokens(text: str) -> list[tuple[str, str]] | None:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        at = match.end()
    return found


def _days(tokens: Sequence[tuple[str, str]], at: int) -> tuple[list[int], int]:
    """The days from here on, and where they end; none for a word that is no day."""
    word = tokens[at][1]
    if word in _SEVERAL:
        return list(_SEVERAL[word]), at + 1
    first = _NUMBERS.get(word)
    if first is None:
        return [], at
    after = tokens[at + 1 : at + 3]
    if len(after) == 2 and after[0] == ("sign", "-") and after[1][0] == "word":
        last = _NUMBERS.get(after[1][1])
        if last is None:
            return [], at
        return [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)], at + 3
    return [first], at + 1


def _times(tokens: Sequence[tuple[str, str]], at: int) -> tuple[tuple[int, int] | None, int]:
    """ "9 am - 5 pm" as minutes, and where it ends."""
    after = tokens[at + 1 : at + 3]
    if len(after) < 2 or after[0] != ("sign", "-") or after[1][0] != "time":
        return None, at
    one, other = _clock(tokens[at][1]), _clock(after[1][1])
    if one is None or other is None:
        return None, at
    (start, half), (end, other_half) = one, other
    if half is None and other_half is None:
        if start >= 13 * 60 or end >= 13 * 60 or tokens[at][1].startswith("0"):  # a clock of 24 hours
            return (start, end if end > start else end + DAY), at + 3
        start = start % 720 + (720 if start % 720 < 7 * 60 else 0)  # nobody opens at one in the night without saying so
        end = end % 720
    elif half is None:
        start, end = start % 720, end % 720 + 720 * int(other_half == "pm")
        same = start + 720 * int(other_half == "pm")
        start = same if same < end or (end == 0 and other_half == "am") else start + 720 * int(other_half == "am")
        return (start, end if end > start else end + DAY), at + 3
    else:
        start = start % 720 + 720 * int(half == "pm")
        end = end % 720 + (720 * int(other_half == "pm") if other_half else 0)
        if other_half:
            return (start, end if end > start else end + DAY), at + 3
    while end <= start:  # the first such hour after it opens
        end += 720
    return (start, end), at + 3


def _clock(text: str) -> tuple[int, str | None] | None:
    """Minutes as they stand there, and whether am or pm was said."""
    match = re.fullmatch(r"(\d{1,2})(?::(\d\d))?\s*(am|pm)?", text)
    if match is None or int(match[1]) > (12 if match[3] else 24) or int(match[2] or 0) > 59:
        return None
    return int(match[1]) * 60 + int(match[2] or 0), match[3]


@dataclass(frozen=True)
class HourWords:
    """What is said of days and times in a language. `days`: seven, from Monday; `day_to_day` stands between two days of a run."""

    days: tuple[str, ...]
    every_day: str
    always: str
    day_to_day: str
    noon: str


def said(spans: Spans, words: HourWords) -> str:
    """Times that were understood, in a language: "lun a vie 8 am–5 pm; sáb 9 am–mediodía"."""
    if spans == ALWAYS:
        return words.always
    times: dict[int, list[tuple[int, int]]] = {}
    for span in spans:
        times.setdefault(span.day, []).append(span.times)
    by_times: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for day in sorted(times):
        by_times.setdefault(tuple(times[day]), []).append(day)
    return "; ".join(
        f"{_days_said(days, words)} {', '.join(_times_said(one, words) for one in each)}"
        for each, days in by_times.items()
    )


def _days_said(days: list[int], words: HourWords) -> str:
    if len(days) == len(_DAYS):
        return words.every_day
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{words.days[run[0]]}{words.day_to_day}{words.days[run[-1]]}"
        if len(run) > 2
        else ", ".join(words.days[day] for day in run)
        for run in runs
    )


def _times_said(times: tuple[int, int], words: HourWords) -> str:
    return "–".join(_clock_said(minute % DAY, words) for minute in times)


def _clock_said(minute: int, words: HourWords) -> str:
    if minute == DAY // 2:
        return words.noon
    hour, rest = divmod(minute, 60)
    return f"{hour % 12 or 12}{f':{rest:02}' if rest else ''} {'am' if hour < 12 else 'pm'}"
