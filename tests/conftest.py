"""Shared by the tests: the real embedder, a real index of the sample documents, a real server."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from documents import read_folder
from index import Embedder, Index, rebuild_from
from service.application import create_application
from service.serve import configured_server

REPOSITORY = Path(__file__).parents[1]
PINCITE = Path(sys.executable).with_name("pincite")

Serve = Callable[[Index], AbstractContextManager[httpx.Client]]


def run_python(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter."""
    return _run(sys.executable, "-c", program)


def run_pincite(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own."""
    return _run(PINCITE, *arguments)


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)


@pytest.fixture(scope="session")
def sample_documents() -> Path:
    return REPOSITORY / "documents" / "samples"


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """What stands beside the repository; tests that need it are skipped where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no folder `shared` beside the repository")
    return folder


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder.load()


@pytest.fixture(scope="session")
def sample_index_folder(
    sample_documents: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An index of the sample documents. Tests read it; one that changes an index builds its own."""
    folder = tmp_path_factory.mktemp("sample") / "index"
    rebuild_from(read_folder(sample_documents), folder, embedder)
    return folder


@pytest.fixture(scope="session")
def sample_index(sample_index_folder: Path, embedder: Embedder) -> Iterator[Index]:
    index = Index.open(sample_index_folder, embedder)
    yield index
    index.close()


@contextmanager
def serving(index: Index) -> Iterator[httpx.Client]:
    """Serve an index on a free port, as `pincite serve` does, and yield a client of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = configured_server(create_application(index))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            port = listener.getsockname()[1]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def serve() -> Serve:
    return serving


@pytest.fixture(scope="session")
def client(sample_index: Index) -> Iterator[httpx.Client]:
    """A client of a real server over the sample index."""
    with serving(sample_index) as client:
        yield client
