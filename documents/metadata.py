"""The title and the date that a text shows of itself."""

import re
from datetime import date
from pathlib import PurePosixPath

from documents.document import Section
from documents.lines import Line

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\.?)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_TIME = r"(?:[T,\s]+(?:at\s+)?\d{1,2}[:.]\d\d(?:[:.]\d\d(?:\.\d+)?)?\s*(?:[ap]\.?m\.?|[A-Z]{2,4}|Z|[+-]\d\d:?\d\d)?)?"
_DATES = tuple(
    re.compile(rf"(?:{_WEEKDAY},?\s+)?(?:{pattern}){_TIME}", re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}[-/.](?P<month>[01]?\d)[-/.]{_DAY}",
        rf"{_YEAR}\s*年\s*(?P<month>[01]?\d)\s*月(?:\s*(?P<day>[0-3]?\d)\s*日)?",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}",
        rf"{_YEAR}\s+{_MONTH}(?:\s+{_DAY})?",
        rf"{_MONTH},?\s+{_YEAR}",
    )
)
_LABEL = re.compile(
    r"(?:(?:ends?|issued(?: (?:at|on))?|date[d]?|published(?: on)?|posted(?: on)?|updated|last updated|release[d]?(?: date)?"
    r"|for immediate release|发布时间|发布日期|日期|時間|时间|發佈日期)\s*[:：/,-]?\s*)",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"[A-Z][A-Za-z .'-]{1,30}(?:,\s*[A-Z][A-Za-z .]{1,20})?[,(]?\s*[,(–—-]?\s*")
_NAVIGATION = re.compile(
    r"(?:go|skip|jump) to (?:the )?(?:main )?(?:content|navigation|search).*|(?:log|sign) ?(?:in|on|up|out).*|register|"
    r"login.*|menu|main menu|home ?page|home|search|share(?: this)?|print|e-?mail|listen|comments?|my \w+|contact(?: us)?|"
    r"about(?: us)?|sitemap|site map|faqs?|news|videos?|events?|close|back(?: to top)?|subscribe.*|"
    r"breaking news|latest(?: news)?|advertisement|cookies?.*|we use cookies.*|english|繁體|简体|繁體版|简体版|text size|"
    r"related news:?|today's press releases|table of contents|contents",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[a-z][A-Z][a-z]|[a-z][A-Z]{3,}")
_ADDRESS = re.compile(r"https?://|www\.|\w\.(?:com|org|net|gov)(?![a-z])")
_TITLE_LIMIT = 200


def is_navigation(text: str) -> bool:
    """Whether a line reads like a saved web page's menu, not like what the page is about."""
    if _NAVIGATION.fullmatch(text) or _ADDRESS.search(text):
        return True
    parts = re.split(r"\s*[|/›»>·]\s*", text)
    if len(parts) > 1 and all(len(part.split()) <= 2 for part in parts):
        return True
    return len(_GLUED.findall(text)) >= 2


def parse_date(text: str) -> str | None:
    """The date that a text consists of, in ISO 8601 and as exact as the text; None if it is no date."""
    for pattern in _DATES:
        match = pattern.fullmatch(text.strip(" .,()[]（）"))
        if match:
            return _iso(match)
    return None


def title_of(lines: list[Line], sections: tuple[Section, ...], doc_id: str) -> str:
    """A document's title: its outermost first heading, its first informative line, or its file name."""
    top = next((line.start for line in lines if _informs(line)), None)
    if sections and top is not None:
        first = sections[0]
        if first.start <= top or first.level < min((s.level for s in sections[1:]), default=99):
            return _shortened(first.title)
    for line in lines[:60]:
        if _informs(line):
            return _shortened(line.text[line.marker :]) if _reads_as_title(line) else _stem(doc_id)
    return _stem(doc_id)


def published_of(lines: list[Line]) -> str | None:
    """The date a document gives as its own: a line of its own near the top, a dateline, or a closing note."""
    written = [line for line in lines if line.text]
    near = written[:15] + written[-8:] if len(written) > 23 else written
    for line in near:
        text = line.text[:120]
        found = (
            parse_date(text) or parse_date(_LABEL.sub("", text, count=1)) if len(line.text) <= 120 else None
        )
        if found:
            return found
    for line in written[:15]:
        found = _dateline(line.text)
        if found:
            return found
    return None


def _dateline(text: str) -> str | None:
    """'HONG KONG, 29 November 2023 - The delegation …'."""
    head = re.split(r"\s+[-–—]+\s+|[–—]|\)\s", text[:80], maxsplit=1)
    if len(head) < 2:
        return None
    place = _DATELINE.match(head[0])
    return parse_date(head[0][place.end() :]) if place else parse_date(head[0])


def _iso(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    year, month = int(groups["year"]), groups["month"].lower()
    number = (
        int(month)
        if month.isdigit()
        else next(n for n, m in enumerate(_MONTHS, 1) if m.startswith(month[:3]))
    )
    day = groups.get("day")
    try:
        exact = date(year, number, int(day) if day else 1).isoformat()
    except ValueError:
        return None
    return exact if day else exact[:7]


def _informs(line: Line) -> bool:
    if not line.text or line.is_rule or not any(c.isalpha() for c in line.text):
        return False
    if is_navigation(line.text) or parse_date(_LABEL.sub("", line.text[:120], count=1)):
        return False
    return len(line.text.split()) > 1 or (len(line.text) >= 4 and not line.text.isascii())


def _reads_as_title(line: Line) -> bool:
    """A first line is a title unless it is a paragraph."""
    words = len(line.text.split())
    return (
        len(line.text) <= 160
        and words <= 30
        and not (line.is_final and line.text[-1] in ".;。；" and words > 12)
    )


def _shortened(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= _TITLE_LIMIT else title[:_TITLE_LIMIT].rsplit(" ", 1)[0] + " …"


def _stem(doc_id: str) -> str:
    stem = PurePosixPath(doc_id).stem
    return " ".join(re.sub(r"[_\-.]+", " ", stem).split()) or stem
