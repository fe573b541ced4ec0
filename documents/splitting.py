"""Splitting a document into passages that follow its structure."""

from bisect import bisect_right

from documents.atoms import CountTokens, Segment, segments_of
from documents.balance import balanced
from documents.context import Contexts
from documents.cutting import cut_to_size
from documents.document import Document, Span
from documents.passage import Passage

_SMALLEST_LIMIT = 16


def split(
    document: Document, count_tokens: CountTokens, max_tokens: int, target_tokens: int = 180
) -> list[Passage]:
    """A document's passages: spans of whole sentences, in order, without overlap.

    ``count_tokens`` counts the embedder's tokens in each of many texts. No passage has more than
    ``max_tokens`` of them in ``context + "\\n" + text``; passages come as near to ``target_tokens`` of
    text as the structure lets them. A heading stays with what it heads, a list with the sentence that
    introduces it, and no passage reaches over a heading. A sentence that is too long alone is cut, at
    the end of a clause if there is one. Raises `ValueError` for a limit below 16.
    """
    if max_tokens < _SMALLEST_LIMIT:
        raise ValueError(f"max_tokens is {max_tokens}; it must be at least {_SMALLEST_LIMIT}")
    if target_tokens < 1:
        raise ValueError(f"target_tokens is {target_tokens}; it must be at least 1")
    contexts = Contexts(document.title, count_tokens, max_tokens // 4)
    pending = [
        (segment, max_tokens) for segment in segments_of(document, count_tokens, tiny=target_tokens // 6)
    ]
    passages: list[Passage] = []
    while pending:
        drafts = [
            (segment, limit, _passages(document, segment, contexts, count_tokens, limit, target_tokens))
            for segment, limit in pending
        ]
        counts = iter(count_tokens([f"{p.context}\n{p.text}" for _, _, made in drafts for p in made]))
        pending = []
        for segment, limit, made in drafts:
            over = max(next(counts) for _ in made) - max_tokens
            if over <= 0:
                passages.extend(made)
            elif limit > 1:
                # Some tokenizers count a whole higher than its parts: leave the parts less room.
                pending.append((segment, max(1, min(limit - over, limit * 7 // 8))))
            else:
                raise ValueError(f"max_tokens is {max_tokens}, and single characters have more by this count")
    return sorted(passages, key=lambda passage: passage.start)


def _passages(
    document: Document,
    segment: Segment,
    contexts: Contexts,
    count_tokens: CountTokens,
    limit: int,
    target: int,
) -> list[Passage]:
    """One segment's passages, of no more than ``limit`` tokens as far as sums of parts tell."""
    outer = [heading.title for heading in segment.path if heading.start < segment.atoms[0].start]
    path = tuple(heading.title for heading in segment.path)
    first = max(1, limit - contexts.tokens(contexts.of(outer)))
    rest = max(1, limit - contexts.tokens(contexts.of(path)))
    atoms = list(cut_to_size(document.text, segment.atoms, count_tokens, first, rest))
    made = []
    for low, high in balanced(atoms, first, rest, min(target, rest)):
        start, end = atoms[low].start, atoms[high - 1].end
        text = document.text[start:end]
        above = [heading.title for heading in segment.path if heading.start < start]
        made.append(
            Passage(
                passage_id=f"{document.doc_id}#{start}-{end}",
                doc_id=document.doc_id,
                start=start,
                end=end,
                text=text,
                context=contexts.of(above, text),
                section=path,
                page=max(1, bisect_right(document.pages, start)) if document.pages else None,
                sentences=tuple(Span(atom.start, atom.end) for atom in atoms[low:high]),
            )
        )
    return made
