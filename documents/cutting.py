"""Cutting sentences that are too long for a passage."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from documents.atoms import CHARACTERS_PER_TOKEN, WITHIN, Atom, CountTokens
from documents.document import Span

_WIDE = r"\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60"
_GRAIN = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]{{1,24}}")
_CLAUSE = frozenset(",;:.!?)，；：。！？、）—–")


def cut_to_size(
    text: str, atoms: Sequence[Atom], count_tokens: CountTokens, first: int, rest: int
) -> Iterator[Atom]:
    """The atoms, those in pieces that have no room in a passage, or beside the headings they must follow.

    ``first`` and ``rest``: the room in tokens of the first passage and of the others.
    """
    headings = 0
    for at, atom in enumerate(atoms):
        limit = first if at == 0 or headings else rest
        room = limit - headings if 2 * headings <= limit else limit
        if max(atom.tokens, (atom.end - atom.start) // CHARACTERS_PER_TOKEN) <= room:
            yield atom
        else:
            yield from _pieces(text, atom, count_tokens, room, rest)
        headings = headings + atom.tokens + atom.before if atom.heading else 0


def _pieces(text: str, atom: Atom, count_tokens: CountTokens, first: int, rest: int) -> Iterator[Atom]:
    """One atom's pieces; each ends with a clause if there is one in its second half, else with a word."""
    grains = [Span(m.start(), m.end()) for m in _GRAIN.finditer(text, atom.start, atom.end)]
    counts = _counts(text, grains, count_tokens)
    if max(counts) > min(first, rest):
        # Such a tight limit, or such rare characters, that not even a word's part fits.
        grains = [Span(k, k + 1) for k in range(atom.start, atom.end) if not text[k].isspace()]
        counts = _counts(text, grains, count_tokens)
    low = 0
    while low < len(grains):
        limit = rest if low else first
        high, tokens = low + 1, counts[low]
        while high < len(grains):
            length = grains[high].end - grains[low].start
            if max(tokens + counts[high], length // CHARACTERS_PER_TOKEN) > limit:
                high = _best_break(text, grains, low, high)
                break
            tokens += counts[high]
            high += 1
        yield replace(
            atom,
            start=grains[low].start,
            end=grains[high - 1].end,
            tokens=sum(counts[low:high]),
            gap=WITHIN if low else atom.gap,
            before=0 if low else atom.before,
        )
        low = high


def _counts(text: str, grains: list[Span], count_tokens: CountTokens) -> list[int]:
    return [max(1, count) for count in count_tokens([text[grain.start : grain.end] for grain in grains])]


def _best_break(text: str, grains: list[Span], low: int, high: int) -> int:
    """Where to end a piece that has room for ``grains[low:high]``."""
    word = 0
    for at in range(high, low + (high - low) // 2, -1):
        if grains[at].start > grains[at - 1].end or not text[grains[at].start].isascii():
            if text[grains[at - 1].end - 1] in _CLAUSE:
                return at
            word = word or at
    return word or high
