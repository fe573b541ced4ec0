"""Indexes of data sets, kept so that a second evaluation costs only the questions."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import documents as documents_room
import index as index_room
from documents import Document
from index import Embedder, Index, rebuild_from
from index.progress import Progress, silent

_BUILD = "build.json"
# How passages are ranked leaves no trace in an index.
_NOT_BUILDING = frozenset({"ranking.py", "command.py", "hit.py"})


@dataclass(frozen=True, slots=True)
class Build:
    """What building an index took. ``passages_per_second`` is None when vectors were taken over."""

    code: str
    seconds: float
    passages: int
    passages_per_second: float | None


def cached_index(
    name: str,
    fingerprint: str,
    documents: Sequence[Document],
    cache: Path,
    embedder: Embedder,
    progress: Progress = silent,
) -> tuple[Index, Build]:
    """Open the index of these documents, built first if there is none or other code built it.

    ``fingerprint`` identifies the documents. A rebuild by changed code happens in the same folder, where
    unchanged passages keep their vectors; another embedder has a folder of its own.
    """
    folder = cache / f"{name.replace('/', '-')}-{fingerprint[:12]}-{embedder.fingerprint[:8]}"
    code = _code_version()
    build = _read_build(folder / _BUILD)
    if build is None or build.code != code:
        began = time.monotonic()
        summary = rebuild_from(documents, folder, embedder, progress=progress)
        rate = summary.passages / summary.seconds if not summary.reused else None
        if rate is None and build is not None:
            rate = build.passages_per_second
        build = Build(code, time.monotonic() - began, summary.passages, rate)
        (folder / _BUILD).write_text(json.dumps(asdict(build)), encoding="utf-8")
    return Index.open(folder, embedder), build


def _read_build(file: Path) -> Build | None:
    try:
        return Build(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _code_version() -> str:
    """A hash of the sources that decide what an index holds."""
    digest = hashlib.sha256()
    for room in (documents_room, index_room):
        for path in room.__path__:
            for file in sorted(Path(path).rglob("*.py")):
                if file.name not in _NOT_BUILDING:
                    digest.update(file.read_bytes())
    return digest.hexdigest()
