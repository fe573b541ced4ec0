"""The order in which a page's lines are read."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from statistics import median

from documents.formats.pdf_lines import Line

_GUTTER = 0.8  # em of white from top to bottom between two columns
_COLUMN_LINES = 4
_COLUMN_TEXT = 20  # characters: shorter lines are cells of a table
_PARTED_LINES = 10
_DEEPEST = 40


def in_reading_order(lines: list[Line]) -> list[Line]:
    """The lines of a page in the order in which they are read.

    That in which they are drawn, which most programs that write PDF keep in order, unless it is
    evidently another: where it goes back up within a column, or through two columns line by line.
    """
    if _goes_across(lines):
        lines = [cell for line in lines for cell in (line.cells if len(line.cells) == 2 else (line,))]
    elif not _goes_back(lines):
        return lines
    turns = [list(group) for _, group in groupby(lines, key=lambda line: line.turn)]
    return [line for group in turns for line in _ordered(group, 0)]


def _goes_back(lines: list[Line]) -> bool:
    return any(
        above.turn == below.turn
        and below.base > above.base + above.size
        and min(above.right, below.right) - max(above.left, below.left) > above.size
        for above, below in pairwise(lines)
    )


def _goes_across(lines: list[Line]) -> bool:
    """Whether many lines hold two long pieces, all parted at the same place."""
    parted = [line.cells for line in lines if len(line.cells) == 2 and line.turn == lines[0].turn]
    prose = [(left, right) for left, right in parted if min(len(left.text), len(right.text)) >= _COLUMN_TEXT]
    if len(prose) < _PARTED_LINES or len(prose) < 0.6 * len(parted):
        return False
    return max(left.right for left, _ in prose) < min(right.left for _, right in prose)


def _ordered(lines: Sequence[Line], depth: int) -> list[Line]:
    """Column by column where a gutter runs through all lines, else part by part, else row by row."""
    if depth < _DEEPEST and len(lines) > 1:
        gutter = _gutter(lines)
        if gutter is not None:
            left = [line for line in lines if line.right <= gutter]
            right = [line for line in lines if line.right > gutter]
            return _ordered(left, depth + 1) + _ordered(right, depth + 1)
        floor = _floor(lines)
        if floor is not None:
            upper = [line for line in lines if line.base >= floor]
            lower = [line for line in lines if line.base < floor]
            return _ordered(upper, depth + 1) + _ordered(lower, depth + 1)
    return _rows(lines)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where a column of white parts the lines into two columns of text."""
    size = median(line.size for line in lines)
    by_left = sorted(lines, key=lambda line: line.left)
    right = by_left[0].right
    for at, line in enumerate(by_left[1:], 1):
        if line.left - right > _GUTTER * size:
            sides = by_left[:at], by_left[at:]
            if all(len(side) >= _COLUMN_LINES and _is_text(side) for side in sides):
                return (line.left + right) / 2
        right = max(right, line.right)
    return None


def _is_text(lines: Sequence[Line]) -> bool:
    return median(len(line.text) for line in lines) >= _COLUMN_TEXT


def _floor(lines: Sequence[Line]) -> float | None:
    """The height of the widest gap between lines, if it is wider than usual."""
    down = sorted(lines, key=lambda line: -line.base)
    gaps = [above.base - below.base for above, below in pairwise(down)]
    usual = median(gaps)
    widest = max(range(len(gaps)), key=lambda at: gaps[at])
    return down[widest].base if gaps[widest] > max(1.3 * usual, down[widest].size) else None


def _rows(lines: Sequence[Line]) -> list[Line]:
    """From top to bottom; lines at one height become one line whose cells are parted by tabs."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (-line.base, line.left)):
        if rows and rows[-1][0].base - line.base < 0.3 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_merged(sorted(row, key=lambda line: line.left)) for row in rows]


def _merged(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    return replace(
        row[0],
        text="\t".join(line.text for line in row),
        right=max(line.right for line in row),
        size=max(line.size for line in row),
        bold=all(line.bold for line in row),
        cells=tuple(cell for line in row for cell in (line.cells or (line,))),
    )
