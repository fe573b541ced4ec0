"""Headings: what plain text and Markdown show of their structure."""

import re
from itertools import pairwise

from markdown_it import MarkdownIt

from documents.document import Section
from documents.lines import Line
from documents.metadata import is_navigation, parse_date

_LINE_ENDS = re.compile(r"\r\n?|\n")
_FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n?|\n)(?:.*(?:\r\n?|\n)){0,200}?(?:---|\.\.\.)[ \t]*(?=\r|\n|\Z)")
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)[ \t]+(?=\S)")
_LONE_WORDS = frozenset(
    [
        "abstract",
        "introduction",
        "background",
        "summary",
        "overview",
        "purpose",
        "scope",
        "objectives",
        "objective",
        "methods",
        "method",
        "methodology",
        "results",
        "findings",
        "discussion",
        "conclusion",
        "conclusions",
        "recommendations",
        "references",
        "bibliography",
        "acknowledgements",
        "acknowledgments",
        "appendix",
        "annex",
        "attendance",
        "apologies",
        "agenda",
        "glossary",
        "definitions",
        "history",
    ]
)


def markdown_sections(text: str) -> tuple[Section, ...]:
    """The ATX and setext headings of a Markdown text; never those in code or front matter."""
    front = _FRONT_MATTER.match(text)
    offset = front.end() if front else 0
    starts = [offset, *(offset + end.end() for end in _LINE_ENDS.finditer(text[offset:]))]
    parser = MarkdownIt("commonmark").disable(["inline", "text_join"])
    tokens = parser.parse(text[offset:])
    sections = []
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.map is None or not inline.content.strip():
            continue
        first, last = opening.map
        stop = starts[last] if last < len(starts) else len(text)
        raw = text[starts[first] : stop]
        content = raw.strip()
        if opening.markup in ("=", "-"):
            content = content[: content.rstrip(" \t=-").__len__()].rstrip()
        start = starts[first] + len(raw) - len(raw.lstrip())
        sections.append(Section(_plain(inline.content), int(opening.tag[1]), start, start + len(content)))
    return tuple(sections)


def plain_sections(lines: list[Line]) -> tuple[Section, ...]:
    """The headings of a plain text: underlined lines, and title-like lines alone above a paragraph."""
    styles: list[str] = []
    found: list[tuple[Line, int]] = []
    for at, line in enumerate(lines):
        if not line.text or line.is_rule or len(line.text) > 150:
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
        elif not below.text and _stands_alone(line, lines, at):
            found.append((line, 0))
    return _levelled(found, len(styles), lines)


def _levelled(found: list[tuple[Line, int]], styles: int, lines: list[Line]) -> tuple[Section, ...]:
    """Gives headings without an underline the level below those with one; a first line heads all."""
    first = next((line for line in lines if line.text), None)
    alone = styles + 1
    if not styles and len(found) > 1 and found[0][0] is first and not _NUMBER.match(found[0][0].text):
        found[0] = (found[0][0], 1)
        alone = 2
    sections = []
    for line, level in found:
        number = _NUMBER.match(line.text)
        depth = line.text[: number.end()].strip(" \t.").count(".") if number and not level else 0
        sections.append(Section(" ".join(line.text.split()), level or alone + depth, line.start, line.end))
    return tuple(sections)


def _can_be_underlined(line: Line) -> bool:
    """Underlined table heads and closing lines are no headings."""
    if (
        re.search(r"\t|   |\|", line.text)
        or line.text[-1] in ".,;:。，；："
        or (line.marker and not _NUMBER.match(line.text))
    ):
        return False
    return any(character.isalpha() for character in line.text)


def _stands_alone(line: Line, lines: list[Line], at: int) -> bool:
    """Title-like, between blank lines, above a paragraph."""
    if not _is_title_like(line):
        return False
    below = next((later for later in lines[at + 2 : at + 6] if later.text), None)
    if below is None or below.is_rule or below.marker:
        return False
    paragraph = len(below.text) >= (20 if not below.text.isascii() else 60)
    return paragraph and len(below.text) > len(line.text)


def _is_title_like(line: Line) -> bool:
    text = line.text
    number = _NUMBER.match(text)
    if line.marker and not number:
        return False
    body = text[number.end() :] if number else text
    words = body.split()
    letters = sum(character.isalpha() or character == " " for character in body)
    if (
        not words
        or text[-1] in ".,;:!…。，；：！"
        or letters < 0.8 * len(body)
        or re.search(r"\t|   |\|", text)
    ):
        return False
    if is_navigation(text) or parse_date(text) or words[0] in ("By", "by", "Dear"):
        return False
    if not body.isascii() and len(words) == 1:
        return 2 <= len(body) <= 25
    if len(words) == 1:
        return body.lower() in _LONE_WORDS
    return len(words) <= 16 and len(text) <= 120 and (body[0].isupper() or not body[0].isascii())


def _plain(markdown: str) -> str:
    """A heading without its inline marks."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"(\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))", "", text)
    return " ".join(text.split())
