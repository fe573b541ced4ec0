"""The reranker: a cross-encoder that reads question and passage together. Off unless one is named."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from documents import Refusal
from index.hit import Hit

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# Passages handed to the cross-encoder: enough that the best is among them, few enough for a CPU.
DEPTH = 30


@dataclass(frozen=True, slots=True)
class Reranker:
    """A loaded cross-encoder of sentence-transformers."""

    name: str
    _model: "CrossEncoder"

    @classmethod
    def load(cls, name: str) -> "Reranker":
        """Load a cross-encoder by name or folder. Refusal: there is none."""
        from sentence_transformers import CrossEncoder

        try:
            return cls(name, CrossEncoder(name))
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise Refusal(
                f"the reranker {name!r} could not be loaded: {reason}; give a cross-encoder's name or folder"
            ) from error

    def reranked(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits in the order and with the scores of the cross-encoder; see ``Hit.first_score``."""
        if not hits:
            return []
        pairs = [(question, _read(hit)) for hit in hits]
        scores = self._model.predict(pairs, show_progress_bar=False)
        order = sorted(range(len(hits)), key=lambda at: (-float(scores[at]), at))
        return [
            replace(hits[at], rank=rank, score=float(scores[at]), first_score=hits[at].score)
            for rank, at in enumerate(order, start=1)
        ]


def _read(hit: Hit) -> str:
    passage = hit.passage
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text
