"""Cutting a sentence that is too long for a passage."""

import re
from collections.abc import Callable, Sequence

from documents.document import Span

_PIECE = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60]|[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60]{1,24}"
)
_CLAUSE = tuple(",;:.!?)，；：。！？、）—–")


def cut(
    text: str,
    span: Span,
    count_tokens: Callable[[Sequence[str]], Sequence[int]],
    first: int,
    rest: int,
    characters_per_token: int,
) -> list[tuple[Span, int]]:
    """The parts of a span, with their tokens: at most ``first`` of them in the first part, ``rest`` in the others.

    A part ends at a clause's end if there is one in its second half, else between words, else anywhere.
    """
    pieces = [Span(m.start(), m.end()) for m in _PIECE.finditer(text, span.start, span.end)]
    counts = [max(1, count) for count in count_tokens([text[p.start : p.end] for p in pieces])]
    parts: list[tuple[Span, int]] = []
    low = 0
    while low < len(pieces):
        limit = rest if parts else first
        high, tokens = low, 0
        while high < len(pieces) and (
            high == low
            or (
                tokens + counts[high] <= limit
                and pieces[high].end - pieces[low].start <= limit * characters_per_token
            )
        ):
            tokens += counts[high]
            high += 1
        if high < len(pieces):
            high = _best_break(text, pieces, low, high)
        parts.append((Span(pieces[low].start, pieces[high - 1].end), sum(counts[low:high])))
        low = high
    return parts


def _best_break(text: str, pieces: list[Span], low: int, high: int) -> int:
    """Where to end a part that could hold ``pieces[low:high]``."""
    words = 0
    for at in range(high, low + (high - low) // 2, -1):
        ends_word = pieces[at].start > pieces[at - 1].end or not text[pieces[at].start].isascii()
        if ends_word and text[pieces[at - 1].end - 1] in _CLAUSE:
            return at
        if ends_word and not words:
            words = at
    return words or high
