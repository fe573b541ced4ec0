"""The embedder, whichever form runs it: limits, tokens, what it can read."""

from pathlib import Path

import numpy as np
import pytest

from documents import Refusal
from index import Embedder


def test_a_vector_has_384_numbers_and_length_one(embedder: Embedder) -> None:
    vectors = embedder.encode_passages(["a treaty", "a tide table"])
    assert vectors.shape == (2, embedder.dimension) == (2, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_near_meanings_are_nearer_than_far_ones(embedder: Embedder) -> None:
    question = embedder.encode_questions(["When do ships enter the port?"])
    passages = embedder.encode_passages(
        ["Vessels may come into the harbour at high tide.", "Add the butter and stir until it has melted."]
    )
    near, far = (passages @ question[0]).tolist()
    assert near > far + 0.2


def test_tokens_are_those_of_the_text_alone(embedder: Embedder) -> None:
    assert embedder.count_tokens(["", "treaty", "Hello, world!", "don't"]) == [0, 1, 4, 3]
    assert embedder.count_tokens([]) == []
    assert embedder.count_tokens(["word " * 1000]) == [1000]


def test_the_limit_leaves_room_for_special_tokens(embedder: Embedder) -> None:
    assert embedder.max_tokens == 256 - len(("[CLS]", "[SEP]"))
    whole, longer = embedder.encode_passages(["word " * 254, "word " * 255 + "treaty " * 20])
    assert float(whole @ longer) > 0.9999


def test_words_are_legible_and_single_characters_are_not(embedder: Embedder) -> None:
    assert embedder.legibility("The treaty was signed") == 1.0
    assert embedder.legibility("条约签字生效") == 0.0
    assert embedder.legibility("1871 --") == 1.0
    # Five letters in a word the model knows, six that it reads one by one.
    assert embedder.legibility("peace 条约签字生效") == pytest.approx(5 / 11)


def test_a_name_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"could not be loaded.*give a sentence-transformers name or folder"):
        Embedder.load(str(tmp_path))
