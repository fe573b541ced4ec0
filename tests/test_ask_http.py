"""The question endpoint, over real HTTP: what comes back, and that its citations open."""

import hashlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from documents import Document
from index import Embedder, Hit, Index, rebuild_from
from tests.conftest import Serve

QUESTION = "Who signed the main co-operation memorandum?"

# The sample documents that are not in UTF-8.
ENCODINGS = {"jing-gang-shangmao-kuaixun.txt": "utf-16", "shanghui-beijing-jiyao.txt": "gb18030"}

CITATION_FIELDS = [
    "doc_id",
    "title",
    "path",
    "url",
    "published",
    "page",
    "section",
    "start",
    "end",
    "quote",
    "source_sha256",
    "link",
]


def asked(client: httpx.Client, **fields: Any) -> Any:
    response = client.post("/v1/ask", json=fields)
    assert response.status_code == 200, response.text
    return response.json()


def settled(answer: Any) -> Any:
    """Drop what differs from one asking to the next."""
    return {name: value for name, value in answer.items() if name not in ("took_ms", "request_id")}


def test_the_answer_has_the_documented_shape(client: httpx.Client, sample_index: Index) -> None:
    answer = asked(client, question=QUESTION)
    assert list(answer) == [
        "question",
        "answer",
        "abstained",
        "abstain_reason",
        "passages",
        "index",
        "took_ms",
        "request_id",
    ]
    assert answer["question"] == QUESTION
    assert (answer["answer"], answer["abstained"], answer["abstain_reason"]) == (None, False, None)
    assert answer["index"] == {
        "generation": sample_index.generation.id,
        "fingerprint": sample_index.generation.fingerprint,
        "built_at": sample_index.generation.built_at,
    }
    assert answer["took_ms"] > 0
    assert len(answer["passages"]) == 5
    for rank, passage in enumerate(answer["passages"], start=1):
        assert list(passage) == [
            "rank",
            "score",
            "text",
            "highlights",
            "scores",
            "citation",
            "duplicates",
            "explanation",
        ]
        assert passage["rank"] == rank
        assert list(passage["scores"]) == ["dense", "sentence", "lexical"]
        assert list(passage["citation"]) == CITATION_FIELDS
    scores = [passage["score"] for passage in answer["passages"]]
    assert scores == sorted(scores, reverse=True)


def test_the_first_passage_names_both_signatories(client: httpx.Client) -> None:
    text = asked(client, question=QUESTION, top_k=1)["passages"][0]["text"]
    assert "Paul Chan" in text
    assert "Sima Hong" in text


