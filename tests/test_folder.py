"""Reading a folder: what is read, in which order, and what is reported instead."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from documents import Document, Limits, Refusal, Unread, read_folder


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def unread(folder: Path, limits: Limits | None = None) -> list[tuple[str, str, str]]:
    found = read_folder(folder, limits=limits)
    return [(entry.path, entry.kind, entry.reason) for entry in found if isinstance(entry, Unread)]


def doc_ids(folder: Path) -> list[str]:
    return [entry.doc_id for entry in read_folder(folder) if isinstance(entry, Document)]


def test_text_and_markdown_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("b/z.txt", "b.md", "Z.TXT", "a.txt", "é.Md", "b/a/c.md"), b"some words"))
    assert doc_ids(tmp_path) == ["Z.TXT", "a.txt", "b.md", "b/a/c.md", "b/z.txt", "é.Md"]


def test_a_document_is_its_decoded_file(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfA Visit to Beijing\r\n\r\nThe delegation left on Monday.\r\n"
    write(tmp_path, {"notes/visit.txt": data})
    (document,) = read_folder(tmp_path)
    assert isinstance(document, Document)
    assert document.doc_id == "notes/visit.txt"
    assert document.text == "A Visit to Beijing\r\n\r\nThe delegation left on Monday.\r\n"
    assert document.source_sha256 == sha256(data).hexdigest()
    assert document.title == "A Visit to Beijing"
    assert document.metadata.media_type == "text/plain"


def test_chinese_is_told_from_other_languages(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "# 会议\n\n双方签署了协议。".encode(), "b.md": b"# Meeting\n\nIt was held."})
    languages = [entry.metadata.language for entry in read_folder(tmp_path) if isinstance(entry, Document)]
    assert languages == ["zh", None]


def test_other_formats_are_skipped_by_name(tmp_path: Path) -> None:
    write(tmp_path, {"a.exe": b"MZ", "b/Makefile": b"all:", "c.tar.zst": b"x"})
    assert unread(tmp_path) == [
        ("a.exe", "skipped", "no reader for .exe files"),
        ("b/Makefile", "skipped", "no suffix to its name"),
        ("c.tar.zst", "skipped", "no reader for .zst files"),
    ]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {".secret.txt": b"words", ".git/notes.md": b"words", "seen.txt": b"words"})
    assert [entry.doc_id for entry in read_folder(tmp_path) if isinstance(entry, Document)] == ["seen.txt"]
    assert unread(tmp_path) == []


def test_files_that_hold_no_text_fail_with_a_true_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "1.txt": b"",
            "2.txt": b" \r\n\t",
            "3.txt": b"\xef\xbb\xbf",
            "4.md": b"PK\x03\x04\x00\x00",
            "5.md": b"fine",
        },
    )
    assert unread(tmp_path) == [
        ("1.txt", "failed", "empty"),
        ("2.txt", "failed", "holds nothing but white space"),
        ("3.txt", "failed", "empty"),
        ("4.md", "failed", "binary: it holds NUL bytes"),
    ]
    assert doc_ids(tmp_path) == ["5.md"]


def test_a_file_over_the_limit_fails_and_one_at_the_limit_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"at.txt": b"x" * 1_000, "over.txt": b"x" * 1_001})
    assert unread(tmp_path, Limits(max_bytes=1_000)) == [
        ("over.txt", "failed", "larger than the limit of 1,000 bytes")
    ]


def test_a_file_that_vanishes_while_the_folder_is_read_fails(tmp_path: Path) -> None:
    write(tmp_path, {"1.txt": b"words", "2.txt": b"words", "3.txt": b"words"})
    entries = read_folder(tmp_path)
    next(entries)
    (tmp_path / "2.txt").unlink()
    second, third = entries
    assert second == Unread("2.txt", "failed", "cannot be read: no such file or directory")
    assert isinstance(third, Document)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_fails(tmp_path: Path) -> None:
    write(tmp_path, {"1.txt": b"words", "b/2.txt": b"words"})
    (tmp_path / "1.txt").chmod(0)
    (tmp_path / "b").chmod(0)
    try:
        assert unread(tmp_path) == [
            ("1.txt", "failed", "cannot be read: permission denied"),
            ("b", "failed", "cannot be listed: permission denied"),
        ]
    finally:
        (tmp_path / "b").chmod(0o700)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert unread(tmp_path) == [("pipe.txt", "failed", "not a regular file")]


def test_links_are_followed_to_files_inside_the_folder_only(tmp_path: Path) -> None:
    write(
        tmp_path, {"outside/far.txt": b"far", "in/near.txt": b"near words", "in/sub/deep.txt": b"deep words"}
    )
    folder = tmp_path / "in"
    (folder / "a.txt").symlink_to(folder / "near.txt")
    (folder / "b.txt").symlink_to(tmp_path / "outside" / "far.txt")
    (folder / "c").symlink_to(tmp_path / "outside")
    (folder / "d.txt").symlink_to(folder / "d.txt")
    (folder / "e.txt").symlink_to(folder / "nothing.txt")
    (folder / "sub" / "up").symlink_to(folder)
    assert doc_ids(folder) == ["a.txt", "near.txt", "sub/deep.txt"]
    assert unread(folder) == [
        ("b.txt", "skipped", "a link that leads out of the folder"),
        ("c", "skipped", "a link that leads out of the folder"),
        ("d.txt", "skipped", "a link that leads nowhere"),
        ("e.txt", "skipped", "a link that leads nowhere"),
        ("sub/up", "skipped", "a link to a folder"),
    ]


def test_a_name_that_is_no_utf_8_is_skipped(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"words")
    assert unread(tmp_path) == [("caf\\udce9.txt", "skipped", "its name is not valid UTF-8")]


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(read_folder(tmp_path)) == []


def test_a_missing_folder_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"^no folder .*/gone; give the folder that holds the documents$"):
        read_folder(tmp_path / "gone")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": b"words"})
    with pytest.raises(Refusal, match=r"a\.txt is not a folder; give the folder that holds the documents$"):
        read_folder(tmp_path / "a.txt")


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.txt": "Ein Gespräch über Maßnahmen.".encode("cp1252"), "b.md": b"# One\n\ntext", "c.bin": b"x"},
    )
    assert list(read_folder(tmp_path)) == list(read_folder(tmp_path))
