"""A rebuild is killed at every call that changes a file, in turn: the old or the new index is left, whole.

The rebuild runs in a child that is traced. It is stopped before each system call that writes, creates,
renames, removes or syncs, and killed there; at a write, when half of it was written. Set in the environment,
PINCITE_LONG_TESTS has it killed before each write, too.
"""

import ctypes
import multiprocessing
import os
import platform
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import Embedder, Index, rebuild_folder
from index.generation import KEPT, Generation, generations_folder, ids
from index.tokens import Tokens
from index.verification import faults_of, vector_faults
from tests.conftest import REPOSITORY

# System calls that change files, by their number on each machine. Of `open` only those that may write count.
NUMBERS = {
    "x86_64": {
        "write": 1, "open": 2, "pwrite64": 18, "writev": 20, "sendfile": 40, "fsync": 74, "fdatasync": 75,
        "truncate": 76, "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86,
        "unlink": 87, "symlink": 88, "openat": 257, "mkdirat": 258, "unlinkat": 263, "renameat": 264,
        "linkat": 265, "symlinkat": 266, "fallocate": 285, "pwritev": 296, "renameat2": 316,
        "copy_file_range": 326,
    },
    "aarch64": {
        "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "truncate": 45,
        "ftruncate": 46, "fallocate": 47, "openat": 56, "write": 64, "writev": 66, "pwrite64": 68,
        "pwritev": 70, "sendfile": 71, "fsync": 82, "fdatasync": 83, "renameat2": 276, "copy_file_range": 285,
    },
}  # fmt: skip
FLAGS_AT = {"open": 1, "openat": 2}
MAY_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# Where the third argument, the length of a write, stands among the registers.
LENGTH_REGISTER = {"x86_64": 12, "aarch64": 2}
TORN = {"write", "pwrite64"}
LONG = "PINCITE_LONG_TESTS" in os.environ

TRACEME, SYSCALL, SETOPTIONS, GETREGSET, SETREGSET, SYSCALL_INFO = 0, 24, 0x4200, 0x4204, 0x4205, 0x420E
TRACE_SYSCALLS_APART, GENERAL_REGISTERS = 1, 1
ENTRY = 1


