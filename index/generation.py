"""A generation: one whole, immutable state of the index, and the folder that holds several.

    CURRENT                  the published generation's id
    LOCK                     one rebuild at a time; says whose
    generations/<id>/        manifest.json names every other file with its size and SHA-256

Everything is written into a folder of its own, made durable and renamed into place before CURRENT, in one
atomic step, comes to name it. A crash at any instant leaves the old generation or the new one, whole.
"""

import contextlib
import hashlib
import json
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from documents import Refusal

FORMAT = 1
KEPT = 3
_MANIFEST = "manifest.json"
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Generation:
    """One published state. ``fingerprint`` is the same wherever the same documents were indexed the same way.

    ``built_at`` is ISO 8601 in UTC. ``manifest`` is the whole of manifest.json.
    """

    id: str
    folder: Path
    fingerprint: str
    built_at: str
    documents: int
    passages: int
    manifest: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Generation":
        """Read a generation's manifest. Refusal: none there, or one that this version cannot read."""
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Refusal(
                f"the generation {folder.name} has no readable {_MANIFEST}; rebuild the index"
            ) from error
        if manifest.get("format") != FORMAT:
            raise Refusal(
                f"the generation {folder.name} has format {manifest.get('format')!r}, this version reads "
                f"{FORMAT}; rebuild the index"
            )
        counts = manifest["counts"]
        return cls(
            id=manifest["id"],
            folder=folder,
            fingerprint=manifest["fingerprint"],
            built_at=manifest["built_at"],
            documents=counts["documents"],
            passages=counts["passages"],
            manifest=manifest,
        )


def current(index_folder: Path) -> Generation | None:
    """The published generation; None when there is none yet."""
    try:
        name = (index_folder / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return Generation.read(_generations(index_folder) / name)


def new_id(fingerprint: str) -> str:
    """An id that sorts by time and is not taken: the instant in UTC, then the fingerprint's first digits."""
    instant = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3]
    return f"{instant}Z-{fingerprint[:8]}"


@contextlib.contextmanager
def locked(index_folder: Path) -> Iterator[None]:
    """Hold the index folder for one rebuild. Refusal: another process holds it.

    The lock is the operating system's (it ends with its process, however that ends); the file's text only
    tells a person who holds it and since when.
    """
    from filelock import FileLock, Timeout

    index_folder.mkdir(parents=True, exist_ok=True)
    path = index_folder / "LOCK"
    lock = FileLock(str(path) + ".held", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        holder = path.read_text(encoding="utf-8").strip() if path.exists() else "another process"
        raise Refusal(f"{index_folder} is being rebuilt by {holder}; wait for it or stop it") from None
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        path.write_text(f"process {os.getpid()} on {socket.gethostname()} since {since}\n", encoding="utf-8")
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.release()


@contextlib.contextmanager
def unfinished(index_folder: Path) -> Iterator[Path]:
    """An empty folder to write a generation into; removed again unless it was published."""
    generations = _generations(index_folder)
    generations.mkdir(parents=True, exist_ok=True)
    for left_over in generations.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left_over)
    folder = generations / f"{_UNFINISHED}{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(index_folder: Path, folder: Path, manifest: dict[str, Any]) -> Generation:
    """Make the finished folder durable, give it its place and let CURRENT name it.

    ``manifest`` is completed with the format and with the size and hash of every file.
    """
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    text = json.dumps({"format": FORMAT, **manifest, "files": files}, ensure_ascii=False, indent=1)
    (folder / _MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in sorted(folder.rglob("*")):
        _make_durable(path)
    _make_durable(folder)
    place = _generations(index_folder) / manifest["id"]
    folder.rename(place)
    _make_durable(place.parent)
    _name_current(index_folder, manifest["id"])
    _prune(index_folder, keep=KEPT)
    return Generation.read(place)


def verify_files(generation: Generation) -> list[str]:
    """What is wrong with the generation's files: missing, changed, or not named by the manifest."""
    folder, files = generation.folder, generation.manifest["files"]
    faults = []
    for name, known in files.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{name}: missing")
        elif path.stat().st_size != known["size"] or _sha256(path) != known["sha256"]:
            faults.append(f"{name}: changed since it was published")
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    faults += [f"{name}: not part of the generation" for name in sorted(present - set(files) - {_MANIFEST})]
    return faults


def _generations(index_folder: Path) -> Path:
    return index_folder / "generations"


def _name_current(index_folder: Path, name: str) -> None:
    new = index_folder / "CURRENT.new"
    new.write_text(name + "\n", encoding="utf-8")
    _make_durable(new)
    new.replace(index_folder / "CURRENT")
    _make_durable(index_folder)


def _prune(index_folder: Path, keep: int) -> None:
    """Remove all but the newest ``keep`` generations; the published one is the newest."""
    published = [
        path for path in sorted(_generations(index_folder).iterdir()) if not path.name.startswith(".")
    ]
    for old in published[:-keep]:
        shutil.rmtree(old)


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
