"""Compiled models: nearly the original's vectors, the same ones every time, without torch, from a cache."""

import errno
import os
import shutil
import string
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from documents import Document, Refusal
from index import Embedder, Index, export, rebuild_from
from index.compilation import Cache, CompilationError
from index.compile import compile_embedder
from index.compiled import SETTINGS, Compiled, Settings
from index.embedder import Runtime
from index.original import Original
from tests.conftest import run_python

Vectors = NDArray[np.float32]

DIMENSION = 32
LIMIT = 24
ROOM = LIMIT - len(("[CLS]", "[SEP]"))
UNKNOWN = "[UNK]"
LETTERS = string.ascii_lowercase
TEXTS = ("a", "a b c", "the", "q w e r t y u i o p", "Z", "", " ".join(LETTERS))
PASSAGES = (
    "The treaty was signed in Vienna on 4 May 1871 and ratified by both parliaments the same year.",
    "Ships of more than 9,000 tonnes cannot enter the harbour at low tide; they wait in the outer roads.",
    "MINUTES OF THE MEETING. Present: the chair, the secretary and five members. Apologies: none.",
    "Ein Gletscher ist eine aus Schnee hervorgegangene Eismasse.",
    "tide",
    "Clause after clause, the lease sets out who repairs what and when. " * 40,
)


def tiny_model(
    folder: Path,
    *,
    pooling: str = "mean",
    dense: bool = False,
    prompts: dict[str, str] | None = None,
    seed: int = 0,
) -> Path:
    """Save a BERT of two small layers with chance weights, whose words are the letters of the alphabet."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    torch.manual_seed(seed)
    bert = folder.with_name(f"{folder.name}-bert")
    special = {"unk_token": UNKNOWN, "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=tokenizer, **special).save_pretrained(bert)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=DIMENSION,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=4 * DIMENSION,
        max_position_embeddings=64,
        initializer_range=0.2,
    )
    BertModel(config).save_pretrained(bert)
    parts = [Transformer(str(bert), max_seq_length=LIMIT), Pooling(DIMENSION, pooling)]
    if dense:
        parts.append(Dense(DIMENSION, 8))
    SentenceTransformer(modules=[*parts, Normalize()], prompts=prompts, device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny_cache(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the tiny model in it. Tests read it; one that changes a cache copies it."""
    cache = tmp_path_factory.mktemp("cache")
    assert isinstance(Embedder.load(str(tiny), cache=cache).model, Compiled)
    return cache


@pytest.fixture
def own_cache(tiny_cache: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_cache, tmp_path / "cache")


@pytest.fixture(scope="session")
def tiny_embedder(tiny: Path, tiny_cache: Path) -> Embedder:
    return Embedder.load(str(tiny), cache=tiny_cache)


@pytest.fixture(scope="session")
def unreadable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that cannot be compiled: a table of word vectors, which takes its tokens in another form."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1, "b": 2}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder = tmp_path_factory.mktemp("models") / "static"
    table = StaticEmbedding(tokenizer, embedding_dim=4)
    SentenceTransformer(modules=[table], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="session")
def original() -> Embedder:
    return Embedder.load(runtime="original")


