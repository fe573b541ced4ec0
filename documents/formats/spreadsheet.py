"""Spreadsheets: a section a sheet, a block a row, each value with the header of its column."""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence

from documents.composition import Composition, one_line
from documents.document import Metadata
from documents.formats.package import Package, is_compound
from documents.formats.properties import author_said, date_said, title_said
from documents.formats.tables import CELL, is_header, is_number, put_table
from documents.formats.word import core_properties
from documents.reading import Limits, Reading, Unreadable

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_HIGHEST_HEADER = 4  # rows
_CHUNK = 1_000_000
_MOST_CELLS = 10_000_000  # of the rectangle that a sheet's cells span, which is held in memory whole

Cell = str | float | bool | dt.date | dt.time | dt.timedelta


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The sheets of an Excel file, old or new; those that hold nothing but charts or macros are left out."""
    import python_calamine as calamine

    said: dict[str, str] = {}
    if is_compound(data):
        if _ENCRYPTED in data:
            raise Unreadable("encrypted: it opens with a password only")
    else:
        package = Package(data, limits)
        _check_extent(data, package)
        said = core_properties(package)
    composition = Composition()
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for sheet in workbook.sheets_metadata:
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet:
                cells = workbook.get_sheet_by_name(sheet.name)
                _put_sheet(composition, sheet.name, cells.iter_rows() if cells.height else (), limits)
    except calamine.PasswordError as error:
        raise Unreadable("encrypted: it opens with a password only") from error
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise Unreadable("damaged, or not a spreadsheet: it cannot be parsed") from error
    except BaseException as error:
        # What makes the library's Rust code panic derives from nothing more exact.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("damaged: its cells cannot be parsed") from error
    text = composition.text
    return Reading(
        text=text,
        title=title_said(said.get("title"), text, name),
        metadata=Metadata(published=date_said(said.get("created")), author=author_said(said.get("creator"))),
        sections=tuple(composition.sections),
    )


def _check_extent(data: bytes, package: Package) -> None:
    """`Unreadable` for cells so far apart that the rectangle they span would not fit in memory."""
    for part in sorted(package.names):
        if not re.search(r"worksheets/[^/]*\.xml$", part):
            continue
        columns, rows = [0, 0], [0, 0]
        for column, row in _places(data, part):
            columns = [min(columns[0] or column, column), max(columns[1], column)]
            rows = [min(rows[0] or row, row), max(rows[1], row)]
        if (columns[1] - columns[0] + 1) * (rows[1] - rows[0] + 1) > _MOST_CELLS:
            raise Unreadable(f"a sheet's cells span more than the limit of {_MOST_CELLS:,}")


def _places(data: bytes, part: str) -> Iterator[tuple[int, int]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part) as sheet:
            rest = b""
            while chunk := sheet.read(_CHUNK):
                chunk = rest + chunk
                for match in _PLACE.finditer(chunk):
                    column = 0
                    for letter in match[1].upper():
                        column = 26 * column + letter - 64
                    yield column, int(match[2])
                rest = chunk[-40:]
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError) as error:
        raise Unreadable(f"damaged: its part {part} cannot be unpacked") from error


def _put_sheet(composition: Composition, name: str, rows: Iterable[Sequence[Cell]], limits: Limits) -> None:
    header: list[str] | None = None
    for at, block in enumerate(_blocks(rows)):
        if at == 0:
            composition.heading(name, 1)
        header = _put_block(composition, block, header)
        if composition.characters > limits.characters:
            raise Unreadable(f"holds more than the limit of {limits.characters:,} characters")


def _blocks(rows: Iterable[Sequence[Cell]]) -> Iterator[list[list[str]]]:
    """Runs of rows without a blank one between them."""
    block: list[list[str]] = []
    for row in rows:
        shown = [_shown(cell) for cell in row]
        if any(shown):
            block.append(shown)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _put_block(
    composition: Composition, block: list[list[str]], header: list[str] | None
) -> list[str] | None:
    """Adds a run of rows; gives back the header that the next run may go on with."""
    width = max(sum(map(bool, row)) for row in block)
    at = 0
    while at < len(block) and width > 1 and sum(map(bool, block[at])) == 1:
        at += 1  # a caption above the table
    _put_rows(composition, block[:at])
    table = block[at:]
    used = [column for column in range(len(block[0])) if any(row[column] for row in table)]
    top = _header_of([[row[column] for column in used] for row in table])
    if top is not None:
        _put_rows(composition, table[:top])  # names for several columns at once
        put_table(composition, table[top:], header=True)
        return table[top]
    if header and len(used) > 1 and all(header[column] for column in used[1:]):
        composition.table(header, table)
        return header
    _put_rows(composition, table)
    heads = len(used) > 2 and not any(is_number(cell) for row in table for cell in row)
    return table[-1] if heads and sum(map(bool, table[-1])) > 2 else header  # a header above a blank row


def _header_of(table: list[list[str]]) -> int | None:
    """Which of the first rows is the header."""
    for top in range(min(_HIGHEST_HEADER, len(table) - 1)):
        if is_header(table[top], table[top + 1 :]):
            return top
        if all(table[top]):
            return None
    return None


def _put_rows(composition: Composition, rows: list[list[str]]) -> None:
    for row in rows:
        composition.paragraph(CELL.join(cell for cell in row if cell))


def _shown(cell: Cell) -> str:
    """A cell's value as people write it: whole numbers without a point, dates in ISO 8601."""
    if isinstance(cell, str):
        return one_line(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.12g}"
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)
