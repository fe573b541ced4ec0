"""Tables of office files: which row is the header, and how rows enter the text."""

import re
from collections.abc import Sequence

from documents.composition import Composition, one_line

CELL = " | "  # between the cells of a row that has no header
_NUMBER = re.compile(r"[-+(]?[\s$€£¥]*\d[\d\s.,'%:/()€$£¥-]*[a-zA-Z]{0,3}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_NAME = 80  # characters


def put_table(composition: Composition, rows: Sequence[Sequence[str]], header: bool = False) -> None:
    """Adds a table: each row carries its header where there is one; ``header``: it has one for sure.

    A table of one column or row is no table, only laid out as one.
    """
    filled = [[one_line(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    width = max((len(row) for row in filled), default=0)
    used = [at for at in range(width) if any(at < len(row) and row[at] for row in filled)]
    table = [[row[at] if at < len(row) else "" for at in used] for row in filled]
    if len(used) == 2 and 2 * sum(row[0].endswith((":", "：")) for row in table) >= len(table):
        for row in table:
            composition.paragraph(" ".join(cell for cell in row if cell))
    elif len(used) >= 2 and len(table) >= 2 and (header or is_header(table[0], table[1:])):
        composition.table(table[0], table[1:])
        unused = [name for at, name in enumerate(table[0]) if name and not any(row[at] for row in table[1:])]
        if unused:
            composition.paragraph(CELL.join(unused))
    else:
        for row in table:
            composition.paragraph(CELL.join(cell for cell in row if cell))


def is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names the columns: short names, all different, in most columns, no numbers."""
    names = [cell for cell in first if cell]
    if not rest or len(names) < 2 or len({name.casefold() for name in names}) < len(names):
        return False
    if len(names) < len(first) - 1 and len(names) < 0.6 * len(first):
        return False
    if any(len(name) > _LONGEST_NAME or name[-1] in ".!?;" for name in names):
        return False
    if any(is_number(name) and not _YEAR.fullmatch(name) for name in names[1:]) or is_number(names[0]):
        # A row of years below an empty corner or a word is a header; other numbers are values.
        return not first[0] and all(_YEAR.fullmatch(name) for name in names)
    if len(first) == 2:
        # Two columns are as often names and their values: then only numbers in all rows tell.
        return len(rest) >= 2 and all(is_number(row[1]) for row in rest if row[1])
    return True


def is_number(text: str) -> bool:
    """Whether a cell's text is a number, an amount, a share or a date in digits."""
    return _NUMBER.fullmatch(text) is not None
