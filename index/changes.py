"""What has changed in the documents between two states of a folder."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """The doc_ids of the new state, and of what is gone; each in one group only, in order.

    A document has moved if its file's content stood under another doc_id that is gone; ``moved`` pairs the
    old doc_id with the new.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str]) -> "Changes":
        """Compare two states, each the SHA-256 of every document's file by doc_id."""
        gone: dict[str, list[str]] = {}
        for doc_id in sorted(old.keys() - new.keys(), reverse=True):
            gone.setdefault(old[doc_id], []).append(doc_id)
        added, moved = [], []
        for doc_id in sorted(new.keys() - old.keys()):
            if places := gone.get(new[doc_id]):
                moved.append((places.pop(), doc_id))
            else:
                added.append(doc_id)
        both = sorted(old.keys() & new.keys())
        return cls(
            added=tuple(added),
            changed=tuple(doc_id for doc_id in both if old[doc_id] != new[doc_id]),
            moved=tuple(moved),
            removed=tuple(sorted(doc_id for places in gone.values() for doc_id in places)),
            unchanged=tuple(doc_id for doc_id in both if old[doc_id] == new[doc_id]),
        )

    def described(self) -> str:
        """The counts in words."""
        groups = ("added", "changed", "moved", "removed", "unchanged")
        return ", ".join(f"{len(getattr(self, group)):,} {group}" for group in groups)
