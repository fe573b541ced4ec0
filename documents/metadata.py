"""The title and the date that a text shows of itself."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby, pairwise
from pathlib import PurePosixPath

from documents.document import Section
from documents.lines import Line

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)\.?)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_ZONE = r"(?:[ap]\.?m\.?|[A-Z]{2,4}|Z|[+-]\d\d:?\d\d)"
_TIME = rf"(?:[T,\s]+(?:at\s+)?\d{{1,2}}[:.]\d\d(?:[:.]\d\d(?:\.\d+)?)?(?:\s*{_ZONE}){{0,2}})?"
_DATES = tuple(
    re.compile(rf"(?:{_WEEKDAY},?\s+)?(?:{pattern}){_TIME}(?![\w-])", re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}[-/.](?P<month>[01]?\d)[-/.]{_DAY}",
        rf"{_YEAR}\s*年\s*(?P<month>[01]?\d)\s*月(?:\s*(?P<day>[0-3]?\d)\s*日)?",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}",
        rf"(?P<day>[0-3]?\d)\.\s?(?P<month>[01]?\d)\.\s?{_YEAR}",
        rf"{_YEAR}\s+{_MONTH}(?:\s+{_DAY})?",
        rf"{_MONTH},?\s+{_YEAR}",
    )
)
_CHINESE_DATE = re.compile(
    r"(?P<year>[二一][〇零○一二三四五六七八九]{3})年(?P<month>[一二三四五六七八九十]{1,2})月"
    r"(?:(?P<day>[一二三四五六七八九十]{1,3})日)?"
)
_NUMERALS = "〇一二三四五六七八九"
# Labels that announce a text's own date anywhere, and those that do only in its head.
_CLOSING_LABEL = (
    r"ends?|issued(?: (?:at|on))?|(?:first |date )?published(?: on)?|posted(?: on)?|发布时间|發佈時間"
)
_CLOSING = re.compile(rf"(?:{_CLOSING_LABEL})\s*[:：/,-]?\s*(?!\s)", re.IGNORECASE)
_LABEL = re.compile(
    rf"(?:{_CLOSING_LABEL}|dated?|sent|(?:last )?updated|released?(?: date)?|publication date"
    r"|for immediate release|\w{0,4}日期|时间|時間)\s*[:：/,-]?\s*(?!\s)",
    re.IGNORECASE,
)
# "Jane Doe | 29 November 2023", "Beijing, 29 November 2023", "HONG KONG, 29 November 2023 - The …"
_BEFORE = re.compile(r"[^\d.:;|]{2,60}[,|·•–—(-]\s*")
_AFTER = re.compile(r"\)?\s*(?:[-–—|:]|\Z)")
_SUBJECT = re.compile(
    r"(?:subject|title|主题|主題|标题|標題|题目|題目)\s*[:：]\s*(?P<title>\S.*)", re.IGNORECASE
)
_HEADER = re.compile(
    r"(?:from|to|b?cc|date|sent|reply-to|mime-version|content-[a-z-]+|message-id|received|return-path"
    r"|delivered-to|x-[a-z-]+|author|tel|fax|发件人|收件人|寄件者|收件者)\s*[:：].*",
    re.IGNORECASE,
)
_NAVIGATION = re.compile(
    r"(?:go|skip|jump) to (?:the )?(?:main )?(?:content|navigation|search).*"
    r"|(?:log|sign) ?(?:in|on|up|out)\b.*|register|(?:main |toggle the )?menu|home ?page|home|search"
    r"|share(?: this)?|print|e-?mail|listen|comments?|my \w+|contact(?: us)?|about(?: us)?|site ?map|faqs?"
    r"|news|videos?|events?|close|back(?: to top)?|subscribe\b.*|breaking news|latest(?: news)?"
    r"|advertisement|cookies?\b.*|we use cookies\b.*|english|繁體|简体|繁體版|简体版|text size"
    r"|you are here\b.*|related news:?"
    r"|today's press releases|(?:toggle the )?table of contents|contents|page \d+",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*[|/›»>·]\s*|\s{2,}")
_GLUED = re.compile(r"[a-z][A-Z][a-z]|[a-z][A-Z]{3,}")
_ADDRESS = re.compile(r"https?://|www\.|\w\.(?:com|org|net|gov)(?![a-z])")
_WORD_OF_A_NAME = re.compile(r"[^\W\d_]{3,}")
_HASH = re.compile(r"\b(?=\w*\d)[0-9a-f]{8,}\b", re.IGNORECASE)
_OPENERS = "“‘\"'「『《【(（¿¡"
_QUOTED = re.compile(r"([\"'])([^\"']*)\1")
_MARKS = "#>*`_ \t"
_TITLE_LIMIT = 200
_LINE_LIMIT = 300
_OPENING_WORDS = 12


def is_navigation(text: str) -> bool:
    """Whether a line reads like a saved web page's menu or holds an address, and not like a text."""
    return len(text) <= _LINE_LIMIT and (is_menu(text) or _ADDRESS.search(text) is not None)


