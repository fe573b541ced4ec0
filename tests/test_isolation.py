"""Readers in a process of their own: whatever a file does to one costs that file alone.

The module is also the reader that misbehaves: what a file says is what happens.
"""

import importlib
import itertools
import os
import signal
import time
from collections.abc import Callable

import pytest

from documents import Limits, Reading, Unreadable
from documents.isolation import Isolation

LIMITS = Limits(seconds=5, memory=600_000_000, characters=1_000)


def read(data: bytes, name: str, limits: Limits) -> Reading:
    said = data.decode()
    misdeeds: dict[str, Callable[[], object]] = {
        "hang": lambda: time.sleep(1_000),
        "spin": lambda: [None for _ in itertools.count() if said == ""],
        "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "leave": lambda: os._exit(3),
        "swallow": lambda: b"x" * 5_000_000_000,
        "go deep": lambda: read(data, name, limits),
        "miss": lambda: importlib.import_module("no_such_library"),
        "raise": lambda: int("two\n  lines"),
    }
    if said in misdeeds:
        misdeeds[said]()
    if said == "refuse":
        raise Unreadable("is encrypted")
    print("libraries may print")
    text = "x" * 1_001 if said == "go long" else f"{said} {name} {os.environ['TZ']} {os.environ['LC_ALL']}"
    return Reading(text)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("hang", "took longer than the limit of 5 s"),
        ("spin", "took longer than the limit of 5 s"),
        ("crash", "its reader broke down (SIGSEGV)"),
        ("leave", "its reader broke down (exit status 3)"),
        ("swallow", "needs more memory than the limit of 600,000,000 bytes"),
        ("go long", "holds more than the limit of 1,000 characters"),
        ("go deep", "is nested too deeply"),
        ("raise", "cannot be parsed: ValueError: invalid literal for int() with base 10: 'two\\n lines'"),
        ("refuse", "is encrypted"),
    ],
)
def test_a_hostile_file_costs_one_named_failure_and_the_next_file_is_read(said: str, reason: str) -> None:
    with Isolation(LIMITS) as isolation:
        with pytest.raises(Unreadable) as failure:
            isolation.read(__name__, said.encode(), "a.x")
        assert (str(failure.value), failure.value.kind) == (reason, "failed")
        assert isolation.read(__name__, b"words", "b.x").text == "words b.x UTC C"


def test_a_missing_library_is_named() -> None:
    with Isolation(LIMITS) as isolation, pytest.raises(Unreadable, match=r"^no_such_library$") as failure:
        isolation.read(__name__, b"miss", "a.x")
    assert failure.value.kind == "missing"


def test_one_process_reads_many_files_and_ends_with_its_reader() -> None:
    with Isolation(LIMITS) as isolation:
        isolation.read(__name__, b"one", "a.x")
        process = isolation._process
        assert process is not None
        isolation.read(__name__, b"two", "b.x")
        assert isolation._process is process
    assert process.returncode == -signal.SIGKILL
