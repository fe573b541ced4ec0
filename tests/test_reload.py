"""A running service: it goes over to what is published, drops and mixes no request, refuses what is damaged.

Set in the environment, PINCITE_LONG_TESTS has 10,000 questions asked during 20 rebuilds.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from documents import Document
from index import Embedder, Generation, Index, rebuild_folder, rebuild_from
from index.generation import name_current
from index.lock import locked
from service.served_index import ServedIndex
from tests.conftest import Serve

QUESTIONS, REBUILDS = (10_000, 20) if "PINCITE_LONG_TESTS" in os.environ else (500, 6)
CLIENTS = 8
PATIENCE = 60.0


def edition(number: int) -> list[Document]:
    """Documents whose ids and words tell which edition they are of."""
    subjects = ("bridge", "bread", "treaty", "lighthouse", "orchard", "canal")
    return [
        Document(
            doc_id=f"{number}/{subject}.txt",
            title="",
            text=f"The {subject} of edition {number} is described here. It was inspected {number} times.",
            source_sha256="0" * 64,
        )
        for subject in subjects
    ]


def eventually(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def index(tmp_path: Path, embedder: Embedder) -> Iterator[Index]:
    rebuild_from(edition(0), tmp_path / "index", embedder)
    opened = Index.open(tmp_path / "index", embedder)
    yield opened
    opened.close()


def test_no_request_is_dropped_or_mixed_while_the_index_is_rebuilt_under_it(
    index: Index, tmp_path: Path, embedder: Embedder, serve: Serve
) -> None:
    editions = {index.generation.id: 0}
    answers: list[httpx.Response] = []
    over = threading.Event()

    def ask(client: httpx.Client, number: int) -> None:
        while not over.is_set() or len(answers) < QUESTIONS:
            subject = ("bridge", "bread", "treaty", "canal")[number % 4]
            question = f"What of the {subject} of edition {number % 7}?"
            answers.append(client.post("/v1/ask", json={"question": question, "diversity": False}))
            number += CLIENTS

    with serve(index) as client, ThreadPoolExecutor(CLIENTS) as clients:
        asking = [clients.submit(ask, client, number) for number in range(CLIENTS)]
        for number in range(1, REBUILDS + 1):
            while len(answers) < number * QUESTIONS // (REBUILDS + 1):
                time.sleep(0.01)
            generation = rebuild_from(edition(number), tmp_path / "index", embedder).generation
            editions[generation.id] = number
            assert eventually(lambda: serves(client, generation))  # noqa: B023 - asked at once
        over.set()
        for each in asking:
            each.result()
    assert len(answers) >= QUESTIONS
    assert {answer.status_code for answer in answers} == {200}
    answered_by = set()
    for answer in map(httpx.Response.json, answers):
        generation_id = answer["index"]["generation"]
        answered_by.add(generation_id)
        assert len(answer["passages"]) == 5
        found = {passage["citation"]["doc_id"].split("/")[0] for passage in answer["passages"]}
        assert found == {str(editions[generation_id])}
    assert answered_by == set(editions)
    print(f"{len(answers):,} questions, {len(answered_by)} generations answered")


def serves(client: httpx.Client, generation: Generation) -> bool:
    state = client.get("/v1/index").json()
    return bool(state["generation"] == generation.id and state["refused"] is None)


def test_an_index_stays_open_until_its_last_request_ends(
    index: Index, tmp_path: Path, embedder: Embedder
) -> None:
    served = ServedIndex(index)
    with served.pinned() as pinned:
        second = rebuild_from(edition(1), tmp_path / "index", embedder).generation
        served.refresh()
        assert served.generation == second
        assert pinned.document("0/bread.txt").doc_id == "0/bread.txt"
        with served.pinned() as other:
            assert other.document("1/bread.txt").doc_id == "1/bread.txt"
    with pytest.raises(Exception, match="closed database"):
        index.document("0/bread.txt")
    with served.pinned() as last:
        last.close()


def test_a_damaged_generation_is_refused_and_the_old_one_kept(
    index: Index, tmp_path: Path, embedder: Embedder, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "index"
    second = rebuild_from(edition(1), folder, embedder).generation
    name_current(folder, index.generation.id)
    path = second.folder / "vectors.faiss"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    with serve(index) as client:
        path.write_bytes(content)
        name_current(folder, second.id)
        assert eventually(lambda: client.get("/v1/index").json()["refused"] is not None)
        state = client.get("/v1/index").json()
        assert state["generation"] == index.generation.id
        assert state["refused"] == {
            "generation": second.id,
            "reason": "damaged (vectors.faiss: changed since it was published)",
        }
        answer = client.post("/v1/ask", json={"question": "What of the bridge?"}).json()
        assert {passage["citation"]["doc_id"][0] for passage in answer["passages"]} == {"0"}
        assert f"{second.id} is refused, {index.generation.id} is still served" in caplog.text
        name_current(folder, index.generation.id)
        assert eventually(lambda: serves(client, index.generation))
        third = rebuild_from(edition(3), folder, embedder).generation
        assert eventually(lambda: serves(client, third))


def test_a_generation_of_another_embedder_is_refused(
    index: Index, tmp_path: Path, embedder: Embedder
) -> None:
    served = ServedIndex(index)
    second = rebuild_from(edition(1), tmp_path / "index", embedder).generation
    (second.folder / "manifest.json").write_text("{}")
    served.refresh()
    assert served.generation == index.generation
    assert served.refused is not None
    assert served.refused.generation == second.id
    assert "has format None" in served.refused.reason


def finished(client: httpx.Client, address: str) -> dict[str, Any]:
    assert eventually(lambda: client.get(address).json()["state"] != "running")
    return dict(client.get(address).json())


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "bridge.txt").write_text("The bridge was opened in 1966.", encoding="utf-8")
    return folder


def test_a_rebuild_is_started_followed_and_served(
    documents: Path, tmp_path: Path, embedder: Embedder, serve: Serve
) -> None:
    rebuild_folder(documents, tmp_path / "index", embedder)
    index = Index.open(tmp_path / "index", embedder)
    with serve(index) as client:
        (documents / "bread.txt").write_text("Rye bread needs a sourdough.", encoding="utf-8")
        with locked(tmp_path / "index"):
            busy = client.post("/v1/index/rebuild")
            assert busy.status_code == 409
            assert busy.headers["content-type"] == "application/problem+json"
        started = client.post("/v1/index/rebuild")
        assert started.status_code == 202
        assert started.json()["state"] == "running"
        assert client.post("/v1/index/rebuild").status_code == 409
        job = finished(client, started.headers["location"])
        assert (job["state"], job["stage"], job["reason"]) == ("succeeded", "published", None)
        assert job["job"] == started.json()["job"]
        assert eventually(lambda: client.get("/v1/index").json()["generation"] == job["generation"])
        assert client.get("/v1/index").json()["documents"] == 2
        found = client.post("/v1/ask", json={"question": "What does bread need?"}).json()
        assert found["passages"][0]["citation"]["doc_id"] == "bread.txt"
        for file in documents.iterdir():
            file.unlink()
        again = client.post("/v1/index/rebuild", json={"full": True})
        failed = finished(client, again.headers["location"])
        assert failed["state"] == "failed"
        assert "no documents to index" in failed["reason"]
        assert client.get("/v1/index").json()["documents"] == 2
        documents.rmdir()
        gone = client.post("/v1/index/rebuild")
        assert gone.status_code == 422
        assert "no folder" in gone.json()["detail"]
        assert client.get("/v1/index/rebuild/none").status_code == 404
        assert client.post("/v1/index/rebuild", json={"fully": True}).status_code == 422


def test_a_rebuild_needs_a_known_folder_and_no_stranger(index: Index, serve: Serve) -> None:
    with serve(index) as client:
        unknown = client.post("/v1/index/rebuild")
        assert unknown.status_code == 422
        assert "--documents FOLDER" in unknown.json()["detail"]
        foreign = client.post("/v1/index/rebuild", headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
