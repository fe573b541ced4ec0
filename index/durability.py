"""What makes a change to the disk last, and what is told when the disk has no room for it."""

import contextlib
import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from documents import Refusal

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# How SQLite, FAISS and NumPy say it when they give no number.
_FULL_IN_WORDS = re.compile(r"disk is full|No space left on device|requested and \d+ written")
_MEGABYTE = 1_000_000


def make_durable(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_folder(folder: Path) -> None:
    """Remove a folder that may be killed half way: it loses its name first."""
    doomed = folder.with_name(f".removed-{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)


def require_room(folder: Path, needed: int) -> None:
    """Refusal: the disk of ``folder`` has less than ``needed`` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refusal(
            f"no room in {folder}: about {_megabytes(needed)} needed, {_megabytes(free)} free; make room, "
            "e.g. remove old generations: pincite index prune --keep 1"
        )


@contextlib.contextmanager
def told_when_full(folder: Path) -> Iterator[None]:
    """Turn the many ways in which libraries fail on a full disk into one Refusal."""
    try:
        yield
    except (OSError, RuntimeError, sqlite3.Error) as error:
        if not _is_full(error):
            raise
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        free = _megabytes(shutil.disk_usage(there).free)
        raise Refusal(
            f"the disk filled up while writing in {folder} ({free} free now); what was published stays; "
            "make room and rebuild, what was embedded is kept"
        ) from error


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _FULL
    return _FULL_IN_WORDS.search(str(error)) is not None


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:,.1f} MB"
