"""The index end to end, with the real embedder on a handful of documents whose order is evident."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from documents import Document, Metadata, Refusal, Section, Unread
from index import Embedder, Index, Ranking, rebuild_from
from index.checksums import file_faults
from index.generation import current
from index.index import DEPTH

TEXTS = {
    "bridge.txt": "The bridge over the Severn was opened in 1966. It carries the motorway to Wales.",
    "bread.txt": "Rye bread needs a sourdough. Let the dough rest for twelve hours before baking.",
    "treaty.txt": "The fisheries treaty was signed by Anna Lind and Per Holm. It covers cod and herring.",
}


def document(doc_id: str, text: str, title: str = "") -> Document:
    return Document(doc_id=doc_id, title=title, text=text, source_sha256="0" * 64)


DOCUMENTS = [document(doc_id, text) for doc_id, text in TEXTS.items()]


@pytest.fixture(scope="module")
def index_folder(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("index")
    rebuild_from(DOCUMENTS, folder, embedder)
    return folder


@pytest.fixture
def index(index_folder: Path, embedder: Embedder) -> Iterator[Index]:
    opened = Index.open(index_folder, embedder)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "doc_id", "sentence"),
    [
        ("who signed the fisheries treaty?", "treaty.txt", 0),
        ("when did the Severn crossing open?", "bridge.txt", 0),
        ("how long must the dough stand?", "bread.txt", 1),
    ],
)
def test_the_passage_that_answers_comes_first(
    index: Index, question: str, doc_id: str, sentence: int
) -> None:
    hits = index.search(question, top_k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert hits[0].passage.doc_id == doc_id
    assert hits[0].best_sentence == sentence
    assert hits[0].score > hits[1].score >= hits[2].score


def test_the_score_is_the_weighted_sum_of_the_evidence(index: Index) -> None:
    ranking = Ranking(dense=0.25, sentence=0.5, lexical=2.0)
    for hit in index.search("who signed the treaty?", ranking=ranking):
        scores = hit.scores
        assert hit.score == pytest.approx(
            0.25 * scores.dense + 0.5 * scores.sentence + 2.0 * scores.lexical, abs=1e-6
        )


def test_vectors_count_as_far_as_the_embedder_reads_the_question() -> None:
    assert [Ranking.trust(read) for read in (1.0, 0.5, 0.25, 0.0)] == [1.0, 1.0, 0.5, 0.02]


def test_a_question_the_embedder_cannot_read_is_ranked_by_its_words(
    tmp_path: Path, embedder: Embedder
) -> None:
    texts = {
        "a.txt": "京港两地签署了金融合作备忘录。",
        "b.txt": "面包需要发酵十二个小时。",
        "c.txt": "大桥于一九六六年通车。",
    }
    rebuild_from([document(doc_id, text) for doc_id, text in texts.items()], tmp_path, embedder)
    index = Index.open(tmp_path, embedder)
    assert [hit.passage.doc_id for hit in index.search("面包要发酵多久？", top_k=1)] == ["b.txt"]
    assert [hit.passage.doc_id for hit in index.search("谁签署了备忘录？", top_k=1)] == ["a.txt"]
    (candidates,) = index.candidates(["面包要发酵多久？"])
    assert candidates.legibility == 0
    index.close()


def test_the_dense_score_is_the_cosine_of_question_and_passage(index: Index) -> None:
    question = "a treaty about fish"
    hit = index.search(question)[0]
    query = index.embedder.encode_questions([question])[0]
    passage = index.embedder.encode_passages([hit.passage.text])[0]
    assert hit.scores.dense == pytest.approx(float(query @ passage), abs=1e-5)


def test_the_sentence_score_is_the_cosine_of_the_best_sentence(index: Index) -> None:
    question = "what does the treaty cover?"
    hit = index.search(question)[0]
    texts = [hit.passage.text[s.start : s.end] for s in hit.passage.sentences]
    query = index.embedder.encode_questions([question])[0]
    cosines = index.embedder.encode_passages(texts) @ query
    assert hit.best_sentence == int(np.argmax(cosines))
    assert hit.scores.sentence == pytest.approx(float(cosines.max()), abs=1e-3)  # kept as float16


def test_every_candidate_has_every_kind_of_evidence(index: Index) -> None:
    (candidates,) = index.candidates(["bread and bridges"], depth=1)
    assert len(candidates.rows) == 2  # one from each leg
    assert candidates.dense.min() > 0
    assert candidates.sentence.min() > 0
    assert candidates.lexical.max() > 0


def test_asking_together_gives_what_asking_one_by_one_gives(index: Index) -> None:
    questions = ["who signed?", "twelve hours", "Wales", "?"]
    together = index.search_many(questions)
    for question, hits in zip(questions, together, strict=True):
        alone = index.search(question)
        assert [hit.passage for hit in hits] == [hit.passage for hit in alone]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in alone], abs=1e-5)


def test_no_more_hits_come_than_there_are_passages(index: Index) -> None:
    assert len(index.search("bread", top_k=100)) == 3


def test_the_words_of_every_passage_stand_at_its_span(index: Index) -> None:
    passages = list(index.passages())
    assert [p.doc_id for p in passages] == list(TEXTS)
    for passage in passages:
        assert index.document(passage.doc_id).text[passage.start : passage.end] == passage.text


def test_documents_come_back_as_they_went_in(tmp_path: Path, embedder: Embedder) -> None:
    whole = Document(
        doc_id="a/b.md",
        title="Ünïcode 北京 \U0001f600",
        text="# Head\r\n\r\nFirst \U0001f600 sentence. 第二句。\r\n",
        source_sha256="ab" * 32,
        metadata=Metadata(published="2024-02", author="A", url="https://example.org/", language="en"),
        pages=(0, 8),
        sections=(Section("Head", 1, 0, 6),),
    )
    rebuild_from([whole], tmp_path, embedder)
    index = Index.open(tmp_path, embedder)
    assert index.document("a/b.md") == whole
    summary = index.summary("a/b.md")
    assert (summary.title, summary.metadata, summary.characters) == (
        whole.title,
        whole.metadata,
        len(whole.text),
    )
    assert index.summaries() == [summary]
    assert [p.doc_id for p in index.passages("a/b.md")] == ["a/b.md"] * summary.passages
    for missing in (index.document, index.summary, lambda doc_id: list(index.passages(doc_id))):
        with pytest.raises(KeyError, match="nothing"):
            missing("nothing")
    index.close()


def test_several_threads_may_ask_at_once(index: Index) -> None:
    expected = [hit.passage for hit in index.search("who signed the treaty?")]
    found: list[list[object]] = []

    def ask() -> None:
        found.append([hit.passage for hit in index.search("who signed the treaty?")])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_a_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(
        Refusal, match=r"no index in .*nowhere; build one: pincite rebuild --documents FOLDER"
    ):
        Index.open(tmp_path / "nowhere")


def test_an_index_of_another_embedder_is_refused(tmp_path: Path, embedder: Embedder) -> None:
    rebuild_from(DOCUMENTS, tmp_path, embedder)
    generation = current(tmp_path)
    assert generation is not None
    manifest = generation.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(embedder.fingerprint, "0" * 64))
    with pytest.raises(Refusal, match="built with the embedder"):
        Index.open(tmp_path, embedder)


def test_files_that_gave_no_document_are_in_the_summary_and_the_manifest(
    tmp_path: Path, embedder: Embedder
) -> None:
    bad = Unread(path="x.bin", kind="skipped", reason="not a kind of file that is read")
    summary = rebuild_from([bad, *DOCUMENTS], tmp_path, embedder)
    assert summary.unread == (bad,)
    assert (summary.documents, summary.passages, summary.reused) == (3, 3, 0)
    assert summary.generation.manifest["unread"] == [
        {"path": "x.bin", "kind": "skipped", "reason": "not a kind of file that is read"}
    ]
    assert file_faults(summary.generation) == []


def test_nothing_to_index_is_refused_and_the_published_index_stays(
    tmp_path: Path, embedder: Embedder
) -> None:
    first = rebuild_from(DOCUMENTS, tmp_path, embedder).generation
    with pytest.raises(Refusal, match=r"none of 1 files could be read, e\.g\. x: empty"):
        rebuild_from([Unread(path="x", kind="failed", reason="empty")], tmp_path, embedder)
    with pytest.raises(Refusal, match="no documents to index"):
        rebuild_from([], tmp_path, embedder)
    assert current(tmp_path) == first


def test_unchanged_passages_keep_their_vectors_and_answers_stay_the_same(
    tmp_path: Path, embedder: Embedder
) -> None:
    new = document("new.txt", "Lighthouses on the northern coast were automated in 1998.")
    rebuild_from(DOCUMENTS, tmp_path / "a", embedder)
    summary = rebuild_from([new, *DOCUMENTS[1:]], tmp_path / "a", embedder)
    assert (summary.reused, summary.passages) == (2, 3)
    rebuild_from([new, *DOCUMENTS[1:]], tmp_path / "b", embedder)
    taken_over, fresh = (Index.open(tmp_path / name, embedder) for name in "ab")
    assert taken_over.generation.fingerprint == fresh.generation.fingerprint
    for question in ("when was the lighthouse automated?", "who signed the treaty?", "dough"):
        kept, made = taken_over.search(question), fresh.search(question)
        assert [hit.passage for hit in kept] == [hit.passage for hit in made]
        assert [hit.score for hit in kept] == pytest.approx([hit.score for hit in made], abs=1e-5)
    taken_over.close()
    fresh.close()


def test_the_fingerprint_changes_with_the_documents_only(tmp_path: Path, embedder: Embedder) -> None:
    one = rebuild_from(DOCUMENTS, tmp_path / "a", embedder).generation
    same = rebuild_from(DOCUMENTS, tmp_path / "b", embedder).generation
    other = rebuild_from(DOCUMENTS[:2], tmp_path / "a", embedder).generation
    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert one.id != same.id


def test_more_passages_than_candidates_are_ranked_as_if_all_were(tmp_path: Path, embedder: Embedder) -> None:
    many = [
        document(f"{n:04}.txt", f"Record number {n} tells of ship {n * 7}.") for n in range(2 * DEPTH + 50)
    ]
    rebuild_from(many, tmp_path, embedder)
    index = Index.open(tmp_path, embedder)
    assert index.search("ship 1400")[0].passage.doc_id == "0200.txt"
    index.close()
