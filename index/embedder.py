"""The embedder: text to unit vectors, by any sentence-transformers model."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from index.original import BUNDLED, Original

if TYPE_CHECKING:
    from index.compiled import Compiled

Runtime = Literal["compiled", "original"]
_log = logging.getLogger("pincite")


@dataclass(frozen=True, slots=True)
class Embedder:
    """A loaded model. Safe to use from several threads.

    Most models run compiled: the first use writes a smaller, faster form of the model to the cache, and
    from then on neither torch nor sentence-transformers is imported (docs/embedder.md).
    """

    name: str
    model: "Original | Compiled"

    @classmethod
    def load(
        cls,
        name: str | None = None,
        *,
        runtime: Runtime = "compiled",
        fingerprint: str | None = None,
        cache: Path | None = None,
    ) -> "Embedder":
        """Load a model by name or folder; None is the bundled all-MiniLM-L6-v2, which needs no network.

        ``fingerprint`` is that of vectors to be compared with: whichever of the two forms made them is
        loaded, if either did. ``cache`` is the folder of compiled models, None the user's own. A model that
        cannot be compiled, or has a GPU to run on, runs as its makers run it. Refusal: there is no such
        model.
        """
        from index.compilation import Cache

        name = name or BUNDLED
        compiled = Cache.at(cache)
        if runtime == "compiled":
            found = compiled.find(name)
            if found is not None and fingerprint in {None, found.fingerprint}:
                return cls(name, found)
        original = Original.open(name)
        on_gpu = original.model.device.type != "cpu"
        if runtime == "original" or fingerprint == original.fingerprint or (on_gpu and fingerprint is None):
            return cls(name, original)
        try:
            return cls(name, compiled.compile(name, original))
        except Exception as error:  # whatever a stranger's model trips over, the model itself runs
            reason = str(error).partition("\n")[0] or type(error).__name__
            _log.warning("pincite: the embedder %s runs as it is, more slowly: %s", name, reason)
            return cls(name, original)

    @property
    def fingerprint(self) -> str:
        """Identifies weights, tokenizer, prompts and precision: equal fingerprints, equal vectors."""
        return self.model.fingerprint

    @property
    def form(self) -> str:
        """How the model runs: "original", or compiled to "int8" or "fp32"."""
        return self.model.form

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self.model.dimension

    @property
    def max_tokens(self) -> int:
        """The longest text that is embedded whole, its special tokens and prompt already taken off."""
        return self.model.max_tokens

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's document prompt if it has one."""
        return self.model.encode_passages(texts)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's query prompt if it has one."""
        return self.model.encode_questions(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, special tokens not counted."""
        return self.model.tokens.count(texts)

    def legibility(self, text: str) -> float:
        """How much of a text the model can read, 0 to 1: the share of letters in tokens of several letters.

        A model that knows a language has tokens for its words or parts of them. What it was not made for
        comes apart into single characters or unknown tokens, and its vectors say little.
        """
        return self.model.tokens.legibility(text)
