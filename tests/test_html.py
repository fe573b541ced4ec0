"""HTML pages: what is kept of them, how it is laid out, what they say of themselves."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from documents import Document, Limits, Metadata, Reading, Unreadable, read_file
from documents.formats.html import read

PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><title>Harbour report | The Daily</title>
<meta property="og:type" content="article">
<meta name="author" content="By Ann Lee">
<meta property="article:published_time" content="2023-11-29T23:30:00+08:00">
<link rel="canonical" href="https://example.org/harbour">
</head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<div class="cookie-banner"><p>We use cookies to make this site better for everyone who visits it.</p></div>
<article><h1>Harbour report</h1>
<p>The harbour was dredged in spring, at a cost of four million pounds, and reopened to ships in June.</p>
<h2>Traffic</h2>
<p>Ships came more often than in any of the ten years before, and stayed for a shorter time:</p>
<ul><li>ferries to the islands</li><li>freighters<ul><li>with grain</li></ul></li></ul>
<p>The board expects that this will go on for two more years, if the price of oil stays as it is.</p>
<h2>Figures</h2>
<table><tr><th>Year</th><th>Ships</th></tr>
<tr><td>2022</td><td>310</td></tr><tr><td>2023</td><td>415</td></tr></table>
<p>All the figures are those of the harbour master, who counts every ship that stays for an hour.</p>
</article>
<footer><p>© The Daily. All rights reserved by the publishers of this newspaper.</p></footer>
</body></html>"""


def text(html: str) -> str:
    return read(html.encode(), "a.html", Limits()).text


def test_an_article_keeps_its_structure_and_loses_its_frame() -> None:
    reading = read(PAGE.encode(), "a.html", Limits())
    assert reading.text.splitlines() == [
        "Harbour report",
        "",
        "The harbour was dredged in spring, at a cost of four million pounds, and reopened to ships in June.",
        "",
        "Traffic",
        "",
        "Ships came more often than in any of the ten years before, and stayed for a shorter time:",
        "",
        "- ferries to the islands",
        "- freighters",
        "  - with grain",
        "",
        "The board expects that this will go on for two more years, if the price of oil stays as it is.",
        "",
        "Figures",
        "",
        "Year: 2022; Ships: 310",
        "",
        "Year: 2023; Ships: 415",
        "",
        "All the figures are those of the harbour master, who counts every ship that stays for an hour.",
    ]
    assert [(s.title, s.level, reading.text[s.start : s.end]) for s in reading.sections] == [
        ("Harbour report", 1, "Harbour report"),
        ("Traffic", 2, "Traffic"),
        ("Figures", 2, "Figures"),
    ]


def test_a_page_says_its_title_author_date_address_and_language() -> None:
    reading = read(PAGE.encode(), "a.html", Limits())
    assert reading.title == "Harbour report"
    assert reading.metadata == Metadata(
        published="2023-11-29",
        published_original="2023-11-29T23:30:00+08:00",
        author="Ann Lee",
        url="https://example.org/harbour",
        language="en",
    )


def test_linked_data_is_believed_first() -> None:
    linked = {"@graph": [{"@type": "NewsArticle", "headline": "A", "author": [{"name": "B"}, {"name": "C"}]}]}
    linked["@graph"][0]["datePublished"] = "3 May 2024"
    html = f'<script type="application/ld+json">{json.dumps(linked)}</script><title>Z</title><p>Words</p>'
    reading = read(html.encode(), "a.html", Limits())
    assert (reading.title, reading.metadata.author) == ("A", "B, C")
    assert (reading.metadata.published, reading.metadata.published_original) == ("2024-05-03", "3 May 2024")


def test_a_page_that_is_no_article_keeps_all_but_its_frame() -> None:
    html = "<nav>Menu</nav><h1>Opening hours</h1><p>Monday to Friday<br>9 to 5</p>"
    html += "<div>Closed on <b>Sun</b>days</div>"
    assert text(html) == "Opening hours\n\nMonday to Friday\n9 to 5\n\nClosed on Sundays"


def test_numbered_lists_show_their_numbers_and_empty_items_are_left_out() -> None:
    assert (
        text("<ol><li>one</li><li></li><li><p>three</p><p>more</p></li></ol>") == "1. one\n3. three\n\nmore"
    )


def test_code_keeps_its_white_space() -> None:
    assert text("<p>So:</p><pre>if a:\n    b()\n</pre>") == "So:\n\nif a:\n    b()"


def test_spanned_cells_stand_in_every_row_they_span() -> None:
    html = (
        "<table><tr><th>Team</th><th>Place</th><th>Cups</th></tr>"
        "<tr><td rowspan=2>Reds</td><td>Ayr</td><td>3</td></tr><tr><td>Dover</td><td>1</td></tr>"
        "<tr><td colspan=2>Both</td><td>4</td></tr></table>"
    )
    assert text(html).split("\n\n") == [
        "Team: Reds; Place: Ayr; Cups: 3",
        "Team: Reds; Place: Dover; Cups: 1",
        "Team: Both; Cups: 4",
    ]


def test_a_table_that_lays_out_a_page_is_no_table() -> None:
    assert text("<table><tr><td><h2>A</h2><p>first</p></td></tr><tr><td>second</td></tr></table>") == (
        "A\n\nfirst\n\nsecond"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("<p>caf\u00e9</p>".encode(), "caf\u00e9"),
        ('<meta charset="iso-8859-1"><p>\u201ccaf\u00e9\u201d</p>'.encode("cp1252"), "\u201ccaf\u00e9\u201d"),
        ('<meta charset="gb2312"><p>\u4f1a\u8bae</p>'.encode("gb18030"), "\u4f1a\u8bae"),
        ("<p>caf\u00e9</p>".encode("utf-16"), "caf\u00e9"),
        ('<?xml version="1.0" encoding="utf-8"?><html><p>x \u2014 y</p></html>'.encode(), "x \u2014 y"),
        (b'<meta charset="no-such-charset"><p>words</p>', "words"),
    ],
)  # fmt: skip
def test_pages_are_read_in_their_encoding(data: bytes, words: str) -> None:
    assert read(data, "a.html", Limits()).text == words


def test_a_page_without_text_has_none() -> None:
    assert text("<script>x()</script>") == ""
    with pytest.raises(Unreadable, match=r"^holds no HTML$"):
        text("<!-- nothing -->")


def test_a_deeply_nested_page_costs_no_more_than_itself(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text("<div>" * 200_000 + "words")
    ((document,)) = read_file(tmp_path / "deep.html", "deep.html")
    assert isinstance(document, Document) or document.kind == "failed"


def shingles(words: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", words)
    return Counter(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3)))


def test_articles_are_found_as_well_as_the_benchmark_asks(shared_folder: Path) -> None:
    """The benchmark's own measure: precision and recall of 4-gram shingles, averaged by page."""
    folder = shared_folder / "fixtures" / "article-extraction-benchmark"
    precisions, recalls = [], []
    for name, page in json.loads((folder / "ground-truth.json").read_text()).items():
        found: Reading = read(gzip.decompress((folder / f"{name}.html.gz").read_bytes()), "", Limits())
        gold, ours = shingles(page["articleBody"]), shingles(found.text)
        both = sum((gold & ours).values())
        precisions.append(both / sum(ours.values()))
        recalls.append(both / sum(gold.values()))
    precision, recall = mean(precisions), mean(recalls)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"pages {len(recalls)}, precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}")
    assert len(recalls) == 181
    assert f1 >= 0.955
