"""What a file NAME.meta.json says of the file NAME beside it."""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from documents.described import described
from documents.document import Document
from documents.reading import Unreadable

SUFFIX = ".meta.json"
_LARGEST = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a sidecar file says: its fields, by their names in lower case, and the hash of its bytes."""

    fields: dict[str, object]
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "Sidecar":
        """`Unreadable`: the file holds no fields."""
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
        return cls({str(key).lower(): value for key, value in said.items()}, sha256(data).hexdigest())

    def applied_to(self, document: Document) -> Document:
        """The document with the title and metadata given here; the rest stays as it was found."""
        title, metadata = described(self.fields)
        given = {name: getattr(metadata, name) for name in ("published", "author", "url", "language")}
        given = {name: value for name, value in given.items() if value is not None}
        if metadata.published:
            given["published_original"] = metadata.published_original
        given["sidecar_sha256"] = self.sha256
        return replace(document, title=title or document.title, metadata=replace(document.metadata, **given))
