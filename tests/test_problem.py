"""Bad input over real HTTP: always a problem document that names the field, never a 500."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import Embedder, Hit, Index
from tests.conftest import Serve

JSON = {"Content-Type": "application/json"}


def told(response: httpx.Response, status: int) -> Any:
    """Check the form of a problem document, and return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert list(document) == ["type", "title", "status", "detail", "errors", "request_id"]
    assert document["type"] == "about:blank"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == response.headers["x-request-id"]
    return document


def fields(document: Any) -> list[str]:
    return [error["field"] for error in document["errors"]]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "empty"),
        (" \t\r\n\u3000", "empty"),
        ("?!… — 。「」", "no letter or digit"),
        ("🙂🤝🇭🇰", "no letter or digit"),
        ("\u202e\u200b\u0301", "no letter or digit"),
        ("who\x00signed", "control characters"),
        ("\x1fwho signed", "control characters"),
        ("who\x85signed", "control characters"),
        ("a" * 2001, "2,001 characters"),
        ("🙂" * 2001, "2,001 characters"),
    ],
)
def test_what_is_no_question_is_refused_by_name(client: httpx.Client, question: str, reason: str) -> None:
    by_body = told(client.post("/v1/ask", json={"question": question}), 422)
    by_address = told(client.get("/v1/ask", params={"question": question}), 422)
    for document in (by_body, by_address):
        assert fields(document) == ["question"]
        assert reason in document["errors"][0]["reason"]


def test_a_question_of_a_hundred_thousand_characters_is_too_large(client: httpx.Client) -> None:
    document = told(client.post("/v1/ask", json={"question": "a" * 100_000}), 413)
    assert fields(document) == ["body"]
    by_address = told(client.get("/v1/ask", params={"question": "a" * 65_000}), 422)
    assert fields(by_address) == ["question"]
    assert "65,000 characters" in by_address["detail"]


def test_a_hundred_thousand_characters_in_an_address_are_told_of_the_question(client: httpx.Client) -> None:
    # httpx keeps addresses below 64 KiB, so this one is written by hand.
    head = f"GET /v1/ask?question={'a' * 100_000} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = exchanged(client, head.encode())
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert b'"field":"question"' in answer


def exchanged(client: httpx.Client, sent: bytes) -> bytes:
    """Send bytes as they are, and return everything that comes back."""
    with socket.create_connection(
        (client.base_url.host, client.base_url.port or 0), timeout=60
    ) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("top_k", [0, -1, 101, 10**30, "x", "5", 2.5, 5.0, True, None, [5], {}])
def test_a_top_k_that_is_no_number_from_1_to_100_is_refused(client: httpx.Client, top_k: Any) -> None:
    assert fields(told(client.post("/v1/ask", json={"question": "who", "top_k": top_k}), 422)) == ["top_k"]


@pytest.mark.parametrize("top_k", ["0", "101", "x", "2.5", "true", "", "1e1", "9" * 5000])
def test_a_top_k_in_an_address_is_held_to_the_same(client: httpx.Client, top_k: str) -> None:
    response = client.get("/v1/ask", params={"question": "who", "top_k": top_k})
    assert fields(told(response, 422)) == ["top_k"]


@pytest.mark.parametrize("question", [None, 5, True, ["who"], {"text": "who"}])
def test_a_question_that_is_no_string_is_refused(client: httpx.Client, question: Any) -> None:
    assert fields(told(client.post("/v1/ask", json={"question": question}), 422)) == ["question"]
    assert fields(told(client.post("/v1/ask", json={"query": question}), 422)) == ["question"]


def test_a_missing_question_is_named(client: httpx.Client) -> None:
    assert fields(told(client.post("/v1/ask", json={}), 422)) == ["question"]
    assert fields(told(client.get("/v1/ask"), 422)) == ["question"]


def test_every_field_at_fault_is_named(client: httpx.Client) -> None:
    document = told(client.post("/v1/ask", json={"question": "", "top_k": 0, "topk": 3}), 422)
    assert fields(document) == ["question", "top_k", "topk"]
    assert document["errors"][2]["reason"] == "unknown field"


