"""Blocks: a document's headings, paragraphs and list items, each with its sentences."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from documents.document import Document, Section, Span
from documents.frame import without_frame
from documents.lines import Line, continues, lines_of, wrap_width
from documents.sentences import sentences

_SHORT = 150
_COLUMNS = re.compile(r"\S(?: {2,}|\t)\S")


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or list item.

    ``apart``: a blank line or a rule stands above it. ``listed``: it belongs to a list or to a line
    that announces it, and should stay with the last sentence of the block above. ``sentences`` are
    spans of the document.
    """

    kind: Literal["heading", "paragraph", "item"]
    sentences: tuple[Span, ...]
    apart: bool
    section: Section | None = None
    listed: bool = False


def blocks_of(document: Document) -> list[Block]:
    """A document's blocks in order. Together they hold all of it but white space, rules and its frame."""
    blocks = []
    for run, apart, heading in _runs(without_frame(document, lines_of(document.text)), document.sections):
        if heading:
            span = Span(run[0].start, max(heading.end, run[-1].end))
            blocks.append(Block("heading", (span,), apart, heading))
        else:
            blocks.append(_block(document, run, apart))
    return _with_lists(document.text, blocks)


def _runs(
    lines: list[Line], sections: tuple[Section, ...]
) -> Iterator[tuple[list[Line], bool, Section | None]]:
    """The lines of each block, whether it stands apart from the one above, and the heading it is."""
    width = wrap_width(lines)
    local = 0  # the width of the wrapped lines just above, where the text as a whole has none
    headings = deque(sorted(sections, key=lambda section: section.start))
    run: list[Line] = []
    current: Section | None = None
    apart = True
    gap = True
    for line in lines:
        if not line.text or line.is_rule:
            gap = True
            continue
        while headings and headings[0].end <= line.start:
            headings.popleft()
        heading = headings[0] if headings and headings[0].start < line.end else None
        if heading:
            joins = heading is current
        else:
            joins = bool(run) and current is None and not gap and _joins(run, line, width or local)
        if joins:
            run.append(line)
            local = max(local, len(run[-2].text))
        else:
            if run:
                yield run, apart, current
            local = 0 if gap else local
            run, apart, current = [line], gap, heading
        gap = False
    if run:
        yield run, apart, current


def _with_lists(text: str, blocks: list[Block]) -> list[Block]:
    """Marks the blocks that stay with what introduces them."""
    marked = blocks[:1]
    announced = False  # inside short lines without markers below a line that ends in a colon
    for block in blocks[1:]:
        above = marked[-1]
        colon = above.kind != "heading" and text[above.sentences[-1].end - 1] in ":："
        length = block.sentences[-1].end - block.sentences[0].start
        announced = colon or (announced and not block.apart and length <= _SHORT)
        item = block.kind == "item" and above.kind != "heading"
        listed = block.kind != "heading" and (item or announced)
        announced = announced and listed and block.kind == "paragraph"
        marked.append(replace(block, listed=True) if listed else block)
    return marked


def _joins(run: list[Line], line: Line, width: int) -> bool:
    """Whether a line goes on with the block above it."""
    above, first = run[-1], run[0]
    if line.marker and (
        above.is_final or first.marker or (line.begins_a_list and not continues(above, line, width))
    ):
        return False
    hangs = first.marker > 0 or _COLUMNS.search(first.text) is not None
    return (hangs and line.indent > first.indent + 1) or continues(above, line, width)


def _block(document: Document, run: list[Line], apart: bool) -> Block:
    start, end, marker = run[0].start, run[-1].end, run[0].marker
    spans = sentences(document.text, start + marker, end, document.metadata.language)
    spans[0] = Span(start, spans[0].end)
    return Block("item" if marker else "paragraph", tuple(spans), apart)
