"""Publishing: a generation is written beside the others, made durable, verified, and only then named.

Everything is written into a folder of its own, made durable and verified there, and renamed into place before
CURRENT, in one atomic step, comes to name it. A crash at any instant leaves the old generation or the new
one, whole.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from documents import Refusal
from index.checksums import file_faults, sha256
from index.durability import make_durable
from index.generation import (
    FORMAT,
    KEPT,
    MANIFEST,
    Generation,
    clear_left_over,
    generations_folder,
    manifest_text,
    name_current,
    prune,
)

_UNFINISHED = ".unfinished-"


@contextlib.contextmanager
def unfinished(index_folder: Path) -> Iterator[Path]:
    """An empty folder to write a generation into; removed again unless it was published."""
    generations = generations_folder(index_folder)
    generations.mkdir(parents=True, exist_ok=True)
    clear_left_over(index_folder)
    folder = generations / f"{_UNFINISHED}{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(index_folder: Path, folder: Path, manifest: dict[str, Any]) -> Generation:
    """Make the finished folder durable, verify it, give it its place and let CURRENT name it.

    ``manifest`` is completed with the format and with the size and hash of every file. Refusal: the files
    read back are not what was written.
    """
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    text = manifest_text({"format": FORMAT, **manifest, "files": files})
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    for path in sorted(folder.rglob("*")):
        make_durable(path)
    make_durable(folder)
    if faults := file_faults(Generation.read(folder)):
        raise Refusal(
            f"the new generation was not written as it should be ({'; '.join(faults)}); check the disk of "
            f"{index_folder} and rebuild"
        )
    place = generations_folder(index_folder) / manifest["id"]
    folder.rename(place)
    make_durable(place.parent)
    name_current(index_folder, manifest["id"])
    prune(index_folder, keep=KEPT)
    return Generation.read(place)
