"""The lock: one rebuild at a time."""

import contextlib
import os
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from documents import Refusal

_MINUTE = 60


@contextlib.contextmanager
def locked(index_folder: Path) -> Iterator[str | None]:
    """Hold the index folder for one change. Yields who held it last and was interrupted, None if nobody was.

    The lock is the operating system's (it ends with its process, however that ends); the text in LOCK only
    tells a person who holds it and since when. A text without a lock is therefore stale. Refusal: another
    process holds the lock.
    """
    from filelock import FileLock, Timeout

    index_folder.mkdir(parents=True, exist_ok=True)
    path = index_folder / "LOCK"
    lock = FileLock(f"{path}.held", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Refusal(
            f"{index_folder} is being rebuilt by {_holder(path) or 'another process'}; wait for it or stop it"
        ) from None
    try:
        interrupted = _holder(path)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with contextlib.suppress(OSError):  # on a full disk the lock holds all the same
            path.write_text(
                f"process {os.getpid()} on {socket.gethostname()} since {since}\n", encoding="utf-8"
            )
        yield interrupted
    finally:
        path.unlink(missing_ok=True)
        lock.release()


def is_locked(index_folder: Path) -> bool:
    """Whether somebody holds the lock at this moment."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(index_folder / "LOCK.held", timeout=0):
            return False
    except Timeout:
        return True


def _holder(path: Path) -> str | None:
    """Who wrote the lock's text, and how long ago."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    since = re.search(r"since (\S+)$", text)
    if since is None:
        return text or None
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(since[1])
    except (ValueError, TypeError):
        return text
    seconds = int(age.total_seconds())
    told = f"{seconds} s" if seconds < _MINUTE else f"{seconds // _MINUTE} min"
    return f"{text} ({told} ago)"
