"""The files of a generation, compared with its manifest."""

import hashlib
from pathlib import Path

from index.generation import MANIFEST, Generation, manifest_text

_CHANGED = "changed since it was published"


def file_faults(generation: Generation) -> list[str]:
    """What is wrong with the files, each by name: missing, changed in any byte, or not of the generation."""
    return _faults(generation, hashed=True)


def size_faults(generation: Generation) -> list[str]:
    """The same, with nothing read but the manifest: files missing, of another size, or not its own."""
    return _faults(generation, hashed=False)


def _faults(generation: Generation, *, hashed: bool) -> list[str]:
    folder, files = generation.folder, generation.manifest["files"]
    if (folder / MANIFEST).read_bytes() != manifest_text(generation.manifest).encode():
        return [f"{MANIFEST}: {_CHANGED}"]  # what it says of the others cannot be trusted
    faults = []
    for name, known in files.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{name}: missing")
        elif path.stat().st_size != known["size"] or (hashed and sha256(path) != known["sha256"]):
            faults.append(f"{name}: {_CHANGED}")
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    faults += [f"{name}: not part of the generation" for name in sorted(present - set(files) - {MANIFEST})]
    return faults


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
