"""Headings of plain text."""

import re

from documents.document import Section
from documents.lines import Line
from documents.metadata import is_navigation, parse_date

_NUMBER = re.compile(
    r"(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)[ \t]+"
    r"|[一二三四五六七八九十]{1,3}、[ \t]*|（[一二三四五六七八九十]{1,3}）[ \t]*)(?=\S)"
)
_COLUMNS = re.compile(r"\t|   |\|")
_LONGEST = 150  # characters in an underlined line
_LONE_WORDS = re.compile(
    r"abstract|introduction|background|summary|overview|purpose|scope|objectives?|methods?|methodology"
    r"|results|findings|discussion|conclusions?|recommendations|references|bibliography"
    r"|acknowledge?ments|appendix|annex|attendance|apologies|agenda|glossary|definitions|history",
    re.IGNORECASE,
)


def plain_sections(lines: list[Line]) -> tuple[Section, ...]:
    """The headings of a plain text: underlined lines, and title-like lines alone above a paragraph."""
    styles: list[str] = []
    found: list[tuple[Line, int]] = []
    numbers_head = _numbers_head(lines)
    for at, line in enumerate(lines):
        if not line.text or line.is_rule or len(line.text) > _LONGEST:
            continue
        below = lines[at + 1] if at + 1 < len(lines) else None
        alone = at == 0 or not lines[at - 1].text or lines[at - 1].is_rule
        if not alone or below is None:
            continue
        if below.is_rule:
            if _can_be_underlined(line) and any(later.text for later in lines[at + 2 : at + 12]):
                if below.text[0] not in styles:
                    styles.append(below.text[0])
                found.append((line, styles.index(below.text[0]) + 1))
        elif not below.text and _stands_alone(line, lines, at, numbers_head):
            found.append((line, 0))
    return _levelled(found, len(styles), lines)


def _levelled(found: list[tuple[Line, int]], styles: int, lines: list[Line]) -> tuple[Section, ...]:
    """Gives headings without an underline the level below those with one; a first line heads all."""
    first = next((line for line in lines if line.text), None)
    alone = styles + 1
    if not styles and len(found) > 1 and found[0][0] is first and _depth(first) is None:
        found[0] = (first, 1)
        alone = 2
    return tuple(
        Section(" ".join(line.text.split()), level or alone + (_depth(line) or 0), line.start, line.end)
        for line, level in found
    )


def _depth(line: Line) -> int | None:
    """How deep a line's number is: 0 for "1." and "一、", 1 for "1.1" and "（一）", None without one."""
    number = _NUMBER.match(line.text)
    if not number:
        return None
    return 1 if line.text[0] == "（" else number.group().strip(" \t.").count(".")


def _numbers_head(lines: list[Line]) -> bool:
    """Whether numbered lines that stand alone head text, and do not follow each other as in a list."""
    for at in range(1, len(lines) - 2):
        upper = None if lines[at - 1].text or lines[at + 1].text else _depth(lines[at])
        lower = None if upper is None else _depth(lines[at + 2])
        if upper is not None and lower is not None and lower <= upper:
            return False
    return True


def _can_be_underlined(line: Line) -> bool:
    """Underlined table heads and closing lines are no headings."""
    if _COLUMNS.search(line.text) or line.text[-1] in ".,;:。，；：":
        return False
    if line.marker and _depth(line) is None:
        return False
    return any(character.isalpha() for character in line.text)


def _stands_alone(line: Line, lines: list[Line], at: int, numbers_head: bool) -> bool:
    """Title-like, between blank lines, above a paragraph; with a number, above anything."""
    if not _is_title_like(line):
        return False
    below = next((later for later in lines[at + 2 : at + 6] if later.text), None)
    if below is None or below.is_rule:
        return False
    if numbers_head and _depth(line) is not None:
        return True
    paragraph = len(below.text) >= (20 if not below.text.isascii() else 60)
    return paragraph and not below.marker and len(below.text) > len(line.text)


def _is_title_like(line: Line) -> bool:
    text = line.text
    number = _NUMBER.match(text)
    if line.marker and not number:
        return False
    body = text[number.end() :] if number else text
    words = body.split()
    letters = sum(character.isalpha() or character == " " for character in body)
    if text[-1] in ".,;:!…。，；：！" or letters < 0.8 * len(body) or _COLUMNS.search(text):
        return False
    if is_navigation(text) or parse_date(text) or words[0] in ("By", "by", "Dear"):
        return False
    if len(words) == 1 and not body.isascii():
        return 2 <= len(body) <= 25
    if len(words) == 1 and not number:
        return _LONE_WORDS.fullmatch(body) is not None
    return len(words) <= 16 and len(text) <= 120 and (body[0].isupper() or not body[0].isascii())
