"""Atoms: what a passage is made of, with what it costs to break before each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from documents.blocks import Block, blocks_of
from documents.document import Document, Section

CountTokens = Callable[[Sequence[str]], Sequence[int]]

# What a break costs before an atom, in units of squared relative distance from the target size.
PARAGRAPH, ITEM, SENTENCE, WITHIN = 0.0, 0.15, 0.3, 0.6
# No passage has more characters per token than this, whatever the tokenizer says: an unknown word
# of a million letters may count as one token.
CHARACTERS_PER_TOKEN = 16


@dataclass(frozen=True, slots=True)
class Atom:
    """A sentence, or a piece of one that is too long alone.

    ``gap`` is the cost of a break before it. ``group`` numbers the list, with its lead-in, that it
    belongs to; 0 is none. ``heading`` is set where the atom is one. ``tokens`` counts the atom,
    ``before`` the drawn rules between it and the atom above.
    """

    start: int
    end: int
    gap: float
    group: int = 0
    heading: Section | None = None
    tokens: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """Atoms that may share passages: one section's own text, its heading first.

    ``path`` holds the headings above it and its own, outermost first.
    """

    atoms: tuple[Atom, ...]
    path: tuple[Section, ...]

    @property
    def tokens(self) -> int:
        """The size of all of it."""
        return sum(atom.tokens for atom in self.atoms)


def segments_of(document: Document, count_tokens: CountTokens, tiny: int) -> list[Segment]:
    """A document's text, section by section.

    What stands above the first heading joins the first section when it has no more than ``tiny``
    tokens: it is a line like "Go to main content", no passage of its own.
    """
    segments = _sections(_counted(document.text, _atoms(blocks_of(document)), count_tokens))
    if len(segments) > 1 and not segments[0].path and segments[0].tokens <= tiny:
        preamble, first = segments[:2]
        segments[:2] = [Segment(preamble.atoms + first.atoms, first.path)]
    return segments


def _atoms(blocks: list[Block]) -> list[Atom]:
    atoms: list[Atom] = []
    group = 0
    for at, block in enumerate(blocks):
        if block.listed and not blocks[at - 1].listed:
            group += 1
            atoms[-1] = replace(atoms[-1], group=group)
        for k, span in enumerate(block.sentences):
            gap = SENTENCE if k else ITEM if block.listed else PARAGRAPH
            atoms.append(Atom(span.start, span.end, gap, group if block.listed else 0, block.section))
    return atoms


def _counted(text: str, atoms: list[Atom], count_tokens: CountTokens) -> list[Atom]:
    """The atoms with their sizes, all counted in one call."""
    ends = [0, *(atom.end for atom in atoms)]
    rules = [text[end : atom.start].strip() for end, atom in zip(ends, atoms, strict=False)]
    texts = [text[atom.start : atom.end] for atom in atoms]
    counts = count_tokens([*texts, *(rule for rule in rules if rule)])
    drawn = iter(counts[len(atoms) :])
    return [
        replace(atom, tokens=max(1, count), before=next(drawn) if rule else 0)
        for atom, count, rule in zip(atoms, counts, rules, strict=False)
    ]


def _sections(atoms: list[Atom]) -> list[Segment]:
    segments: list[Segment] = []
    stack: list[Section] = []
    here: list[Atom] = []
    for atom in atoms:
        if atom.heading:
            if here and not here[-1].heading:
                segments.append(Segment(tuple(here), tuple(stack)))
                here = []
            while stack and stack[-1].level >= atom.heading.level:
                stack.pop()
            stack.append(atom.heading)
        here.append(atom)
    if here and here[-1].heading and segments:
        # Headings that head nothing end the document: they go with what is above them.
        last = segments.pop()
        loose = tuple(replace(atom, heading=None) for atom in here)
        segments.append(Segment(last.atoms + loose, last.path))
    elif here:
        segments.append(Segment(tuple(here), tuple(stack)))
    return segments