def is_menu(text: str) -> bool:
    """Whether a line reads like a saved web page's menu."""
    if len(text) > _LINE_LIMIT:
        return False
    if _NAVIGATION.fullmatch(text):
        return True
    parts = _SEPARATORS.split(text)
    if len(parts) > 2 and all(len(part.split()) <= 2 for part in parts):
        return True
    return any(len(word) >= 15 and len(_GLUED.findall(word)) >= 2 for word in text.split())


def parse_date(text: str) -> str | None:
    """The date that a text consists of, in ISO 8601 and as exact as the text; None if it is no date."""
    found = _date_at(text.strip(" .,()[]（）"), 0)
    return found[0] if found and found[1] == len(text.strip(" .,()[]（）")) else None


def title_of(lines: list[Line], sections: tuple[Section, ...], doc_id: str) -> str:
    """A document's title.

    Its subject line or its outermost first heading, else its first informative line if that reads like
    a title, else its file's name; where the name says nothing, the first words of the text.
    """
    for line, below in pairwise(lines[:20]):
        subject = _SUBJECT.fullmatch(line.text[:_LINE_LIMIT])
        if subject:
            wrapped = len(line.text) >= 40 and bool(below.text) and ":" not in below.text[:20]
            title = f"{subject['title']} {below.text if wrapped else ''}"
            quoted = _QUOTED.fullmatch(title.strip())
            return _shortened(quoted[2] if quoted else title)
    top = next((line for line in _without_menus(lines) if _informs(line)), None)
    if sections and (top is None or sections[0].start <= top.start or _is_outermost(sections, lines)):
        return _shortened(sections[0].title)
    name = title_from(doc_id)
    if top is None:
        return name
    text = top.text[top.marker :].strip(_MARKS)
    if _reads_as_title(text):
        return _shortened(text)
    if _WORD_OF_A_NAME.search(_HASH.sub("", name)) or not (text[:1].isalnum() or text[:1] in _OPENERS):
        return name
    words = text[:_TITLE_LIMIT].split()
    return " ".join(words[:_OPENING_WORDS]) + (" …" if len(words) > _OPENING_WORDS else "")


def published_of(lines: list[Line]) -> str | None:
    """The date a document gives as its own: in its head, or in a closing note."""
    written = [line for line in lines if line.text]
    for at, line in enumerate(written[:15]):
        found = _labelled(line.text, _LABEL)
        if not found and at < 6 and not line.marker:
            found = _dateline(line.text)
        if found:
            return found
        if _is_prose(line):
            break
    for line in written[:-9:-1]:
        found = _labelled(line.text, _CLOSING)
        if found:
            return found
    return None


