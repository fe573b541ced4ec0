"""What each file gave when a generation was built, by the file's hash."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from documents import Document, Unread
from index.store import Store


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents of a store and the files that gave none.

    ``hashes`` is the SHA-256 of each document's source by doc_id, in the order of the rows.
    """

    hashes: dict[str, str]
    _store: Store
    _rows: dict[str, int]
    _sorted: list[str]
    _unread: list[Unread]

    @classmethod
    def of(cls, store: Store, manifest: dict[str, Any]) -> "Sources":
        """Those of a generation."""
        hashes = {one.doc_id: one.source_sha256 for one in store.summaries(0, -1)}
        unread = [Unread(**file) for file in manifest["unread"]]
        rows = {doc_id: row for row, doc_id in enumerate(hashes)}
        return cls(hashes, store, rows, sorted(hashes), unread)

    def given(self, doc_id: str, source_sha256: str) -> list[Document | Unread] | None:
        """What a file of this hash gave, with what was inside it; None if that is not known.

        Of a container that has no text of its own, no hash is kept, unless its records have it.
        """
        inside = f"{doc_id}/"
        first = bisect_left(self._sorted, inside)
        last = bisect_left(self._sorted, f"{doc_id}0")  # the character after the slash is the zero
        doc_ids = [doc_id] * (doc_id in self.hashes) + self._sorted[first:last]
        doc_ids.sort(key=self._rows.__getitem__)
        if not doc_ids or self.hashes[doc_ids[0]] != source_sha256:
            return None
        return [
            *(self._store.document(each) for each in doc_ids),
            *(file for file in self._unread if file.path.startswith(inside)),
        ]
