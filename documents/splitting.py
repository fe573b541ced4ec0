"""Splitting a document into passages that follow its structure."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from documents.blocks import Block, blocks_of
from documents.cutting import cut
from documents.document import Document, Section, Span
from documents.passage import Passage

CountTokens = Callable[[Sequence[str]], Sequence[int]]

# What a break costs before a sentence, in units of squared relative distance from the target size.
_PARAGRAPH, _ITEM, _SENTENCE, _WITHIN = 0.0, 0.15, 0.3, 0.6
# No passage has more characters per token than this, whatever the tokenizer says: an unknown word
# of a million letters may count as one token.
_CHARACTERS_PER_TOKEN = 16
_SMALLEST_LIMIT = 16


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is never broken: a sentence, or a piece of one that is too long. ``gap`` is the cost of a break before it.

    ``group`` numbers the list (with its lead-in) that the atom belongs to; 0 is none. ``tokens``
    counts the atom, ``before`` the rule lines between it and the atom above.
    """

    start: int
    end: int
    gap: float
    group: int = 0
    heading: Section | None = None
    tokens: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class _Segment:
    """A section's own text: atoms that may share passages. ``path`` holds the headings above and in front of it."""

    atoms: tuple[_Atom, ...]
    path: tuple[Section, ...]


def split(
    document: Document, count_tokens: CountTokens, max_tokens: int, target_tokens: int = 180
) -> list[Passage]:
    """A document's passages: spans of whole sentences, in order, without overlap.

    ``count_tokens`` counts the embedder's tokens of each of many texts. No passage has more than
    ``max_tokens`` of them in ``context + "\\n" + text``; passages come as near to ``target_tokens`` of
    text as the structure lets them. A heading stays with what it heads, a list with the sentence that
    introduces it, and no passage reaches over a heading. A sentence that is too long alone is cut, at
    a clause if there is one. Raises `ValueError` for a limit below 16.
    """
    if max_tokens < _SMALLEST_LIMIT:
        raise ValueError(f"max_tokens is {max_tokens}; it must be at least {_SMALLEST_LIMIT}")
    atoms = _counted(document.text, _atoms(blocks_of(document)), count_tokens)
    contexts = _Contexts(document.title, count_tokens, max_tokens // 4)
    passages: list[Passage] = []
    pending = [(segment, max_tokens) for segment in _segments(atoms)]
    while pending:
        drafts = [
            (segment, limit, _passages(document, segment, limit, target_tokens, contexts))
            for segment, limit in pending
        ]
        counts = iter(count_tokens([f"{p.context}\n{p.text}" for _, _, made in drafts for p in made]))
        pending = []
        for segment, limit, made in drafts:
            over = max(next(counts) for _ in made) - max_tokens
            if over > 0:
                # Some tokenizers count a whole higher than its parts: make the parts smaller.
                pending.append((segment, min(limit - over, limit * 7 // 8)))
            else:
                passages.extend(made)
    return sorted(passages, key=lambda passage: passage.start)


def _atoms(blocks: list[Block]) -> list[_Atom]:
    atoms: list[_Atom] = []
    group = 0
    for at, block in enumerate(blocks):
        if block.listed and not blocks[at - 1].listed:
            group += 1
            atoms[-1] = replace(atoms[-1], group=group)
        for k, span in enumerate(block.sentences):
            gap = _SENTENCE if k else _ITEM if block.listed else _PARAGRAPH
            atoms.append(_Atom(span.start, span.end, gap, group if block.listed else 0, block.section))
    return atoms


def _counted(text: str, atoms: list[_Atom], count_tokens: CountTokens) -> list[_Atom]:
    """The atoms with their sizes, all counted in one call."""
    ends = [0, *(atom.end for atom in atoms)]
    rules = [text[end : atom.start].strip() for end, atom in zip(ends, atoms, strict=False)]
    counts = count_tokens([text[atom.start : atom.end] for atom in atoms] + [rule for rule in rules if rule])
    drawn = iter(counts[len(atoms) :])
    return [
        replace(atom, tokens=max(1, count), before=next(drawn) if rule else 0)
        for atom, count, rule in zip(atoms, counts, rules, strict=False)
    ]


def _segments(atoms: list[_Atom]) -> list[_Segment]:
    segments: list[_Segment] = []
    stack: list[Section] = []
    here: list[_Atom] = []
    for atom in atoms:
        if atom.heading:
            if here and not here[-1].heading:
                segments.append(_Segment(tuple(here), tuple(stack)))
                here = []
            while stack and stack[-1].level >= atom.heading.level:
                stack.pop()
            stack.append(atom.heading)
        here.append(atom)
    if here and here[-1].heading and segments:
        # Headings that head nothing end the document: they go with what is above them.
        last = segments.pop()
        loose = tuple(replace(atom, heading=None) for atom in here)
        segments.append(_Segment(last.atoms + loose, last.path))
    elif here:
        segments.append(_Segment(tuple(here), tuple(stack)))
    return segments


def _passages(
    document: Document, segment: _Segment, limit: int, target: int, contexts: "_Contexts"
) -> list[Passage]:
    """One section's passages for a limit of tokens."""
    first_context = contexts.of([h.title for h in segment.path if h.start < segment.atoms[0].start])
    rest_context = contexts.of([h.title for h in segment.path])
    first = max(_SMALLEST_LIMIT // 4, limit - contexts.tokens(first_context))
    rest = max(_SMALLEST_LIMIT // 4, limit - contexts.tokens(rest_context))
    atoms = list(_cut(document.text, segment.atoms, first, rest, contexts.count_tokens))
    sizes = _Sizes(atoms)
    units = _units(atoms, sizes, first, rest)
    made = []
    for low, high in _balanced(atoms, sizes, units, first, rest, min(target, rest)):
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
                section=tuple(heading.title for heading in segment.path),
                page=bisect_right(document.pages, start) or 1 if document.pages else None,
                sentences=tuple(Span(atom.start, atom.end) for atom in atoms[low:high]),
            )
        )
    return made


def _cut(
    text: str, atoms: Sequence[_Atom], first: int, rest: int, count_tokens: CountTokens
) -> Iterator[_Atom]:
    """The atoms, those cut to size that are too long for a passage or for what their headings leave of it."""
    headings = 0
    for at, atom in enumerate(atoms):
        limit = first if at == 0 or headings else rest
        room = limit - headings if headings <= limit // 2 else limit
        size = max(atom.tokens, (atom.end - atom.start) // _CHARACTERS_PER_TOKEN)
        if size <= room:
            yield atom
        else:
            pieces = cut(text, Span(atom.start, atom.end), count_tokens, room, rest, _CHARACTERS_PER_TOKEN)
            for k, (span, tokens) in enumerate(pieces):
                yield replace(
                    atom,
                    start=span.start,
                    end=span.end,
                    tokens=tokens,
                    gap=_WITHIN if k else atom.gap,
                    before=0 if k else atom.before,
                )
        headings = headings + atom.tokens + atom.before if atom.heading else 0


class _Sizes:
    """Sizes of runs of atoms, in tokens."""

    def __init__(self, atoms: list[_Atom]) -> None:
        self._tokens = [0, *accumulate(atom.tokens + atom.before for atom in atoms)]
        self._atoms = atoms

    def of(self, low: int, high: int) -> int:
        """The size of ``atoms[low:high]`` with the rules between them."""
        counted = self._tokens[high] - self._tokens[low] - self._atoms[low].before
        length = self._atoms[high - 1].end - self._atoms[low].start
        return max(counted, length // _CHARACTERS_PER_TOKEN)


def _units(atoms: list[_Atom], sizes: _Sizes, first: int, rest: int) -> list[int]:
    """Where units begin, and the end: atoms that stay together, as far as a passage can hold them."""
    ends_of_groups: dict[int, int] = {}
    for at, atom in enumerate(atoms):
        if atom.group:
            ends_of_groups[atom.group] = at + 1
    starts = [0]
    whole = 0  # the end of the list that is being kept whole
    for at in range(1, len(atoms)):
        above, atom = atoms[at - 1], atoms[at]
        low = starts[-1]
        limit = rest if low else first
        if atom.group and atom.group == above.group:
            if at >= whole and sizes.of(low, ends_of_groups[atom.group]) <= limit:
                whole = ends_of_groups[atom.group]
            led = at < 2 or atoms[at - 2].group != atom.group
            together = at < whole or led
        else:
            together = above.heading is not None
        if not (together and sizes.of(low, at + 1) <= limit):
            starts.append(at)
    return [*starts, len(atoms)]


def _balanced(
    atoms: list[_Atom], sizes: _Sizes, units: list[int], first: int, rest: int, target: int
) -> list[tuple[int, int]]:
    """The cheapest way to share out units: sizes near the target, breaks where they hurt least."""
    costs = [0.0]
    previous = [0]
    farthest = max(3 * target, 1)
    for high in range(1, len(units)):
        best, choice = float("inf"), high - 1
        for low in range(high - 1, -1, -1):
            size = sizes.of(units[low], units[high])
            if low < high - 1:
                if size > min(first, farthest):
                    break
                if low and size > rest:
                    continue
            distance = (size - target) / target
            cost = costs[low] + distance * distance + (atoms[units[low]].gap if low else 0.0)
            if cost < best:
                best, choice = cost, low
        costs.append(best)
        previous.append(choice)
    ranges = []
    high = len(units) - 1
    while high:
        low = previous[high]
        ranges.append((units[low], units[high]))
        high = low
    return ranges[::-1]


class _Contexts:
    """What stands in front of passages: the title and the headings above, newest information last."""

    def __init__(self, title: str, count_tokens: CountTokens, limit: int) -> None:
        self.count_tokens = count_tokens
        self._title = title
        self._limit = limit
        self._fitted: dict[tuple[str, ...], str] = {}
        self._tokens: dict[str, int] = {"": 0}

    def of(self, headings: list[str], text: str = "") -> str:
        """The context below these headings, for a passage of this text."""
        parts = [] if self._holds_title(text) else [self._title]
        parts += [heading for heading in headings if heading.casefold() != self._title.casefold()]
        key = tuple(part for part in parts if part)
        if key not in self._fitted:
            self._fitted[key] = self._fit(list(key))
        return self._fitted[key]

    def tokens(self, context: str) -> int:
        """How many tokens a context takes."""
        if context not in self._tokens:
            self._tokens[context] = self.count_tokens([context])[0]
        return self._tokens[context]

    def _holds_title(self, text: str) -> bool:
        return self._title in text and any(line.strip(" \t#*") == self._title for line in text.splitlines())

    def _fit(self, parts: list[str]) -> str:
        """Drops outer headings, then words from the end of the longest part, until the limit holds."""
        while parts:
            context = "\n".join(parts)
            tokens = self.tokens(context)
            if tokens <= self._limit:
                return context
            if len(parts) > 2:
                del parts[1]
                continue
            at = max(range(len(parts)), key=lambda k: len(parts[k]))
            keep = min(len(parts[at]) - 1, int(len(parts[at]) * self._limit / tokens))
            shorter = parts[at][:keep]
            parts[at] = shorter.rsplit(" ", 1)[0].strip() if " " in shorter else shorter
            if not parts[at]:
                del parts[at]
        return ""
