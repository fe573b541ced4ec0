"""Files of one JSON object per line, and messages that name the line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from documents import Refusal


def rows(file: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each line's object and where it stands, for messages. Refusal: no such file, or no JSON object."""
    if not file.is_file():
        raise Refusal(
            f"no file {file}; a data set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv"
        )
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            where = f"{file.name}, line {number}"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise Refusal(f"{where} is no JSON: {error}") from None
            if not isinstance(row, dict):
                raise Refusal(f"{where} is no JSON object")
            yield row, where


def field(row: Mapping[str, Any], name: str, where: str) -> str:
    """A field that must be there, as text. Refusal: it is not, or is neither text nor a whole number."""
    value = row.get(name)
    if not isinstance(value, str | int):
        raise Refusal(f'{where} lacks "{name}"')
    return str(value)
