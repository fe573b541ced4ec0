"""The command line: what it prints, and how it fails."""

import json
import os
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from documents import Document
from index import Embedder, rebuild_from
from service.command import main
from tests.conftest import PINCITE, run_python

SLOW = {"torch", "faiss", "sentence_transformers", "transformers", "bm25s", "ir_measures", "fastapi"}
QUESTION = "Who signed the main co-operation memorandum?"


def run(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


def test_help_names_every_command_without_a_slow_import() -> None:
    program = (
        "import sys\n"
        "from service.command import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"print('slow:', *sorted({SLOW!r} & set(sys.modules)))\n"
    )
    printed = run_python(program)
    for command in ("rebuild", "ask", "serve", "eval"):
        assert re.search(rf"^  {command} +[A-Z]\w+ .*\.$", printed.stdout, re.MULTILINE), printed.stdout
    assert printed.stdout.splitlines()[-1] == "slow:"


def test_the_version_is_the_package_version() -> None:
    assert run("--version").output == f"pincite {version('pincite')}\n"


def test_an_unknown_command_is_refused() -> None:
    result = run("aks", "who")
    assert result.exit_code == 2
    assert "aks" in result.stderr


def test_ask_prints_ranked_passages_with_their_places(sample_index_folder: Path) -> None:
    result = run("ask", QUESTION, "--index", sample_index_folder, "--top-k", "2")
    assert result.exit_code == 0
    assert re.match(r"1\. .+  \(score \d\.\d{3}\)\n   \S+.*, characters \d+–\d+\n   ", result.stdout)
    assert re.search(r"^2\. ", result.stdout, re.MULTILINE)
    assert not re.search(r"^3\. ", result.stdout, re.MULTILINE)
    assert "Sima Hong" in result.stdout
    assert "\x1b" not in result.stdout


def test_ask_prints_the_passage_whole_and_unfolded_when_piped(sample_index_folder: Path) -> None:
    found = json.loads(run("ask", QUESTION, "--index", sample_index_folder, "--json").stdout)
    printed = run("ask", QUESTION, "--index", sample_index_folder).stdout
    for passage in found["passages"]:
        lines = [f"   {line}" if line else "" for line in passage["text"].splitlines()]
        assert "\n".join(lines) in printed


def test_ask_emphasises_the_best_sentence_on_a_terminal(sample_index_folder: Path) -> None:
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "5000"}
    found = json.loads(run("ask", QUESTION, "--index", sample_index_folder, "--json").stdout)
    printed = run("ask", QUESTION, "--index", sample_index_folder, **terminal).stdout
    for passage in found["passages"]:
        (highlight,) = passage["highlights"]
        start = passage["citation"]["start"]
        sentence = passage["text"][highlight["start"] - start : highlight["end"] - start]
        for line in sentence.splitlines():
            assert f"\x1b[1m{line.rstrip()}" in printed


def test_ask_json_is_what_the_http_interface_gives(sample_index_folder: Path, client: httpx.Client) -> None:
    printed = json.loads(
        run("ask", QUESTION, "--index", sample_index_folder, "--top-k", "7", "--json").stdout
    )
    served = client.post("/v1/ask", json={"question": QUESTION, "top_k": 7}).json()
    assert list(printed) == list(served)
    for name in ("took_ms", "request_id"):
        del printed[name], served[name]
    assert printed == served


def test_a_document_cannot_command_the_terminal(embedder: Embedder, tmp_path: Path) -> None:
    text = "The pelican \x1b]0;owned\x07 sleeps \x1b[2J here.\r\nIt is \x9b31m grey."
    hostile = Document(doc_id="a\x1b[1m.txt", title="T\x1b[5m", text=text, source_sha256="0" * 64)
    rebuild_from([hostile], tmp_path, embedder)
    for environment in ({}, {"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1"}):
        printed = run("ask", "pelican", "--index", tmp_path, **environment).stdout
        assert "pelican" in printed
        assert not set("\x07\x9b\r") & set(printed)
        for command in ("\x1b]0", "\x1b[2J", "\x1b[5m"):
            assert command not in printed


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "the question is empty"),
        (" \t\n", "the question is empty"),
        ("?!", "no letter or digit"),
        ("a\x01b", "control characters"),
        ("\udcff who", "broken Unicode"),
        ("x" * 2001, "2,001 characters"),
    ],
)
def test_what_is_no_question_is_refused_in_one_line(
    sample_index_folder: Path, question: str, reason: str
) -> None:
    result = run("ask", question, "--index", sample_index_folder)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("pincite: ")
    assert result.stderr.count("\n") == 1
    assert reason in result.stderr


@pytest.mark.parametrize("top_k", ["0", "101", "x", "2.5"])
def test_ask_refuses_a_top_k_out_of_range(sample_index_folder: Path, top_k: str) -> None:
    result = run("ask", "who", "--index", sample_index_folder, "--top-k", top_k)
    assert result.exit_code == 2
    assert "--top-k" in result.stderr


@pytest.mark.parametrize("command", [["ask", "who"], ["serve", "--port", "0"]])
def test_no_index_is_told_with_the_way_to_build_one(tmp_path: Path, command: list[str]) -> None:
    result = run(*command, "--index", tmp_path / "nothing")
    assert result.exit_code == 2
    assert result.stderr.startswith("pincite: ")
    assert "pincite rebuild --documents" in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_index_is_named_by_the_environment_too(tmp_path: Path) -> None:
    result = run("ask", "who", PINCITE_INDEX=str(tmp_path / "elsewhere"))
    assert result.exit_code == 2
    assert "elsewhere" in result.stderr


def test_help_shows_the_names_of_the_environment() -> None:
    printed = run("serve", "--help").stdout
    for name in ("PINCITE_INDEX", "PINCITE_HOST", "PINCITE_PORT", "PINCITE_EMBEDDER"):
        assert name in printed
    assert "var/index" in printed
    assert "127.0.0.1" in printed


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_went_away_is_no_error(sample_index_folder: Path, form: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command: list[str | Path] = [PINCITE, "ask", QUESTION, "--index", sample_index_folder, *form]
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(command, stdout=gone, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == ""
