"""How a model reads a text: token by token, by its own tokenizer, without limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class Tokens:
    """A model's tokenizer that neither cuts nor pads.

    ``fast`` is None for the few models whose tokenizer is written in Python; ``slow`` serves those.
    """

    fast: "Tokenizer | None"
    unknown: str | None
    slow: Any = None

    @classmethod
    def of(cls, tokenizer: Any) -> "Tokens":
        """Those of a transformers tokenizer."""
        from tokenizers import Tokenizer

        unknown = getattr(tokenizer, "unk_token", None)
        inner = getattr(tokenizer, "backend_tokenizer", tokenizer)
        if not isinstance(inner, Tokenizer):
            return cls(None, unknown, tokenizer)
        return cls.read(inner.to_str(), unknown)

    @classmethod
    def read(cls, serialised: str, unknown: str | None) -> "Tokens":
        """Those of a tokenizer in the format of tokenizer.json."""
        from tokenizers import Tokenizer

        fast = Tokenizer.from_str(serialised)
        fast.no_truncation()
        fast.no_padding()
        return cls(fast, unknown)

    @property
    def special(self) -> int:
        """How many special tokens stand around a text."""
        if self.fast is None:
            return int(self.slow.num_special_tokens_to_add())
        return int(self.fast.num_special_tokens_to_add(is_pair=False))

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""
        if self.fast is None:
            return [len(self.slow.encode(text, add_special_tokens=False)) for text in texts]
        return [
            len(encoding) for encoding in self.fast.encode_batch_fast(list(texts), add_special_tokens=False)
        ]

    def ids(self, text: str, room: int | None, cut_at: str) -> list[int]:
        """The numbers of a text's tokens and the special ones around them, for a tokenizer that is fast.

        Of a text with more than ``room`` tokens the ones at one end, "left" or "right", are left out.
        """
        assert self.fast is not None  # noqa: S101 - only such a model is compiled
        encoding = self.fast.encode(text, add_special_tokens=False)
        if room is not None and len(encoding) > room:
            encoding.truncate(room, direction=cut_at)
        return list(self.fast.post_process(encoding).ids)

    def legibility(self, text: str) -> float:
        """The share of letters that stand in tokens of several letters, 0 to 1."""
        if self.fast is None:
            return 1.0
        encoding = self.fast.encode(text, add_special_tokens=False)
        letters = read = 0
        for (start, end), token in zip(encoding.offsets, encoding.tokens, strict=True):
            count = sum(map(str.isalpha, text[start:end]))
            letters += count
            read += count if end - start > 1 and token != self.unknown else 0
        return read / letters if letters else 1.0
