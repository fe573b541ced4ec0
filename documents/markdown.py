"""Headings of Markdown."""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from documents.document import Section
from documents.front_matter import front_matter

_LINE_END = re.compile(r"\r\n?|\n")
_BOLD_LINE = re.compile(r"(\*\*|__)(?!\s)[^*_\n]{2,120}\1[:：]?")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARK = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LONGEST = 300  # characters: more is no heading


def markdown_sections(text: str) -> tuple[Section, ...]:
    """The headings of a Markdown text: ATX, setext, and lines in bold that begin a paragraph.

    Never those in code or front matter. A section's span holds the heading's line with its marks, not
    the rule below it. A line in bold counts as one level below the heading above it.
    """
    offset = front_matter(text)[1]
    starts = [offset, *(offset + end.end() for end in _LINE_END.finditer(text[offset:])), len(text)]
    tokens = MarkdownIt("commonmark").disable(["inline", "text_join"]).parse(text[offset:])
    sections = []
    level = 0
    for at, (opening, inline) in enumerate(pairwise(tokens)):
        if opening.map is None:
            continue
        first, last = opening.map
        if opening.type == "heading_open" and 0 < len(inline.content.strip()) <= _LONGEST:
            level = int(opening.tag[1])
            last -= opening.markup in ("=", "-")
            sections.append(_section(text, starts[first], starts[last], inline.content, level))
        elif opening.type == "paragraph_open" and _is_bold_heading(inline, tokens[at + 3 : at + 4]):
            line = inline.content.partition("\n")[0]
            sections.append(_section(text, starts[first], starts[first + 1], line, level + 1))
    return tuple(sections)


def _is_bold_heading(inline: Token, following: list[Token]) -> bool:
    """Whether a paragraph's first line is all bold, has text below it, and is in no list or quotation."""
    line, _, rest = inline.content.partition("\n")
    heads_text = bool(rest) or any(token.type != "heading_open" for token in following)
    return inline.level == 1 and heads_text and _BOLD_LINE.fullmatch(line.strip()) is not None


def _section(text: str, start: int, stop: int, title: str, level: int) -> Section:
    raw = text[start:stop]
    content = raw.strip()
    start += len(raw) - len(raw.lstrip())
    plain = " ".join(_MARK.sub("", _LINK.sub(r"\1", title)).split()).rstrip(":：")
    return Section(plain or content, level, start, start + len(content))
