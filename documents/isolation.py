"""Reading in a process of its own, so that a hostile file costs one named failure and nothing else."""

import contextlib
import importlib
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
from types import TracebackType
from typing import BinaryIO, Literal

from documents.reading import Limits, Reading, Unreadable

# A process is given up after so many files: what libraries leak stays small.
_FILES = 200
_REASON_LIMIT = 200
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_PROGRAM = "from documents.isolation import serve; serve()"

# "spent": failed, and the process is not fit for another file.
Answer = tuple[Literal["read"], Reading] | tuple[Literal["failed", "skipped", "missing", "spent"], str]


def read_here(module: str, data: bytes, name: str, limits: Limits) -> Reading:
    """What a format's module reads in a file.

    `Unreadable`: why it cannot, whatever its library raised. `MemoryError` is let through.
    """
    try:
        reading: Reading = importlib.import_module(module).read(data, name, limits)
    except Unreadable:
        raise
    except ModuleNotFoundError as error:
        raise Unreadable(error.name or str(error), "missing") from error
    except MemoryError:
        raise
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    except Exception as error:
        raise Unreadable(f"cannot be parsed: {_told(error)}") from error
    if len(reading.text) > limits.characters:
        raise Unreadable(f"holds more than the limit of {limits.characters:,} characters")
    if len(reading.pages) > limits.pages:
        raise Unreadable(f"has more than the limit of {limits.pages:,} pages")
    if len(reading.attachments) > limits.members:
        raise Unreadable(f"holds more than the limit of {limits.members:,} files")
    return reading


class Isolation:
    """A process that reads one file after another; it is started at the first, and again after each failure.

    A context manager: the process ends with it. Not for use from several threads at once.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    def __enter__(self) -> "Isolation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError):  # what was still to be written is of no use
                process.communicate()

    def read(self, module: str, data: bytes, name: str) -> Reading:
        """What a format's module reads in a file. `Unreadable`: why it cannot, or how its process ended."""
        if self._read >= _FILES:
            self.close()
        process = self._process or self._start()
        self._read += 1
        expired = threading.Event()

        def stop() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(self._limits.seconds, stop)
        timer.start()
        try:
            answer = _exchange(process, (module, data, name, self._limits))
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()
        if answer is None or expired.is_set() or answer[0] == "spent":
            self.close()
        if answer is None:
            reason = f"took longer than the limit of {self._limits.seconds:g} s"
            raise Unreadable(reason if expired.is_set() else f"its reader broke down ({_end_of(process)})")
        if answer[0] == "read":
            return answer[1]
        raise Unreadable(answer[1], "failed" if answer[0] == "spent" else answer[0])

    def _start(self) -> subprocess.Popen[bytes]:
        # The same language, time zone and order of sets everywhere: reading must not depend on them.
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C",
            "LANG": "C",
            "TZ": "UTC",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._read = 0
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-X", "utf8", "-W", "ignore", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return self._process


def serve() -> None:
    """The process's own side: reads what it is handed on standard input until that ends."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # Libraries that print must not speak into the answers.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    while (request := _received(requests)) is not None:
        module, data, name, limits = request
        _restrain(limits)
        answers.write(_answer(module, data, name, limits))
        answers.flush()


def _answer(module: str, data: bytes, name: str, limits: Limits) -> bytes:
    answer: Answer
    try:
        answer = ("read", read_here(module, data, name, limits))
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Unreadable as unreadable:
        answer = (unreadable.kind, str(unreadable))
    except MemoryError:
        answer = ("spent", f"needs more memory than the limit of {limits.memory:,} bytes")
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


def _exchange(process: subprocess.Popen[bytes], request: tuple[str, bytes, str, Limits]) -> Answer | None:
    """Hands the process a file and waits for its answer; None where it ends without one."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        pickle.dump(request, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        answer: Answer = pickle.load(process.stdout)  # noqa: S301 - it comes from our own process
    except (EOFError, OSError, pickle.UnpicklingError):
        return None
    return answer


def _received(requests: BinaryIO) -> tuple[str, bytes, str, Limits] | None:
    try:
        request: tuple[str, bytes, str, Limits] = pickle.load(requests)  # noqa: S301 - our own process sent it
    except EOFError:
        return None
    return request


def _restrain(limits: Limits) -> None:
    """Bounds memory, and ends this process by itself should the one that watches the clock be gone."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(int(limits.seconds) + 10)


def _end_of(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code is None or code >= 0:
        return f"exit status {code}"
    return signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"


def _told(error: Exception) -> str:
    """An exception in one line, the same each time."""
    said = " ".join(_ADDRESS.sub("", str(error)).split())
    told = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return told if len(told) <= _REASON_LIMIT else told[:_REASON_LIMIT] + " …"
