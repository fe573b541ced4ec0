"""The headings of a PDF: what its bookmarks name, else what is set larger or bolder than its text."""

import re
from collections import Counter
from collections.abc import Sequence

from documents.formats.pdf_layout import Block

_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s")
_LETTERS = re.compile(r"[^\W\d_]")
_SPACE = re.compile(r"\W+")
_LONGEST = 250  # characters
_MOST_LINES = 4
_LARGER = 1.12
_DEEPEST = 6
_ENOUGH_BOOKMARKS = 3

Bookmark = tuple[str, int, int]  # title, level from 1, page from 0


def mark_headings(blocks: Sequence[Block], texts: Sequence[str], bookmarks: Sequence[Bookmark]) -> None:
    """Makes headings of the blocks that are; ``texts`` holds each block's text."""
    named = _named(blocks, texts, bookmarks)
    if len(named) >= _ENOUGH_BOOKMARKS:
        for at, level in named.items():
            blocks[at].kind, blocks[at].level = "heading", level
        return
    body = _body_size(blocks, texts)
    bold_body = 2 * sum(len(t) for b, t in zip(blocks, texts, strict=True) if b.bold) > sum(map(len, texts))
    found = {
        at
        for at, (block, text) in enumerate(zip(blocks, texts, strict=True))
        if _reads_as_heading(block, text)
        and (block.size >= _LARGER * body or (block.bold and not bold_body and block.size >= 0.95 * body))
    }
    # What has nothing but the like of it below heads nothing.
    headed = {at for at in found if any(at + k not in found for k in (1, 2, 3) if at + k < len(blocks))}
    classes = sorted({_class(blocks[at]) for at in headed}, reverse=True)
    shallowest: dict[tuple[float, bool], int] = {}
    for at in headed:
        depth = _depth(texts[at])
        if depth is not None:
            shallowest[_class(blocks[at])] = min(depth, shallowest.get(_class(blocks[at]), depth))
    for at in headed:
        depth = _depth(texts[at])
        deeper = 0 if depth is None else depth - shallowest[_class(blocks[at])]
        level = classes.index(_class(blocks[at])) + 1 + deeper
        blocks[at].kind, blocks[at].level = "heading", min(level, _DEEPEST)


def _named(blocks: Sequence[Block], texts: Sequence[str], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The blocks that bookmarks point to, with their levels."""
    levels = {(_plain(title), page): level for title, level, page in reversed(bookmarks)}
    named = {}
    for at, (block, text) in enumerate(zip(blocks, texts, strict=True)):
        if len(text) <= _LONGEST and block.lines:
            plain = _plain(text)
            unnumbered = _plain(_NUMBER.sub("", text, count=1))
            level = levels.get((plain, block.lines[0].page)) or levels.get((unnumbered, block.lines[0].page))
            if level and plain:
                named[at] = min(level, _DEEPEST)
    return named


def _plain(text: str) -> str:
    return _SPACE.sub("", text).casefold()


def _body_size(blocks: Sequence[Block], texts: Sequence[str]) -> float:
    sizes: Counter[float] = Counter()
    for block, text in zip(blocks, texts, strict=True):
        sizes[round(block.size * 2) / 2] += len(text)
    return max(sizes, key=lambda size: (sizes[size], -size), default=1.0)


def _reads_as_heading(block: Block, text: str) -> bool:
    if block.kind == "item" and not _NUMBER.match(text):
        return False
    if len(text) > _LONGEST or len(block.lines) > _MOST_LINES or block.lines[0].cells:
        return False
    letters = len(_LETTERS.findall(text))
    if text[0].islower() or text[-1] == "-":
        return False
    return letters >= 2 and 2 * letters >= len(text) and text[-1] not in ".,;:。，；："


def _class(block: Block) -> tuple[float, bool]:
    return round(block.size), block.bold


def _depth(text: str) -> int | None:
    """How deep a heading's number is: 0 for "2", 1 for "2.1"; None without one."""
    number = _NUMBER.match(text)
    return number[1].count(".") if number else None
