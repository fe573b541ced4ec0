"""Word, PowerPoint, spreadsheets, OpenDocument and RTF, from files made by hand, and from real ones."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from documents import Document, Unread
from documents.formats import legacy, opendocument, rtf, slides, spreadsheet, word
from documents.reader import Reader
from documents.reading import Limits, Reading, Unreadable

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = {"core": f"{_RELATIONS}/metadata/core-properties"}


def archive(**parts: str | bytes) -> bytes:
    """A zip archive of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def relations(**targets: str) -> str:
    inner = "".join(
        f'<Relationship Id="{kind}" Type="{_KINDS.get(kind, f"{_OFFICE}/{kind}")}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'


def docx(body: str, core: str = "", **parts: str) -> bytes:
    """A Word file with this body; ``parts``: styles, numbering, footnotes."""
    content = {
        "_rels/.rels": relations(officeDocument="word/document.xml", core="docProps/core.xml"),
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(**{kind: f"{kind}.xml" for kind in parts}),
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t">' + core + "</cp:coreProperties>"
        ),
    }
    for kind, inner in parts.items():
        content[f"word/{kind}.xml"] = f"<w:{kind} {_W}>{inner}</w:{kind}>"
    return archive(**content)


def p(text: str, style: str = "", properties: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def in_list(list_id: int, depth: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>'


def row(*cells: str, properties: str = "") -> str:
    inner = "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


STYLES = (
    '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Mine"><w:name w:val="Chapter of mine"/><w:basedOn w:val="H1"/></w:style>'
    '<w:style w:styleId="Deep"><w:name w:val="Deep"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    '<w:style w:styleId="Toc"><w:name w:val="toc 1"/></w:style>'
)
NUMBERING = (
    '<w:abstractNum w:abstractNumId="7">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>'
    "</w:abstractNum>"
    '<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/>'
    "</w:lvl></w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
)


def read(module: ModuleType, data: bytes, name: str = "a.bin") -> Reading:
    reading = module.read(data, name, Limits())
    assert isinstance(reading, Reading)
    return reading


def headings(reading: Reading) -> list[tuple[int, str]]:
    assert all(reading.text[s.start : s.end] == s.title for s in reading.sections)
    return [(section.level, section.title) for section in reading.sections]


def test_styles_make_headings_of_word_paragraphs() -> None:
    body = p("A Visit", "T") + p("First Day", "H1") + p("They met.") + p("Talks", "Deep") + p("Last", "Mine")
    reading = read(word, docx(body + p("They left."), styles=STYLES))
    assert reading.text == "A Visit\n\nFirst Day\n\nThey met.\n\nTalks\n\nLast\n\nThey left."
    assert headings(reading) == [(1, "A Visit"), (1, "First Day"), (3, "Talks"), (1, "Last")]
    assert reading.title == "A Visit"


def test_lines_in_bold_are_headings_where_no_style_makes_any() -> None:
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r></w:p>"
    body = bold.format("Purpose") + p("To agree.") + bold.format("It was agreed.") + p("So they left.")
    assert headings(read(word, docx(body))) == [(1, "Purpose")]
    assert headings(read(word, docx(body + p("Last", "H1"), styles=STYLES))) == [(1, "Last")]


def test_lists_are_counted_as_word_counts_them() -> None:
    items = [(1, 0, "one"), (1, 1, "deep"), (1, 1, "deeper"), (1, 0, "two"), (1, 1, "again"), (2, 0, "point")]
    body = "".join(p(text, properties=in_list(list_id, depth)) for list_id, depth, text in items)
    assert read(word, docx(body, numbering=NUMBERING)).text == (
        "1. one\n  1.c) deep\n  1.d) deeper\n2. two\n  2.c) again\n- point"
    )


def test_headings_carry_their_numbers() -> None:
    body = p("Scope", "H1", in_list(1)) + p("Terms", "H1", in_list(1))
    reading = read(word, docx(body, styles=STYLES, numbering=NUMBERING))
    assert headings(reading) == [(1, "1. Scope"), (1, "2. Terms")]


def test_insertions_are_read_and_deletions_are_not() -> None:
    body = (
        "<w:p><w:r><w:t>They </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>always </w:t></w:r></w:ins>"
        "<w:hyperlink><w:r><w:t>agreed</w:t></w:r></w:hyperlink></w:p>"
        f"<w:sdt><w:sdtContent>{p('In a form.')}</w:sdtContent></w:sdt>"
    )
    assert read(word, docx(body)).text == "They always agreed\n\nIn a form."


def test_a_text_box_is_read_once_though_it_is_there_twice() -> None:
    box = f"<w:txbxContent>{p('Boxed.')}</w:txbxContent>"
    body = (
        '<w:p xmlns:mc="m"><w:r><w:t>Beside it.</w:t></w:r><w:r><mc:AlternateContent>'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert read(word, docx(body)).text == "Beside it.\n\nBoxed."


def test_a_note_stands_below_the_paragraph_that_cites_it() -> None:
    body = '<w:p><w:r><w:t>Agreed</w:t></w:r><w:r><w:footnoteReference w:id="5"/></w:r></w:p>'
    notes = f'<w:footnote w:type="separator" w:id="0">{p("---")}</w:footnote>'
    notes += f'<w:footnote w:id="5">{p("In part.")}</w:footnote>'
    text = read(word, docx(body + p("They left."), footnotes=notes)).text
    assert text == "Agreed[1]\n\n[1] In part.\n\nThey left."


def test_pages_begin_where_word_noted_it() -> None:
    broken = "<w:p><w:r><w:t>one </w:t><w:lastRenderedPageBreak/><w:t>two</w:t></w:r></w:p>"
    reading = read(word, docx(p("zero") + broken + p("three")))
    assert reading.text == "zero\n\none two\n\nthree"
    assert reading.pages == (0, 10)


def test_rows_of_a_word_table_carry_the_header() -> None:
    table = row("Year", "Place", "Cost") + row("2023", "Beijing", "5") + row("2024", "", "7")
    assert read(word, docx(f"<w:tbl>{table}</w:tbl>")).text == (
        "Year: 2023; Place: Beijing; Cost: 5\n\nYear: 2024; Cost: 7"
    )


def test_two_columns_have_a_header_only_if_they_say_so() -> None:
    rows = row("Ann", "left") + row("Ben", "stayed")
    named = row("Name", "What", properties="<w:tblHeader/>") + rows
    assert read(word, docx(f"<w:tbl>{rows}</w:tbl>")).text == "Ann | left\n\nBen | stayed"
    assert (
        read(word, docx(f"<w:tbl>{named}</w:tbl>")).text == "Name: Ann; What: left\n\nName: Ben; What: stayed"
    )


def test_a_table_of_contents_is_left_out() -> None:
    assert read(word, docx(p("Scope\t3", "Toc") + p("Scope", "H1") + p("All."), styles=STYLES)).text == (
        "Scope\n\nAll."
    )


def test_what_a_word_file_says_of_itself() -> None:
    core = "<dc:title>They left</dc:title><dc:creator>Ann Lee</dc:creator>"
    core += "<dcterms:created>2023-11-29T23:30:00Z</dcterms:created>"
    reading = read(word, docx(p("And then they left."), core))
    assert (reading.title, reading.metadata.author, reading.metadata.published) == (
        "They left", "Ann Lee", "2023-11-29",
    )  # fmt: skip


def pptx_from(build: str) -> bytes:
    """A presentation that python-pptx writes."""
    import pptx
    from pptx.util import Inches

    presentation = pptx.Presentation()
    for at, (title, lines) in enumerate((("First", ["one", "two"]), ("Second", ["three", "four"]))):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
        if at and build == "table":
            table = slide.shapes.add_table(2, 2, Inches(1), Inches(6), Inches(4), Inches(1)).table
            for cell, text in zip(table.iter_cells(), ("Year", "Cost", "2023", "5"), strict=True):
                cell.text = text
        if at and build == "notes":
            slide.notes_slide.notes_text_frame.text = "Say it slowly."
    stream = io.BytesIO()
    presentation.save(stream)
    return stream.getvalue()


SLIDES = "First\n\n- one\n- two\n\nSecond\n\n- three\n- four"


@pytest.mark.parametrize(
    ("build", "end"), [("plain", ""), ("table", "\n\nYear: 2023; Cost: 5"), ("notes", "\n\nSay it slowly.")]
)
def test_a_slide_is_a_page_with_its_title_as_heading(build: str, end: str) -> None:
    reading = read(slides, pptx_from(build))
    assert reading.text == SLIDES + end
    assert headings(reading) == [(1, "First"), (1, "Second")]
    assert reading.pages == (0, SLIDES.index("Second"))
    assert reading.title == "First"


def xlsx(**sheets: list[list[str | float | None]]) -> bytes:
    """A workbook with these sheets, in the fewest parts that make one."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    names = "".join(f'<sheet name="{name}" sheetId="{k}" r:id="r{k}"/>' for k, name in enumerate(sheets, 1))
    links = "".join(
        f'<Relationship Id="r{k}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{k}.xml"/>'
        for k in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{links}</Relationships>',
    }
    for number, rows in enumerate(sheets.values(), 1):
        cells = ""
        for at, values in enumerate(rows, 1):
            inner = "".join(
                f'<c r="{chr(65 + k)}{at}" t="inlineStr"><is><t>{value}</t></is></c>'
                if isinstance(value, str)
                else f'<c r="{chr(65 + k)}{at}"><v>{value}</v></c>'
                for k, value in enumerate(values)
                if value is not None
            )
            cells += f'<row r="{at}">{inner}</row>'
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
        )
    return archive(**parts)


def test_every_row_of_a_sheet_carries_its_header() -> None:
    reading = read(
        spreadsheet,
        xlsx(
            Trips=[
                ["Trips of the year"],
                ["Place", "Month", "Cost"],
                ["Beijing", "May", 5],
                ["Tokyo", None, 7.25],
            ],
            Empty=[],
            People=[["Ann", "Lee"], ["Ben", "Fox"]],
        ),
    )
    assert reading.text == (
        "Trips\n\nTrips of the year\n\nPlace: Beijing; Month: May; Cost: 5\n\nPlace: Tokyo; Cost: 7.25"
        "\n\nPeople\n\nAnn | Lee\n\nBen | Fox"
    )
    assert headings(reading) == [(1, "Trips"), (1, "People")]


def test_a_header_goes_on_below_a_blank_row() -> None:
    rows: list[list[str | float | None]] = [
        ["Place", "Month", "Cost"],
        ["Rome", "May", 5],
        [],
        ["Oslo", "June", 9],
    ]
    assert read(spreadsheet, xlsx(A=rows)).text.endswith(
        "Place: Rome; Month: May; Cost: 5\n\nPlace: Oslo; Month: June; Cost: 9"
    )


def test_cells_at_the_far_ends_of_a_sheet_are_refused() -> None:
    data = xlsx(A=[["x"]])
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(Unreadable, match=r"^a sheet's cells span more than the limit of 10,000,000$"):
        read(spreadsheet, archive(**parts))


_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "drawing", "presentation")
)


def odf(kind: str, body: str, **parts: str) -> bytes:
    content = (
        f"<office:document-content {_ODF}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
    )
    return archive(**{"content.xml": content + "</office:document-content>", **parts})


def test_an_opendocument_text() -> None:
    body = (
        '<text:p text:style-name="Title">A Visit</text:p><text:h text:outline-level="2">First Day</text:h>'
        '<text:p>They<text:s text:c="3"/>met<text:note><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Briefly.</text:p></text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>two</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
    )
    reading = read(opendocument, odf("text", body))
    assert reading.text == "A Visit\n\nFirst Day\n\nThey met[1].\n\n[1] Briefly.\n\n- one\n  - two"
    assert headings(reading) == [(2, "First Day")]
    assert reading.title == "A Visit"


def test_an_opendocument_sheet_shows_what_the_program_showed() -> None:
    def cells(*texts: str) -> str:
        inner = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)
        return f"<table:table-row>{inner}</table:table-row>"

    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    rows = cells("Place", "Month", "Share") + cells("Rome", "May", "12.5 %") + empty
    data = odf("spreadsheet", f'<table:table table:name="Trips">{rows}</table:table>')
    assert read(opendocument, data).text == "Trips\n\nPlace: Rome; Month: May; Share: 12.5 %"


def test_an_opendocument_presentation_has_a_page_for_each_slide() -> None:
    body = "".join(
        f'<drawing:page><drawing:frame presentation:class="title"><text:p>{title}</text:p></drawing:frame>'
        "<drawing:frame><drawing:text-box><text:p>words</text:p></drawing:text-box></drawing:frame></drawing:page>"
        for title in ("First", "Second")
    )
    reading = read(opendocument, odf("presentation", body))
    assert reading.text == "First\n\nwords\n\nSecond\n\nwords"
    assert reading.pages == (0, 14)


def test_rich_text() -> None:
    info = rb"{\info{\author Ann Lee}{\creatim\yr2023\mo11\dy29}}"
    reading = read(rtf, rb"{\rtf1\ansi\ansicpg1252" + info + rb"First caf\'e9.\par Second.\par}")
    assert reading.text == "First café.\n\nSecond."
    assert (reading.metadata.author, reading.metadata.published) == ("Ann Lee", "2023-11-29")


@pytest.mark.parametrize("module", [word, slides, spreadsheet, opendocument, rtf, legacy])
@pytest.mark.parametrize("data", [b"not an office file", b"PK\x03\x04 and then nothing", archive(a="b")])
def test_what_is_no_office_file_says_so(module: ModuleType, data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^damaged"):
        read(module, data)


@pytest.mark.parametrize("module", [word, slides, spreadsheet, opendocument])
def test_what_unpacks_to_far_more_is_refused(module: ModuleType) -> None:
    with pytest.raises(Unreadable, match=r"^unpacks to more than 100 times its size$"):
        read(module, archive(**{"word/document.xml": b" " * 20_000_000}))


@pytest.mark.parametrize("module", [word, slides, spreadsheet, opendocument])
def test_a_locked_file_is_named_as_such(module: ModuleType) -> None:
    locked = bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(Unreadable, match=r"^encrypted: it opens with a password only$"):
        read(module, locked)


def test_entities_are_not_expanded() -> None:
    entities = (
        '<!DOCTYPE d [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    )
    body = f"{entities}<w:document {_W}><w:body>{p('so &b;&x; then')}</w:body></w:document>"
    data = archive(
        **{"_rels/.rels": relations(officeDocument="word/document.xml"), "word/document.xml": body}
    )
    assert "boom" not in read(word, data).text


def test_deep_nesting_is_a_named_failure() -> None:
    deep = "<w:sdt><w:sdtContent>" * 5_000 + p("x") + "</w:sdtContent></w:sdt>" * 5_000
    with pytest.raises(Unreadable, match="is no well-formed XML"):
        read(word, docx(deep))


def test_the_binary_formats_are_skipped_with_advice() -> None:
    with pytest.raises(Unreadable, match=r"save it as \.docx or \.pdf$") as raised:
        read(legacy, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "a.doc")
    assert raised.value.kind == "skipped"
    assert read(legacy, docx(p("Words.")), "a.doc").text == "Words."


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


@pytest.mark.parametrize("name", ["test.docx", "test.xlsx", "test.xls", "test.pptx", "test.pdf"])
def test_what_must_be_found_is_found(fixtures: Path, reader: Reader, name: str) -> None:
    (document,) = reader.read(fixtures / "markitdown" / name, name)
    assert isinstance(document, Document)
    facts = json.loads((fixtures / "markitdown" / "must_include.json").read_text(encoding="utf-8"))
    wanted = [text for fact in facts if fact["filename"] == name for text in fact["must_include"]]
    # The strings are Markdown: its marks for headings and pictures are no part of our text.
    plain = [text.lstrip("# ").removeprefix("![").partition("](")[0].removesuffix("]") for text in wanted]
    assert [text for text in plain if text not in document.text and not text.startswith("data:")] == []


def test_real_files_that_cannot_be_read_give_their_reasons(fixtures: Path, reader: Reader) -> None:
    found = {}
    for name in ("password_protected.xlsx", "empty.xlsx", "fake.doc", "fake-power-point.ppt", "picture.pptx"):
        (entry,) = reader.read(fixtures / "unstructured" / name, name)
        assert isinstance(entry, Unread)
        found[name] = (entry.kind, entry.reason)
    assert found == {
        "password_protected.xlsx": ("failed", "encrypted: it opens with a password only"),
        "empty.xlsx": ("failed", "holds no text"),
        "fake.doc": (
            "skipped",
            "in the format that Word wrote before 2007, which is not read; save it as .docx or .pdf",
        ),
        "fake-power-point.ppt": (
            "skipped",
            "in the format that PowerPoint wrote before 2007, which is not read; save it as .pptx or .pdf",
        ),
        "picture.pptx": ("failed", "holds no text"),
    }