@pytest.fixture(scope="session")
def compiled_cache(original: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("cache")
    assert isinstance(original.model, Original)
    Cache.at(cache).compile(original.name, original.model)
    return cache


def cosines(one: Vectors, other: Vectors) -> Vectors:
    return np.asarray((one * other).sum(axis=1))


def made(cache: Path) -> Path:
    """The folder of the one compiled model in a cache."""
    (settings,) = (cache / "compiled").glob(f"*/{SETTINGS}")
    return settings.parent


def test_the_bundled_model_keeps_its_vectors_nearly(original: Embedder, compiled_cache: Path) -> None:
    compiled = Embedder.load(cache=compiled_cache)
    assert isinstance(compiled.model, Compiled)
    assert (compiled.form, original.form) == ("int8", "original")
    vectors = compiled.encode_passages(PASSAGES)
    assert vectors.shape == (len(PASSAGES), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert cosines(vectors, original.encode_passages(PASSAGES)).min() > 0.98
    assert cosines(vectors, compiled.encode_questions(PASSAGES)).min() > 0.999999


def test_both_forms_read_a_text_alike(original: Embedder, compiled_cache: Path) -> None:
    compiled = Embedder.load(cache=compiled_cache)
    assert compiled.count_tokens(PASSAGES) == original.count_tokens(PASSAGES)
    assert [compiled.legibility(text) for text in PASSAGES] == [
        original.legibility(text) for text in PASSAGES
    ]
    assert (
        (compiled.dimension, compiled.max_tokens) == (original.dimension, original.max_tokens) == (384, 254)
    )


@pytest.mark.parametrize(
    ("pooling", "dense", "dimension"), [("mean", False, 32), ("cls", False, 32), ("max", True, 8)]
)
def test_pooling_and_further_layers_are_compiled_too(
    pooling: str, dense: bool, dimension: int, tmp_path: Path
) -> None:
    folder = tiny_model(tmp_path / "model", pooling=pooling, dense=dense)
    original = Embedder.load(str(folder), runtime="original")
    compiled = Embedder.load(str(folder), cache=tmp_path / "cache")
    assert isinstance(compiled.model, Compiled)
    vectors = compiled.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), dimension)
    assert cosines(vectors, original.encode_passages(TEXTS)).min() > 0.97


def test_a_long_text_is_cut_where_the_original_cuts_it(tiny: Path, tiny_embedder: Embedder) -> None:
    words = [*LETTERS]
    whole, kept, fewer = (
        tiny_embedder.encode_passages([" ".join(part)]) for part in (words, words[:ROOM], words[: ROOM - 1])
    )
    assert whole.tobytes() == kept.tobytes() != fewer.tobytes()
    assert tiny_embedder.max_tokens == ROOM
    features = Embedder.load(str(tiny), runtime="original").model
    assert isinstance(features, Original)
    ids = features.model.preprocess([" ".join(words)])["input_ids"][0].tolist()
    assert len(ids) == LIMIT
    assert ids[1:-1] == [5 + n for n in range(ROOM)]


def test_prompts_stand_before_questions_and_passages(tmp_path: Path) -> None:
    bare, prompted = (
        Embedder.load(str(tiny_model(tmp_path / name, prompts=prompts)), cache=tmp_path / "cache")
        for name, prompts in (("bare", None), ("prompted", {"query": "q u ", "document": "d "}))
    )
    assert isinstance(prompted.model, Compiled)
    assert prompted.encode_questions(["a b"]).tobytes() == bare.encode_passages(["q u a b"]).tobytes()
    assert prompted.encode_passages(["a b"]).tobytes() == bare.encode_passages(["d a b"]).tobytes()
    assert (bare.max_tokens, prompted.max_tokens) == (ROOM, ROOM - 2)


def test_no_texts_are_no_vectors(tiny_embedder: Embedder) -> None:
    assert tiny_embedder.encode_passages([]).shape == (0, DIMENSION)
    assert tiny_embedder.encode_questions([]).shape == (0, DIMENSION)


def test_equal_texts_have_equal_vectors_in_any_company(compiled_cache: Path) -> None:
    embedder = Embedder.load(cache=compiled_cache)
    alone = [embedder.encode_passages([text]).tobytes() for text in PASSAGES]

    def together(texts: Sequence[str]) -> list[bytes]:
        return [vector.tobytes() for vector in embedder.encode_passages(texts)]

    assert together(PASSAGES) == alone
    assert together([*reversed(PASSAGES)]) == alone[::-1]
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(together, [PASSAGES] * 8)] == [alone] * 8
    again = Embedder.load(cache=compiled_cache)
    assert [vector.tobytes() for vector in again.encode_passages(PASSAGES)] == alone


