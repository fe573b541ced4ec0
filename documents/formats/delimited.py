"""Tables in plain text: CSV, TSV and what passes for them."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from documents.composition import Composition
from documents.decoding import UndecodableError, decode
from documents.formats.tables import is_number
from documents.metadata import title_from
from documents.reading import Limits, Reading, Unreadable

_DELIMITERS = ",;\t|"
_SAMPLE = 50  # lines
_LONGEST_NAME = 120  # characters
_CAPTIONS = 5


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """Every row as a line of its own that carries the names of its columns."""
    try:
        text = decode(data)
    except UndecodableError as error:
        raise Unreadable(str(error)) from error
    csv.field_size_limit(2**31 - 1)  # the size of the whole file is bounded already
    delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else delimiter_of(text)
    table = _told_apart(list(_rows(text, delimiter)))
    composition = Composition()
    for caption in table.captions:
        composition.paragraph(caption)
    for row in table.rows:
        composition.table(table.header, [row])
        if composition.characters > limits.characters:
            raise Unreadable(f"holds more than the limit of {limits.characters:,} characters")
    return Reading(composition.text, title=table.captions[0] if table.captions else title_from(name))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same number of cells, and more than one."""
    sample = "\n".join(text.splitlines()[:_SAMPLE])
    best, chosen = (0, 0), ","
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(StringIO(sample, newline=""), delimiter=delimiter) if row]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        score = (widths.count(usual), usual)
        if usual > 1 and score > best:
            best, chosen = score, delimiter
    return chosen


@dataclass(frozen=True, slots=True)
class _Table:
    """A table in parts: lines above it, the names of its columns (none: an empty tuple), its rows."""

    captions: tuple[str, ...]
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]


def _told_apart(rows: Sequence[Sequence[str]]) -> _Table:
    """A table's parts. The first row of several cells is the header if all of them could be names."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    captions: list[str] = []
    while len(filled) > 1 and len(captions) < _CAPTIONS and _is_caption(filled[0], filled[1]):
        captions.append(next(cell for cell in filled[0] if cell.strip()).strip())
        filled = filled[1:]
    if len(filled) > 1 and _names_columns(filled[0], filled[1:]):
        return _Table(tuple(captions), tuple(cell.strip() for cell in filled[0]), filled[1:])
    return _Table(tuple(captions), (), filled)


def _is_caption(row: Sequence[str], below: Sequence[str]) -> bool:
    return len(row) > 1 and _width(row) == 1 < _width(below) and bool(row[0].strip())


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _names_columns(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    names = [cell.strip() for cell in first if cell.strip()]
    if len(names) < max(1, _width(below[0]) - 1) or len(set(names)) < len(names):
        return False
    if any(is_number(name) or len(name) > _LONGEST_NAME for name in names[1:] or names):
        return False
    # Years head columns of figures; otherwise a header does not begin with a number.
    return not is_number(names[0]) or len(names) > 1
