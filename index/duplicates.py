"""Near-duplicates: the same words in two places, as news agencies spread them."""

import re

# Chinese is written without spaces: each character counts as a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_SHINGLE = 4
# The share of the shorter text's shingles that must stand in the longer one. Two reports of one event share
# names and a few phrases, a tenth or two; a copy that was shortened or touched up shares most of them.
_SAME = 0.6


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of four words of a text (Broder, 1997), or all its words where there are fewer."""
    words = _WORD.findall(text.casefold())
    if len(words) < _SHINGLE:
        return frozenset([tuple(words)])
    return frozenset(zip(*(words[at:] for at in range(_SHINGLE)), strict=False))


def are_near_duplicates(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    """Whether the shorter of two texts, given by their shingles, says little that the longer does not."""
    return len(one & other) >= _SAME * min(len(one), len(other))
