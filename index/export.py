"""The export of a model to ONNX: as it is, or with its weights as 8-bit integers."""

import contextlib
import hashlib
import logging
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.compilation import CompilationError
from index.compiled import MODEL, PROBE, TOKEN_IDS, TOKENIZER, VECTOR, Compiled, Settings, sha256
from index.original import Original

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_OPSET = 17
# The least cosine between a text's vector and the original's. The bundled model's least is .990, and its
# nDCG@10 holds; with one scale for a whole weight the least is .923, and nDCG@10 on WikiQA falls by .036.
_FLOORS = {"int8": 0.97, "fp32": 0.9999}
_LONG = " ".join(
    f"Paragraph {n} of the agreement binds the party named in schedule {n * 7}." for n in range(60)
)
_CHECKED = (
    PROBE,
    "treaty",
    "What is the boiling point of water at 3,000 metres?",
    "THE COMMITTEE DID NOT AGREE; Mr O'Neill's amendment (No. 14) fell by 211 votes to 198.",
    (
        "The river rises in the northern hills, runs south for some two hundred kilometres through farmland "
        "and two market towns, and reaches the sea at a shallow estuary that is closed to shipping in winter."
    ),
    "Der Vertrag wurde am 3. März in Zürich geschlossen und trat am Tag darauf in Kraft.",
    "本协议自双方签字之日起生效。",
    "def area(radius: float) -> float: return 3.14159 * radius ** 2",
    "1 2 3 4 5 - - - 2019-04-01 €12.50 100 %",
    _LONG,
)


def export(original: Original, folder: Path, version: int) -> None:
    """Write the compiled form of a model into a folder: with integers if that stays close enough.

    CompilationError: the model cannot be exported, or nothing exported gives the original's vectors.
    """
    try:
        _export(original, folder, version)
    except (CompilationError, ImportError, MemoryError, OSError):
        raise  # all but the first can be mended on this machine, and are no fault of the model
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise CompilationError(f"it cannot be exported to ONNX: {reason}") from error


def _export(original: Original, folder: Path, version: int) -> None:
    import onnxruntime.quantization  # noqa: F401 - said before the work if it is not installed

    tokens = original.tokens
    if tokens.fast is None:
        raise CompilationError("its tokenizer is not one of the library tokenizers")
    (folder / TOKENIZER).write_text(tokens.fast.to_str(), encoding="utf-8")
    plain = folder / "plain.onnx"
    _write_graph(original.model, plain)
    least = 0.0
    for precision, floor in _FLOORS.items():
        with _quiet():
            _write_precision(plain, folder / MODEL, precision)
        settings = _settings(original, precision, version)
        compiled = Compiled.assemble(settings, folder)
        least = least_cosine(compiled, original)
        if least >= floor:
            break
    else:
        raise CompilationError(f"its compiled form gives other vectors (a cosine of {least:.4f})")
    plain.unlink()
    probe = compiled.encode_questions([PROBE])[0].tolist()
    written = {name: sha256(folder / name) for name in (MODEL, TOKENIZER)}
    replace(settings, probe=probe, sha256=written).write(folder)


def least_cosine(compiled: Compiled, original: Original) -> float:
    """The least cosine between the two vectors of any of the built-in texts."""
    passages = compiled.encode_passages(_CHECKED) * original.encode_passages(_CHECKED)
    questions = compiled.encode_questions(_CHECKED) * original.encode_questions(_CHECKED)
    return float(np.concatenate([passages, questions]).sum(axis=1).min())


def _settings(original: Original, precision: str, version: int) -> Settings:
    model = original.model
    truncation = getattr(model.tokenizer, "truncation_side", "right")
    made = f"{original.fingerprint} onnx-{precision} {version}"
    return Settings(
        fingerprint=hashlib.sha256(made.encode()).hexdigest(),
        original=original.fingerprint,
        precision=precision,
        dimension=original.dimension,
        max_tokens=original.max_tokens,
        limit=model.max_seq_length,
        cut_at=truncation,
        unknown=original.tokens.unknown,
        passage_prompt=_prompt(model, "document", "passage", "corpus"),
        question_prompt=_prompt(model, "query"),
    )


def _prompt(model: "SentenceTransformer", *names: str) -> str:
    """The prompt that sentence-transformers puts before a text of this kind."""
    name = next((name for name in names if name in model.prompts), model.default_prompt_name)
    return (model.prompts.get(name) or "") if name else ""


def _write_graph(model: "SentenceTransformer", path: Path) -> None:
    """Export the whole model, pooling and all, for one text of any length: token ids to a unit vector."""
    import torch

    class OneText(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            features = self.model({"input_ids": ids, "attention_mask": torch.ones_like(ids)})
            vector = features["sentence_embedding"][:, : model.truncate_dim]
            return torch.nn.functional.normalize(vector, dim=1)

    ids = torch.tensor([model.tokenizer.encode(PROBE)], device=model.device)
    with _quiet(), _eager(model), torch.no_grad():
        torch.onnx.export(
            OneText().eval(),
            (ids,),
            str(path),
            input_names=[TOKEN_IDS],
            output_names=[VECTOR],
            dynamic_axes={TOKEN_IDS: {1: "tokens"}},
            opset_version=_OPSET,
            dynamo=False,  # the newer exporter takes several times as long and a package more
        )


def _write_precision(plain: Path, path: Path, precision: str) -> None:
    """Write the graph in this precision, optimised in every way that suits any processor."""
    from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions
    from onnxruntime.quantization import QuantType, quantize_dynamic

    source = plain
    if precision == "int8":
        source = plain.with_name("int8.onnx")
        quantize_dynamic(
            plain, source, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
        )
    options = SessionOptions()
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    InferenceSession(source, options, providers=["CPUExecutionProvider"])
    if source != plain:
        source.unlink()


@contextlib.contextmanager
def _eager(model: "SentenceTransformer") -> Iterator[None]:
    """Attention written out in matrix products, which is what can be exported best."""
    inner: Any = getattr(model[0], "auto_model", None)
    before = getattr(getattr(inner, "config", None), "_attn_implementation", None)
    if before in {None, "eager"}:
        yield
        return
    inner.set_attn_implementation("eager")
    try:
        yield
    finally:
        inner.set_attn_implementation(before)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporter's and the quantiser's remarks, which they make through the root logger."""
    silent = logging.NullHandler()
    before = logging.root.manager.disable
    logging.root.addHandler(silent)  # with no handler there the first remark would install one for good
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
        logging.root.removeHandler(silent)