@pytest.mark.parametrize("bundled", [True, False])
def test_the_second_use_imports_no_torch(
    bundled: bool, compiled_cache: Path, tiny: Path, tiny_cache: Path
) -> None:
    name, cache = (None, compiled_cache) if bundled else (str(tiny), tiny_cache)
    program = (
        "import sys; from pathlib import Path; from index import Embedder\n"
        f"embedder = Embedder.load({name!r}, cache=Path({str(cache)!r}))\n"
        "embedder.encode_questions(['a']), embedder.encode_passages(['a', 'b'])\n"
        "embedder.count_tokens(['a']), embedder.legibility('a')\n"
        "print({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules))\n"
    )
    done = run_python(program)
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_a_model_of_the_hub_is_found_where_it_was_downloaded_to(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloaded = tmp_path / "hub" / "models--acme--tiny"
    shutil.copytree(tiny, downloaded / "snapshots" / "0123abc")
    (downloaded / "refs").mkdir()
    (downloaded / "refs" / "main").write_text("0123abc")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    program = (
        "import sys; from pathlib import Path; from index import Embedder\n"
        f"embedder = Embedder.load('acme/tiny', cache=Path({str(tmp_path / 'cache')!r}))\n"
        "print(type(embedder.model).__name__, 'torch' in sys.modules)\n"
    )
    assert run_python(program).stdout == "Compiled True\n"
    assert run_python(program).stdout == "Compiled False\n"


def test_a_compiled_model_is_three_whole_files(tiny_cache: Path) -> None:
    folder = made(tiny_cache)
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "tokenizer.json", "settings.json"}
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".unfinished")]


def test_leftovers_of_a_killed_compilation_are_removed(tiny: Path, own_cache: Path) -> None:
    folder = made(own_cache)
    left_over = folder.with_name(f".unfinished-{folder.name}-x")
    left_over.mkdir()
    (left_over / "plain.onnx").write_bytes(b"half")
    shutil.rmtree(folder)
    assert isinstance(Embedder.load(str(tiny), cache=own_cache).model, Compiled)
    assert not left_over.exists()


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "settings.json"])
@pytest.mark.parametrize("harm", [flip, cut, Path.unlink])
def test_a_damaged_model_is_noticed(
    name: str, harm: Callable[[Path], None], tiny: Path, own_cache: Path
) -> None:
    file = made(own_cache) / name
    harm(file)
    assert Cache.at(own_cache).find(str(tiny)) is None


def test_a_damaged_model_is_compiled_again(tiny: Path, own_cache: Path, tiny_embedder: Embedder) -> None:
    flip(made(own_cache) / "model.onnx")
    again = Embedder.load(str(tiny), cache=own_cache)
    assert isinstance(again.model, Compiled)
    assert again.fingerprint == tiny_embedder.fingerprint
    assert again.encode_passages(TEXTS).tobytes() == tiny_embedder.encode_passages(TEXTS).tobytes()
    assert Cache.at(own_cache).find(str(tiny)) is not None


def test_a_model_that_gives_other_vectors_here_is_not_used(tiny: Path, own_cache: Path) -> None:
    settings = Settings.read(made(own_cache))
    replace(settings, probe=[-value for value in settings.probe]).write(made(own_cache))
    assert Cache.at(own_cache).find(str(tiny)) is None
    assert isinstance(Embedder.load(str(tiny), cache=own_cache).model, Compiled)
    assert Cache.at(own_cache).find(str(tiny)) is not None


def test_a_model_is_known_by_its_files_wherever_they_are(
    tiny: Path, own_cache: Path, tiny_embedder: Embedder, tmp_path: Path
) -> None:
    elsewhere = shutil.copytree(tiny, tmp_path / "elsewhere")
    for path in elsewhere.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    found = Cache.at(own_cache).find(str(elsewhere))
    assert found is not None
    assert found.fingerprint == tiny_embedder.fingerprint


def test_other_weights_are_another_model(tiny: Path, own_cache: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "model")
    known = Embedder.load(str(folder), cache=own_cache)
    other = tiny_model(tmp_path / "other", seed=1)
    shutil.copy(other / "model.safetensors", folder / "model.safetensors")
    assert Cache.at(own_cache).find(str(folder)) is None
    changed = Embedder.load(str(folder), cache=own_cache)
    assert changed.fingerprint != known.fingerprint
    assert cosines(changed.encode_passages(["a b"]), known.encode_passages(["a b"]))[0] < 0.9