class Stop(ctypes.Structure):
    """What `ptrace` says of a child that is stopped at a system call."""

    _fields_ = (
        ("kind", ctypes.c_uint8),
        ("padding", ctypes.c_uint8 * 3),
        ("machine", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


class Registers(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


@cache
def system_call() -> Callable[[int, int, int, object], int]:
    call = ctypes.CDLL(None, use_errno=True).ptrace
    call.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    call.restype = ctypes.c_long
    return call


def ptrace(request: int, pid: int, address: int = 0, data: object = None) -> None:
    if system_call()(request, pid, address, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def halve_the_write(pid: int) -> None:
    values = (ctypes.c_uint64 * 64)()
    registers = Registers(ctypes.cast(values, ctypes.c_void_p).value, ctypes.sizeof(values))
    ptrace(GETREGSET, pid, GENERAL_REGISTERS, ctypes.byref(registers))
    values[LENGTH_REGISTER[platform.machine()]] //= 2
    ptrace(SETREGSET, pid, GENERAL_REGISTERS, ctypes.byref(registers))


def operations(pid: int) -> Iterator[str]:
    """The name of each operation of a traced child, which is stopped just before it, until the child ends."""
    names = {number: name for name, number in NUMBERS[platform.machine()].items()}
    stop = Stop()
    while True:
        ptrace(SYSCALL, pid)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            assert os.WIFEXITED(status), f"ended by signal {os.WTERMSIG(status)}"
            assert os.WEXITSTATUS(status) == 0
            return
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            continue
        ptrace(SYSCALL_INFO, pid, ctypes.sizeof(stop), ctypes.byref(stop))
        name = names.get(stop.number) if stop.kind == ENTRY else None
        if name is None or (name in FLAGS_AT and not stop.arguments[FLAGS_AT[name]] & MAY_WRITE):
            continue
        yield name


def traced(work: Callable[[], object]) -> int:
    """Begin the work in a child that is stopped until it is let go on; give back its id."""
    pid = os.fork()
    if pid == 0:
        try:
            ptrace(TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            work()
        except BaseException:  # the child must not go on as if it were the parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if not os.WIFSTOPPED(os.waitpid(pid, 0)[1]):
        raise PermissionError("Operation not permitted")
    ptrace(SETOPTIONS, pid, 0, TRACE_SYSCALLS_APART)
    return pid


def killed_at(work: Callable[[], object], place: int, *, torn: bool) -> None:
    """Do the work up to its operation of this number (from 0), and of that nothing or, if torn, a half."""
    pid = traced(work)
    for at, _ in enumerate(operations(pid)):
        if at == place:
            if torn:
                halve_the_write(pid)
                ptrace(SYSCALL, pid)  # to its end
                os.waitpid(pid, 0)
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            assert os.WTERMSIG(status) == signal.SIGKILL
            return
    raise AssertionError(f"there were fewer than {place} operations")


@dataclass(frozen=True, slots=True)
class Remembering:
    """The real model; it embeds each text once, so that hundreds of rebuilds take seconds."""

    model: Embedder
    tokens: Tokens
    known: dict[str, NDArray[np.float32]]

    @property
    def fingerprint(self) -> str:
        return self.model.fingerprint

    @property
    def dimension(self) -> int:
        return self.model.dimension

    @property
    def max_tokens(self) -> int:
        return self.model.max_tokens

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        for text in texts:
            if text not in self.known:
                self.known[text] = self.model.encode_passages([text])[0]
        return np.array([self.known[text] for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    encode_questions = encode_passages


QUESTIONS = ("Who signed the memorandum?", "What is new in the second edition?", "When does it begin?")
Answers = list[list[tuple[str, float]]]


def answers(index_folder: Path, embedder: Embedder) -> Answers:
    index = Index.open(index_folder, embedder)
    try:
        return [[(hit.passage.passage_id, hit.score) for hit in index.search(q, 5)] for q in QUESTIONS]
    finally:
        index.close()


def fifty_documents(folder: Path) -> None:
    """Fifty stretches of the sample documents, each a file."""
    stretches = [
        text[start : start + 250]
        for path in sorted((REPOSITORY / "documents" / "samples").rglob("*.*"))
        if path.suffix in {".txt", ".md"}
        for text in [path.read_text(encoding="utf-8", errors="replace")]
        for start in range(0, len(text) - 250, 250)
    ]
    folder.mkdir()
    for number, stretch in enumerate(stretches[:50]):
        (folder / f"{number:02}.txt").write_text(stretch, encoding="utf-8")
    assert len(list(folder.iterdir())) == 50


def change(folder: Path) -> None:
    """Five changed, two moved, two removed, two new: fifty again."""
    for number in range(5):
        path = folder / f"{number * 7:02}.txt"
        path.write_text(path.read_text(encoding="utf-8") + f"\n\nThe second edition adds note {number}.")
    for number in (11, 12):
        (folder / f"{number}.txt").rename(folder / f"moved-{number}.txt")
    for number in (22, 23):
        (folder / f"{number}.txt").unlink()
        (folder / f"new-{number}.txt").write_text(f"A new document, number {number}, says what is new.")


@dataclass(frozen=True, slots=True)
class Campaign:
    """An index of the old documents, the new documents, and what each state answers."""

    base: Path
    documents: Path
    embedder: Embedder
    old: Answers
    new: Answers

    @classmethod
    def prepared(cls, folder: Path) -> "Campaign":
        real = Embedder.load()
        # One text at a time starts no threads, which a fork would lose.
        embedder = Embedder("remembering", Remembering(real, real.model.tokens, {}))  # type: ignore[arg-type]
        documents = folder / "documents"
        fifty_documents(documents)
        for _ in range(KEPT):  # so that the next one has an old one to remove
            rebuild_folder(documents, folder / "base", embedder)
        old = answers(folder / "base", embedder)
        change(documents)
        rebuild_folder(documents, folder / "fresh", embedder)
        new = answers(folder / "fresh", embedder)
        assert old != new
        return cls(folder / "base", documents, embedder, old, new)

    def rebuild(self, index_folder: Path) -> int:
        """Rebuild to the end; give back how many passages were resumed."""
        return rebuild_folder(self.documents, index_folder, self.embedder).resumed

    def operations(self, work: Path) -> list[str]:
        """The operations of a whole rebuild, by name."""
        shutil.copytree(self.base, work)
        found = list(operations(traced(lambda: self.rebuild(work))))
        shutil.rmtree(work)
        return found

    def outcome(self, work: Path, place: int, *, torn: bool) -> tuple[bool, int]:
        """Kill a rebuild and look at what is left: whether the new state was published, how much resumed."""
        shutil.copytree(self.base, work)
        killed_at(lambda: self.rebuild(work), place, torn=torn)
        after = answers(work, self.embedder)
        assert after in (self.old, self.new)
        self.verify(work)
        resumed = self.rebuild(work)
        assert answers(work, self.embedder) == self.new
        self.verify(work)
        left = {path.name for path in work.iterdir()}
        assert left <= {"CURRENT", "LOCK.held", "generations"}, left
        shutil.rmtree(work)
        return after == self.new, resumed

    def verify(self, work: Path) -> None:
        """Every generation that is listed, not only the published one."""
        for name in ids(work):
            generation = Generation.read(generations_folder(work) / name)
            assert faults_of(generation) == []
            assert list(vector_faults(generation, self.embedder)) == []


def campaign(folder: Path, long: bool, results: Connection) -> None:
    """Run in a process of its own, which has no threads that a fork would lose."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        prepared = Campaign.prepared(folder)
        names = prepared.operations(folder / "work")
        outcomes = []
        for place, name in enumerate(names):
            ways = ((True, False) if long else (True,)) if name in TORN else (False,)
            for torn in ways:
                try:
                    outcomes.append((name, torn, *prepared.outcome(folder / "work", place, torn=torn)))
                except Exception as error:
                    raise AssertionError(f"killed at operation {place}, {name}, torn: {torn}") from error
        results.send((names, outcomes))
    except BaseException:  # told by the parent
        results.send(traceback.format_exc())


@pytest.fixture
def memory_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of indexes are written, and nothing is to last."""
    import tempfile

    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in NUMBERS, reason="needs ptrace of Linux, 64 bit"
)
def test_a_rebuild_killed_at_any_operation_leaves_the_old_or_the_new_index(memory_folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=campaign, args=(memory_folder, LONG, theirs))
    process.start()
    theirs.close()
    try:
        results = ours.recv()
    except EOFError:
        results = "the campaign ended without a result"
    process.join()
    if isinstance(results, str):
        if "Operation not permitted" in results:
            pytest.skip("this machine forbids tracing a child")
        pytest.fail(results)
    names, outcomes = results
    print(f"{len(outcomes)} kills at {len(names)} operations: {', '.join(sorted(set(names)))}")
    published = [new for _, _, new, _ in outcomes]
    assert not published[0]  # killed before anything was done
    assert published[-1]  # killed when only the clearing up was left
    assert published == sorted(published)  # at one instant the old state gives way to the new
    assert any(resumed for _, _, _, resumed in outcomes)  # what was embedded before the kill was not lost
    assert {"write", "fsync"} <= set(names)