def _is_prose(line: Line) -> bool:
    """Whether a document's head ends here and its text begins."""
    if not line.text.isascii() and " " not in line.text:
        return len(line.text) >= 30 or line.text[-1] == "。"
    return len(line.text) > 120 or (line.text[-1] == "." and line.text.count(" ") >= 7)


def _labelled(text: str, label: re.Pattern[str]) -> str | None:
    """'29 November 2023', 'Ends/Wednesday, November 29, 2023', 'Published on 3 May 2024 by …'."""
    if len(text) > 120:
        return None
    announced = label.match(text)
    found = _date_at(text, announced.end()) if announced else None
    return found[0] if found else parse_date(text)


def _dateline(text: str) -> str | None:
    before = _BEFORE.match(text[:80])
    found = _date_at(text[:120], before.end()) if before else None
    return found[0] if found and _AFTER.match(text, found[1]) else None


def _date_at(text: str, start: int) -> tuple[str, int] | None:
    """The date that stands at a place in a text, and where it ends."""
    for pattern in _DATES:
        match = pattern.match(text, start)
        iso = _iso(match) if match else None
        if match and iso:
            return iso, match.end()
    chinese = _CHINESE_DATE.match(text, start)
    if not chinese:
        return None
    year = "".join(str(_NUMERALS.index(numeral)) for numeral in re.sub("[零○]", "〇", chinese["year"]))
    day = f"{_number(chinese['day'])}日" if chinese["day"] else ""
    iso = parse_date(f"{year}年{_number(chinese['month'])}月{day}")
    return (iso, chinese.end()) if iso else None


def _number(numerals: str) -> int:
    """二十一 is 21."""
    tens, ten, units = numerals.rpartition("十")
    whole = 10 * (_NUMERALS.find(tens) if tens else 1) if ten else 0
    return whole + (_NUMERALS.find(units) if units else 0)


def _iso(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    month = groups["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    day = groups.get("day")
    try:
        exact = date(int(groups["year"]), number, int(day) if day else 1).isoformat()
    except ValueError:
        return None
    return exact if day else exact[:7]


def _informs(line: Line) -> bool:
    text = line.text
    if not text or line.is_rule or not any(c.isalpha() for c in text[:_LINE_LIMIT]):
        return False
    if (
        is_navigation(text)
        or _labelled(text, _LABEL)
        or (len(text) <= _LINE_LIMIT and _HEADER.fullmatch(text))
    ):
        return False
    return " " in text or (len(text) >= 4 and not text.isascii())


def _is_outermost(sections: tuple[Section, ...], lines: list[Line]) -> bool:
    """Whether the first heading stands above all others, or is a lone "# Title" near the top."""
    first, others = sections[0], sections[1:]
    if others:
        return all(first.level < other.level for other in others)
    return any(line.start == first.start and line.text.startswith("# ") for line in lines[:40])


def _without_menus(lines: list[Line]) -> Iterator[Line]:
    """The lines but for runs of three or more short ones, of which one is known from menus."""
    for _, group in groupby(lines, key=lambda line: bool(line.text)):
        run = list(group)
        short = len(run) >= 3 and all(len(line.text) <= 40 and line.text.count(" ") < 3 for line in run)
        if not (short and any(is_navigation(line.text) for line in run)):
            yield from run


def _reads_as_title(text: str) -> bool:
    """Short, and no sentence of a paragraph."""
    words = len(text.split())
    sentence = text[-1:] in (".", "。", ";", "；") and (words > 12 or not text.isascii())
    starts_well = text[:1].isalnum() or text[:1] in _OPENERS
    return starts_well and len(text) <= 160 and words <= 30 and not sentence


def _shortened(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= _TITLE_LIMIT else title[:_TITLE_LIMIT].rsplit(" ", 1)[0] + " …"


def title_from(doc_id: str) -> str:
    """The title that a file's name makes."""
    stem = PurePosixPath(doc_id).stem
    return " ".join(re.sub(r"[_\-.]+", " ", stem).split()) or stem
