"""Rebuilds that the service was asked for, each in a process of its own."""

import multiprocessing
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from documents import Refusal
from index.generation import Source

SECONDS_BETWEEN_NEWS = 0.1
# So that questions come first where the cores are few.
NICENESS = 10
REMEMBERED = 100


@dataclass(slots=True)
class Job:
    """A rebuild: how far it is, and in the end the generation that it published or why it failed."""

    job: str
    started_at: str
    state: Literal["running", "succeeded", "failed"] = "running"
    stage: str = "starting"
    done: int = 0
    total: int | None = None
    generation: str | None = None
    reason: str | None = None


class Rebuilds:
    """Starts rebuilds of one index folder, one at a time, and remembers how they went."""

    def __init__(self, index_folder: Path, embedder: str, fingerprint: str) -> None:
        self._index_folder = index_folder
        self._embedder = (embedder, fingerprint)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None

    def start(self, source: Source, *, full: bool) -> Job | None:
        """Start one; None if one of ours is running."""
        with self._lock:
            if any(job.state == "running" for job in self._jobs.values()):
                return None
            job = Job(uuid.uuid4().hex, datetime.now(UTC).isoformat(timespec="seconds"))
            self._jobs[job.job] = job
            for old in list(self._jobs)[:-REMEMBERED]:
                del self._jobs[old]
            context = multiprocessing.get_context("spawn")
            news, sender = context.Pipe(duplex=False)
            arguments = (source, self._index_folder, *self._embedder, full, sender)
            self._process = context.Process(target=rebuild_here, args=arguments, daemon=True)
            self._process.start()
            sender.close()
        threading.Thread(target=_follow, args=(job, news), name="rebuild", daemon=True).start()
        return job

    def find(self, job: str) -> Job | None:
        """A job by its id; None if there is none, or it is long past."""
        return self._jobs.get(job)

    def close(self) -> None:
        """Stop what is running. What was published stays; what was embedded is kept for the next rebuild."""
        if self._process is not None:
            self._process.terminate()
            self._process.join()


def _follow(job: Job, news: Connection) -> None:
    """Note what the process sends, until it ends."""
    with suppress(EOFError, OSError):
        while True:
            for name, value in news.recv().items():
                setattr(job, name, value)
    if job.state == "running":
        job.reason = "the process ended before its time; the log of the service may hold the reason"
        job.state = "failed"


def rebuild_here(
    source: Source, index_folder: Path, embedder: str, fingerprint: str, full: bool, sender: Connection
) -> None:
    """Rebuild, and send what changes in the job. The target of the process."""
    from index import Embedder, rebuild_folder

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the service, which ends this process
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        model = Embedder.load(embedder, fingerprint=fingerprint)
        summary = rebuild_folder(
            Path(source.folder),
            index_folder,
            model,
            full=full,
            include=source.include,
            exclude=source.exclude,
            progress=_telling(sender),
        )
    except Refusal as refusal:
        sender.send({"reason": str(refusal), "state": "failed"})
    else:
        sender.send({"stage": "published", "generation": summary.generation.id, "state": "succeeded"})


def _telling(sender: Connection) -> Callable[[str, int, int | None], None]:
    """Progress that is sent on, a few times a second."""
    told_stage, told_at = "", 0.0

    def tell(stage: str, done: int, total: int | None) -> None:
        nonlocal told_stage, told_at
        now = time.monotonic()
        if stage != told_stage or now - told_at >= SECONDS_BETWEEN_NEWS or done == total:
            sender.send({"stage": stage, "done": done, "total": total})
            told_stage, told_at = stage, now

    return tell
