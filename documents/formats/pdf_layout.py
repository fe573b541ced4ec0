"""From the lines of a PDF to its paragraphs, list items, rows and headings."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from documents.formats.pdf_lines import HYPHEN, Line

_ITEM = re.compile(
    r"(?:[•‣◦▪▫●○■□◆◇►▶➢➤✓✔❖·∙⁃–—*-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivx]{1,5}[.)]|\[\d{1,3}\])"
    r"[ \t]+(?=\S)"
)
_NUMBERED = re.compile(r"(?:(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?|[IVX]{1,5}\.|[A-Z]\.\d{0,2})[ \t]+)(?=\S)")
_FINAL = re.compile(r"[.!?:;…。！？：；][\"'”’」』)\]]*(?:\[\d{1,3}\])?$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TAIL = re.compile(r"([^\W\d_]+)[\u00ad-]$")
_HEAD = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b")
_PAGE_NUMBER = re.compile(r"\W*(?:page|seite|p\.)?\W*#\W*(?:(?:of|von|/|de)\W*#)?\W*", re.IGNORECASE)
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]")
_LONGEST_NUMBER = 30  # characters
_LONGEST_WORD = 80
_LOOK_BACK = 6  # paragraphs

PAGE_BREAK = "\f"
CELL = " | "  # between the cells of a row


@dataclass(slots=True)
class Block:
    """A paragraph, list item, heading or a run of lines that stay lines.

    ``lines`` may come from two pages. ``level`` is that of a heading.
    """

    kind: Literal["paragraph", "item", "heading"]
    lines: list[Line] = field(default_factory=list)
    level: int = 0

    @property
    def size(self) -> float:
        """The size of most of its text."""
        return max(self.lines, key=lambda line: len(line.text)).size

    @property
    def bold(self) -> bool:
        """Whether all of its lines are."""
        return all(line.bold for line in self.lines)


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without what is printed on each of them again: running heads and feet, page numbers.

    The first of each stays where it is, but for numbers of pages.
    """
    edges = [_edges(lines) for lines in pages]
    counts = Counter(key for page in edges for key in {_key(line) for line in page})
    filled = sum(1 for lines in pages if lines)
    seen: set[tuple[str, int]] = set()
    kept = []
    for lines, edge in zip(pages, edges, strict=True):
        dropped = set()
        for line in edge:
            key = _key(line)
            if filled >= 3 and counts[key] >= max(3, 0.3 * filled):
                if key in seen or _is_page_number(key[0]):
                    dropped.add(id(line))
                seen.add(key)
        kept.append([line for line in lines if id(line) not in dropped])
    return kept


def _is_page_number(text: str) -> bool:
    return len(text) <= _LONGEST_NUMBER and _PAGE_NUMBER.fullmatch(text) is not None


def _edges(lines: Sequence[Line]) -> list[Line]:
    down = sorted(lines, key=lambda line: -line.base)
    return down if len(down) <= 6 else down[:3] + down[-3:]


def _key(line: Line) -> tuple[str, int]:
    return _NUMBERS.sub("#", line.text.casefold()), round(line.base / 8)


def blocks_of(pages: Iterable[Sequence[Line]]) -> list[Block]:
    """The paragraphs and list items of all pages, in order; those that a page or column parts are whole."""
    blocks: list[Block] = []
    for lines in pages:
        for region in _regions(lines):
            found = list(_paragraphs(region))
            if found and blocks:
                _join_over(blocks, found)
            blocks.extend(found)
    return blocks


