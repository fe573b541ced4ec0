"""Composing canonical text from the parts of a format that is not itself text."""

import re
from collections.abc import Iterable, Sequence

from documents.document import Section

_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"[ \t]*(?:\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029])\s*")


class Composition:
    """Canonical text in the making.

    Blocks stand apart by a blank line, the items of a list on lines of their own. Every part is put
    down as it will be quoted: white space is one space, nothing is escaped.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._in_list = False
        self._marker = ""
        self.sections: list[Section] = []
        self.pages: list[int] = []
        self._page_pending = False

    @property
    def text(self) -> str:
        """All that was put down."""
        return "".join(self._parts)

    @property
    def characters(self) -> int:
        """How long the text is so far."""
        return self._length

    def add_sections(self, sections: Iterable[Section], offset: int) -> None:
        """The headings of a part of the text that was put down from ``offset`` on."""
        self.sections += [
            Section(section.title, section.level, section.start + offset, section.end + offset)
            for section in sections
        ]

    def page(self) -> None:
        """A page begins here. Pages without text are kept: they start where the next one does."""
        if self._page_pending:
            self.pages.append(self._length)
        self._page_pending = True

    def heading(self, title: str, level: int) -> None:
        """A heading; 1 is the outermost level."""
        title = one_line(title)
        if title:
            start = self._put(title)
            self.sections.append(Section(title, max(1, level), start, start + len(title)))

    def named_heading(self, text: str, title: str, level: int) -> None:
        """Text that begins a section of a name that it does not say itself."""
        text = one_line(text)
        if text:
            start = self._put(text)
            self.sections.append(Section(title, max(1, level), start, start + len(text)))

    def paragraph(self, text: str) -> None:
        """A paragraph; its line ends are kept, blank lines are not."""
        lines = [one_line(line) for line in _BREAK.split(text)]
        self._put("\n".join(line for line in lines if line))

    def verbatim(self, text: str) -> int:
        """Text whose white space means something, as in program code; gives back where it starts."""
        return self._put(text.strip("\r\n").rstrip().replace("\r\n", "\n").replace("\r", "\n"))

    def item(self, text: str, depth: int = 0, marker: str = "-") -> None:
        """An item of a list, ``depth`` lists deep inside another."""
        text = one_line(text)
        if text:
            self._put(f"{'  ' * depth}{marker} {text}", listed=True)

    def begin_item(self, depth: int, marker: str = "-") -> None:
        """The next paragraph is the first of an item."""
        self._marker = f"{'  ' * depth}{marker} "

    def end_item(self) -> None:
        """An item that was begun had no text."""
        self._marker = ""

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table, a block for each row: see `row_text`. An empty header is none."""
        for row in rows:
            self._put(row_text(header, row))

    def finish(self) -> None:
        """No more is to come: a last page without text gets its place."""
        if self._page_pending:
            self.pages.append(self._length)
            self._page_pending = False

    def _put(self, block: str, *, listed: bool = False) -> int:
        """Adds a block; gives back where it starts."""
        if not block.strip():
            return self._length
        if self._marker:
            block, listed, self._marker = self._marker + block, True, ""
        if self._parts:
            self._add("\n" if listed and self._in_list else "\n\n")
        if self._page_pending:
            self.pages.append(self._length)
            self._page_pending = False
        start = self._length
        self._add(block)
        self._in_list = listed
        return start

    def _add(self, part: str) -> None:
        self._parts.append(part)
        self._length += len(part)


def one_line(text: str) -> str:
    """The text with every run of white space as one space, and none around it."""
    return _SPACE.sub(" ", text).strip()


def row_text(header: Sequence[str], row: Sequence[str]) -> str:
    """A row of a table as a line that can stand alone: "Year: 2023; Turnover: 5.2". Empty cells are left out.

    Where the header has no name for a column its value stands alone.
    """
    cells = []
    for at, cell in enumerate(row):
        value = one_line(cell)
        name = one_line(header[at]).rstrip(":：") if at < len(header) else ""
        if value:
            cells.append(f"{name}: {value}" if name and name != value else value)
    return "; ".join(cells)
