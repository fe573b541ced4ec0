"""The reranker, with a tiny cross-encoder made here: it has the last word on order and score."""

from pathlib import Path

import pytest

from documents import Refusal
from index import Embedder, Index, Reranker


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder = tmp_path_factory.mktemp("reranker")
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789.,?"]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        num_labels=1,  # type: ignore[call-arg]  # a field of its base class
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_the_cross_encoder_decides_order_and_score(
    sample_index_folder: Path, embedder: Embedder, tiny_model: Path
) -> None:
    reranker = Reranker.load(str(tiny_model))
    plain = Index.open(sample_index_folder, embedder)
    reranked = Index.open(sample_index_folder, embedder, reranker)
    question = "who signed the memorandum?"
    first = {hit.row: hit.score for hit in plain.search(question, top_k=30)}
    hits = reranked.search(question, top_k=30)
    assert {hit.row for hit in hits} == set(first)
    assert [hit.row for hit in hits] != list(first)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    for hit in hits:
        assert hit.first_score == first[hit.row]
        front = f"{hit.passage.context}\n" if hit.passage.context else ""
        pair = [(question, front + hit.passage.text)]
        assert hit.score == pytest.approx(float(reranker._model.predict(pair)[0]), abs=1e-4)
    assert [hit.row for hit in reranked.search(question, top_k=3)] == [hit.row for hit in hits[:3]]
    plain.close()
    reranked.close()


def test_a_reranker_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"the reranker .* could not be loaded"):
        Reranker.load(str(tmp_path))
