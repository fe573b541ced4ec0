"""Generations: published whole, named by CURRENT, kept for rollback, checked byte by byte."""

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from documents import Refusal
from index.checksums import file_faults
from index.generation import KEPT, Generation, current
from index.lock import locked
from index.publication import publish, unfinished

COUNTS = {"documents": 2, "passages": 3, "sentences": 4, "characters": 50}


def published(index_folder: Path, name: str, content: bytes = b"content") -> Generation:
    with unfinished(index_folder) as folder:
        (folder / "lexical").mkdir()
        (folder / "lexical" / "data").write_bytes(content)
        (folder / "vectors").write_bytes(b"vectors")
        manifest = {"id": name, "fingerprint": "f" * 64, "built_at": "2024-05-01T12:00:00+00:00"}
        return publish(index_folder, folder, {**manifest, "counts": COUNTS})


def test_a_folder_without_an_index_has_no_current_generation(tmp_path: Path) -> None:
    assert current(tmp_path) is None


def test_what_was_published_last_is_current(tmp_path: Path) -> None:
    published(tmp_path, "a")
    second = published(tmp_path, "b")
    assert current(tmp_path) == second
    assert (second.id, second.documents, second.passages) == ("b", 2, 3)


def test_the_manifest_names_every_file_with_size_and_hash(tmp_path: Path) -> None:
    generation = published(tmp_path, "a", b"abc")
    assert generation.manifest["files"]["lexical/data"] == {
        "size": 3,
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",  # as FIPS 180-2 has it
    }
    assert sorted(generation.manifest["files"]) == ["lexical/data", "vectors"]


def test_only_the_newest_generations_are_kept(tmp_path: Path) -> None:
    for name in "abcde":
        published(tmp_path, name)
    kept = sorted(path.name for path in (tmp_path / "generations").iterdir())
    assert kept == ["c", "d", "e"]
    assert len(kept) == KEPT


def test_an_interrupted_rebuild_leaves_the_published_generation(tmp_path: Path) -> None:
    published(tmp_path, "a")

    def interrupted() -> None:
        with unfinished(tmp_path) as folder:
            (folder / "vectors").write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    after = current(tmp_path)
    assert after is not None
    assert after.id == "a"
    assert [path.name for path in (tmp_path / "generations").iterdir()] == ["a"]


def test_what_a_killed_rebuild_left_over_is_cleared_by_the_next(tmp_path: Path) -> None:
    left_over = tmp_path / "generations" / ".unfinished-1"
    left_over.mkdir(parents=True)
    (left_over / "vectors").write_bytes(b"half")
    published(tmp_path, "a")
    assert [path.name for path in (tmp_path / "generations").iterdir()] == ["a"]


@pytest.mark.parametrize("name", ["lexical/data", "vectors"])
def test_a_flipped_bit_is_found_and_named(tmp_path: Path, name: str) -> None:
    generation = published(tmp_path, "a")
    assert file_faults(generation) == []
    path = generation.folder / name
    content = bytearray(path.read_bytes())
    content[2] ^= 1
    path.write_bytes(content)
    assert file_faults(generation) == [f"{name}: changed since it was published"]


def test_missing_and_foreign_files_are_named(tmp_path: Path) -> None:
    generation = published(tmp_path, "a")
    (generation.folder / "vectors").unlink()
    (generation.folder / "stranger").write_bytes(b"")
    assert file_faults(generation) == ["vectors: missing", "stranger: not part of the generation"]


def test_a_generation_of_another_format_is_refused(tmp_path: Path) -> None:
    generation = published(tmp_path, "a")
    manifest = generation.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": 3', '"format": 99'))
    with pytest.raises(Refusal, match=r"format 99.*rebuild"):
        current(tmp_path)


def hold(index_folder: Path, held: Connection) -> None:
    with locked(index_folder):
        held.send("held")
        held.recv()


def test_a_second_rebuild_is_refused_and_told_who_holds_the_index(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=(tmp_path, theirs))
    process.start()
    assert ours.recv() == "held"
    with pytest.raises(Refusal, match=rf"process {process.pid} on .* since "), locked(tmp_path):
        pass
    process.kill()
    process.join()
    with locked(tmp_path):  # the lock ends with its process, however that ends
        assert (tmp_path / "LOCK").read_text().startswith("process ")
