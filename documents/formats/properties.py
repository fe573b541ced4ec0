"""What a file's own properties say, where that can be believed."""

import re
from datetime import date
from pathlib import PurePosixPath

_FILE_NAME = re.compile(
    r"\S+\.(?:docx?|pptx?|xlsx?|pdf|odt|rtf|tex|dvi|indd|qxd|p65|html?|txt|jpe?g|png)", re.IGNORECASE
)
_PROGRAM = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)|powerpoint presentation|adobe \w+)\b\s*-?\s*", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"\W*|\(?(?:untitled|anonymous|unknown|unspecified|none|null|document|doc|title|layout|slide|presentation"
    r"|untitled[- ](?:document|spreadsheet|presentation)|titel|unbenannt|no ?title|temp|test)\)?\W*\d*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"\W*|\(?(?:anonymous|unknown|unspecified|none|null|user|admin(?:istrator)?|root|owner|author|default"
    r"|guest|python-docx|python-pptx|openpyxl|xlsxwriter|microsoft.*|windows.*|office.*|preferred customer"
    r"|apache poi|libreoffice|unstructured)\)?\W*\d*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{2,}")
_DATE = re.compile(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)(?!\d)|(?:D:)(\d{4})(\d\d)(\d\d)")
# The dates in the templates of Office programs and of libraries that write their files.
_TEMPLATES = frozenset(("1996-10-14", "2006-09-16", "2013-01-27", "2013-12-23", "2015-06-05"))
_LONGEST = 300  # characters
_SHOWN_IN = 20_000


def title_said(title: object, text: str, name: str) -> str | None:
    """A title from a file's properties, if the text bears it out: most others are a template's or a name."""
    said = _PROGRAM.sub("", _clean(title))
    if said.casefold() == PurePosixPath(name).stem.casefold():
        return None
    if len(said) > _LONGEST or _NO_TITLE.fullmatch(said) or _FILE_NAME.fullmatch(said):
        return None
    words = {word.casefold() for word in _WORD.findall(said)}
    shown = text[:_SHOWN_IN].casefold()
    borne_out = sum(word in shown for word in words)
    return said if words and 2 * borne_out >= len(words) else None


def author_said(author: object) -> str | None:
    """An author from a file's properties, if that is somebody."""
    said = _clean(author)
    return None if len(said) > _LONGEST or _NO_AUTHOR.fullmatch(said) else said


def date_said(written: object) -> str | None:
    """The day a file was made, in ISO 8601: from ``D:20231129…`` or ``2023-11-29T…``."""
    match = _DATE.match(_clean(written))
    if not match:
        return None
    try:
        day = date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None
    iso = day.isoformat()
    return iso if 1980 <= day.year <= 2100 and iso not in _TEMPLATES else None


def language_said(code: object) -> str | None:
    """The ISO 639-1 code of a language tag such as ``en-GB``."""
    match = re.match(r"([a-zA-Z]{2})(?:[-_]|$)", _clean(code))
    return match[1].lower() if match else None


def _clean(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return " ".join(text.replace("\0", " ").split())
