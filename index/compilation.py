"""The compilation of a model: exported, quantised, checked against the original, kept in a cache.

    compiled/<original fingerprint>-<version>/   model.onnx, tokenizer.json and settings.json, which holds
                                                 their SHA-256; or only failure.txt, why there is none
    compiled/sources/<key>                       the fingerprint of the model whose files have this key

A compiled model is written into a folder of its own and renamed into place, one process at a time.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.compiled import BrokenCompilationError, Compiled, sha256
from index.original import BUNDLED, Original, bundled_folder

# Part of every fingerprint: another number, other vectors. Raise it when what is written changes.
VERSION = 4
_FAILURE = "failure.txt"
_LONGEST_WAIT = 600.0  # seconds, while another process compiles the same model


class CompilationError(Exception):
    """A model that cannot be compiled; the message says why."""


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder of compiled models."""

    folder: Path

    @classmethod
    def at(cls, folder: Path | None) -> "Cache":
        """The cache in a folder; None is the user's own."""
        if folder is None:
            from platformdirs import user_cache_path

            folder = user_cache_path("pincite")
        return cls(folder / "compiled")

    def find(self, name: str) -> Compiled | None:
        """The compiled form of a model, without loading the model itself; None if it is to be compiled."""
        source = _source(name)
        if source is None or not self.folder.is_dir():
            return None
        quick = _quick_key(source)
        original = self._recorded(quick)
        if original is None:
            original = self._recorded(_whole_key(source))
            if original is None:
                return None
            self._record(quick, original)
        try:
            return Compiled.open(self._place(original))
        except BrokenCompilationError:
            return None

    def compile(self, name: str, original: Original, *, force: bool = False) -> Compiled:
        """Compile a model unless that was done; ``force`` does it again.

        CompilationError: it cannot be compiled. OSError: the cache cannot be written.
        """
        from filelock import FileLock

        place = self._place(original.fingerprint)
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{place}.lock", timeout=_LONGEST_WAIT):
            model = None if force else self._made(place)
            if model is None:
                self._make(place, original)
                model = Compiled.open(place)
        source = _source(name)
        if source is not None:
            for key in (_quick_key(source), _whole_key(source)):
                self._record(key, original.fingerprint)
        return model

    def _made(self, place: Path) -> Compiled | None:
        failure = place / _FAILURE
        if failure.is_file():
            raise CompilationError(failure.read_text(encoding="utf-8"))
        try:
            return Compiled.open(place)
        except BrokenCompilationError:
            return None

    def _make(self, place: Path, original: Original) -> None:
        from index.export import export

        unfinished = f".unfinished-{place.name}-"
        for left_over in self.folder.glob(f"{unfinished}*"):  # by a process that was killed: we hold the lock
            shutil.rmtree(left_over)
        with tempfile.TemporaryDirectory(prefix=unfinished, dir=self.folder) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            try:
                export(original, made, VERSION)
            except CompilationError as error:
                (made / _FAILURE).write_text(str(error), encoding="utf-8")
                _replace(made, place)
                raise
            _replace(made, place)

    def _place(self, fingerprint: str) -> Path:
        return self.folder / f"{fingerprint[:32]}-{VERSION}"

    def _recorded(self, key: str) -> str | None:
        try:
            return (self.folder / "sources" / key).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return None

    def _record(self, key: str, fingerprint: str) -> None:
        """Note whose files have this key; a cache that cannot be written does without."""
        sources = self.folder / "sources"
        try:
            sources.mkdir(exist_ok=True)
            unfinished = sources / f".{key}-{os.getpid()}"
            unfinished.write_text(fingerprint, encoding="ascii")
            unfinished.replace(sources / key)
        except OSError:
            return


def _replace(made: Path, place: Path) -> None:
    """Put a finished folder into its place, where an older one may stand."""
    if place.exists():
        place.rename(made.with_name("older"))
    made.rename(place)


def _source(name: str) -> Path | None:
    """The folder of a model's files; None when they are not on this machine."""
    if name == BUNDLED:
        return bundled_folder()
    if Path(name).is_dir():
        return Path(name).resolve()
    from huggingface_hub import try_to_load_from_cache

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            config = try_to_load_from_cache(repository, "config.json")
        except ValueError:  # no name that the hub could have
            continue
        if isinstance(config, str):
            return Path(config).parent
    return None


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _quick_key(folder: Path) -> str:
    """Changes with the name, size or time of any file."""
    listed = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in _files(folder)]
    return hashlib.sha256(repr(listed).encode()).hexdigest()


def _whole_key(folder: Path) -> str:
    """Changes with the content of any file, and with nothing else."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()} {sha256(path)}\n".encode())
    return digest.hexdigest()
