"""Dates as formats write them, in ISO 8601."""

import re
from datetime import date
from email.utils import parsedate

from documents.metadata import parse_date

_ISO = re.compile(r"(?P<year>\d{4})-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?(?=$|[T\s_:-]|Z)")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_PDF = re.compile(r"D:(?P<year>\d{4})(?P<month>\d\d)?(?P<day>\d\d)?")
_LONGEST = 100


def iso_date(written: str | None) -> str | None:
    """The day, the month or the year that was written, in ISO 8601; None if that is no date.

    Read are ISO 8601 itself, the dates of mail headers (RFC 5322) and of PDF, and what people write. The
    day is the one written, in whatever time zone it was; times of day are left out.
    """
    text = " ".join((written or "").split())
    if not text or len(text) > _LONGEST:
        return None
    for pattern in (_PDF, _ISO):
        found = pattern.match(text)
        if found:
            return _valid(*(found.groupdict().get(part) for part in ("year", "month", "day")))
    if _YEAR.fullmatch(text):
        return text
    parsed = None if text.isdigit() else parsedate(text)
    if parsed:
        return _valid(*(str(part) for part in parsed[:3]))
    return parse_date(text)


def _valid(year: str | None, month: str | None, day: str | None) -> str | None:
    try:
        whole = date(int(year or 0), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return None
    # Years that clocks show which were never set, and that nobody wrote on a computer.
    if not "1500" <= whole[:4] <= "2100":
        return None
    return whole if day else whole[:7] if month else whole[:4]