def test_a_field_that_is_not_known_is_refused(client: httpx.Client) -> None:
    assert fields(told(client.post("/v1/ask", json={"question": "who", "k": 3}), 422)) == ["k"]
    assert fields(told(client.get("/v1/ask", params={"question": "who", "k": 3}), 422)) == ["k"]
    assert fields(told(client.post("/v1/ask", json={"question": "who", "query": "who"}), 422)) == ["query"]


@pytest.mark.parametrize("escaped", [r"\ud800", r"who \udc00 signed", r"\udc00\ud800"])
def test_half_a_surrogate_pair_is_no_question(client: httpx.Client, escaped: str) -> None:
    content = '{"question": "' + escaped + '"}'
    assert fields(told(client.post("/v1/ask", content=content, headers=JSON), 422)) == ["question"]


def test_half_a_surrogate_pair_is_no_name_either(client: httpx.Client) -> None:
    content = r'{"question": "who", "\ud800": 1}'
    assert fields(told(client.post("/v1/ask", content=content, headers=JSON), 422)) == ["body"]


def test_a_name_of_any_length_and_number_is_told_shortly(client: httpx.Client) -> None:
    document = told(client.post("/v1/ask", json={"question": "who", "x" * 50_000: 1}), 422)
    assert fields(document) == ["x" * 99 + "…"]
    many = dict.fromkeys((f"field{number}" for number in range(3000)), 1)
    assert len(fields(told(client.post("/v1/ask", json=many), 422))) == 20


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"question": "who"',
        b"question=who",
        b'{"question": "who"} trailing',
        b"\xff\xfe\xff",
        b'{"question": "\xe9"}',
        b'{"question": "who\n"}',
        b"\x00",
        b"[" * 60_000,
        b'{"top_k": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_not_json_is_told_so(client: httpx.Client, content: bytes) -> None:
    assert fields(told(client.post("/v1/ask", content=content, headers=JSON), 400)) == ["body"]


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'"who"', b"5", b"NaN", b'["who"]'])
def test_json_that_is_no_object_is_refused(client: httpx.Client, content: bytes) -> None:
    assert fields(told(client.post("/v1/ask", content=content, headers=JSON), 422)) == ["body"]


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_body_of_another_media_type_is_refused(client: httpx.Client, media_type: str) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    response = client.post("/v1/ask", content=b'{"question": "who"}', headers=headers)
    assert fields(told(response, 415)) == ["body"]


def pieces(number: int) -> Iterator[bytes]:
    yield b'{"question": "'
    for _ in range(number):
        yield b"a" * 1024


def test_a_body_without_a_length_is_refused_while_it_arrives(client: httpx.Client) -> None:
    assert fields(told(client.post("/v1/ask", content=pieces(100), headers=JSON), 413)) == ["body"]


def test_a_body_is_refused_by_its_declared_length_before_it_arrives(client: httpx.Client) -> None:
    head = (
        "POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 10000000\r\nConnection: close\r\n\r\n"
    )
    answer = exchanged(client, head.encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"content-type: application/problem+json" in answer


def test_an_unknown_address_is_a_problem(client: httpx.Client) -> None:
    for address in ("/v1/nothing", "/v1/ask/", "/static-offline-docs/nothing.js", "/..%2f..%2fetc/passwd"):
        assert "/docs" in told(client.get(address), 404)["detail"]
    told(client.post("/v1/nothing", content=b"x" * 100_000), 404)


def test_a_method_that_is_not_offered_is_a_problem(client: httpx.Client) -> None:
    response = client.delete("/v1/ask")
    assert told(response, 405)["title"] == "Method Not Allowed"
    assert response.headers["allow"]


@pytest.mark.parametrize(
    "doc_id", ["nothing.txt", "../pyproject.toml", "..%2f..%2fetc/passwd", "%00", "", "/"]
)
def test_a_document_that_the_index_does_not_hold_is_a_problem(client: httpx.Client, doc_id: str) -> None:
    told(client.get(f"/v1/documents/{doc_id}/text?start=0&end=1"), 404)


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ("start=-1&end=5", "start"),
        ("start=5&end=5", "start"),
        ("start=6&end=5", "start"),
        ("start=0&end=1000000", "end"),
        ("start=1000000", "start"),
        ("start=x&end=5", "start"),
        ("start=0&end=0", "end"),
        ("start=0&end=1.5", "end"),
        ("start=0&end=5&context=9", "context"),
        (f"start={'9' * 4000}", "start"),
        (f"start={10**25}", "start"),
    ],
)
def test_a_span_outside_the_document_is_refused(client: httpx.Client, span: str, field: str) -> None:
    response = client.get(f"/v1/documents/canteen-rules.txt/text?{span}")
    assert fields(told(response, 422)) == [field]


