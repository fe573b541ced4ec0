"""From an HTML tree to canonical text: headings, paragraphs, lists with their markers, tables row by row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.composition import Composition, one_line
from documents.formats.tables import is_number

if TYPE_CHECKING:
    from lxml.etree import _Element

# The names of HTML and those that trafilatura gives to the same things.
_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"head": 2}
_LISTS = frozenset(("ul", "ol", "dl", "menu", "list"))
_ITEMS = frozenset(("li", "dt", "dd", "item"))
_ROWS, _CELLS = frozenset(("tr", "row")), frozenset(("td", "th", "cell"))
_BREAKS = frozenset(("br", "lb"))
_VERBATIM = frozenset(("pre", "listing", "xmp"))
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "head", "title", "meta", "link", "svg", "math", "iframe")
).union(("object", "embed", "audio", "video", "canvas", "select", "textarea", "button", "datalist"))
_BLOCKS = frozenset(
    ("html", "body", "div", "p", "section", "article", "main", "header", "footer", "nav", "aside", "form")
).union(
    ("blockquote", "quote", "figure", "figcaption", "address", "fieldset", "center", "details", "summary"),
    ("hr", "caption", "thead", "tbody", "tfoot", "legend", "dialog", "hgroup", "search", "ab", "comments"),
)
# More columns or spanned rows than this are no table a person made.
_WIDEST = 200
# A cell longer than this is the page's layout, not a value.
_LONGEST_CELL = 1_000


class MarkupWriter:
    """Puts the text of elements down in a composition.

    ``headings_in_html``: whether an element named "head" is the head of a page and not, as in
    trafilatura's trees, a heading.
    """

    def __init__(self, composition: Composition, *, headings_in_html: bool = True) -> None:
        self._composition = composition
        self._html = headings_in_html
        self._words: list[str] = []

    def write(self, element: _Element) -> None:
        """Everything below an element."""
        self._children(element, 0)
        self._flush()

    def _children(self, element: _Element, depth: int) -> None:
        self._words.append(_flat(element.text))
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, child.tag.rpartition("}")[2].lower(), depth)
            self._words.append(_flat(child.tail))

    def _element(self, element: _Element, tag: str, depth: int) -> None:
        if tag in _SILENT and (self._html or tag != "head"):
            return
        if tag in _HEADINGS:
            self._heading(element, tag)
        elif tag in _LISTS:
            self._flush()
            self._list(element, depth, ordered=tag == "ol" or element.get("rend") == "ol")
        elif tag in _ITEMS:  # outside any list
            self._item(element, depth, "-")
        elif tag == "table":
            self._flush()
            self._table(element, depth)
        elif tag in _VERBATIM or (tag == "code" and "\n" in "".join(element.itertext())):
            self._flush()
            self._composition.verbatim("".join(element.itertext()))
        elif tag in _BREAKS:
            self._words.append("\n")
        elif tag in _BLOCKS or tag in _ROWS or tag in _CELLS:
            self._flush()
            self._children(element, depth)
            self._flush()
        else:
            self._children(element, depth)

    def _heading(self, element: _Element, tag: str) -> None:
        self._flush()
        rend = element.get("rend", "")
        level = _HEADINGS[rend] if tag == "head" and rend in _HEADINGS else _HEADINGS[tag]
        self._composition.heading(text_of(element), level)

    def _list(self, element: _Element, depth: int, *, ordered: bool) -> None:
        number = 0
        for child in element:
            tag = child.tag.rpartition("}")[2].lower() if isinstance(child.tag, str) else ""
            if tag in _ITEMS:
                number += 1
                self._item(child, depth, f"{number}." if ordered else "-")
            elif tag:
                self._element(child, tag, depth)
            self._words.append(_flat(child.tail))
        self._flush()

    def _item(self, element: _Element, depth: int, marker: str) -> None:
        """An item's first paragraph after its marker; lists and other blocks in it below."""
        self._flush()
        before = self._composition.characters
        self._composition.begin_item(depth, marker)
        self._children(element, depth + 1)
        self._flush()
        if self._composition.characters == before:
            self._composition.end_item()

    def _table(self, element: _Element, depth: int) -> None:
        rows = _rows_of(element)
        if not _holds_values(element, rows):
            self._children(element, depth)
            self._flush()
            return
        for caption in element.iterchildren("caption"):
            self._composition.paragraph(text_of(caption))
        grid = _grid(rows)
        heads = _header_rows(rows, grid)
        header = _header(grid[:heads])
        self._composition.table(header, grid[heads:] or grid)

    def _flush(self) -> None:
        """Puts down the words so far as a paragraph."""
        text, self._words = "".join(self._words), []
        if text.strip():
            self._composition.paragraph(text)


