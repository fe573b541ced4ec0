"""Filters: applied inside the search, so that the best of what passes are found, however few pass."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from documents import Document, Metadata
from index import Embedder, Filter, Index, rebuild_from

DATED = {
    "press/2023/a.txt": ("2023-11-29", "en"),
    "press/2024/b.txt": ("2024-02", "en"),
    "minutes/c.txt": ("2024", "zh"),
    "minutes/d.txt": (None, None),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    rebuild_from(
        [
            Document(
                doc_id,
                title="",
                text=f"The treaty on herring was discussed in session {number}.",
                source_sha256="0" * 64,
                metadata=Metadata(published=published, language=language),
            )
            for number, (doc_id, (published, language)) in enumerate(DATED.items())
        ],
        folder,
        embedder,
    )
    opened = Index.open(folder, embedder)
    yield opened
    opened.close()


def found(index: Index, filter_: Filter) -> list[str]:
    hits = index.search("herring treaty", top_k=10, filter_=filter_, diversity=False)
    return sorted(hit.passage.doc_id for hit in hits)


ALL = sorted(DATED)
A, B, C, D = DATED


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (Filter(), ALL),
        (Filter(doc_ids=(B, "no such document")), [B]),
        (Filter(folder="press"), [A, B]),
        (Filter(folder="/press/2024/"), [B]),
        (Filter(folder="pres"), []),
        (Filter(languages=("zh", "fr")), [C]),
        (Filter(media_types=("text/plain",)), ALL),
        (Filter(media_types=("application/pdf",)), []),
        (Filter(published_from="2024-01-01"), [B, C]),
        (Filter(published_from="2024-02-29"), [B, C]),
        (Filter(published_from="2024-03-01"), [C]),
        (Filter(published_to="2023-11-29"), [A]),
        (Filter(published_to="2023-11-28"), []),
        (Filter(published_to="2024-02-01"), [A, B, C]),
        (Filter(published_from="2024-02-10", published_to="2024-02-20"), [B, C]),
        (Filter(folder="minutes", languages=("zh",)), [C]),
        (Filter(fields=(("department", "finance"),)), []),
    ],
)
def test_a_filter_lets_through_what_it_says(index: Index, filter_: Filter, expected: list[str]) -> None:
    assert found(index, filter_) == sorted(expected)


def test_values_are_never_read_as_part_of_the_statement(index: Index) -> None:
    assert found(index, Filter(folder="x' OR '1'='1")) == []
    assert found(index, Filter(fields=(('a") OR 1 --', "1"),))) == []


def test_a_filter_that_matches_one_in_a_thousand_returns_the_exact_best(
    tmp_path: Path, embedder: Embedder
) -> None:
    many = [
        Document(
            f"{'few' if number % 500 == 7 else 'many'}/{number:04}.txt",
            title="",
            text=f"Ship {number} carried {number % 9} barrels of herring to port {number % 13}.",
            source_sha256="0" * 64,
        )
        for number in range(1500)
    ]
    rebuild_from(many, tmp_path, embedder)
    index = Index.open(tmp_path, embedder)
    hits = index.search("herring for port 7", top_k=5, filter_=Filter(folder="few"), diversity=False)
    assert sorted(hit.passage.doc_id for hit in hits) == ["few/0007.txt", "few/0507.txt", "few/1007.txt"]
    query = index.embedder.encode_questions(["herring for port 7"])[0]
    for hit in hits:
        vector = index.embedder.encode_passages([hit.passage.text])[0]
        assert hit.scores.dense == pytest.approx(float(np.dot(query, vector)), abs=1e-4)
    index.close()
