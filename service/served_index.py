"""The index that is served: each request keeps to one generation, a new one takes over between requests."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from documents import Refusal
from index import Generation, Index
from index.checksums import file_faults
from index.generation import current, current_id

SECONDS_BETWEEN_LOOKS = 1.0

logger = logging.getLogger("pincite")


@dataclass(frozen=True, slots=True)
class Refused:
    """A published generation that is not served, and why."""

    generation: str
    reason: str


@dataclass(slots=True)
class _Held:
    """An open index, how many requests are using it, and whether another has taken its place."""

    index: Index
    requests: int = 0
    replaced: bool = False


class ServedIndex:
    """An open index that follows what its folder publishes. Safe to use from several threads."""

    def __init__(self, index: Index) -> None:
        self.folder: Path = index.generation.folder.parents[1]
        self.refused: Refused | None = None
        self._held = _Held(index)
        self._lock = threading.Lock()
        self._stop = threading.Event()

    @property
    def generation(self) -> Generation:
        """The generation that the next request gets."""
        return self._held.index.generation

    @contextmanager
    def pinned(self) -> Iterator[Index]:
        """The index for one request, which stays open until the request is done with it."""
        with self._lock:
            held = self._held
            held.requests += 1
        try:
            yield held.index
        finally:
            with self._lock:
                held.requests -= 1
                unused = held.replaced and not held.requests
            if unused:
                held.index.close()

    @contextmanager
    def following(self, seconds: float = SECONDS_BETWEEN_LOOKS) -> Iterator[None]:
        """Look for a new generation at intervals, in a thread of its own."""
        self._stop.clear()
        thread = threading.Thread(target=self._follow, args=(seconds,), name="follow", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def refresh(self) -> None:
        """Serve what is published now, if its files are whole; else keep what is served and say why."""
        name = current_id(self.folder)
        if name is None or name == self.generation.id:
            self.refused = None
            return
        if self.refused is not None and self.refused.generation == name:
            return  # what was published does not change
        try:
            opened = self._opened()
        except Refusal as refusal:
            self._refuse(name, str(refusal))
        except Exception as error:
            logger.exception("pincite: the generation %s cannot be opened", name)
            self._refuse(name, f"cannot be opened: {type(error).__name__}")
        else:
            self._replace(opened)

    def _opened(self) -> Index:
        generation = current(self.folder)
        assert generation is not None  # noqa: S101 - a generation was just named
        if faults := file_faults(generation):
            raise Refusal(f"damaged ({'; '.join(faults)})")
        serving = self._held.index
        opened = Index.open(self.folder, serving.embedder, serving.reranker, serving.ranking)
        if opened.generation.id != generation.id:  # published in between, and not verified
            opened.close()
            return self._opened()
        return opened

    def _replace(self, opened: Index) -> None:
        with self._lock:
            before, self._held = self._held, _Held(opened)
            before.replaced = True
            unused = not before.requests
        if unused:
            before.index.close()
        self.refused = None
        logger.info("pincite: serving generation %s", opened.generation.id)

    def _refuse(self, name: str, reason: str) -> None:
        self.refused = Refused(name, reason)
        logger.error(
            "pincite: the generation %s is refused, %s is still served: %s", name, self.generation.id, reason
        )

    def _follow(self, seconds: float) -> None:
        while not self._stop.wait(seconds):
            try:
                self.refresh()
            except Exception:
                logger.exception("pincite: looking for a new generation failed; trying again")
