"""Rich Text Format."""

import re

from documents.composition import Composition
from documents.document import Metadata
from documents.formats.properties import author_said, date_said, title_said
from documents.formats.tables import put_table
from documents.lines import lines_of
from documents.metadata import published_of
from documents.reading import Limits, Reading, Unreadable
from documents.structure import plain_sections

_INFO = re.compile(rb"\{\\(title|author)\s+([^{}\\]{1,500})\}")
_CREATED = re.compile(rb"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_IMAGE = re.compile(rb"[0-9a-fA-F\r\n]{512,}")
_ITEM = re.compile(r"[ \t]*(?:[•·▪◦‣o-]|\(?\d{1,3}[.)])\t+")


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The text of an RTF file; headings are those that the text shows."""
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("damaged, or not what its name says: it does not begin as RTF does")
    # RTF is ASCII; bytes above it stand for characters of Windows.
    source = _IMAGE.sub(b"", data).decode("cp1252", errors="replace")
    plain = rtf_to_text(source, encoding="cp1252", errors="replace")  # type: ignore[no-untyped-call] # has none
    if len(plain) > limits.characters:
        raise Unreadable(f"holds more than the limit of {limits.characters:,} characters")
    composition = Composition()
    table: list[list[str]] = []
    for line in plain.split("\n"):
        if line.count("|") >= 2 and line.rstrip().endswith("|"):
            table.append(line.rstrip().removesuffix("|").split("|"))
            continue
        put_table(composition, table)
        table = []
        marker = _ITEM.match(line)
        if marker:
            composition.item(line[marker.end() :], marker=marker.group().strip())
        else:
            composition.paragraph(line)
    put_table(composition, table)
    text = composition.text
    said = {key.decode(): value.decode("cp1252", "replace") for key, value in _INFO.findall(data[:20_000])}
    created = _CREATED.search(data[:20_000])
    day = "{:04}-{:02}-{:02}".format(*map(int, created.groups())) if created else None
    return Reading(
        text=text,
        title=title_said(said.get("title"), text, name),
        metadata=Metadata(
            published=published_of(lines_of(text)) or date_said(day), author=author_said(said.get("author"))
        ),
        sections=plain_sections(lines_of(text)),
    )
