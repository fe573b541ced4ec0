"""The report of a rebuild: what became of each file."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from documents import Document, Refusal, Unread


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file, or of a file inside one; ``reason`` is None for one that was read.

    ``seconds`` is the time from the file before it: reading and splitting, not embedding.
    """

    path: str
    outcome: Literal["read", "skipped", "failed"]
    reason: str | None
    characters: int
    passages: int
    seconds: float

    @classmethod
    def of(cls, entry: Document | Unread, passages: int, seconds: float) -> "FileReport":
        """The report on what reading gave."""
        seconds = round(seconds, 3)
        if isinstance(entry, Unread):
            return cls(entry.path, entry.kind, entry.reason, 0, 0, seconds)
        return cls(entry.doc_id, "read", None, len(entry.text), passages, seconds)


def write_report(files: Sequence[FileReport], path: Path) -> None:
    """Writes a report: JSON into a .json file, else lines to be read. Refusal: it cannot be written."""
    if path.suffix.lower() == ".json":
        text = json.dumps([asdict(file) for file in files], ensure_ascii=False, indent=1)
    else:
        text = "\n".join(map(_line, files))
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise Refusal(f"cannot write the report {path} ({error.strerror}); choose another place") from error


def _line(file: FileReport) -> str:
    counted = f"{file.outcome:<7} {file.characters:>9,} characters {file.passages:>6,} passages"
    reason = f": {file.reason}" if file.reason else ""
    return f"{counted} {file.seconds:>8.3f} s  {file.path}{reason}"