def text_of(element: _Element) -> str:
    """An element's text on one line, without what a page does not show."""
    parts: list[str] = []
    _gather(element, parts)
    return one_line("".join(parts))


def _gather(element: _Element, parts: list[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        tag = child.tag.rpartition("}")[2].lower() if isinstance(child.tag, str) else None
        if tag and tag not in _SILENT - {"head"}:
            apart = tag in _BLOCKS or tag in _BREAKS or tag in _ITEMS or tag in _CELLS
            parts.append(" " if apart else "")
            _gather(child, parts)
            parts.append(" " if apart else "")
        parts.append(child.tail or "")


def _flat(text: str | None) -> str:
    """Text between tags, where a line end is a space."""
    return re.sub(r"[ \t\r\n\f]+", " ", text) if text else ""


def _rows_of(table: _Element) -> list[_Element]:
    """A table's own rows, not those of tables inside it."""
    rows = []
    for child in table:
        tag = child.tag.rpartition("}")[2].lower() if isinstance(child.tag, str) else ""
        if tag in _ROWS:
            rows.append(child)
        elif tag in ("thead", "tbody", "tfoot"):
            rows += _rows_of(child)
    return rows


def _cells_of(row: _Element) -> list[_Element]:
    return [
        cell for cell in row if isinstance(cell.tag, str) and cell.tag.rpartition("}")[2].lower() in _CELLS
    ]


def _holds_values(table: _Element, rows: list[_Element]) -> bool:
    """Whether a table is one, and does not just lay out a page."""
    nested = any(inner is not table for inner in table.iter("table", "{*}table"))
    if nested or not rows:
        return False
    widths = [len(_cells_of(row)) for row in rows]
    if sum(width >= 2 for width in widths) * 2 < len(widths):
        return False
    return all(len("".join(cell.itertext())) <= _LONGEST_CELL for row in rows for cell in _cells_of(row))


def _span(cell: _Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), _WIDEST)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _grid(rows: list[_Element]) -> list[list[str]]:
    """The table's values by row and column. One that spans several stands once in each of its rows."""
    grid = []
    below: dict[int, tuple[int, str]] = {}  # by column: for how many more rows a value from above holds
    for row in rows:
        values: list[str] = []
        for cell in _cells_of(row):
            _take_from_above(values, below)
            text, wide, high = text_of(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            for at in range(min(wide, _WIDEST - len(values))):
                if high > 1:
                    below[len(values)] = (high - 1, text if at == 0 else "")
                values.append(text if at == 0 else "")
        _take_from_above(values, below)
        grid.append(values)
    return grid


def _take_from_above(values: list[str], below: dict[int, tuple[int, str]]) -> None:
    while len(values) in below and len(values) < _WIDEST:
        at = len(values)
        rows, text = below.pop(at)
        if rows > 1:
            below[at] = (rows - 1, text)
        values.append(text)
        # A row's own values must not be put under this one again.
        if rows == 1 and at in below:
            break


def _header_rows(rows: list[_Element], grid: list[list[str]]) -> int:
    """How many of the first rows name the columns."""
    marked = 0
    for row in rows:
        cells = _cells_of(row)
        if not cells or not all(_is_head(cell) for cell in cells if text_of(cell)):
            break
        marked += 1
    if marked:
        return marked if marked < len(rows) else 0
    if len(grid) < 3 or len(grid[0]) < 2:
        return 0
    first, others = grid[0], grid[1:]
    named = all(value and len(value) <= 60 and not is_number(value) for value in first[1:])
    figures = any(is_number(value) for row in others for value in row[1:])
    return int(named and figures and len(set(first)) == len(first))


def _is_head(cell: _Element) -> bool:
    return str(cell.tag).rpartition("}")[2].lower() == "th" or cell.get("role") == "head"


def _header(rows: list[list[str]]) -> list[str]:
    """The names of the columns: those of all header rows, one below the other, joined."""
    width = max(map(len, rows), default=0)
    names = []
    for column in range(width):
        parts = dict.fromkeys(row[column] for row in rows if column < len(row) and row[column])
        names.append(" ".join(parts))
    return names
