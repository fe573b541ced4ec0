"""A compiled model: the same weights, mostly as 8-bit integers, run by ONNX Runtime."""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.tokens import Tokens

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SETTINGS = "settings.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
# What the graph takes and gives.
TOKEN_IDS = "token_ids"  # noqa: S105 - no password
VECTOR = "vector"
# Embedded when a compiled model is opened, and compared with what it gave when it was made.
PROBE = "Who signed the agreement, and on which day?"
_PROBE_COSINE = 0.999


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands beside the graph. ``limit`` counts special tokens; None is a model that never cuts."""

    fingerprint: str
    original: str
    precision: str
    dimension: int
    max_tokens: int
    limit: int | None
    cut_at: str
    unknown: str | None
    passage_prompt: str
    question_prompt: str
    probe: list[float] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Settings":
        """Read them from the folder of a compiled model. ValueError: it does not hold what was written."""
        read = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        settings = cls(**read["settings"])
        if read["sha256"] != settings.digest():
            raise ValueError("the settings are not those that were written")
        for name, written in settings.sha256.items():
            if sha256(folder / name) != written:
                raise ValueError(f"{name} is not what was written")
        return settings

    def write(self, folder: Path) -> None:
        """Write them into the folder of a compiled model."""
        content = {"settings": asdict(self), "sha256": self.digest()}
        (folder / SETTINGS).write_text(json.dumps(content, indent=1), encoding="utf-8")

    def digest(self) -> str:
        """A hash of every setting."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


class BrokenCompilationError(Exception):
    """The files of a compiled model are not what was written, or do not give here what they gave there."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A model in ONNX Runtime. See ``Embedder`` for the first fields.

    Each text is run by itself. The integer products are scaled by the largest activation of a run, so in a
    batch a text's vector would depend on its company; alone, equal texts have equal vectors to the last bit,
    and nothing is spent on padding. Texts are shared out to one thread per core.
    """

    fingerprint: str
    dimension: int
    max_tokens: int
    tokens: Tokens
    form: str
    original: str
    _prompts: tuple[str, str]
    _room: int | None
    _cut_at: str
    _session: "InferenceSession"
    _threads: ThreadPoolExecutor

    @classmethod
    def open(cls, folder: Path) -> "Compiled":
        """Read a compiled model. BrokenCompilationError: it is damaged or for another machine."""
        try:
            settings = Settings.read(folder)
            model = cls.assemble(settings, folder)
        except Exception as error:  # ONNX Runtime and tokenizers have no narrower one in common
            raise BrokenCompilationError(f"{folder} cannot be read: {error}") from error
        if float(model.encode_questions([PROBE])[0] @ np.asarray(settings.probe)) < _PROBE_COSINE:
            raise BrokenCompilationError(f"{folder} was compiled for another machine")
        return model

    @classmethod
    def assemble(cls, settings: Settings, folder: Path) -> "Compiled":
        """Put together what the settings say and the files that stand in the folder."""
        tokens = Tokens.read((folder / TOKENIZER).read_text(encoding="utf-8"), settings.unknown)
        return cls(
            fingerprint=settings.fingerprint,
            dimension=settings.dimension,
            max_tokens=settings.max_tokens,
            tokens=tokens,
            form=settings.precision,
            original=settings.original,
            _prompts=(settings.passage_prompt, settings.question_prompt),
            _room=None if settings.limit is None else settings.limit - tokens.special,
            _cut_at=settings.cut_at,
            _session=_session(folder / MODEL),
            _threads=ThreadPoolExecutor(_cores(), thread_name_prefix="embedder"),
        )

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's document prompt if it has one."""
        return self._encode(self._prompts[0], texts)

    def encode_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension), with the model's query prompt if it has one."""
        return self._encode(self._prompts[1], texts)

    def _encode(self, prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        if len(texts) == 1:  # a thread of the pool would only have to be woken
            return self._vector(prompt, texts[0])
        return np.concatenate(list(self._threads.map(partial(self._vector, prompt), texts)))

    def _vector(self, prompt: str, text: str) -> NDArray[np.float32]:
        """The vector of one text, shape (1, dimension)."""
        ids = self.tokens.ids(prompt + text, self._room, self._cut_at)
        (vector,) = self._session.run([VECTOR], {TOKEN_IDS: np.array([ids], dtype=np.int64)})
        return np.asarray(vector, dtype=np.float32)


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _session(model: Path) -> "InferenceSession":
    """A graph as it stands, for one thread per run."""
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = GraphOptimizationLevel.ORT_DISABLE_ALL  # it was optimised when written
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
