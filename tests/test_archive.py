"""Archives and limits: members become documents, bombs become named failures."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from documents import Document, Limits, Unread, read_file


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(folder: Path, name: str, data: bytes, limits: Limits | None = None) -> list[str]:
    (folder / name).write_bytes(data)
    return [
        f"{entry.doc_id}: {entry.text}" if isinstance(entry, Document) else f"{entry.path}! {entry.reason}"
        for entry in read_file(folder / name, name, limits=limits)
    ]


def test_members_of_an_archive_are_documents(tmp_path: Path) -> None:
    files = {"b/two.txt": b"two", "one.md": b"one", ".hidden": b"x", "__MACOSX/one.md": b"x", "c.exe": b"MZ"}
    expected = ["a.zip/b/two.txt: two", "a.zip/c.exe! no reader for .exe files", "a.zip/one.md: one"]
    assert read(tmp_path, "a.zip", zipped(files)) == expected


@pytest.mark.parametrize("name", ["a.tar", "a.tgz", "a.tar.gz"])
def test_a_tar_file_is_read_packed_or_not(tmp_path: Path, name: str) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("../x/one.txt")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"one"))
        link = tarfile.TarInfo("passwd.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    data = out.getvalue() if name == "a.tar" else gzip.compress(out.getvalue())
    assert read(tmp_path, name, data) == [f"{name}/x/one.txt: one"]


def test_a_packed_file_is_read_by_the_name_inside(tmp_path: Path) -> None:
    assert read(tmp_path, "note.txt.gz", gzip.compress(b"words")) == ["note.txt.gz/note.txt: words"]


def test_archives_in_archives_are_read_so_deep_and_no_deeper(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"words"})
    for _ in range(2):
        data = zipped({"n.zip": data})
    assert read(tmp_path, "n.zip", data) == ["n.zip/n.zip/n.zip/a.txt: words"]
    assert read(tmp_path, "n.zip", data, Limits(depth=1)) == [
        "n.zip/n.zip/n.zip! lies more than 1 containers deep"
    ]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(), "unpacks to more than 100 times its size"),
        (Limits(expanded_bytes=1_000), "unpacks to more than the limit of 1,000 bytes"),
    ],
)
@pytest.mark.parametrize("name", ["bomb.zip", "bomb.txt.gz", "bomb.tgz", "bomb.epub", "bomb.docx"])
def test_what_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, name: str, limits: Limits, reason: str
) -> None:
    zeros = bytes(30_000_000)
    packed = gzip.compress(zeros) if "gz" in name else zipped({"word/document.xml": zeros})
    assert read(tmp_path, name, packed, limits) == [f"{name}! {reason}"]


def test_all_that_is_inside_counts_together(tmp_path: Path) -> None:
    inner = zipped({"a.txt": b"a" * 600, "b.txt": b"b" * 600})
    found = read(tmp_path, "a.zip", zipped({"1.zip": inner, "2.zip": inner}), Limits(expanded_bytes=2_000))
    assert found == [
        f"a.zip/1.zip/a.txt: {'a' * 600}",
        f"a.zip/1.zip/b.txt: {'b' * 600}",
        "a.zip/2.zip/a.txt! unpacks to more than the limit of 2,000 bytes",
        "a.zip/2.zip/b.txt! unpacks to more than the limit of 2,000 bytes",
    ]


def test_damaged_and_locked_archives_are_named(tmp_path: Path) -> None:
    whole = zipped({"a.txt": b"words " * 50})
    assert read(tmp_path, "cut.zip", whole[:-30])[0].startswith("cut.zip! damaged, or no ZIP file: ")
    assert read(tmp_path, "cut.txt.gz", gzip.compress(b"words")[:-9])[0].startswith(
        "cut.txt.gz! damaged, or no archive: "
    )
    locked = bytearray(whole)
    locked[6] |= 1
    locked[whole.index(b"PK\x01\x02") + 8] |= 1
    assert read(tmp_path, "locked.zip", bytes(locked)) == [
        "locked.zip! encrypted: its files are locked with a password"
    ]
    assert read(tmp_path, "empty.zip", zipped({})) == ["empty.zip! holds no files"]


def test_a_file_of_many_letters_or_one_long_line_is_read_or_named(tmp_path: Path) -> None:
    assert read(tmp_path, "a.txt", b"word " * 1_000, Limits(characters=4_999)) == [
        "a.txt! holds more than the limit of 4,999 characters"
    ]
    assert len(read(tmp_path, "b.csv", b"a,b\n" + b"x" * 3_000_000)) == 1


def test_a_file_that_is_not_what_its_name_says_is_named(tmp_path: Path) -> None:
    for name in ("a.pdf", "a.docx", "a.epub", "a.msg", "a.zip", "a.xlsx"):
        (found,) = read_file_of(tmp_path, name, b"<html><p>words</p></html>")
        assert isinstance(found, Unread), name
        assert found.kind == "failed"


def read_file_of(folder: Path, name: str, data: bytes) -> list[Document | Unread]:
    (folder / name).write_bytes(data)
    return read_file(folder / name, name)