def test_a_span_ends_where_the_document_ends_at_the_latest(client: httpx.Client) -> None:
    address = "/v1/documents/canteen-rules.txt/text"
    length = client.get(address).json()["end"]
    assert client.get(f"{address}?start={length - 1}&end={length}").status_code == 200
    assert fields(told(client.get(f"{address}?start=0&end={length + 1}"), 422)) == ["end"]
    assert fields(told(client.get(f"{address}?start={length}"), 422)) == ["start"]


def test_a_sane_request_id_is_kept(client: httpx.Client) -> None:
    response = client.post("/v1/ask", json={"question": "who"}, headers={"X-Request-ID": "trace/42:a-b_c"})
    assert response.headers["x-request-id"] == response.json()["request_id"] == "trace/42:a-b_c"


@pytest.mark.parametrize("given", ["", "a b", "a" * 129, "<script>", 'x"y', "ü"])
def test_any_other_request_id_is_replaced(client: httpx.Client, given: str) -> None:
    headers = {b"X-Request-ID": given.encode()}
    response = client.post("/v1/ask", json={"question": ""}, headers=headers)
    assert re.fullmatch("[0-9a-f]{32}", told(response, 422)["request_id"])


class BrokenIndex(Index):
    """An index with a bug."""

    def search(self, question: str, top_k: int = 5, **options: Any) -> list[Hit]:
        raise RuntimeError(f"cannot read /secret/place for {question!r}, {top_k}, {options}")


def test_a_bug_is_told_by_its_request_id_alone(
    sample_index_folder: Path, embedder: Embedder, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with serve(BrokenIndex.open(sample_index_folder, embedder)) as client:
        response = client.post("/v1/ask", json={"question": "who"}, headers={"X-Request-ID": "bug-1"})
        document = told(response, 500)
        assert client.get("/healthz").status_code == 200
    assert document["request_id"] == "bug-1"
    assert document["errors"] == []
    assert "secret" not in response.text
    assert "RuntimeError" not in response.text
    assert "request bug-1 failed: POST /v1/ask" in caplog.text


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(codec=None), max_size=40)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
ASKED = st.dictionaries(st.sampled_from(["question", "query", "top_k", "filter"]) | st.text(), VALUES)


@settings(deadline=None, max_examples=200)
@given(body=VALUES | ASKED)
@example(body={"question": "\ud800"})
@example(body={"\udfff": 1})
@example(body={"question": "who", "top_k": float("nan")})
def test_no_json_ever_breaks_the_service(client: httpx.Client, body: Any) -> None:
    response = client.post("/v1/ask", content=json.dumps(body), headers=JSON)
    if response.status_code != 200:
        assert response.status_code in (400, 422)
        told(response, response.status_code)


@settings(deadline=None, max_examples=100)
@given(content=st.binary(max_size=200))
def test_no_bytes_ever_break_the_service(client: httpx.Client, content: bytes) -> None:
    response = client.post("/v1/ask", content=content, headers=JSON)
    assert response.status_code in (400, 422)
    told(response, response.status_code)


@settings(deadline=None, max_examples=100)
@given(question=st.text(max_size=60))
def test_no_address_ever_breaks_the_service(client: httpx.Client, question: str) -> None:
    response = client.get("/v1/ask", params={"question": question, "top_k": 1})
    if response.status_code != 200:
        assert fields(told(response, 422)) == ["question"]
