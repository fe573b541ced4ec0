"""The options of a question over HTTP and in the shell: filter, near-duplicates, explanation."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import run_pincite

QUESTION = "who signed the co-operation memorandum?"


def passages(client: httpx.Client, **options: Any) -> list[dict[str, Any]]:
    response = client.post("/v1/ask", json={"question": QUESTION, **options})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["passages"]
    return found


def test_a_filter_keeps_the_passages_to_its_documents(client: httpx.Client) -> None:
    found = passages(client, filter={"doc_ids": ["agreements-register.txt"]}, top_k=3)
    assert [passage["citation"]["doc_id"] for passage in found] == ["agreements-register.txt"] * 3


def test_a_filter_that_nothing_passes_finds_nothing(client: httpx.Client) -> None:
    assert passages(client, filter={"folder": "no/such/folder"}) == []


def test_a_filter_by_day_leaves_out_what_is_older_and_what_has_no_date(client: httpx.Client) -> None:
    found = passages(client, filter={"published_from": "2024-01-01"}, top_k=50)
    assert found
    assert all(passage["citation"]["published"] >= "2024" for passage in found)


@pytest.mark.parametrize(
    ("filter_", "field"),
    [
        ({"published_from": "yesterday"}, "filter.published_from"),
        ({"published_to": "2024-13-01"}, "filter.published_to"),
        ({"folder": 7}, "filter.folder"),
        ({"doc_ids": "one.txt"}, "filter.doc_ids"),
        ({"fields": {"a": 1}}, "filter.fields.a"),
        ({"colour": "red"}, "filter.colour"),
    ],
)
def test_a_filter_that_does_not_fit_names_the_field(
    client: httpx.Client, filter_: dict[str, Any], field: str
) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "filter": filter_})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_the_parts_of_an_explanation_add_up_to_the_score(client: httpx.Client) -> None:
    for passage in passages(client, explain=True):
        why = passage["explanation"]
        assert why["dense"] + why["sentence"] + why["lexical"] == pytest.approx(passage["score"], abs=1e-5)
        assert {word["term"] for word in why["words"]} == {"sign", "cooper", "memorandum"}
    assert all(passage["explanation"] is None for passage in passages(client))


def test_near_duplicates_stand_under_the_first_unless_each_is_wanted(client: httpx.Client) -> None:
    body = {"question": "how much actual investment did Hong Kong put into Beijing?", "top_k": 3}
    note, reprint = "commerce-memorandum-press-note.md", "commerce-memorandum-reprint.txt"
    first, *others = client.post("/v1/ask", json=body).json()["passages"]
    (copy,) = first["duplicates"]
    assert {first["citation"]["doc_id"], copy["citation"]["doc_id"]} == {note, reprint}
    assert not any(other["duplicates"] for other in others)
    apart = client.post("/v1/ask", json={**body, "diversity": False}).json()["passages"]
    assert {passage["citation"]["doc_id"] for passage in apart[:2]} == {note, reprint}
    assert not any(passage["duplicates"] for passage in apart)


def test_the_shell_takes_the_same_options(sample_index_folder: Path) -> None:
    done = run_pincite(
        "ask", QUESTION, "--index", sample_index_folder, "--from", "2024-01-01", "--explain", "--top-k", "1"
    )
    assert done.returncode == 0, done.stderr
    assert "why: passage " in done.stdout
    refused = run_pincite("ask", QUESTION, "--index", sample_index_folder, "--to", "soon")
    assert refused.returncode == 2
    assert "soon" in refused.stderr
