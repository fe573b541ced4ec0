"""Broken PDF and office files: whatever a file holds, it is read or named, and the next one is read too.

The mutations are the same each time. ``PINCITE_MUTATIONS`` sets how many are tried, over all files.
"""

import os
import random
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from documents import Document, Unread
from documents.formats import FORMATS
from documents.formats.package import Package
from documents.reader import Reader
from documents.reading import Limits
from tests.test_office import NUMBERING, STYLES, docx, in_list, odf, p, pptx_from, row, xlsx
from tests.test_pdf import BODY, lines, pdf_bytes

_TRIED = int(os.environ.get("PINCITE_MUTATIONS", "60"))
_SUFFIXES = (".pdf", ".docx", ".pptx", ".xlsx", ".xls", ".odt", ".rtf", ".doc")
_LARGEST = 300_000  # bytes
_NAMED = ("damaged", "encrypted", "holds", "unpacks to", "has more than", "needs more memory", "took longer",
          "its reader broke down", "in the format")  # fmt: skip


def _made() -> dict[str, bytes]:
    body = p("A Visit", "H1", in_list(1)) + f"<w:tbl>{row('a', 'b', 'c') * 3}</w:tbl>"
    return {
        "made.pdf": pdf_bytes([lines(72, 700, *BODY)] * 3, info="/Title (A Visit)"),
        "made.docx": docx(body, styles=STYLES, numbering=NUMBERING),
        "made.pptx": pptx_from("table"),
        "made.xlsx": xlsx(One=[["Place", "Month", "Cost"], ["Rome", "May", 5]]),
        "made.odt": odf("text", "<text:h>A Visit</text:h><text:p>Words.</text:p>"),
        "made.rtf": rb"{\rtf1\ansi First caf\'e9.\par\trowd a\cell b\cell\row}",
    }


@pytest.fixture(scope="module")
def files() -> list[tuple[str, bytes]]:
    """Small files of every format: made ones, and real ones where they are at hand."""
    found = list(_made().items())
    shared = Path(__file__).parents[1].parent / "shared" / "fixtures"
    for suffix in _SUFFIXES:
        paths = sorted(path for path in shared.rglob(f"*{suffix}") if path.stat().st_size <= _LARGEST)
        found += [(path.name, path.read_bytes()) for path in paths[::3]]
    return found


def _mutations(files: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for at in range(_TRIED):
        chance = random.Random(at)  # noqa: S311 - the same each time
        name, data = files[chance.randrange(len(files))]
        parts = _parts(data) if chance.random() < 0.7 else None
        if parts:
            part = chance.choice(sorted(parts))
            parts[part] = _mutated(chance, parts[part])
            yield f"{at} {part} of {name}", _packed(parts)
        else:
            yield f"{at} {name}", _mutated(chance, data)


def _mutated(chance: random.Random, data: bytes) -> bytes:
    """Bytes cut off, lost, repeated, changed, or changed to what parsers stumble over."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(changed) + 1)
        length = chance.choice((1, 4, 30, 1_000))
        kind = chance.randrange(5)
        if kind == 0:
            del changed[start : start + length if chance.random() < 0.8 else None]
        elif kind == 1:
            changed[start:start] = changed[start : start + length] * chance.choice((2, 50))
        elif kind == 2:
            changed[start : start + length] = chance.randbytes(min(length, len(changed) - start))
        elif kind == 3:
            changed[start : start + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"-999999999", b"<<[["))
        else:
            changed[start:start] = chance.choice((b"<a>" * 300, b"&x;", b"{" * 2_000, b"[" * 2_000))
    return bytes(changed)


def _parts(data: bytes) -> dict[str, bytes] | None:
    if not data.startswith(b"PK"):
        return None
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_broken_file_is_read_or_named_and_nothing_else(
    files: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    limits = Limits(seconds=20)
    unnamed = []
    with Reader(limits) as reader:
        for told, data in _mutations(files):
            path = tmp_path / f"broken{Path(told).suffix}"
            path.write_bytes(data)
            for entry in reader.read(path, path.name):
                if isinstance(entry, Document):
                    assert all(entry.text[s.start : s.end] == s.title for s in entry.sections), told
                    assert list(entry.pages) == sorted(entry.pages), told
                    assert not entry.pages or entry.pages[-1] <= len(entry.text), told
                elif entry.path == path.name and not entry.reason.startswith(_NAMED):
                    unnamed.append((told, entry.reason))
    assert unnamed == []


def test_every_format_has_a_file_that_is_read(tmp_path: Path) -> None:
    with Reader() as reader:
        for name, data in _made().items():
            path = tmp_path / name
            path.write_bytes(data)
            (entry,) = reader.read(path, name)
            assert not isinstance(entry, Unread), entry
            assert Path(name).suffix in FORMATS


def test_a_part_that_is_missing_is_no_crash(tmp_path: Path) -> None:
    with Reader() as reader:
        for name, data in _made().items():
            for part in sorted(Package(data, Limits()).names) if data.startswith(b"PK") else ():
                parts = _parts(data) or {}
                del parts[part]
                path = tmp_path / name
                path.write_bytes(_packed(parts))
                (entry,) = reader.read(path, name)
                assert isinstance(entry, Document) or entry.reason.startswith(_NAMED), (part, entry)
