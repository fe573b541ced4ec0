"""Passages become vectors and words, an immutable generation on disk, and ranked hits.

This room knows documents; it knows nothing of HTTP or of judged questions.
"""

from index.embedder import Embedder
from index.explanation import Explanation, Word
from index.filter import Filter
from index.generation import Generation
from index.hit import Hit, Scores
from index.index import Index
from index.ranking import Candidates, Ranking
from index.rebuild import RebuildSummary, rebuild_folder, rebuild_from
from index.reranker import Reranker
from index.store import DocumentSummary

__all__ = [
    "Candidates",
    "DocumentSummary",
    "Embedder",
    "Explanation",
    "Filter",
    "Generation",
    "Hit",
    "Index",
    "Ranking",
    "RebuildSummary",
    "Reranker",
    "Scores",
    "Word",
    "rebuild_folder",
    "rebuild_from",
]
