"""Sentences, as spans."""

import re

import sentencex

from documents.document import Span

# The library's time grows with the square of what it is given at once in some scripts, so it is
# given windows; a sentence that is cut off by a window's end is looked at again in the next one.
_WINDOW = 2_000
_SPACES = {ord(space): " " for space in "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"}
_CLOSERS = "”’」』）】》〉\"')]"
_CLOSING = re.compile(rf"[{re.escape(_CLOSERS)}]+(?:\s|$)|[”’」』）】》〉]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def is_chinese(text: str) -> bool:
    """Whether Chinese characters make up a fifth of a text's beginning or more."""
    return 5 * len(_CJK.findall(text, 0, _WINDOW)) >= min(len(text), _WINDOW) > 0


def sentences(text: str, start: int = 0, end: int | None = None, language: str | None = None) -> list[Span]:
    """The sentences of ``text[start:end]``, whose line ends count as spaces.

    The spans point into ``text``; they are in order, do not overlap, neither begin nor end with white
    space and together hold every other character. ``language`` is an ISO 639-1 code.
    """
    end = len(text) if end is None else end
    block = text[start:end].translate(_SPACES)
    if len(block) < 80 and block.isascii() and not any(mark in block for mark in ".!?"):
        cuts = [len(block)]
    else:
        cuts = _cuts(block, "zh" if is_chinese(block) else language or "en")
    spans = []
    left = 0
    for cut in cuts:
        piece = block[left:cut]
        inner = piece.strip()
        if inner:
            first = start + left + len(piece) - len(piece.lstrip())
            spans.append(Span(first, first + len(inner)))
        left = cut
    return spans


def _cuts(block: str, language: str) -> list[int]:
    """Where sentences end in a block, the last cut being the block's end."""
    cuts: list[int] = []
    left = 0
    while left < len(block):
        window = block[left : left + _WINDOW]
        last = left + len(window) == len(block)
        found = [
            left + boundary["end_index"] for boundary in sentencex.get_sentence_boundaries(language, window)
        ]
        found = [_after_closers(block, cut) for cut in found]
        if last:
            found[-1:] = [len(block)]
        elif len(found) > 1:
            found.pop()
        else:
            found = [left + (window.rfind(" ", _WINDOW // 2) + 1 or len(window))]
        cuts.extend(cut for cut in found if cut > left)
        left = cuts[-1]
    return _increasing(cuts)


def _after_closers(block: str, cut: int) -> int:
    """Moves a cut behind closing quotes and brackets: they belong to what they close."""
    match = _CLOSING.match(block, cut)
    return match.end() if match and cut and not block[cut - 1].isspace() else cut


def _increasing(cuts: list[int]) -> list[int]:
    kept: list[int] = []
    for cut in cuts:
        if not kept or cut > kept[-1]:
            kept.append(cut)
    return kept
