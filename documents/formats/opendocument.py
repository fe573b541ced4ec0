"""OpenDocument: text, presentations and spreadsheets of LibreOffice.

Their content is one XML part in one vocabulary, read here as it is: each cell and field holds the text
that the program showed.
"""

from collections.abc import Iterator
from typing import Any

from documents.composition import Composition
from documents.document import Metadata
from documents.formats.package import Package, attribute, below, child, local
from documents.formats.properties import author_said, date_said, language_said, title_said
from documents.formats.tables import put_table
from documents.lines import lines_of
from documents.metadata import published_of
from documents.reading import Limits, Reading, Unreadable

_LEFT_OUT = frozenset(
    ("tracked-changes", "annotation", "annotation-end", "table-of-content", "illustration-index", "forms",
     "table-index", "alphabetical-index", "user-index", "sequence-decls", "note-citation", "desc", "title",
     "automatic-styles", "settings", "scripts", "font-face-decls", "bookmark", "shapes", "header", "footer")
)  # fmt: skip
_FRAMES = frozenset(("header", "footer", "date-time", "page-number"))  # what every slide repeats
_MOST_REPEATED = 1_000  # times one cell or row may be repeated
_MOST_SPACES = 100
_PAGE = "\f"


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The text of an OpenDocument file; pages are slides, or where the program noted page breaks."""
    package = Package(data, limits)
    manifest = package.xml("META-INF/manifest.xml")
    if manifest is not None and next(below(manifest, "encryption-data"), None) is not None:
        raise Unreadable("encrypted: it opens with a password only")
    body = child(package.xml("content.xml"), "body")
    if body is None or len(body) == 0:
        raise Unreadable("damaged, or not an OpenDocument file: it has no content")
    opened = _OpenDocument(limits)
    if next(below(body, "soft-page-break"), None) is not None:
        opened.composition.page()
    opened.put(body, 0)
    opened.composition.finish()
    text = opened.composition.text
    said = _properties(package)
    return Reading(
        text=text,
        title=title_said(said.get("title"), text, name) or opened.title,
        metadata=Metadata(
            published=published_of(lines_of(text))
            or date_said(said.get("creation-date") or said.get("date")),
            author=author_said(said.get("initial-creator") or said.get("creator")),
            language=language_said(said.get("language")),
        ),
        sections=tuple(opened.composition.sections),
        pages=tuple(opened.composition.pages),
    )


def _properties(package: Package) -> dict[str, str]:
    meta = child(package.xml("meta.xml"), "meta")
    return {} if meta is None else {local(element): element.text or "" for element in meta}


class _OpenDocument:
    """An OpenDocument file being read."""

    def __init__(self, limits: Limits) -> None:
        self.composition = Composition()
        self.title: str | None = None
        self._limits = limits
        self._cited = 0

    def put(self, element: Any, depth: int) -> None:
        """Adds the blocks of an element; ``depth`` counts the lists around it."""
        for block in element:
            kind = local(block)
            if kind == "h":
                self._put_text(block, level=_count(attribute(block, "outline-level"), 10))
            elif kind == "p":
                self._put_text(block)
            elif kind == "list":
                self._put_list(block, depth)
            elif kind == "table":
                self._put_table(block)
            elif kind == "page":
                self.composition.page()
                self._put_slide(block)
            elif kind == "soft-page-break":
                self.composition.page()
            elif kind not in _LEFT_OUT:
                self.put(block, depth)
            if self.composition.characters > self._limits.characters:
                raise Unreadable(f"holds more than the limit of {self._limits.characters:,} characters")

    def _put_text(self, paragraph: Any, level: int = 0) -> None:
        text, notes, frames = self._text(paragraph)
        while text.startswith(_PAGE):
            self.composition.page()
            text = text[1:].lstrip()
        whole = text.replace(_PAGE, "")
        if level and whole.strip():
            self.composition.heading(whole, level)
        else:
            self.composition.paragraph(whole)
        if attribute(paragraph, "style-name") == "Title" and self.title is None:
            self.title = " ".join(whole.split()) or None
        while _PAGE in text:
            text = text.partition(_PAGE)[2]
            rest = Composition()
            rest.paragraph(text.replace(_PAGE, ""))
            self.composition.pages.append(self.composition.characters - rest.characters)
        for note in notes:
            self.composition.paragraph(note)
        for frame in frames:
            self.put(frame, 0)

    def _put_list(self, element: Any, depth: int) -> None:
        for item in element:
            if local(item) not in ("list-item", "list-header"):
                continue
            for part in item:
                if local(part) == "p":
                    text, notes, frames = self._text(part)
                    self.composition.item(text.replace(_PAGE, ""), depth)
                    for note in notes:
                        self.composition.paragraph(note)
                    for frame in frames:
                        self.put(frame, depth)
                elif local(part) == "list":
                    self._put_list(part, depth + 1)
                else:
                    self.put([part], depth + 1)

    def _put_slide(self, page: Any) -> None:
        titles = [frame for frame in page if attribute(frame, "class") == "title"]
        for frame in titles:
            title = " ".join("".join(self._text(p)[0] for p in below(frame, "p")).split())
            self.composition.heading(title, 1)
            self.title = self.title or title or None
        for part in page:
            if part not in titles and attribute(part, "class") not in (
                "header",
                "footer",
                "date-time",
                "page-number",
            ):
                self.put([part], 0)

    def _put_table(self, table: Any) -> None:
        in_sheet = local(table.getparent()) == "spreadsheet"
        if in_sheet:
            self.composition.heading(attribute(table, "name") or "", 1)
        rows: list[list[str]] = []
        flagged = False
        for row, heads in _rows(table, heads=False):
            cells = self._cells(row)
            times = _count(attribute(row, "number-rows-repeated"), _MOST_REPEATED) if any(cells) else 1
            flagged = flagged or (heads and not rows)
            rows += [cells] * times
            if sum(map(len, rows[-times:])) and len(rows) * len(rows[0]) > self._limits.characters:
                raise Unreadable(f"holds more than the limit of {self._limits.characters:,} characters")
        for block in _blocks(rows) if in_sheet else [rows]:
            put_table(self.composition, block, flagged)

    def _cells(self, row: Any) -> list[str]:
        cells: list[str] = []
        for cell in row:
            if local(cell) in ("table-cell", "covered-table-cell"):
                parts = [self._text(p)[0].replace(_PAGE, "") for p in below(cell, "p")]
                text = " ".join(part for part in parts if part.strip())
                times = _count(attribute(cell, "number-columns-repeated"), _MOST_REPEATED)
                cells += [text] * times
        while cells and not cells[-1].strip():
            cells.pop()
        return cells

    def _text(self, element: Any) -> tuple[str, list[str], list[Any]]:
        """The text of a paragraph, the notes it cites, and the frames that hang on it."""
        parts: list[str] = [element.text or ""]
        notes: list[str] = []
        frames: list[Any] = []
        for part in element:
            kind = local(part)
            if kind == "s":
                parts.append(" " * _count(attribute(part, "c"), _MOST_SPACES))
            elif kind in ("tab", "line-break"):
                parts.append("\t" if kind == "tab" else "\n")
            elif kind == "soft-page-break":
                parts.append(_PAGE)
            elif kind == "note":
                self._cited += 1
                number = self._cited
                body = " ".join(self._text(p)[0].strip() for p in below(part, "p")).replace(_PAGE, "")
                parts.append(f"[{number}]")
                notes.append(f"[{number}] {body}")
            elif kind in ("frame", "custom-shape", "g", "text-box"):
                frames.append([part])
            elif kind not in _LEFT_OUT:
                inner, inner_notes, inner_frames = self._text(part)
                parts.append(inner)
                notes += inner_notes
                frames += inner_frames
            parts.append(part.tail or "")
        return " ".join("".join(parts).split(" ")), notes, frames


def _rows(table: Any, *, heads: bool) -> Iterator[tuple[Any, bool]]:
    """The rows of a table, and whether each is one of its header's."""
    for part in table:
        kind = local(part)
        if kind == "table-row":
            yield part, heads
        elif kind in ("table-rows", "table-row-group", "table-header-rows"):
            yield from _rows(part, heads=heads or kind == "table-header-rows")


def _blocks(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    block: list[list[str]] = []
    for row in rows:
        if row:
            block.append(row)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _count(value: str | None, most: int) -> int:
    return max(1, min(int(value), most)) if value and value.isdecimal() and len(value) < 10 else 1
