"""A generation: one whole, immutable state of the index, and the folder that holds several.

CURRENT                  the published generation's id
LOCK                     whose rebuild is running, and since when
JOURNAL                  what an interrupted rebuild had embedded
generations/<id>/        manifest.json names every other file with its size and SHA-256, and ends in its own
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from documents import Refusal
from index.durability import make_durable, remove_folder

# Raise it when a file of a generation changes its form.
FORMAT = 3
KEPT = 3
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Source:
    """The folder that documents were read from, and which of its files, by patterns of ``read_folder``."""

    folder: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """One published state. ``fingerprint`` is the same wherever the same documents were indexed the same way.

    ``built_at`` is ISO 8601 in UTC. ``size`` is in bytes, without the manifest. ``manifest`` is the whole of
    manifest.json.
    """

    id: str
    folder: Path
    fingerprint: str
    built_at: str
    documents: int
    passages: int
    size: int
    manifest: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Generation":
        """Read a generation's manifest. Refusal: none there, or one that this version cannot read."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if manifest.get("format") != FORMAT:
                raise Refusal(
                    f"the generation {folder.name} has format {manifest.get('format')!r}, this version reads "
                    f"{FORMAT}; rebuild the index: pincite rebuild --documents FOLDER"
                )
            return cls(
                id=manifest["id"],
                folder=folder,
                fingerprint=manifest["fingerprint"],
                built_at=manifest["built_at"],
                documents=manifest["counts"]["documents"],
                passages=manifest["counts"]["passages"],
                size=sum(file["size"] for file in manifest["files"].values()),
                manifest=manifest,
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refusal(
                f"{folder / MANIFEST} cannot be read; go back to an older one: pincite index rollback, "
                "or rebuild the index: pincite rebuild --documents FOLDER"
            ) from error

    @property
    def source(self) -> Source | None:
        """Where the documents were read from; None when they did not come from a folder."""
        known = self.manifest["source"]
        if known is None:
            return None
        return Source(known["folder"], tuple(known["include"]), tuple(known["exclude"]))


def manifest_text(manifest: dict[str, Any]) -> str:
    """The manifest as it stands in its file: complete, the hash of all the rest at its end."""
    rest = {name: value for name, value in manifest.items() if name != "sha256"}
    digest = hashlib.sha256(_json(rest).encode()).hexdigest()
    return _json({**rest, "sha256": digest}) + "\n"


def current_id(index_folder: Path) -> str | None:
    """The id that CURRENT holds, whatever it names; None when nothing was published yet."""
    try:
        return (index_folder / "CURRENT").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None


def current(index_folder: Path) -> Generation | None:
    """The published generation; None when there is none yet. Refusal: it is missing or cannot be read."""
    name = current_id(index_folder)
    if name is None:
        return None
    if name not in ids(index_folder):
        raise Refusal(
            f"{index_folder / 'CURRENT'} names {name!r}, which is not there; choose one that is: "
            "pincite index list, pincite index rollback"
        )
    return Generation.read(generations_folder(index_folder) / name)


def ids(index_folder: Path) -> list[str]:
    """The ids of all whole generations, oldest first."""
    folder = generations_folder(index_folder)
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def generations_folder(index_folder: Path) -> Path:
    """Where the generations stand."""
    return index_folder / "generations"


def new_id(fingerprint: str) -> str:
    """An id that sorts by time and is not taken: the instant in UTC, then the fingerprint's first digits."""
    instant = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")[:-3]
    return f"{instant}Z-{fingerprint[:8]}"


def name_current(index_folder: Path, name: str) -> None:
    """Let CURRENT name a generation, in one atomic, durable step."""
    new = index_folder / "CURRENT.new"
    new.write_text(name + "\n", encoding="utf-8")
    make_durable(new)
    new.replace(index_folder / "CURRENT")
    make_durable(index_folder)


def prune(index_folder: Path, keep: int) -> list[str]:
    """Remove all but the newest ``keep`` generations, never the published one; give back the ids removed."""
    published = current_id(index_folder)
    every = ids(index_folder)
    others = [name for name in every if name != published]
    removed = others[: max(0, len(every) - keep)]
    for name in removed:
        remove_folder(generations_folder(index_folder) / name)
    return removed


def clear_left_over(index_folder: Path) -> None:
    """Remove what interrupted rebuilds left half written or half removed."""
    for left_over in generations_folder(index_folder).glob(".*"):
        shutil.rmtree(left_over)


def _json(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=1)