def test_each_form_has_its_fingerprint_and_is_found_by_it(
    tiny: Path, tiny_cache: Path, tiny_embedder: Embedder
) -> None:
    original = Embedder.load(str(tiny), runtime="original", cache=tiny_cache)
    assert original.fingerprint != tiny_embedder.fingerprint
    assert isinstance(tiny_embedder.model, Compiled)
    assert tiny_embedder.model.original == original.fingerprint
    for wanted in (original, tiny_embedder):
        found = Embedder.load(str(tiny), fingerprint=wanted.fingerprint, cache=tiny_cache)
        assert type(found.model) is type(wanted.model)
        assert found.fingerprint == wanted.fingerprint


def test_an_index_opens_with_the_form_that_built_it(
    tiny: Path, tiny_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tiny_cache)
    document = Document("letters", "letters", "a b c d e f g h. i j k l m n o p.", "0" * 64)
    forms: dict[Runtime, type] = {"original": Original, "compiled": Compiled}
    for runtime, form in forms.items():
        folder = tmp_path / runtime
        rebuild_from([document], folder, Embedder.load(str(tiny), runtime=runtime))
        index = Index.open(folder)
        try:
            assert isinstance(index.embedder.model, form)
            assert index.search("a b c")[0].passage.doc_id == "letters"
        finally:
            index.close()


def test_a_cache_that_cannot_be_written_costs_only_speed(
    tiny: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder should be")
    embedder = Embedder.load(str(tiny), cache=tmp_path / "cache")
    assert isinstance(embedder.model, Original)
    (warning,) = caplog.messages
    assert f"the embedder {tiny} runs as it is, more slowly" in warning
    assert "\n" not in warning


def test_a_model_that_cannot_be_compiled_runs_as_it_is(
    unreadable: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = Embedder.load(str(unreadable), cache=tmp_path)
    assert isinstance(embedder.model, Original)
    assert embedder.encode_passages(["a b"]).shape == (1, 4)
    assert "it cannot be exported to ONNX" in caplog.text
    with pytest.raises(CompilationError, match="it cannot be exported to ONNX"):
        Cache.at(tmp_path).compile(str(unreadable), embedder.model)
    (failure,) = (tmp_path / "compiled").glob("*/failure.txt")
    failure.write_text("remembered")
    with pytest.raises(CompilationError, match=r"^remembered$"):
        Cache.at(tmp_path).compile(str(unreadable), embedder.model)


def test_a_full_disk_is_not_held_against_the_model(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as while_full:
        while_full.setattr(export, "_write_graph", full)
        assert Embedder.load(str(tiny), cache=tmp_path).form == "original"
    assert "No space left on device" in caplog.text
    assert Embedder.load(str(tiny), cache=tmp_path).form == "int8"


def test_two_at_once_make_one_model(tiny: Path, tmp_path: Path) -> None:
    original = Original.open(str(tiny))

    def compile_one(_: int) -> tuple[bytes, int]:
        model = Cache.at(tmp_path).compile(str(tiny), original)
        return model.encode_passages(TEXTS).tobytes(), (made(tmp_path) / SETTINGS).stat().st_ino

    with ThreadPoolExecutor(2) as threads:
        assert len(set(threads.map(compile_one, range(2)))) == 1


def test_the_command_compiles_once(tiny: Path, tmp_path: Path) -> None:
    arguments = ["--embedder", str(tiny), "--cache", str(tmp_path)]
    first = CliRunner().invoke(compile_embedder, arguments)
    assert first.output.startswith(f"compiled {tiny} (")
    written = made(tmp_path).stat().st_ino
    second = CliRunner().invoke(compile_embedder, arguments)
    assert second.output.startswith(f"{tiny} is compiled already (")
    assert made(tmp_path).stat().st_ino == written
    third = CliRunner().invoke(compile_embedder, [*arguments, "--force"])
    assert third.output.startswith(f"compiled {tiny} (")
    assert made(tmp_path).stat().st_ino != written


def test_the_command_says_why_a_model_cannot_be_compiled(unreadable: Path, tmp_path: Path) -> None:
    arguments = ["--embedder", str(unreadable), "--cache", str(tmp_path)]
    refused = CliRunner().invoke(compile_embedder, arguments)
    assert isinstance(refused.exception, Refusal)
    assert "cannot be compiled and will run as it is: it cannot be exported to ONNX" in str(refused.exception)
