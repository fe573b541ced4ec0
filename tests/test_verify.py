"""`pincite verify` and `pincite index`: damage is found and named, older generations can be gone back to."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from documents import Refusal
from index import Embedder, Index, rebuild_folder
from index.generation import Generation, current, current_id, ids, manifest_text
from index.history import index as index_command
from index.vectors import SENTENCES
from index.verification import faults_of, source_faults, vector_faults
from index.verify import verify

TEXTS = {
    "bridge.txt": "The bridge over the Severn was opened in 1966. It carries the motorway to Wales.",
    "bread.txt": "Rye bread needs a sourdough. Let the dough rest for twelve hours before baking.",
    "law/treaty.txt": "The fisheries treaty was signed by Anna Lind and Per Holm. It covers cod and herring.",
}


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    for name, text in TEXTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def index_folder(documents: Path, tmp_path: Path, embedder: Embedder) -> Path:
    rebuild_folder(documents, tmp_path / "index", embedder)
    return tmp_path / "index"


def published(index_folder: Path) -> Generation:
    generation = current(index_folder)
    assert generation is not None
    return generation


def verified(index_folder: Path, *more: str | Path) -> Result:
    return CliRunner().invoke(verify, ["--index", str(index_folder), *map(str, more)])


def ran(*arguments: str | Path) -> Result:
    return CliRunner().invoke(index_command, list(map(str, arguments)))


def resealed(generation: Generation, name: str) -> Generation:
    """The generation, its manifest agreeing with what a file holds now: damage that no checksum shows."""
    from index.checksums import sha256

    path = generation.folder / name
    manifest = dict(generation.manifest)
    manifest["files"] = {**manifest["files"], name: {"size": path.stat().st_size, "sha256": sha256(path)}}
    (generation.folder / "manifest.json").write_text(manifest_text(manifest), encoding="utf-8")
    return Generation.read(generation.folder)


def test_a_sound_index_is_told_in_one_line(index_folder: Path) -> None:
    result = verified(index_folder)
    assert result.exit_code == 0, result.output
    generation = published(index_folder)
    files = len(generation.manifest["files"])
    assert result.output == f"generation {generation.id}: {files} files, 3 passages, all as published\n"


def test_a_flipped_byte_in_any_file_is_found_and_named(index_folder: Path) -> None:
    generation = published(index_folder)
    files = sorted(path for path in generation.folder.rglob("*") if path.is_file())
    assert len(files) == len(generation.manifest["files"]) + 1  # and the manifest itself
    for path in files:
        name = path.relative_to(generation.folder).as_posix()
        whole = path.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1}:
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :])
            result = verified(index_folder)
            assert result.exit_code == 1, (name, at)
            assert result.output.startswith(f"{name}: "), (name, at)
            assert result.output.count("\n") == 1
        path.write_bytes(whole)
    assert verified(index_folder).exit_code == 0


def test_every_byte_of_the_manifest_counts(index_folder: Path) -> None:
    path = published(index_folder).folder / "manifest.json"
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x02]) + whole[at + 1 :])
        try:
            assert faults_of(Generation.read(path.parent)) == [
                "manifest.json: changed since it was published"
            ]
        except Refusal as refusal:
            assert "rebuild the index" in str(refusal)  # noqa: PT017 - either way it is told


def test_a_generation_that_is_gone_is_a_fault_of_current(index_folder: Path) -> None:
    (index_folder / "CURRENT").write_bytes(b"\xff../nothing\n")
    result = verified(index_folder)
    assert result.exit_code == 1
    assert result.output.startswith("CURRENT: names ")
    with pytest.raises(Refusal, match="pincite index rollback"):
        Index.open(index_folder)


def test_without_an_index_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="pincite rebuild --documents FOLDER"):
        CliRunner().invoke(verify, ["--index", str(tmp_path)], catch_exceptions=False)


def changed_text(folder: Path) -> None:
    with sqlite3.connect(folder / "passages.sqlite") as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'cod', 'eel')")
    connection.close()


def fewer_passages(folder: Path) -> None:
    with sqlite3.connect(folder / "passages.sqlite") as connection:
        connection.execute("DELETE FROM passages WHERE passage = 2")
    connection.close()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (changed_text, "passages.sqlite: law/treaty.txt#0-85 does not hold the text at its own span"),
        (fewer_passages, "passages.sqlite: holds "),
    ],
)
def test_passages_are_compared_with_their_documents_and_counts(
    index_folder: Path, change: Callable[[Path], None], fault: str
) -> None:
    generation = published(index_folder)
    change(generation.folder)
    faults = faults_of(resealed(generation, "passages.sqlite"))
    assert faults[0].startswith(fault)


def test_vectors_of_other_texts_are_found(index_folder: Path, embedder: Embedder) -> None:
    generation = published(index_folder)
    assert list(vector_faults(generation, embedder)) == []
    path = generation.folder / SENTENCES
    np.save(path, np.load(path, allow_pickle=False)[::-1], allow_pickle=False)
    swapped = resealed(generation, SENTENCES)
    assert faults_of(swapped) == []
    faults = list(vector_faults(swapped, embedder))
    assert faults[0] == ("sentences.npy: the vectors of bread.txt#0-79 are not what the embedder gives")
    assert len(faults) == 3


def test_sources_that_changed_since_are_named(index_folder: Path, documents: Path) -> None:
    assert verified(index_folder, "--sources", documents).exit_code == 0
    (documents / "bread.txt").write_text("White bread.", encoding="utf-8")
    (documents / "bridge.txt").write_text("", encoding="utf-8")
    (documents / "new.md").write_text("# New", encoding="utf-8")
    shutil.rmtree(documents / "law")
    result = verified(index_folder, "--sources", documents)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "bread.txt: changed since the index was built",
        "bridge.txt: empty, since the index was built",
        "new.md: new since the index was built",
        "law/treaty.txt: removed since the index was built",
    ]
    assert len(list(source_faults(published(index_folder), documents))) == 4


def test_the_list_marks_what_is_published_and_rollback_goes_back(
    index_folder: Path, documents: Path, embedder: Embedder
) -> None:
    first = published(index_folder).id
    (documents / "new.txt").write_text("Lighthouses were automated in 1998.", encoding="utf-8")
    second = rebuild_folder(documents, index_folder, embedder).generation.id
    lines = ran("list", "--index", index_folder).output.splitlines()
    assert [line[:2] for line in lines] == ["  ", "* "]
    assert "4 documents, 4 passages" in lines[1]
    assert ran("rollback", "--index", index_folder).output == f"generation {first} is published\n"
    assert current_id(index_folder) == first
    index = Index.open(index_folder, embedder)
    assert {passage.doc_id for passage in index.passages()} == set(TEXTS)
    index.close()
    with pytest.raises(Refusal, match="no generation before"):
        ran_or_refused("rollback", "--index", index_folder)
    assert ran("rollback", "--index", index_folder, second).exit_code == 0
    assert current_id(index_folder) == second
    assert json.loads(ran("show", "--index", index_folder).output)["id"] == second
    assert json.loads(ran("show", "--index", index_folder, first).output)["id"] == first
    with pytest.raises(Refusal, match="no generation nothing"):
        ran_or_refused("show", "--index", index_folder, "nothing")


def ran_or_refused(*arguments: str | Path) -> None:
    CliRunner().invoke(index_command, list(map(str, arguments)), catch_exceptions=False)


def test_a_damaged_generation_is_not_gone_back_to(
    index_folder: Path, documents: Path, embedder: Embedder
) -> None:
    first = published(index_folder)
    second = rebuild_folder(documents, index_folder, embedder).generation
    (first.folder / SENTENCES).write_bytes(b"")
    with pytest.raises(Refusal, match=r"damaged \(sentences.npy: changed"):
        ran_or_refused("rollback", "--index", index_folder)
    assert current_id(index_folder) == second.id


def test_prune_keeps_what_is_published_even_if_it_is_the_oldest(
    index_folder: Path, documents: Path, embedder: Embedder
) -> None:
    first = published(index_folder).id
    second, third = (rebuild_folder(documents, index_folder, embedder).generation.id for _ in range(2))
    assert ran("rollback", "--index", index_folder, first).exit_code == 0
    assert ran("prune", "--index", index_folder, "--keep", "2").output == f"removed {second}\n"
    assert ids(index_folder) == [first, third]
    assert ran("prune", "--index", index_folder, "--keep", "1").output == f"removed {third}\n"
    assert ids(index_folder) == [first]
    assert current_id(index_folder) == first


def test_an_index_of_another_library_or_other_words_is_refused_with_what_to_do(
    index_folder: Path, documents: Path, embedder: Embedder
) -> None:
    generation = published(index_folder)
    path = generation.folder / "manifest.json"
    for change, reason in (
        ({"libraries": {**generation.manifest["libraries"], "bm25s": "0.0.1"}}, "with bm25s 0.0.1, here is"),
        ({"settings": {**generation.manifest["settings"], "words": -1}}, "by other rules for words"),
    ):
        path.write_text(manifest_text({**generation.manifest, **change}), encoding="utf-8")
        with pytest.raises(Refusal, match=rf"{reason}.*pincite rebuild --documents {documents}"):
            Index.open(index_folder, embedder)
        assert rebuild_folder(documents, index_folder, embedder).reused == 3
        shutil.rmtree(published(index_folder).folder)
        (index_folder / "CURRENT").write_text(generation.id)


def test_an_index_that_lacks_a_file_is_refused_at_once(index_folder: Path, embedder: Embedder) -> None:
    (published(index_folder).folder / "sentence_starts.npy").unlink()
    with pytest.raises(Refusal, match=r"damaged \(sentence_starts.npy: missing\).*rollback"):
        Index.open(index_folder, embedder)


def test_no_file_of_a_generation_is_a_pickle(index_folder: Path) -> None:
    for path in published(index_folder).folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        assert content[:1] != b"\x80", path  # how every pickle since protocol 2 begins
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