def test_a_citation_quotes_the_file_itself(client: httpx.Client, sample_documents: Path) -> None:
    for passage in asked(client, question=QUESTION, top_k=100)["passages"]:
        citation = passage["citation"]
        content = (sample_documents / citation["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == citation["source_sha256"]
        text = content.decode(ENCODINGS.get(citation["path"], "utf-8"))
        assert text[citation["start"] : citation["end"]] == citation["quote"] == passage["text"]


def test_every_link_opens_the_quoted_words(client: httpx.Client) -> None:
    for passage in asked(client, question=QUESTION, top_k=100)["passages"]:
        citation = passage["citation"]
        opened = client.get(citation["link"]).json()
        assert opened["text"] == citation["quote"]
        assert (opened["start"], opened["end"]) == (citation["start"], citation["end"])
        assert opened["source_sha256"] == citation["source_sha256"]


def test_a_highlight_is_a_sentence_of_the_passage_at_its_place_in_the_document(
    client: httpx.Client, sample_index: Index
) -> None:
    for passage in asked(client, question=QUESTION, top_k=100)["passages"]:
        citation = passage["citation"]
        sentences = {
            (span.start, span.end)
            for found in sample_index.passages(citation["doc_id"])
            if found.start == citation["start"]
            for span in found.sentences
        }
        assert [(found["start"], found["end"]) in sentences for found in passage["highlights"]] == [True]


def test_query_is_another_name_for_the_question(client: httpx.Client) -> None:
    assert settled(asked(client, query=QUESTION)) == settled(asked(client, question=QUESTION))


def test_an_address_asks_the_same_as_a_body(client: httpx.Client) -> None:
    response = client.get("/v1/ask", params={"question": QUESTION, "top_k": 3})
    assert response.status_code == 200
    assert settled(response.json()) == settled(asked(client, question=QUESTION, top_k=3))
    short = client.get("/v1/ask", params={"query": QUESTION, "top_k": 3})
    assert settled(short.json()) == settled(response.json())


def test_white_space_around_the_question_does_not_matter(client: httpx.Client) -> None:
    answer = asked(client, question=f"\n\t {QUESTION}  \r\n")
    assert settled(answer) == settled(asked(client, question=QUESTION))


def test_top_k_is_how_many_passages_come_at_most(client: httpx.Client, sample_index: Index) -> None:
    assert len(asked(client, question=QUESTION, top_k=1)["passages"]) == 1
    everything = min(100, sample_index.generation.passages)
    assert len(asked(client, question=QUESTION, top_k=100)["passages"]) == everything


@pytest.mark.parametrize(
    "question",
    [
        "谁签署了合作备忘录？",
        "من وقع مذكرة التفاهم؟",
        "מי חתם על המזכר?",
        "🤝 who signed? 🖊️",
        "e\u0301 ﬁnancial ｍｅｍｏ １２",
        "\u202bwho signed\u202c",
        "11",
        "a" * 2000,
        "who\tsigned\r\nthe memo?",
        "'; DROP TABLE passages; --",
        '" OR * NEAR( -x',
    ],
)
def test_a_question_in_any_script_is_answered(client: httpx.Client, question: str) -> None:
    assert asked(client, question=question)["question"] == question


def test_json_comes_in_any_of_its_media_types(client: httpx.Client) -> None:
    content = json.dumps({"question": QUESTION})
    for media_type in ("application/json", "Application/JSON; charset=utf-8", "application/ld+json"):
        response = client.post("/v1/ask", content=content, headers={"Content-Type": media_type})
        assert response.status_code == 200, media_type


def test_the_index_is_named_and_counted(client: httpx.Client, sample_index: Index) -> None:
    assert client.get("/v1/index").json() == {
        "generation": sample_index.generation.id,
        "fingerprint": sample_index.generation.fingerprint,
        "built_at": sample_index.generation.built_at,
        "documents": len(sample_index.summaries()),
        "passages": len(list(sample_index.passages())),
        "refused": None,
    }


def test_health_and_readiness_are_told(client: httpx.Client, sample_index: Index) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready", "generation": sample_index.generation.id}


BEGUN = threading.Event()
GO_ON = threading.Event()


class WaitingIndex(Index):
    """An index whose search begins, and waits to be told to go on."""

    def search(self, question: str, top_k: int = 5, **options: Any) -> list[Hit]:
        BEGUN.set()
        assert GO_ON.wait(60)
        return super().search(question, top_k, **options)


def test_a_slow_question_holds_up_nothing_else(
    sample_index_folder: Path, embedder: Embedder, serve: Serve
) -> None:
    index = WaitingIndex.open(sample_index_folder, embedder)
    with serve(index) as client, ThreadPoolExecutor(1) as caller:
        slow = caller.submit(asked, client, question=QUESTION)
        try:
            assert BEGUN.wait(60)
            assert client.get("/healthz").status_code == 200
            assert client.get("/v1/index").status_code == 200
            assert client.post("/v1/ask", json={"question": ""}).status_code == 422
            assert not slow.done()
        finally:
            GO_ON.set()
        assert len(slow.result(60)["passages"]) == 5


ODD_IDS = [
    "a b/c.txt",
    "100%.txt",
    "%2e%2e/x.txt",
    "q?x=1&y#z.txt",
    "文件/第五次.txt",
    "e\u0301🙂.txt",
    "x/text",
]


def test_a_link_opens_whatever_the_document_is_called(
    embedder: Embedder, tmp_path: Path, serve: Serve
) -> None:
    documents = [
        Document(
            doc_id=doc_id,
            title="Note",
            text=f"Pelican number {number} lives here.",
            source_sha256=f"{number:064}",
        )
        for number, doc_id in enumerate(ODD_IDS)
    ]
    rebuild_from(documents, tmp_path, embedder)
    with serve(Index.open(tmp_path, embedder)) as client:
        citations = [found["citation"] for found in asked(client, question="pelican", top_k=50)["passages"]]
        assert {citation["doc_id"] for citation in citations} == set(ODD_IDS)
        for citation in citations:
            opened = client.get(citation["link"]).json()
            assert (opened["doc_id"], opened["text"]) == (citation["doc_id"], citation["quote"])


def test_a_document_opens_with_what_stands_around_the_span(
    client: httpx.Client, sample_documents: Path
) -> None:
    text = (sample_documents / "plenary-syndicated-short.txt").read_bytes().decode()
    start = text.index("Sima Hong")
    address = f"/v1/documents/plenary-syndicated-short.txt/text?start={start}&end={start + 9}"
    opened = client.get(address).json()
    assert opened["text"] == "Sima Hong"
    assert opened["before"] == text[start - 300 : start]
    assert opened["after"] == text[start + 9 : start + 309]


def test_a_document_opens_whole_when_no_span_is_given(client: httpx.Client, sample_documents: Path) -> None:
    text = (sample_documents / "plenary-syndicated-short.txt").read_bytes().decode()
    opened = client.get("/v1/documents/plenary-syndicated-short.txt/text").json()
    assert (opened["text"], opened["before"], opened["after"]) == (text, "", "")
    assert (opened["start"], opened["end"]) == (0, len(text))


def test_the_documentation_page_needs_no_other_host(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r"""(?:href|src)=["']([^"']+)""", page.text)
    assert any(address.endswith(".js") for address in addresses)
    for address in addresses:
        assert address.startswith("/static-offline-docs/")
        assert len(client.get(address).content) > 1000
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_the_openapi_document_tells_errors_as_problems(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        "/v1/ask",
        "/v1/documents/{doc_id}/text",
        "/v1/index",
        "/v1/index/rebuild",
        "/v1/index/rebuild/{job}",
        "/healthz",
        "/readyz",
    }
    responses = document["paths"]["/v1/ask"]["post"]["responses"]
    assert set(responses) == {"200", "400", "413", "415", "422"}
    schema = {"$ref": "#/components/schemas/Problem"}
    assert responses["422"]["content"] == {"application/problem+json": {"schema": schema}}
    assert "HTTPValidationError" not in document["components"]["schemas"]
