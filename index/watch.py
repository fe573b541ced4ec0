"""Watching a folder: waiting until its files have changed and are at rest again.

The folder is looked through at intervals. That sees changes on every kind of disk, networked ones included,
where notices from the operating system do not arrive.
"""

import os
import time
from pathlib import Path

from documents.selection import IGNORE_FILE

# Often enough to be prompt, seldom enough for a large folder on a slow disk.
SECONDS_BETWEEN_LOOKS = 2.0

# Size and time of change of every file that may be read, by its path.
State = dict[str, tuple[int, int]]


def state_of(folder: Path, *, leave_out: Path) -> State:
    """The state of a folder, without hidden files and without what is below ``leave_out``."""
    state: State = {}
    passed_over = leave_out.resolve()
    for here, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and (Path(here) / name).resolve() != passed_over
        ]
        for name in files:
            if name.startswith(".") and name != IGNORE_FILE:
                continue
            path = Path(here, name)
            try:
                status = path.stat()
            except OSError:
                continue  # gone again; the next look sees that
            state[str(path)] = (status.st_size, status.st_mtime_ns)
    return state


def wait_for_change(
    folder: Path, known: State, *, leave_out: Path, seconds: float = SECONDS_BETWEEN_LOOKS
) -> State:
    """Wait until the state is another than ``known`` and the same at two looks; give it back."""
    before = known
    while True:
        time.sleep(seconds)
        now = state_of(folder, leave_out=leave_out)
        if now == before != known:
            return now
        before = now
