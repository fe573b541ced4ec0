"""`pincite serve` as a process: started, asked, stopped."""

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import PINCITE, run_pincite


@contextmanager
def started(*arguments: str | Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Start the server on a free port, and wait until it says where it is."""
    command = [PINCITE, "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            lines = []
            for line in process.stderr:
                lines.append(line)
                if found := re.search(r"http://[\d.]+:\d+", line):
                    break
            else:
                pytest.fail("".join(lines))
            with httpx.Client(base_url=found[0], timeout=60, trust_env=False) as client:
                yield process, client
        finally:
            process.kill()


@pytest.mark.parametrize(("stop", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_the_server_answers_until_it_is_told_to_stop(
    sample_index_folder: Path, stop: signal.Signals, status: int
) -> None:
    with started("--index", sample_index_folder) as (process, client):
        answer = client.post("/v1/ask", json={"question": "Who signed?", "top_k": 1})
        assert answer.status_code == 200
        assert len(answer.json()["passages"]) == 1
        process.send_signal(stop)
        _, remaining = process.communicate(timeout=60)
        assert process.returncode == status
        assert "Traceback" not in remaining


def test_an_address_in_use_is_refused_in_one_line(sample_index_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_pincite("serve", "--index", sample_index_folder, "--port", port)
    assert done.returncode == 2
    assert re.fullmatch(rf"pincite: cannot listen on 127\.0\.0\.1 port {port}: .+; choose .+\n", done.stderr)


def test_an_address_that_is_no_address_of_this_machine_is_refused(sample_index_folder: Path) -> None:
    # 192.0.2.0/24 is set aside for documentation (RFC 5737).
    done = run_pincite("serve", "--index", sample_index_folder, "--host", "192.0.2.1")
    assert done.returncode == 2
    assert done.stderr.startswith("pincite: cannot listen on 192.0.2.1 port 8000: ")
