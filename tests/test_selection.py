"""Which files are read, and what stands beside them or above their text."""

from pathlib import Path

import pytest

from documents import Document, Metadata, Refusal, Unread, read_folder, split, text_document
from documents.dates import iso_date
from documents.sidecar import Sidecar


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def names(folder: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    found = read_folder(folder, include=include, exclude=exclude)
    return [entry.doc_id if isinstance(entry, Document) else f"! {entry.path}" for entry in found]


def passages(document: Document) -> list[str]:
    def count(texts: list[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    return [passage.text for passage in split(document, count, 100)]  # type: ignore[arg-type] # any sequence


# Patterns ----------------------------------------------------------------------------------------


def test_patterns_choose_as_in_gitignore(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("a.txt", "b.md", "x/a.txt", "x/y/c.txt", "z/d.md"), "words"))
    assert names(tmp_path, include=("*.txt",)) == ["a.txt", "x/a.txt", "x/y/c.txt"]
    assert names(tmp_path, include=("/*.txt", "z/")) == ["a.txt", "z/d.md"]
    assert names(tmp_path, exclude=("x/", "*.md", "!b.md")) == ["a.txt", "b.md"]
    assert names(tmp_path, include=("*.txt",), exclude=("y/",)) == ["a.txt", "x/a.txt"]


def test_the_ignore_file_of_the_folder_is_heeded(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("a.txt", "drafts/b.txt", "c.exe"), "words"))
    write(tmp_path, {".pinciteignore": "# not yet\ndrafts\n\n*.exe\n"})
    assert names(tmp_path) == ["a.txt"]


def test_an_ignore_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".pinciteignore").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(Refusal, match=r"^cannot read .*\.pinciteignore; make it a readable file in UTF-8$"):
        read_folder(tmp_path)


# Sidecars ----------------------------------------------------------------------------------------


def test_a_sidecar_overrides_what_was_found(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "---\ntitle: Found\nauthor: Bob\n---\n\nwords"})
    write(
        tmp_path,
        {"a.md.meta.json": '{"Title": "Given", "date": "3 May 2024", "url": "https://example.org/"}'},
    )
    (document,) = read_folder(tmp_path)
    assert isinstance(document, Document)
    assert document.title == "Given"
    assert document.metadata == Metadata(
        published="2024-05-03",
        published_original="3 May 2024",
        author="Bob",
        url="https://example.org/",
        media_type="text/markdown",
        sidecar_sha256=Sidecar.read(tmp_path / "a.md.meta.json").sha256,
    )


def test_a_sidecar_that_cannot_be_read_fails_alone(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "words", "a.txt.meta.json": "[]", "b.txt.meta.json": "{}"})
    assert [entry for entry in read_folder(tmp_path) if isinstance(entry, Unread)] == [
        Unread(
            "a.txt.meta.json",
            "failed",
            "is no JSON object with fields like title, author, published, url, language",
        ),
        Unread("b.txt.meta.json", "skipped", "describes a file that is not here"),
    ]
    assert names(tmp_path)[1] == "a.txt"


def test_a_known_file_is_read_again_when_its_sidecar_changed(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "words", "a.txt.meta.json": '{"title": "One"}'})
    (first,) = read_folder(tmp_path)
    assert isinstance(first, Document)
    write(tmp_path, {"a.txt": "other words"})

    def known(*_: str) -> list[Document]:
        return [first]

    assert list(read_folder(tmp_path, known=known)) == [first]
    write(tmp_path, {"a.txt.meta.json": '{"title": "Two"}'})
    (second,) = read_folder(tmp_path, known=known)
    assert isinstance(second, Document)
    assert (second.title, second.text) == ("Two", "other words")


# Front matter ------------------------------------------------------------------------------------


def test_fields_above_a_markdown_text_are_metadata_and_no_passage(tmp_path: Path) -> None:
    fields = "title: Ports\nauthors: [Ann, Bob]\ndate: 2024-05-03\nlang: de-AT\ntags: [a]\n"
    text = f"---\n{fields}---\n# North\n\nCold.\n"
    write(tmp_path, {"a.md": text})
    (document,) = read_folder(tmp_path)
    assert isinstance(document, Document)
    assert (document.title, document.text) == ("Ports", text)
    assert document.metadata == Metadata(
        published="2024-05-03", author="Ann, Bob", language="de", media_type="text/markdown"
    )
    assert passages(document) == ["# North\n\nCold."]


ONLY_WORDS = str.maketrans("", "", "-\n")


@pytest.mark.parametrize(
    "text", ["---\nno fields, but words\n---\n\nmore", "---\na: [\n---\n", "---\na: b\nwords"]
)
def test_lines_of_dashes_around_words_are_no_fields(text: str) -> None:
    document = text_document("a.md", text, "", "text/markdown")
    assert "".join(passages(document)).translate(ONLY_WORDS) == text.translate(ONLY_WORDS)


# The frame of saved pages ------------------------------------------------------------------------

PAGE = """Skip to content
Home
News
About this desk

You are here: Home > News

The pier reopens
It was closed for a year, and reopens in June.

Share
Print
"""


def test_menus_above_and_below_a_saved_page_are_no_passages() -> None:
    document = text_document("a.txt", PAGE, "")
    assert document.text == PAGE
    assert passages(document) == ["The pier reopens\nIt was closed for a year, and reopens in June."]


def test_a_text_that_is_only_a_menu_keeps_it() -> None:
    assert passages(text_document("a.txt", "Home\nNews\n", "")) == ["Home\nNews"]


def test_a_single_word_above_a_text_is_no_menu() -> None:
    assert passages(text_document("a.txt", "News\n\nThe pier reopens in June.\n", ""))[0].startswith("News")


# Dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2023-11-29", "2023-11-29"),
        ("2023-11-29T23:30:00-05:00", "2023-11-29"),
        ("20231129T000000Z", "2023-11-29"),
        ("2023-11", "2023-11"),
        ("2023", "2023"),
        ("Wed, 29 Nov 2023 17:41:00 +0800", "2023-11-29"),
        ("November 29, 2023 5:41 pm", "2023-11-29"),
        ("29.11.2023", "2023-11-29"),
        ("2023年11月29日", "2023-11-29"),
        ("D:20231129174100+08'00'", "2023-11-29"),
        ("2023-02-30", None),
        ("0001-01-01", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_told_in_iso_8601(written: str | None, iso: str | None) -> None:
    assert iso_date(written) == iso
