"""No network is needed: every command works where reaching for one is an error, and none even tries."""

import json
import os
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, run_pincite, run_python
from tests.test_serve import started

MODEL_HUB = ("HF_", "HUGGINGFACE_", "TRANSFORMERS_")

# Python imports a module of this name at start-up, in the command and in whatever it starts.
SITECUSTOMIZE = """
import os, socket

def loopback(host):
    return host in (None, "", b"", "localhost", b"localhost", "::1") or str(host).startswith("127.")

def check(host):
    if not loopback(host):
        with open(os.environ["ATTEMPTS"], "a") as attempts:
            attempts.write(f"{host}\\n")
        raise OSError(f"this test has no network, and {host} was tried")

def guarded(call):
    def guard(self, *arguments):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            check(arguments[-1][0])
        return call(self, *arguments)
    return guard

def guarded_look_up(call):
    def guard(host, *arguments, **named):
        check(host)
        return call(host, *arguments, **named)
    return guard

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
    setattr(socket, name, guarded_look_up(getattr(socket, name)))
"""


@pytest.fixture
def attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cut the processes that a test starts from the network; the file returned names what they tried."""
    attempts = tmp_path / "attempts"
    attempts.touch()
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
    for name in [name for name in os.environ if name.startswith(MODEL_HUB)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(guard))
    monkeypatch.setenv("ATTEMPTS", str(attempts))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "empty"))
    return attempts


def pincite(*arguments: str | Path) -> str:
    done = run_pincite(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_guard_sees_connections_and_look_ups(attempts: Path) -> None:
    for call in ("create_connection(('192.0.2.1', 9), 1)", "getaddrinfo('pincite.invalid', 80)"):
        assert "this test has no network" in run_python(f"import socket; socket.{call}").stderr
    assert attempts.read_text().split() == ["192.0.2.1", "pincite.invalid"]


def test_rebuild_and_ask_need_no_network(attempts: Path, sample_documents: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    pincite("rebuild", "--documents", sample_documents, "--index", index)
    answer = json.loads(pincite("ask", "Who signed?", "--index", index, "--json"))
    assert answer["passages"]
    assert attempts.read_text() == ""


def test_serving_needs_no_network(attempts: Path, sample_index_folder: Path) -> None:
    with started("--index", sample_index_folder) as (_, client):
        assert client.post("/v1/ask", json={"question": "Who signed?"}).json()["passages"]
        assert client.get("/docs").status_code == 200
    assert attempts.read_text() == ""


def test_evaluating_needs_no_network(attempts: Path, sample_index_folder: Path, tmp_path: Path) -> None:
    judged = REPOSITORY / "eval" / "questions" / "samples.jsonl"
    places = ("--cache", tmp_path / "cache", "--output", tmp_path / "results.json")
    pincite("eval", "--questions", judged, "--index", sample_index_folder, "--limit", "5", *places)
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert attempts.read_text() == ""
