"""PDF: paragraphs from lines, words from their parts, columns, headings, tables, pages; true reasons."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from documents import Document, Unread
from documents.formats import pdf
from documents.reader import Reader
from documents.reading import Limits, Reading, Unreadable
from tests.conftest import REPOSITORY

_PAGE = (
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
)

Run = tuple[float, float, float, str]  # left, height, size, text; a text that begins with "*" is bold


def pdf_bytes(
    pages: Sequence[Sequence[Run]], info: str = "", page: str = "", catalog: str = "", last: str = ""
) -> bytes:
    """A PDF as a program would write it, in Helvetica, whose digits are .556 em wide."""
    kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>",
    ]
    for at, runs in enumerate(pages):
        drawn = "".join(
            f"BT /F{2 if text[:1] == '*' else 1} {size} Tf {left} {height} Td ({_escaped(text)}) Tj ET\n"
            for left, height, size, text in runs
        )
        objects += [
            f"{_PAGE} {page} /Contents {7 + 2 * at} 0 R >>",
            f"<< /Length {len(drawn.encode('cp1252'))} >>\nstream\n{drawn}endstream",
        ]
    objects += [last] if last else []
    body = b"%PDF-1.7\n"
    starts = []
    for number, content in enumerate(objects, 1):
        starts.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    trailer = (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return body + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def _escaped(text: str) -> str:
    return text.removeprefix("*").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def lines(left: float, top: float, *texts: str, size: float = 10, leading: float = 12) -> list[Run]:
    return [(left, top - leading * at, size, text) for at, text in enumerate(texts)]


def read(pages: Sequence[Sequence[Run]], **settings: str) -> Reading:
    return pdf.read(pdf_bytes(pages, **settings), "a.pdf", Limits())


def headings(reading: Reading) -> list[tuple[int, str]]:
    assert all(reading.text[s.start : s.end] == s.title for s in reading.sections)
    return [(section.level, section.title) for section in reading.sections]


BODY = (
    "The delegation met the mayor on Monday and left again on Tuesday after",
    "a long talk on finance and other matters, in which much was agreed on by",
    "both.",
)
BODY_TEXT = " ".join(BODY)


def test_lines_become_paragraphs() -> None:
    reading = read([[*lines(72, 700, *BODY), *lines(72, 640, *BODY)]])
    assert reading.text == f"{BODY_TEXT}\n\n{BODY_TEXT}"


def test_an_indent_begins_a_paragraph() -> None:
    indented = "He went on for a while, as he had done in many years before, until"
    runs = [*lines(72, 700, *BODY[:2]), *lines(90, 676, indented), *lines(72, 664, "the end.")]
    assert read([runs]).text == f"{BODY[0]} {BODY[1]}\n\n{indented} the end."


@pytest.mark.parametrize(
    ("above", "below", "elsewhere", "joined"),
    [
        ("of the nego-", "tiations they", "", "of the negotiations they"),
        ("of many multi-", "agent systems", "A multi-agent system.", "of many multi-agent systems"),
        ("of many multi-", "agent systems", "A multiagent system.", "of many multiagent systems"),
        ("with a worst-", "case approach", "The worst case.", "with a worst-case approach"),
        ("of the Lucene-", "BM25 systems", "", "of the Lucene-BM25 systems"),
    ],
)
def test_a_word_that_a_line_end_parts_is_joined(above: str, below: str, elsewhere: str, joined: str) -> None:
    first = "They had spoken for three days and nights and had come near the end " + above
    text = read([[*lines(72, 700, first, below + " had begun."), *lines(72, 600, elsewhere or "So.")]]).text
    assert joined in text


def test_a_paragraph_goes_on_over_a_page_and_the_page_begins_inside_it() -> None:
    reading = read([lines(72, 100, *BODY[:2]), lines(72, 700, "both.")])
    assert reading.text == BODY_TEXT
    assert reading.pages == (0, len(BODY_TEXT) - len("both."))


def test_a_paragraph_goes_on_behind_a_footnote() -> None:
    note = lines(72, 60, "1 A note in small print.", size=7)
    reading = read([[*lines(72, 100, *BODY[:2]), *note], lines(72, 700, "both.")])
    assert reading.text == f"1 A note in small print.\n\n{BODY_TEXT}"
    assert reading.pages == (0, len(reading.text) - len("both."))


def test_pages_without_text_are_counted() -> None:
    reading = read([[], lines(72, 700, "First words."), [], lines(72, 700, "Last words."), []])
    assert reading.text == "First words.\n\nLast words."
    assert reading.pages == (0, 0, 12, 14, 25)


LEFT = [f"left column, line {at:02}, with words" for at in range(12)]
RIGHT = [f"right column, line {at:02}, with words" for at in range(12)]


@pytest.mark.parametrize("by_line", [False, True])
def test_two_columns_are_read_one_after_the_other(by_line: bool) -> None:
    left, right = lines(72, 700, *LEFT), lines(320, 700, *RIGHT)
    runs = [run for pair in zip(left, right, strict=True) for run in pair] if by_line else left + right
    assert read([runs]).text.split() == " ".join(LEFT + RIGHT).split()


def test_what_is_drawn_last_but_stands_above_is_read_first() -> None:
    assert read([[*lines(72, 600, *BODY), (72, 700, 10, "The first line of all.")]]).text == (
        f"The first line of all.\n\n{BODY_TEXT}"
    )


def test_headings_are_larger_or_bolder_than_the_text() -> None:
    runs = [
        (72, 740, 20, "A Visit to Beijing"),
        (72, 710, 14, "First Day"),
        *lines(72, 690, *BODY),
        (72, 640, 10, "*In the Morning"),
        *lines(72, 625, *BODY),
        (72, 560, 14, "Second Day"),
        *lines(72, 540, *BODY),
    ]
    reading = read([runs])
    assert headings(reading) == [
        (1, "A Visit to Beijing"),
        (2, "First Day"),
        (3, "In the Morning"),
        (2, "Second Day"),
    ]
    assert reading.title == "A Visit to Beijing"


def test_list_items_keep_their_markers_and_their_wrapped_lines() -> None:
    runs = [
        *lines(72, 700, *BODY),
        (80, 660, 10, "\u2022 an agreement on the trade of goods between"),
        (88, 648, 10, "both cities"),
        (80, 636, 10, "\u2022 a second one"),
    ]
    items = "\u2022 an agreement on the trade of goods between both cities\n\u2022 a second one"
    assert read([runs]).text == f"{BODY_TEXT}\n\n{items}"


def test_rows_carry_the_header_of_their_table() -> None:
    columns = (72, 200, 330)
    table = [("Month", "Shows", "Income"), ("May", "48", "11,250"), ("June", "", "9,000"), ("July", "50", "")]
    runs = [
        (left, 700 - 14 * row, 10, text)
        for row, cells in enumerate(table)
        for left, text in zip(columns, cells, strict=True)
        if text
    ]
    assert read([runs]).text == (
        "Month: May; Shows: 48; Income: 11,250\n\nMonth: June; Income: 9,000\n\nMonth: July; Shows: 50"
    )


def test_cells_without_a_header_are_parted() -> None:
    assert read([[(72, 700, 10, "Name:"), (200, 700, 10, "Ann Lee")]]).text == "Name: | Ann Lee"


def test_what_each_page_repeats_is_kept_once_and_page_numbers_never() -> None:
    pages = [
        [
            (72, 760, 8, "Annual Report"),
            *lines(72, 700, f"The words of the {word} page are these.", *BODY),
            (300, 30, 8, str(at)),
        ]
        for at, word in enumerate(("first", "second", "third", "fourth"), 1)
    ]
    text = read(pages).text
    assert text.count("Annual Report") == 1
    assert text.startswith("Annual Report\n\nThe words of the first page are these.")
    assert not any(line.isdigit() for line in text.splitlines())


def test_a_raised_number_behind_a_word_is_a_note() -> None:
    # "in practice" is 45.6 points wide in Helvetica of size 10.
    assert read([[(72, 700, 10, "in practice"), (118, 704, 6, "2")]]).text == "in practice[2]"


def test_a_rotated_page_reads_like_any_other() -> None:
    assert read([lines(72, 700, *BODY)], page="/Rotate 90").text == BODY_TEXT


@pytest.mark.parametrize(
    ("info", "title", "author", "published"),
    [
        ("/Title (The mayor on Monday) /Author (Ann Lee)", "The mayor on Monday", "Ann Lee", None),
        ("/Title (Microsoft Word - report.doc) /Author (admin)", None, None, None),
        ("/Title (Quarterly template) /CreationDate (D:20231129101500+02'00')", None, None, "2023-11-29"),
        ("/Title (untitled) /CreationDate (D:20231329)", None, None, None),
    ],
)  # fmt: skip
def test_properties_are_believed_where_they_make_sense(
    info: str, title: str | None, author: str | None, published: str | None
) -> None:
    reading = read([lines(72, 700, *BODY)], info=info)
    assert (reading.title, reading.metadata.author, reading.metadata.published) == (title, author, published)


def test_bookmarks_name_the_headings() -> None:
    titles = ("One thing", "Another thing", "The last thing")
    runs = [run for at, title in enumerate(titles) for run in lines(72, 700 - 100 * at, title, "", *BODY)]
    outline = "/Outlines << "
    for at, title in enumerate(titles):
        outline += f"/{'Next' if at else 'First'} << /Title ({title}) /Dest [6 0 R /Fit] "
    outline += ">> " * 4
    assert headings(read([runs], catalog=outline)) == [(1, title) for title in titles]


def test_a_filled_form_is_read_as_it_is_shown() -> None:
    shown = "BT /F1 10 Tf 2 4 Td (Ann Lee) Tj ET"
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ann Lee) /F 4 /Rect [150 696 250 712]"
        " /AP << /N 8 0 R >> >>"
    )
    data = pdf_bytes(
        [[(72, 700, 10, "Name")]],
        page=f"/Annots [{field}]",
        catalog="/AcroForm << /Fields [] >>",
        last=f"<< /Type /XObject /Subtype /Form /BBox [0 0 100 16] /Resources << /Font << /F1 3 0 R >> >>"
        f" /Length {len(shown)} >>\nstream\n{shown}\nendstream",
    )
    assert pdf.read(data, "a.pdf", Limits()).text == "Name | Ann Lee"


def test_an_empty_page_holds_no_text() -> None:
    with pytest.raises(Unreadable, match=r"^holds no text$"):
        read([[]])


def test_what_is_no_pdf_says_so() -> None:
    with pytest.raises(Unreadable, match=r"^damaged, or not a PDF: it cannot be opened$"):
        pdf.read(b"<html>not found</html>", "a.pdf", Limits())


def test_pages_and_characters_are_limited() -> None:
    data = pdf_bytes([lines(72, 700, *BODY)] * 3)
    with pytest.raises(Unreadable, match="more than the limit of 2 pages"):
        pdf.read(data, "a.pdf", Limits(pages=2))
    with pytest.raises(Unreadable, match="more than the limit of 100 characters"):
        pdf.read(data, "a.pdf", Limits(characters=100))


def test_reading_does_not_depend_on_the_place_and_the_time_zone(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_bytes([lines(72, 700, *BODY)], info="/CreationDate (D:20231129233000-11'00')"))
    program = (
        "import sys; from pathlib import Path; from documents.reader import read_file\n"
        "sys.stdout.write(ascii(read_file(Path(sys.argv[1]), 'a.pdf')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, path],
            capture_output=True, text=True, check=True, cwd=REPOSITORY,
            env={**os.environ, "TZ": zone, "LANG": language, "LC_ALL": language},
        ).stdout
        for zone, language in (("UTC", "C"), ("Asia/Tokyo", "de_DE.UTF-8"))
    }  # fmt: skip
    (only,) = said
    assert "published='2023-11-29'" in only


@pytest.fixture(scope="module")
def fixtures(shared_folder: Path) -> Path:
    folder = shared_folder / "fixtures"
    if not folder.is_dir():
        pytest.skip("no folder `fixtures` in `shared`")
    return folder


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def reason(reader: Reader, path: Path) -> str | None:
    """Why a file gives no document; None where it gives one."""
    first = next(reader.read(path, path.name))
    return first.reason if isinstance(first, Unread) else None


def test_the_pages_of_every_sample_are_counted_right(fixtures: Path, reader: Reader) -> None:
    facts = json.loads((fixtures / "py-pdf" / "files.json").read_text(encoding="utf-8"))["data"]
    counted = 0
    for fact in facts:
        path = fixtures / "py-pdf" / fact["path"]
        if path.exists():
            found = next(reader.read(path, path.name))
            if isinstance(found, Document):
                assert len(found.pages) == fact["pages"], path.name
                counted += 1
            else:
                assert ("encrypted" in found.reason) == fact["encrypted"], path.name
                assert fact["encrypted"] or fact["images"] or "image" in path.name, path.name
    assert counted >= 18


def test_locked_files_and_images_of_pages_are_named_as_such(fixtures: Path, reader: Reader) -> None:
    locked = "encrypted: it opens with a password only"
    images = "holds only images, no text; run it through text recognition (OCR) first"
    folder = fixtures / "unstructured" / "pdf"
    assert reason(reader, folder / "password.pdf") == locked
    assert reason(reader, folder / "copy-protected.pdf") is None
    assert reason(reader, folder / "loremipsum-flat.pdf") == images
    assert reason(reader, fixtures / "markitdown" / "MEDRPT-2024-PAT-3847_medical_report_scan.pdf") == images


def test_a_real_paper_is_read_as_a_person_reads_it(fixtures: Path, reader: Reader) -> None:
    (paper,) = reader.read(fixtures / "unstructured" / "pdf" / "multi-column.pdf", "paper.pdf")
    assert isinstance(paper, Document)
    assert paper.title == "Dense Passage Retrieval for Open-Domain Question Answering"
    assert len(paper.pages) == 13
    assert {"1 Introduction", "2 Background", "3.1 Overview", "5.1 Main Results", "References"} <= {
        section.title for section in paper.sections
    }
    assert (
        "Retrieval in open-domain QA is usually implemented using TF-IDF or BM25 (Robertson and Zaragoza,"
        " 2009), which matches keywords efficiently with an inverted index" in paper.text
    )
