"""Rebuilding: only what changed is done again, the result is that from nothing, a full disk is told."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from documents import Refusal
from index import Embedder, Index, rebuild_folder
from index.changes import Changes
from index.checksums import file_faults
from index.durability import require_room
from index.generation import current, current_id
from index.journal import Journal
from index.rebuild import plan_folder
from index.vectors import PASSAGES, Vectors
from index.verification import source_faults
from index.watch import state_of, wait_for_change
from tests.conftest import REPOSITORY


@pytest.fixture
def documents(tmp_path: Path, sample_documents: Path) -> Path:
    """A copy of some of the sample documents, to be changed."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for path in sorted(sample_documents.rglob("*.txt"))[:6]:
        shutil.copy(path, folder)
    return folder


def changed(documents: Path) -> None:
    """One added, one changed, one moved, one removed."""
    files = sorted(path for path in documents.rglob("*.txt"))
    (documents / "added.txt").write_text("Lighthouses on the northern coast were automated in 1998.")
    files[0].write_text(files[0].read_text(encoding="utf-8") + "\n\nA word more.\n", encoding="utf-8")
    (documents / "deeper").mkdir()
    files[1].rename(documents / "deeper" / files[1].name)
    files[2].unlink()


def two_hundred_questions(index: Index) -> list[str]:
    """Sentences and titles of the documents, each as a question."""
    texts = []
    for passage in index.passages():
        texts += [passage.text[s.start - passage.start : s.end - passage.start] for s in passage.sentences]
    questions = [f"What of {text[:200].strip()}?" for text in dict.fromkeys(texts)]
    assert len(questions) >= 200
    return questions[:: len(questions) // 200][:200]


def test_the_result_is_that_of_a_rebuild_from_nothing_to_the_last_bit(
    sample_documents: Path, tmp_path: Path, embedder: Embedder
) -> None:
    documents = Path(shutil.copytree(sample_documents, tmp_path / "documents"))
    rebuild_folder(documents, tmp_path / "kept", embedder)
    changed(documents)
    kept = rebuild_folder(documents, tmp_path / "kept", embedder)
    fresh = rebuild_folder(documents, tmp_path / "fresh", embedder)
    full = rebuild_folder(documents, tmp_path / "kept", embedder, full=True)
    assert 0 < kept.reused < kept.passages
    assert fresh.reused == full.reused == 0
    assert kept.generation.fingerprint == fresh.generation.fingerprint == full.generation.fingerprint
    for name, file in fresh.generation.manifest["files"].items():
        assert kept.generation.manifest["files"][name] == file, name
    (tmp_path / "kept" / "CURRENT").write_text(kept.generation.id)
    one, other = Index.open(tmp_path / "kept", embedder), Index.open(tmp_path / "fresh", embedder)
    assert one.generation.id == kept.generation.id
    questions = two_hundred_questions(other)
    for ours, theirs in zip(one.search_many(questions), other.search_many(questions), strict=True):
        assert ours == theirs
    one.close()
    other.close()


def test_what_has_changed_is_counted_and_a_plan_says_so_before(
    documents: Path, tmp_path: Path, embedder: Embedder
) -> None:
    empty = plan_folder(documents, tmp_path / "index", embedder)
    assert (empty.seconds, empty.fresh) == (None, empty.passages)
    assert not (tmp_path / "index").exists()
    first = rebuild_folder(documents, tmp_path / "index", embedder)
    assert len(first.changes.added) == first.documents == len(empty.changes.added)
    changed(documents)
    plan = plan_folder(documents, tmp_path / "index", embedder)
    assert plan.changes.added == ("added.txt",)
    assert [len(plan.changes.changed), len(plan.changes.moved), len(plan.changes.removed)] == [1, 1, 1]
    assert len(plan.changes.unchanged) == first.documents - 3
    assert current_id(tmp_path / "index") == first.generation.id
    summary = rebuild_folder(documents, tmp_path / "index", embedder)
    assert summary.changes == plan.changes
    assert (summary.passages, summary.passages - summary.reused) == (plan.passages, plan.fresh)
    full = plan_folder(documents, tmp_path / "index", embedder, full=True)
    assert (full.fresh, len(full.changes.unchanged)) == (summary.passages, summary.documents)
    assert plan.seconds is not None
    assert full.seconds is not None
    assert full.seconds > plan.seconds


def test_a_document_has_moved_if_its_content_stood_elsewhere() -> None:
    old = {"a": "1", "b": "2", "c": "3", "d": "3", "e": "5"}
    new = {"a": "1", "b": "9", "x": "3", "y": "3", "z": "3", "n": "7"}
    changes = Changes.between(old, new)
    assert changes.unchanged == ("a",)
    assert changes.changed == ("b",)
    assert changes.moved == (("c", "x"), ("d", "y"))
    assert changes.added == ("n", "z")
    assert changes.removed == ("e",)
    assert changes.described() == "2 added, 1 changed, 2 moved, 1 removed, 1 unchanged"


def test_a_moved_file_keeps_its_vectors(tmp_path: Path, embedder: Embedder) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.txt").write_text("A title\n\nThe treaty was signed by Anna Lind.", encoding="utf-8")
    rebuild_folder(documents, tmp_path / "index", embedder)
    (documents / "a.txt").rename(documents / "b.txt")
    summary = rebuild_folder(documents, tmp_path / "index", embedder)
    assert (summary.passages, summary.reused, summary.changes.moved) == (1, 1, (("a.txt", "b.txt"),))
    index = Index.open(tmp_path / "index", embedder)
    assert index.search("Who signed?")[0].passage.doc_id == "b.txt"
    index.close()


def test_a_sidecar_that_changes_or_goes_is_not_overlooked(tmp_path: Path, embedder: Embedder) -> None:
    documents, sidecar = tmp_path / "documents", tmp_path / "documents" / "a.txt.meta.json"
    documents.mkdir()
    (documents / "a.txt").write_text("The treaty was signed by Anna Lind.", encoding="utf-8")
    (documents / "b.txt").write_text("Rye bread needs a sourdough.", encoding="utf-8")
    seen: list[list[str]] = []
    for title in (None, "One", "Two", "Two", None):
        sidecar.unlink(missing_ok=True)
        if title is not None:
            sidecar.write_text(json.dumps({"title": title}), encoding="utf-8")
        changed_since = current(tmp_path / "index")
        faults = list(source_faults(changed_since, documents)) if changed_since else []
        generation = rebuild_folder(documents, tmp_path / "index", embedder).generation
        fresh = rebuild_folder(documents, tmp_path / f"fresh-{len(seen)}", embedder).generation
        assert (generation.fingerprint, generation.manifest["files"]) == (
            fresh.fingerprint,
            fresh.manifest["files"],
        )
        seen.append(faults)
    otherwise = ["a.txt: described otherwise since the index was built"]
    assert seen == [[], otherwise, otherwise, [], otherwise]


def test_from_a_damaged_generation_nothing_is_taken_over(
    documents: Path, tmp_path: Path, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    first = rebuild_folder(documents, tmp_path / "index", embedder).generation
    path = first.folder / PASSAGES
    content = bytearray(path.read_bytes())
    content[-3] ^= 0x40
    path.write_bytes(content)
    summary = rebuild_folder(documents, tmp_path / "index", embedder)
    assert summary.reused == 0
    assert f"nothing is taken over from {first.id}: {PASSAGES}: changed" in caplog.text
    assert summary.generation.manifest["files"] == first.manifest["files"]
    assert file_faults(summary.generation) == []


class Interrupted(Exception):  # noqa: N818 - raised in the place of a person
    pass


def test_an_interrupted_rebuild_goes_on_where_it_was(
    documents: Path, tmp_path: Path, embedder: Embedder
) -> None:
    for number in range(140):
        (documents / f"{number}.txt").write_text(f"Ship number {number} carries cargo {number * 7}.")

    def interrupt(stage: str, done: int, total: int | None) -> None:
        if stage == "embedding passages" and done != total:
            raise Interrupted

    with pytest.raises(Interrupted):
        rebuild_folder(documents, tmp_path / "index", embedder, progress=interrupt)
    assert current(tmp_path / "index") is None
    summary = rebuild_folder(documents, tmp_path / "index", embedder)
    assert (summary.resumed, summary.reused) == (128, 0)  # as many as are embedded together
    assert not (tmp_path / "index" / "JOURNAL").exists()
    fresh = rebuild_folder(documents, tmp_path / "fresh", embedder).generation
    assert summary.generation.manifest["files"] == fresh.manifest["files"]


def test_a_full_rebuild_resumes_nothing(tmp_path: Path, documents: Path, embedder: Embedder) -> None:
    (tmp_path / "index").mkdir()
    journal = Journal(tmp_path / "index" / "JOURNAL", embedder.fingerprint, embedder.dimension)
    journal.add(
        b"k" * 32, np.zeros(embedder.dimension, np.float32), np.zeros((0, embedder.dimension), np.float16)
    )
    journal.close()
    assert rebuild_folder(documents, tmp_path / "index", embedder, full=True).resumed == 0


def vectors(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.random(4, dtype=np.float32), random.random((rows, 4)).astype(np.float16)


def test_a_journal_gives_back_what_was_added_whatever_was_torn_off(tmp_path: Path) -> None:
    path = tmp_path / "JOURNAL"
    journal = Journal(path, "f" * 64, 4)
    ends = []
    for number in range(3):
        journal.add(bytes([number]) * 32, *vectors(number, number))
        journal.flush()
        ends.append(path.stat().st_size)
    journal.close()
    whole = path.read_bytes()
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        torn = Journal(path, "f" * 64, 4)
        assert len(torn) == sum(end <= size for end in ends)
        for number in range(len(torn)):
            found = torn.find(bytes([number]) * 32)
            assert found is not None
            for ours, theirs in zip(found, vectors(number, number), strict=True):
                np.testing.assert_array_equal(ours, theirs)
        torn.add(b"new" + bytes(29), *vectors(2, 9))
        assert torn.find(b"new" + bytes(29)) is not None
        torn.close()


def test_a_journal_of_another_embedder_is_begun_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "JOURNAL", "f" * 64, 4)
    journal.add(bytes(32), *vectors(1, 1))
    journal.close()
    for fingerprint, dimension, kept in (("f" * 64, 4, 1), ("0" * 64, 4, 0), ("f" * 64, 8, 0)):
        other = Journal(tmp_path / "JOURNAL", fingerprint, dimension)
        assert len(other) == kept
        other.close()


def test_too_little_room_is_told_with_what_is_needed_and_free(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    require_room(tmp_path, 1000)
    with pytest.raises(Refusal, match=r"no room in .*: about [\d,.]+ MB needed, [\d,.]+ MB free; make room"):
        require_room(tmp_path, 2 * free)


# A disk of its own for one process: a namespace in which a folder in memory is mounted.
ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from documents import Refusal
from index import Embedder, Index, rebuild_folder
from index.verification import faults_of

place, documents = Path(sys.argv[1]), Path(sys.argv[2])
embedder = Embedder.load()
few = place.parent / "few"
first = rebuild_folder(few, place / "index", embedder).generation
told = set()
for left in range(0, 1_000_000, 60_000):
    import shutil
    filler = place / "filler"
    filler.unlink(missing_ok=True)
    (place / "index" / "JOURNAL").unlink(missing_ok=True)
    filler.write_bytes(bytes(max(0, shutil.disk_usage(place).free - left)))
    try:
        rebuild_folder(documents, place / "index", embedder)
    except Refusal as refusal:
        told.add(str(refusal).split(" in ")[0])
    index = Index.open(place / "index", embedder)
    assert index.generation.id == first.id, left
    assert index.search("Who signed?")
    index.close()
    assert faults_of(first) == [], left
filler.unlink()
rebuild_folder(documents, place / "index", embedder)
print(sorted(told))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk, the way of Linux")
def test_a_disk_that_fills_up_leaves_the_old_index_and_is_told(tmp_path: Path, documents: Path) -> None:
    small, few = tmp_path / "small", tmp_path / "few"
    small.mkdir()
    few.mkdir()
    (few / "a.txt").write_text("The treaty was signed by Anna Lind.", encoding="utf-8")
    mounted = ["unshare", "--mount", "--map-root-user", "sh", "-ec"]
    try:
        possible = subprocess.run(
            [*mounted, f"mount -t tmpfs -o size=1m tmpfs '{small}'"], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("no unshare to mount a small disk with")
    if possible.returncode:
        pytest.skip("this machine lets us mount nothing")
    program = [sys.executable, "-c", ON_A_SMALL_DISK, str(small), str(documents)]
    done = subprocess.run(
        [*mounted, f"mount -t tmpfs -o size=16m tmpfs '{small}'; exec \"$@\"", "sh", *program],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    assert done.returncode == 0, done.stderr
    assert "the disk filled up while writing" in done.stdout
    assert "no room" in done.stdout


def test_watching_waits_until_a_change_is_at_rest(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    (documents / "index").mkdir(parents=True)
    (documents / "a.txt").write_text("one")
    leave_out = documents / "index"
    before = state_of(documents, leave_out=leave_out)
    (leave_out / "vectors").write_text("not a document")
    (documents / ".hidden").write_text("nor this")
    assert state_of(documents, leave_out=leave_out) == before
    (documents / "b.txt").write_text("two")
    after = wait_for_change(documents, before, leave_out=leave_out, seconds=0.01)
    assert {Path(path).name for path in after} == {"a.txt", "b.txt"}


def test_vectors_are_opened_mapped_not_read(tmp_path: Path) -> None:
    from index.vectors import SentenceWriter

    with SentenceWriter(tmp_path, 2, 4) as writer:
        writer.add(np.ones((2, 4), dtype=np.float16))
    Vectors.write(tmp_path, np.eye(2, 4, dtype=np.float32), np.array([0, 1, 2]))
    opened = Vectors.open(tmp_path)
    assert isinstance(opened.sentences, np.memmap)
    np.testing.assert_array_equal(opened.passages(np.array([1])), [[0, 1, 0, 0]])
