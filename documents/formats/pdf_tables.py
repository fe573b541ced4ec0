"""Tables of a PDF: rows whose cells stand below the cells of a header."""

from collections.abc import Sequence
from dataclasses import replace

from documents.composition import row_text
from documents.formats.pdf_layout import Block
from documents.formats.pdf_lines import Line

_FEWEST_COLUMNS = 3
_FEWEST_ROWS = 2


def with_headers(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, the rows of evident tables carrying their header: "Month: May; Shows: 48; Net: $11,250".

    A header is the first line, of three or more cells without a digit; below it stand two rows or more,
    of which every cell lies below a cell of the header of its own. The header's own line goes into its rows.
    """
    kept: list[Block] = []
    at = 0
    while at < len(blocks):
        header = _cells(blocks[at])
        first = at == 0 or not _cells(blocks[at - 1])
        rows = _rows_below(header, blocks, at + 1) if first and _is_header(header) else []
        if len(rows) >= _FEWEST_ROWS:
            names = [cell.text for cell in header]
            for block, row in zip(blocks[at + 1 : at + 1 + len(rows)], rows, strict=True):
                line = replace(block.lines[0], text=row_text(names, row))
                kept.append(Block("paragraph", [line]))
            at += 1 + len(rows)
        else:
            kept.append(blocks[at])
            at += 1
    return kept


def _cells(block: Block) -> tuple[Line, ...]:
    return block.lines[0].cells if len(block.lines) == 1 else ()


def _is_header(cells: Sequence[Line]) -> bool:
    return len(cells) >= _FEWEST_COLUMNS and not any(
        any(character.isdigit() for character in cell.text) for cell in cells
    )


def _rows_below(header: Sequence[Line], blocks: Sequence[Block], start: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for at in range(start, len(blocks)):
        row = _placed(header, _cells(blocks[at]))
        if row is None or blocks[at].lines[0].page != header[0].page:
            break
        rows.append(row)
    return rows


def _placed(header: Sequence[Line], cells: Sequence[Line]) -> list[str] | None:
    """A row's values by the header's columns; None where a cell lies below none of them, or two below one."""
    if len(cells) < 2:
        return None
    row = [""] * len(header)
    for cell in cells:
        shares = [min(cell.right, name.right) - max(cell.left, name.left) for name in header]
        at = max(range(len(header)), key=lambda column: shares[column])
        if shares[at] <= 0 or row[at]:
            return None
        row[at] = cell.text
    return row
