"""What a file NAME.meta.json says of the file NAME beside it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from documents.described import described
from documents.document import Document
from documents.reading import Unreadable

SUFFIX = ".meta.json"
_LARGEST = 1_000_000  # bytes


def sidecar_fields(path: Path) -> dict[str, object]:
    """The fields of a sidecar file, by their names in lower case. `Unreadable`: it holds none."""
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable(f"larger than the limit of {_LARGEST:,} bytes")
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is no JSON: {error}") from error
    if not isinstance(said, dict):
        raise Unreadable("is no JSON object with fields like title, author, published, url, language")
    return {str(key).lower(): value for key, value in said.items()}


def overridden(document: Document, said: Mapping[str, object]) -> Document:
    """The document with the title and metadata that its sidecar gives; the rest stays as it was found."""
    title, metadata = described(said)
    given = {name: getattr(metadata, name) for name in ("published", "author", "url", "language")}
    given = {name: value for name, value in given.items() if value is not None}
    if metadata.published:
        given["published_original"] = metadata.published_original
    return replace(document, title=title or document.title, metadata=replace(document.metadata, **given))
