"""Which files of a folder are meant to be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from documents.refusal import Refusal

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".pinciteignore"


class Selection:
    """The files that match one of ``include`` (if there are any) and neither ``exclude`` nor the ignore file.

    All three speak the language of .gitignore; paths are relative to the folder, with "/". `Refusal`: a
    pattern is none, or the ignore file cannot be read.
    """

    def __init__(self, folder: Path, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._included = _spec(include, "--include") if include else None
        self._excluded = [_spec(exclude, "--exclude")] if exclude else []
        file = folder / IGNORE_FILE
        if file.is_file():
            try:
                lines = file.read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise Refusal(f"cannot read {file}; make it a readable file in UTF-8") from error
            self._excluded.append(_spec(lines, str(file)))

    def has_file(self, path: str) -> bool:
        """Whether a file is to be read."""
        if self._included is not None and not self._included.match_file(path):
            return False
        return not any(spec.match_file(path) for spec in self._excluded)

    def may_enter(self, path: str) -> bool:
        """Whether anything in a folder may be read."""
        return not any(spec.match_file(f"{path}/") for spec in self._excluded)


def _spec(patterns: Sequence[str], place: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise Refusal(f"{place}: {error}; write patterns as in .gitignore") from error