def _regions(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines that stand below one another in one size at one distance."""
    region: list[Line] = []
    leading = 0.0
    for line in lines:
        if region and not _stands_below(region[-1], line, leading):
            yield region
            region, leading = [], 0.0
        elif region:
            step = region[-1].base - line.base
            leading = min(leading, step) if leading else step
        region.append(line)
    if region:
        yield region


def _stands_below(above: Line, below: Line, leading: float) -> bool:
    step = above.base - below.base
    size = max(above.size, below.size)
    if above.turn != below.turn or step <= 0 or abs(above.size - below.size) > 0.12 * size:
        return False
    if above.bold != below.bold and (above.bold or len(below.text) < 40):
        return False
    overlap = min(above.right, below.right) - max(above.left, below.left)
    return overlap > 0 and step <= (1.25 * leading if leading else 1.9 * size)


def _paragraphs(region: list[Line]) -> Iterator[Block]:
    """The region's lines as paragraphs: told apart by indents, short last lines and list markers."""
    right = max(line.right for line in region)
    left = min(line.left for line in region)
    large = region[0].bold and len(region) <= 3
    indented = sum(line.left > left + 0.7 * line.size for line in region)
    hanging = indented * 2 > len(region)
    block = _begun(region[0])
    for above, line in pairwise(region):
        joins = large and not (line.cells or above.cells or _NUMBERED.match(line.text))
        if not joins and _begins(block, above, line, right, hanging):
            yield block
            block = _begun(line)
        else:
            block.lines.append(line)
    yield block


def _begun(line: Line) -> Block:
    return Block("item" if marker_of(line.text) else "paragraph", [line])


def marker_of(text: str) -> str:
    """The marker of a list item with the space behind it; empty where there is none."""
    match = _ITEM.match(text)
    return match.group() if match else ""


def _begins(block: Block, above: Line, line: Line, right: float, hanging: bool) -> bool:
    """Whether a line begins a paragraph of its own below ``above``, the last line of ``block``."""
    if line.cells or above.cells or _ITEM.match(line.text):
        return True
    indent = line.left - above.left
    if block.kind == "item":
        return (indent < -0.7 * line.size and len(block.lines) > 1) or _ends_short(above, line, right)
    if indent > 0.7 * line.size and not hanging:
        return True
    if indent < -0.7 * line.size and len(block.lines) > 1:
        return True
    return _ends_short(above, line, right)


def _ends_short(above: Line, line: Line, right: float) -> bool:
    """Whether the next line's first word would have had room behind ``above``."""
    if above.text.endswith(HYPHEN):
        return False
    first = line.size if _WIDE.match(line.text) else line.first
    slack = 0.5 if _FINAL.search(above.text) else 1.0
    return above.right + first + slack * line.size < right


def _join_over(blocks: list[Block], found: list[Block]) -> None:
    """Joins what a column or page has parted: an unfinished paragraph and the one it goes on with.

    What stands between, as a footnote, comes before it.
    """
    below = found[0]
    if below.kind != "paragraph" or not _goes_on(below.lines[0].text):
        return
    for back in range(1, min(_LOOK_BACK, len(blocks)) + 1):
        above = blocks[-back]
        last = above.lines[-1]
        alike = abs(above.size - below.size) <= 0.05 * below.size and above.bold == below.bold
        if alike and not last.cells and not below.lines[0].cells:
            if _FINAL.search(last.text) or len(above.lines) == len(last.text) == 1:
                return
            if _is_beside(last, below.lines[0]):
                blocks.append(blocks.pop(-back))
                above.lines.extend(below.lines)
                del found[0]
            return
        if above.size >= below.size and not last.cells:
            return


def _goes_on(text: str) -> bool:
    return text[:1].islower() or bool(_WIDE.match(text))


def _is_beside(above: Line, below: Line) -> bool:
    """Whether the second line stands at the head of another page or column than the first."""
    return below.page > above.page or below.base > above.base


class Words:
    """The words of a document, which tell what a hyphen at a line's end is."""

    def __init__(self, pages: Iterable[Iterable[Line]]) -> None:
        self._seen: set[str] = set()
        for lines in pages:
            parted = False
            for line in lines:
                found = _WORD.findall(line.text)
                whole = found[1:] if parted else found
                parted = line.text.endswith((HYPHEN, "-"))
                self._seen.update(word.casefold() for word in (whole[:-1] if parted else whole))

    def joined(self, lines: Sequence[Line]) -> str:
        """The text of a paragraph's lines; a new page is marked by `PAGE_BREAK`."""
        parts = [lines[0].text]
        for above, below in pairwise(lines):
            parts[-1] = self._before(above.text, below.text)
            parts += PAGE_BREAK if below.page > above.page else "", below.text
        return "".join(parts).replace(HYPHEN, "-").replace("\t", CELL)

    def _before(self, above: str, below: str) -> str:
        """A line as it stands before the next one: with a space behind it, or without its hyphen."""
        tail, head = _TAIL.search(above[-_LONGEST_WORD:]), _HEAD.match(below)
        if tail and head:
            return above[:-1] + ("-" if self._is_compound(tail[1], head.group()) else "")
        if above.endswith(HYPHEN):
            return above
        return above if _WIDE.search(above[-1:]) and _WIDE.match(below) else above + " "

    def _is_compound(self, left: str, right: str) -> bool:
        """Whether the hyphen between two parts belongs to the word."""
        if not right[:1].islower():
            return True
        if f"{left}-{right}".casefold() in self._seen:
            return True
        if (left + right).casefold() in self._seen:
            return False
        return min(len(left), len(right)) >= 3 and {left.casefold(), right.casefold()} <= self._seen
