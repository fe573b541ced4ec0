"""Tables in plain text: CSV, TSV and what passes for them."""

import csv
from collections.abc import Iterator
from io import StringIO

from documents.composition import Composition
from documents.decoding import UndecodableError, decode
from documents.formats.rows import told_apart
from documents.metadata import title_from
from documents.reading import Limits, Reading, Unreadable

_DELIMITERS = ",;\t|"
_SAMPLE = 50  # lines


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """Every row as a line of its own that carries the names of its columns."""
    try:
        text = decode(data)
    except UndecodableError as error:
        raise Unreadable(str(error)) from error
    csv.field_size_limit(2**31 - 1)  # the size of the whole file is bounded already
    delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else delimiter_of(text)
    table = told_apart(list(_rows(text, delimiter)))
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
