"""Tables, JSON, feeds, notebooks and books: what becomes a document, and what a line."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from documents import Document, Limits, Metadata, Reading, Unreadable, read_file
from documents.formats import delimited, epub, feed, notebook, records


def table(text: str, name: str = "a.csv") -> str:
    return delimited.read(text.encode(), name, Limits()).text


def value(text: str, name: str = "a.json") -> Reading:
    return records.read(text.encode(), name, Limits())


# Tables ------------------------------------------------------------------------------------------


def test_a_row_carries_its_header() -> None:
    assert table('port,ships\nAyr,"3,100"\nDover,\n') == "port: Ayr; ships: 3,100\n\nport: Dover"


def test_lines_above_a_table_are_its_caption() -> None:
    assert table("Ships by port,\nport,ships\nAyr,3\n") == "Ships by port\n\nport: Ayr; ships: 3"


def test_rows_without_a_header_stand_alone() -> None:
    assert table("1,2\n3,4\n") == "1; 2\n\n3; 4"
    assert table("a,a\nb,b\n") == "a; a\n\nb; b"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row) for row in (("port", "note"), ("Ayr", "old; new"), ("Dover", "a, b"))
    )
    assert delimited.delimiter_of(text.replace("; ", " ").replace(", ", " ")) == delimiter


def test_a_tab_separated_file_is_cut_at_tabs_alone() -> None:
    assert table("a,b\tc\n1,5\t2\n", "a.tsv") == "a,b: 1,5; c: 2"


# JSON --------------------------------------------------------------------------------------------


def test_each_record_with_a_text_is_a_document(tmp_path: Path) -> None:
    lines = [
        {
            "id": "x/1",
            "title": "Pier",
            "text": "It opens.",
            "url": "https://example.org/1",
            "date": "3 May 2024",
        },
        {"title": "Quay", "text": "It closes.", "authors": [{"name": "Ann"}, "Bob"], "lang": "en-GB"},
    ]
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    first, second = read_file(tmp_path / "r.jsonl", "r.jsonl")
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.doc_id, first.title, first.text) == ("r.jsonl/x_1", "Pier", "It opens.")
    assert first.metadata == Metadata(
        published="2024-05-03",
        published_original="3 May 2024",
        url="https://example.org/1",
        media_type="application/jsonl",
    )
    assert (second.doc_id, second.title, second.text) == ("r.jsonl/2", "Quay", "It closes.")
    assert (second.metadata.author, second.metadata.language) == ("Ann, Bob", "en")


@pytest.mark.parametrize(
    "text",
    [
        '[{"text": "a", "id": 7}, {"text": "b", "id": 8}]',
        '{"count": 2, "data": [{"text": "a", "id": 7}, {"text": "b", "id": 8}]}',
        '{"7": {"text": "a"}, "8": {"text": "b"}}',
    ],
)
def test_records_are_found_in_lists_and_by_name(text: str) -> None:
    found = [(record.name, record.content) for record in value(text).attachments]
    assert found == [("7", Reading("a")), ("8", Reading("b"))]


def test_one_record_is_the_document() -> None:
    assert value('{"body": "words", "headline": "A title"}') == Reading("words", title="A title")


def test_values_that_are_no_records_become_lines() -> None:
    berths = [{"no": 1, "length": 90}, {"no": 2}]
    port = {"name": "Ayr", "open": True, "berths": berths, "crew": {"chief": "Ann"}}
    assert value(json.dumps(port)).text.split("\n\n") == [
        "name: Ayr",
        "open: true",
        "no: 1; length: 90",
        "no: 2",
        "chief: Ann",
    ]


def test_broken_json_is_named_with_its_place() -> None:
    with pytest.raises(
        Unreadable, match=r"^damaged, or no JSON: Expecting value: line 1 column 7 \(char 6\)$"
    ):
        value('{"a": }')
    with pytest.raises(Unreadable, match=r"^damaged, or no JSON: line 2: "):
        value('{"text": "a"}\n{"text"\n', "a.jsonl")


def test_json_that_is_nested_too_deeply_is_named(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (unread,) = read_file(tmp_path / "deep.json", "deep.json")
    assert not isinstance(unread, Document)
    assert unread.kind == "failed"


# Feeds, notebooks, books -------------------------------------------------------------------------


def test_the_entries_of_a_feed_are_documents() -> None:
    rss = (
        "<rss version='2.0'><channel><title>News</title><item><title>Pier</title>"
        "<link>https://example.org/1</link><pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate>"
        "<description>&lt;p&gt;It &lt;b&gt;opens&lt;/b&gt;.&lt;/p&gt;</description></item></channel></rss>"
    )
    reading = feed.read(rss.encode(), "a.xml", Limits())
    (entry,) = reading.attachments
    assert isinstance(entry.content, Reading)
    assert (reading.text, entry.content.title, entry.content.text) == ("News", "Pier", "Pier\n\nIt opens.")
    assert (entry.content.metadata.published, entry.content.metadata.url) == (
        "2024-05-03",
        "https://example.org/1",
    )


def test_records_of_other_xml_are_lines_with_the_names_of_their_fields() -> None:
    xml = b"<ports><port><name>Ayr</name><ships>3</ships></port><note>All <i>ports</i>.</note></ports>"
    assert feed.read(xml, "a.xml", Limits()).text == "name: Ayr; ships: 3\n\nAll ports."


def test_entities_are_not_followed() -> None:
    bomb = (
        b'<!DOCTYPE a [<!ENTITY x "'
        + b"y" * 50
        + b'"><!ENTITY z SYSTEM "file:///etc/passwd">]><a>w&x;&z;w</a>'
    )
    text = feed.read(bomb, "a.xml", Limits()).text
    assert "yyy" not in text
    assert "root" not in text


def test_a_notebook_is_its_words_and_its_code() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Ports\n", "All of them."]},
        {"cell_type": "code", "source": "count()", "outputs": [{"text": "3"}]},
    ]
    reading = notebook.read(json.dumps({"cells": cells}).encode(), "a.ipynb", Limits())
    assert reading.text == "# Ports\nAll of them.\n\ncount()"
    assert [(s.title, reading.text[s.start : s.end]) for s in reading.sections] == [("Ports", "# Ports")]
    with pytest.raises(Unreadable, match=r"^damaged, or no notebook$"):
        notebook.read(b"[]", "a.ipynb", Limits())


def book(**extra: str) -> bytes:
    files = {
        "META-INF/container.xml": "<container><rootfile full-path='OPS/b.opf'/></container>",
        "OPS/b.opf": (
            "<package xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata><dc:title>Ports</dc:title>"
            "<dc:creator>Ann</dc:creator><dc:language>en</dc:language><dc:date>2019</dc:date></metadata><manifest>"
            "<item id='two' href='2.xhtml' media-type='application/xhtml+xml'/>"
            "<item id='one' href='1%20a.xhtml' media-type='application/xhtml+xml'/>"
            "<item id='nav' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/></manifest>"
            "<spine><itemref idref='nav'/><itemref idref='one'/><itemref idref='two'/></spine></package>"
        ),
        "OPS/1 a.xhtml": "<html><head><title>x</title></head><body><h1>North</h1><p>Cold.</p></body></html>",
        "OPS/2.xhtml": "<html><body><h1>South</h1><p>Warm.</p></body></html>",
        "OPS/nav.xhtml": "<html><body><p>Contents</p></body></html>",
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in {**files, **extra}.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_a_book_is_its_chapters_in_reading_order() -> None:
    reading = epub.read(book(), "a.epub", Limits())
    assert reading.text == "North\n\nCold.\n\nSouth\n\nWarm."
    assert [section.title for section in reading.sections] == ["North", "South"]
    assert (reading.title, reading.metadata) == (
        "Ports",
        Metadata(published="2019", author="Ann", language="en"),
    )


def test_a_locked_book_is_named() -> None:
    locked = (
        "<encryption><EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/></encryption>"
    )
    with pytest.raises(Unreadable, match=r"^encrypted: it opens in the program of its seller only$"):
        epub.read(book(**{"META-INF/encryption.xml": locked}), "a.epub", Limits())
