"""Tables as rows of cells: which of the first rows name the columns, and which are a caption."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FIGURE = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,:/%\s)-]*(?:[€%])?")
_LONGEST_NAME = 120
_CAPTIONS = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """A table in parts: lines above it, the names of its columns (none: an empty tuple), its rows."""

    captions: tuple[str, ...]
    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]


def is_figure(cell: str) -> bool:
    """Whether a cell holds a number, an amount, a date or a time."""
    return _FIGURE.fullmatch(cell.strip()) is not None


def told_apart(rows: Sequence[Sequence[str]]) -> Rows:
    """A table's parts. The first row of several cells is the header if all of them could be names."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    captions: list[str] = []
    while len(filled) > 1 and len(captions) < _CAPTIONS and _is_caption(filled[0], filled[1]):
        captions.append(next(cell for cell in filled[0] if cell.strip()).strip())
        filled = filled[1:]
    if len(filled) > 1 and _names_columns(filled[0], filled[1:]):
        return Rows(tuple(captions), tuple(cell.strip() for cell in filled[0]), filled[1:])
    return Rows(tuple(captions), (), filled)


def _is_caption(row: Sequence[str], below: Sequence[str]) -> bool:
    return len(row) > 1 and _width(row) == 1 < _width(below) and bool(row[0].strip())


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _names_columns(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    names = [cell.strip() for cell in first if cell.strip()]
    if len(names) < max(1, _width(below[0]) - 1) or len(set(names)) < len(names):
        return False
    if any(is_figure(name) or len(name) > _LONGEST_NAME for name in names[1:] or names):
        return False
    # Years head columns of figures; otherwise a header does not begin with a number.
    return not is_figure(names[0]) or len(names) > 1
