"""What a question costs, part by part: ``python -m eval.cost --passages 100000``.

The passages are synthetic (words by Zipf's law, random unit vectors): the cost depends on their number and
length, not on what they say. Figures are medians on one thread; read them as ratios within one run.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from index.evidence import gather
from index.index import DEPTH
from index.lexical import LexicalIndex
from index.ranking import Ranking
from index.vectors import SentenceWriter, Vectors

WORDS_IN_PASSAGE, SENTENCES, DIMENSION, VOCABULARY = 100, 5, 384, 60_000
QUESTIONS, WORDS_IN_QUESTION = 200, 8
# The most frequent words build sentences; they are left out of questions as of indexes.
FUNCTION_WORDS = 100
Vector = NDArray[np.float32]


def unit_vectors(random: np.random.Generator, count: int) -> Vector:
    """Random unit vectors of shape (count, DIMENSION)."""
    vectors = random.standard_normal((count, DIMENSION), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def texts(count: int, words: int, seed: int, rarer_than: int = 0) -> Iterator[str]:
    """Texts of made-up words, as frequent as Zipf's law says, without the most frequent ones."""
    random = np.random.default_rng(seed)
    weights = 1 / np.arange(1, VOCABULARY + 1)
    weights[:rarer_than] = 0
    cumulative = np.cumsum(weights / weights.sum())
    for _ in range(count):
        chosen = np.searchsorted(cumulative, random.random(words))
        yield " ".join(f"w{n:x}".translate(_LETTERS) for n in chosen)


# Letters for digits: a made-up word must not be taken for a number.
_LETTERS = str.maketrans("0123456789", "klmnopqrst")


def built(folder: Path, passages: int) -> tuple[Vectors, LexicalIndex]:
    """The vectors and the words of an index of so many passages."""
    random = np.random.default_rng(7)
    with SentenceWriter(folder, passages * SENTENCES, DIMENSION) as sentences:
        for _ in range(passages):
            sentences.add(unit_vectors(random, SENTENCES).astype(np.float16))
    Vectors.write(folder, unit_vectors(random, passages), np.arange(passages + 1) * SENTENCES)
    LexicalIndex.write(lambda: texts(passages, WORDS_IN_PASSAGE, seed=1), folder / "lexical")
    return Vectors.open(folder), LexicalIndex.open(folder / "lexical", passages)


def median_ms(work: Callable[[int], object]) -> float:
    """The median time of ``work`` over all questions, in milliseconds, once everything was touched."""
    for at in range(QUESTIONS):
        work(at)
    taken = []
    for at in range(QUESTIONS):
        began = time.perf_counter()
        work(at)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken)) * 1000


@click.command()
@click.option("--passages", default=100_000, show_default=True, help="How many passages the index holds.")
def cost(passages: int) -> None:
    """Print what each part of a question costs, at the median, on one thread."""
    import faiss

    faiss.omp_set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        vectors, lexical = built(Path(folder), passages)
        queries = unit_vectors(np.random.default_rng(3), QUESTIONS)
        questions = list(texts(QUESTIONS, WORDS_IN_QUESTION, seed=2, rarer_than=FUNCTION_WORDS))
        dense = median_ms(lambda at: vectors.nearest(queries[at : at + 1], DEPTH))
        near = [vectors.nearest(queries[at : at + 1], DEPTH)[0] for at in range(QUESTIONS)]
        ranking = Ranking()

        def rest(at: int) -> object:
            candidates = gather(questions[at], 1.0, queries[at], near[at], DEPTH, vectors, lexical)
            return np.lexsort((candidates.rows, -ranking.scores(candidates)))[:10]

        added = median_ms(rest)
        words = median_ms(lambda at: lexical.scores(questions[at]))
    click.echo(f"{passages:,} passages: nearest vectors {dense:.2f} ms, everything else {added:.2f} ms")
    click.echo(f"of which the score of every passage by words {words:.2f} ms")


if __name__ == "__main__":
    cost()
